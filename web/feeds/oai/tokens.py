"""Resumption tokens: where a list stands, signed. Nothing is kept of them here, so they last as
long as the secret of the installation does, and may be used again.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from web.feeds.oai.arguments import OaiFault

_SEAL = 16
_LONGEST = 4000


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a list: what was asked for at first, behind which number it goes on, up to which
    it goes, and how many records came before.
    """

    verb: str
    arguments: Mapping[str, str] = field(default_factory=dict)
    after: int = 0
    last: int = 0
    sent: int = 0
    name: str = ""
    """In a list of sets: the one behind which it goes on."""


def token(place: Place, secret: str) -> str:
    """The token for a place."""
    said = orjson.dumps([*_facts(place)])
    return urlsafe_b64encode(_seal(said, secret) + said).rstrip(b"=").decode()


def place(token: str, verb: str, secret: str) -> Place:
    """The place that a token of ours for this verb means; raises OaiFault (badResumptionToken)."""
    try:
        given = urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
    except ValueError:
        raise _junk() from None
    seal, said = given[:_SEAL], given[_SEAL:]
    if len(token) > _LONGEST or not hmac.compare_digest(seal, _seal(said, secret)):
        raise _junk()
    found = Place(*orjson.loads(said))
    if found.verb != verb:
        raise _junk()
    return found


def _facts(place: Place) -> tuple[Any, ...]:
    return (
        place.verb,
        dict(place.arguments),
        place.after,
        place.last,
        place.sent,
        place.name,
    )


def _seal(said: bytes, secret: str) -> bytes:
    key = hashlib.sha256(b"oai-pmh " + secret.encode()).digest()
    return hmac.digest(key, said, "sha256")[:_SEAL]


def _junk() -> OaiFault:
    return OaiFault("badResumptionToken", "This is no token of this list.")
