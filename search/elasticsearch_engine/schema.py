"""The mapping of the Elasticsearch index, and a card as one of its documents.

The bare server cannot split at white space, so each token is spelled in letters and digits: its
standard tokenizer then leaves it whole, and both engines index the same tokens.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from search.analysis import IndexedCard
from search.cluster import ClusterOptions
from search.engine import Removal
from search.fields import BEGINNINGS, CODES, FACETED, MOMENTS, ORDERS, TEXTS
from search.spatial import HALVES, SIDES

LAYOUT = 2
"""Raised with every change of the fields or of the analysis: an older index is then rebuilt."""
LIVE = "live"
_LONGEST_TOKEN = 600

CARDS_OF_A_SHARD = 2_000_000
"""Some 5 GB. One shard is asked for its counts by one thread, and every shard more is one more to
ask, so few large ones answer best."""
MOST_SHARDS = 12
ANALYSIS: dict[str, Any] = {
    "tokenizer": {"tokens": {"type": "standard", "max_token_length": _LONGEST_TOKEN}},
    "analyzer": {"tokens": {"type": "custom", "tokenizer": "tokens"}},
}


def settings(options: ClusterOptions, cards: int = 0) -> dict[str, Any]:
    """The settings of an index that is to hold about so many cards."""
    by_size = min(max(1, -(-cards // CARDS_OF_A_SHARD)), MOST_SHARDS)
    return {
        "number_of_shards": options.shards or by_size,
        "auto_expand_replicas": f"0-{options.replicas}" if options.replicas else False,
        "number_of_replicas": 0,
        "analysis": ANALYSIS,
    }


@lru_cache(maxsize=200_000)
def spelled(token: str) -> str:
    """``2008`` and ``csv`` as they are, any other token as ``X`` and hexadecimal capitals; folded
    tokens have no capitals, so the two never meet."""
    return token if token.isascii() and token.isalnum() else f"X{token.encode().hex().upper()}"


def order_field(order: str) -> str:
    """The field that holds a card's place in an order."""
    return f"by_{order}"


def mappings(*, whole: bool) -> dict[str, Any]:
    """Every field of the index. Only the card itself is kept as a source."""
    text = {"type": "text", "analyzer": "tokens", "norms": False}
    unread = {"type": "keyword", "index": False, "doc_values": False}
    plain = {"type": "keyword", "doc_values": False}
    properties: dict[str, Any] = dict.fromkeys(TEXTS, text)
    properties |= {name: {"type": "keyword", "doc_values": name in FACETED} for name in CODES}
    properties |= {name: {"type": "long"} for name in MOMENTS}
    properties |= {order_field(name): {"type": "keyword", "index": False} for name in ORDERS}
    properties |= {side + half: {"type": "double"} for side in SIDES for half in HALVES}
    properties |= dict.fromkeys((*BEGINNINGS, LIVE), plain)
    properties["body"] = unread
    return {
        "dynamic": "strict",
        "_meta": {"layout": LAYOUT, "whole": whole},
        "_source": {"includes": ["body"]},
        "properties": properties,
    }


def document(card: IndexedCard) -> dict[str, Any]:
    """A card as it is indexed."""
    made: dict[str, Any] = {
        name: " ".join(map(spelled, text.split())) for name, text in card.texts.items()
    }
    made |= card.codes
    made |= card.moments
    made |= {order_field(name): place for name, place in card.orders.items()}
    for half, box in zip(HALVES, card.boxes, strict=False):
        made |= {side + half: getattr(box, side) for side in SIDES}
    made |= card.begins
    made[LIVE] = "1"
    made["body"] = card.body.decode()
    return made


def tombstone(removal: Removal) -> dict[str, Any]:
    """What remembers the version of a removed card; the server itself forgets it in a minute."""
    return {"key": removal.key}
