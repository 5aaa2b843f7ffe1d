"""Sealing: the identity of those who ask is kept encrypted, and only with its request is it read.

AES-256-GCM under a key derived (HKDF) from the installation's secret. The request's number is bound
to what is sealed, so that a blob moved to another row opens nothing. Keys rotate: the first seals,
all of them open.
"""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as BadBase64
from collections.abc import Mapping, Sequence
from functools import cache

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from catalog.errors import CatalogError

NONCE = 12
PURPOSE = b"mulu applicants 1"


class Unreadable(CatalogError):
    """What was sealed does not open: its key is not among those that are set, or it was changed."""


class Sealer:
    """Seals and opens under these secrets, the newest first."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._ciphers = [_cipher(key) for key in keys]

    def seal(self, number: str, fields: Mapping[str, str]) -> str:
        """The fields as a text that tells nothing without the key and the number."""
        nonce = secrets.token_bytes(NONCE)
        told = self._ciphers[0].encrypt(nonce, orjson.dumps(dict(fields)), number.encode())
        return urlsafe_b64encode(nonce + told).decode()

    def open(self, number: str, sealed: str) -> dict[str, str]:
        """What was sealed for the number; raises Unreadable."""
        try:
            raw = urlsafe_b64decode(sealed)
        except (BadBase64, ValueError):
            raise Unreadable(f"{number}: not sealed by us") from None
        for cipher in self._ciphers:
            try:
                told = cipher.decrypt(raw[:NONCE], raw[NONCE:], number.encode())
            except (InvalidTag, ValueError):
                continue
            return {str(name): str(value) for name, value in orjson.loads(told).items()}
        raise Unreadable(f"{number}: sealed under another key than MULU_IDENTITY_KEY holds now")


@cache
def _cipher(secret: str) -> AESGCM:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE)
    return AESGCM(derived.derive(secret.encode()))
