"""Cursors: where a page ended, as an opaque text that is checked when it comes back."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass

import orjson

from search.query import BadQuery, Query

DEEPEST = 10_000
"""Pages reach this many cards deep; who wants all takes an export or a harvest."""
_LONGEST = 2_000
LOWEST = 10**9
"""No tier and no distance from the most points is greater."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """The place of the last card shown, and how many were shown up to it.

    ``window``, where the card stood among the first that are compared closely, is the tier and the
    order of the last of those; ``tier`` is then how far the card's points are from the most.
    """

    tier: int
    order: str
    shown: int
    window: tuple[int, str] | None = None


def write(query: Query, cursor: Cursor) -> str:
    """The cursor as text, bound to the query it continues."""
    told = orjson.dumps([cursor.tier, cursor.order, cursor.shown, cursor.window])
    return base64.urlsafe_b64encode(_proof(query, told) + told).decode().rstrip("=")


def read(query: Query) -> Cursor | None:
    """The query's cursor; raises BadQuery when it is not one of ours or of another query."""
    if query.cursor is None:
        return None
    if len(query.cursor) > _LONGEST or not query.cursor.isascii():
        raise BadQuery("cursor", "not a cursor of this directory")
    try:
        raw = base64.urlsafe_b64decode(query.cursor + "=" * (-len(query.cursor) % 4))
    except (binascii.Error, ValueError):
        raise BadQuery("cursor", "not a cursor of this directory") from None
    proof, told = raw[:8], raw[8:]
    if proof != _proof(query, told):
        raise BadQuery("cursor", "not a cursor of this search")
    return _checked(told)


def following(query: Query, last: Cursor, *, more: bool) -> str | None:
    """The cursor behind the last card shown; none when no card follows or pages end."""
    return write(query, last) if more and last.shown < DEEPEST else None


def _checked(told: bytes) -> Cursor:
    """The proof is no secret, so what it proves is looked at too."""
    try:
        tier, order, shown, window = orjson.loads(told)
        last = None if window is None else (int(window[0]), str(window[1]))
    except (orjson.JSONDecodeError, ValueError, TypeError, LookupError):
        raise BadQuery("cursor", "not a cursor of this directory") from None
    if not (
        isinstance(tier, int)
        and isinstance(order, str)
        and isinstance(shown, int)
        and 0 <= tier <= LOWEST
        and 0 <= shown < DEEPEST
    ):
        raise BadQuery("cursor", "not a cursor of this directory")
    return Cursor(tier, order, shown, last)


def _proof(query: Query, told: bytes) -> bytes:
    asked = repr((query.words, sorted(query.filters.items()), query.where, query.sort))
    return hashlib.blake2b(asked.encode() + told, digest_size=8).digest()
