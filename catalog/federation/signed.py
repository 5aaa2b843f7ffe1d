"""What a node says to others: one line of JSON and, on a second line, its signature over the first.

The purpose, the arguments of the request and a number that the asker drew stand within the first
line, so that nobody on the way can alter an answer, cut it, give it to another question or again.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error as BadBase64
from collections.abc import Collection, Mapping
from typing import Any

import orjson

from catalog.federation.keys import KeyRing, PublicKey

MEDIA_TYPE = "application/vnd.mulu.signed+json-seq"
PURPOSE = b"mulu federation 1\n"


class NotTheirs(ValueError):
    """An answer that does not bear the signature that was expected."""


def signed(keys: KeyRing, said: Mapping[str, Any]) -> bytes:
    """What is said, as the bytes that are sent."""
    body = orjson.dumps(said)
    signature = b64encode(keys.sign(PURPOSE + body)).decode()
    return body + b"\n" + orjson.dumps({"key": keys.public.text, "signature": signature}) + b"\n"


def opened(raw: bytes, trusted: Collection[PublicKey]) -> tuple[Mapping[str, Any], PublicKey]:
    """What was said, and by which of the keys that are trusted. Raises NotTheirs."""
    body, key, signature = _parted(raw)
    if key not in trusted:
        raise NotTheirs(f"signed with another key: {key.fingerprint}")
    if not key.signed(PURPOSE + body, signature):
        raise NotTheirs("the signature is wrong")
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise NotTheirs("it is no JSON") from None
    if not isinstance(said, dict):
        raise NotTheirs("it is no object")
    return said, key


def presented(raw: bytes) -> PublicKey:
    """The key that an answer says it is signed with, whoever that is. Raises NotTheirs."""
    return _parted(raw)[1]


def _parted(raw: bytes) -> tuple[bytes, PublicKey, bytes]:
    body, _, seal = raw.removesuffix(b"\n").partition(b"\n")
    try:
        told = orjson.loads(seal)
        return body, PublicKey(str(told["key"])), b64decode(str(told["signature"]))
    except (orjson.JSONDecodeError, KeyError, TypeError, BadBase64, ValueError):
        raise NotTheirs("it bears no signature") from None
