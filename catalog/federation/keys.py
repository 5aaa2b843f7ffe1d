"""The keys of a node: Ed25519, the private ones in a file of its own or in a setting.

A node signs with its current key, and may announce the next one, so that those who follow it know
it before it is used.
"""

from __future__ import annotations

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as BadBase64
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from catalog.settings import BadSettings, Settings

FILE = "node-key"
SIZE = 32
MOST = 2
"""The current key and the next one."""


class BadKey(ValueError):
    """A text that is no key."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The key by which others know a node, as text of 43 characters."""

    text: str

    def __post_init__(self) -> None:
        """Raises BadKey."""
        _bytes(self.text)

    @property
    def fingerprint(self) -> str:
        """What people compare by eye: eight groups of four digits."""
        digest = sha256(_bytes(self.text)).hexdigest()[:32]
        return ":".join(digest[at : at + 4] for at in range(0, 32, 4))

    def signed(self, body: bytes, signature: bytes) -> bool:
        """Whether the signature over the body is this key's."""
        try:
            Ed25519PublicKey.from_public_bytes(_bytes(self.text)).verify(signature, body)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The private keys of this node, the current one first."""

    _private: tuple[Ed25519PrivateKey, ...]

    @classmethod
    def of(cls, seeds: Sequence[str]) -> KeyRing:
        """From the seeds as they are kept; raises BadKey."""
        if not 1 <= len(seeds) <= MOST:
            raise BadKey("a node has one key, or two: the current one and the next one")
        return cls(tuple(Ed25519PrivateKey.from_private_bytes(_bytes(seed)) for seed in seeds))

    @property
    def public(self) -> PublicKey:
        """The key that signs now."""
        return _public(self._private[0])

    @property
    def following(self) -> PublicKey | None:
        """The key that will sign next, if it is announced."""
        return _public(self._private[1]) if len(self._private) > 1 else None

    @property
    def seeds(self) -> tuple[str, ...]:
        """As they are kept."""
        raw = (Encoding.Raw, PrivateFormat.Raw, NoEncryption())
        return tuple(_text(key.private_bytes(*raw)) for key in self._private)

    def sign(self, body: bytes) -> bytes:
        """The signature over the body."""
        return self._private[0].sign(body)

    def announced(self) -> KeyRing:
        """With a next key; the one that is announced already stays."""
        if len(self._private) == MOST:
            return self
        return KeyRing((self._private[0], Ed25519PrivateKey.generate()))

    def turned(self) -> KeyRing:
        """With the next key as the current one; raises BadKey where none is announced."""
        if len(self._private) < MOST:
            raise BadKey("no next key is announced")
        return KeyRing(self._private[1:])


def ring(settings: Settings) -> KeyRing:
    """The keys of this node, made at the first need. Raises BadSettings for what is no key."""
    try:
        if settings.node_keys:
            return KeyRing.of(settings.node_keys)
        path = settings.data_dir / FILE
        if not path.exists():
            _keep(path, KeyRing((Ed25519PrivateKey.generate(),)), anew=False)
        return KeyRing.of(path.read_text(encoding="ascii").split())
    except BadKey as bad:
        raise BadSettings(f"the key of this node: {bad}") from None


def keep(settings: Settings, keys: KeyRing) -> None:
    """Put other keys in the place of those that are kept. Raises BadSettings where they are given
    by a setting: then whoever set it changes it."""
    if settings.node_keys:
        raise BadSettings("the keys are given by MULU_NODE_KEY: set it to " + ",".join(keys.seeds))
    _keep(settings.data_dir / FILE, keys, anew=True)


def node_name(settings: Settings) -> str:
    """What this node is called: as is set, else after its key, so that no two are called alike."""
    return settings.node or "node-" + ring(settings).public.fingerprint.replace(":", "")[:8]


def _keep(path: Path, keys: KeyRing, anew: bool) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile("w", dir=path.parent, encoding="ascii", delete=False) as file:
        file.write("\n".join(keys.seeds) + "\n")  # mode 0600
    if anew:
        Path(file.name).replace(path)
        return
    with suppress(FileExistsError):  # another process was as quick
        os.link(file.name, path)
    Path(file.name).unlink()


def _public(key: Ed25519PrivateKey) -> PublicKey:
    return PublicKey(_text(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)))


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    try:
        raw = urlsafe_b64decode(text + "=")
    except (BadBase64, ValueError):
        raw = b""
    if len(raw) != SIZE or _text(raw) != text:
        raise BadKey("a key has 43 letters, digits, - and _")
    return raw
