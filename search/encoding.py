"""A card as bytes and back: what engines store, and what two of them compare by digest."""

from __future__ import annotations

import hashlib
from dataclasses import MISSING, fields
from typing import Any

import orjson

from search.card import Audience, Card, CardEndpoint, Stage
from standards.summary import Box, Item

_DEFAULTS: dict[str, Any] = {
    each.name: None if each.default is MISSING else each.default for each in fields(Card)
}
_TUPLES = frozenset(each.name for each in fields(Card) if str(each.type).startswith("tuple"))


def encode(card: Card) -> bytes:
    """The card as compact JSON, what is at its default left out; equal cards give equal bytes."""
    told = {
        name: value
        for name, default in _DEFAULTS.items()
        if (value := getattr(card, name)) != default
    }
    return orjson.dumps(told)


def decode(body: bytes | str) -> Card:
    """The card that ``encode`` wrote."""
    told: dict[str, Any] = orjson.loads(body)
    if not told.keys() <= _DEFAULTS.keys():  # of a newer Mulu, beside which this one still runs
        told = {name: value for name, value in told.items() if name in _DEFAULTS}
    for name in _TUPLES & told.keys():
        told[name] = tuple(told[name])
    told["stage"] = Stage(told["stage"])
    told["audience"] = Audience(told["audience"])
    if "items" in told:
        told["items"] = tuple(Item(**item) for item in told["items"])
    if "box" in told:
        told["box"] = Box(**told["box"])
    if "endpoint" in told:
        told["endpoint"] = CardEndpoint(**told["endpoint"])
    return Card(**told)


def digest(body: bytes) -> str:
    """A short proof of a card's content."""
    return hashlib.blake2b(body, digest_size=16).hexdigest()


def card_digest(card: Card) -> str:
    """The digest an engine's fingerprint has for this card."""
    return digest(encode(card))
