"""The layout of the embedded index, and a card as one of its documents."""

from __future__ import annotations

from functools import cache

from tantivy import Document, Schema, SchemaBuilder

from search.analysis import IndexedCard
from search.engine import Removal
from search.fields import BEGINNINGS, CODES, FACETED, MOMENTS, ORDERS, TEXTS
from search.spatial import HALVES, SIDES

LAYOUT = 2
"""Raised with every change of the fields or of the analysis: an older index is then rebuilt."""
LIVE = "live"
SHORT = (1, 2)


@cache
def schema() -> Schema:
    """Every field of the index. Only the card itself is stored, as one value."""
    builder = SchemaBuilder()
    for name in TEXTS:
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="position")
    for name in CODES:
        counted = name in FACETED
        builder.add_text_field(name, fast=counted, tokenizer_name="raw", index_option="basic")
    for name in MOMENTS:
        builder.add_integer_field(name, fast=True)
    for name in ORDERS:
        builder.add_text_field(
            order_field(name), fast=True, tokenizer_name="raw", index_option="basic"
        )
    for half in HALVES:
        for side in SIDES:
            builder.add_float_field(side + half, fast=True)
    for name in (*BEGINNINGS, LIVE):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("version", fast=True)
    builder.add_bytes_field("body", stored=True)
    return builder.build()


def order_field(order: str) -> str:
    """The field that holds a card's place in an order."""
    return f"by_{order}"


def short(beginning: str) -> str:
    """The term for a beginning of one or two letters, so that these need not walk through the
    greater part of all terms."""
    return f"^{beginning}"


def document(card: IndexedCard) -> Document:
    """A card as it is indexed."""
    made = Document()
    for name, text in card.texts.items():
        made.add_text(name, text)
    for name, values in card.codes.items():
        for value in values:
            made.add_text(name, value)
    for name, moment in card.moments.items():
        made.add_integer(name, moment)
    for name, place in card.orders.items():
        made.add_text(order_field(name), place)
    for half, box in zip(HALVES, card.boxes, strict=False):
        for side in SIDES:
            made.add_float(side + half, getattr(box, side))
    for name, beginnings in card.begins.items():
        shorts = {short(each[:length]) for each in beginnings for length in SHORT}
        for beginning in (*beginnings, *shorts):
            made.add_text(name, beginning)
    made.add_text(LIVE, "1")
    made.add_integer("version", card.card.version)
    made.add_bytes("body", card.body)
    return made


def tombstone(removal: Removal) -> Document:
    """What remembers the version of a removed card; no search reaches it, for it is not live."""
    made = Document()
    made.add_text("key", removal.key)
    made.add_integer("version", removal.version)
    return made
