"""What servers said of their answers when a source was read last (ETag, Last-Modified), to be asked
whether anything has changed since."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

LONGEST = 500
MOST = 10_000


@dataclass(frozen=True, slots=True)
class Mark:
    """The validators of one answer; without either it cannot be asked for changes."""

    etag: str = ""
    modified: str = ""

    def headers(self) -> list[tuple[str, str]]:
        """Ask for the answer only if it is another one now (RFC 9110 §13)."""
        asked = (("If-None-Match", self.etag), ("If-Modified-Since", self.modified))
        return [(name, value) for name, value in asked if value]


class Unchanged(Exception):
    """The server says that its answer is still the one that was read last."""


@dataclass
class Marks:
    """The marks of a source: those kept from its last complete harvest, and those learned now."""

    kept: Mapping[str, Mark] = field(default_factory=dict)
    learned: dict[str, Mark] = field(default_factory=dict)

    def of(self, address: str) -> Mark | None:
        """The mark of an address when it was read last."""
        return self.kept.get(_name(address))

    def learn(self, address: str, mark: Mark | None) -> None:
        """Remember what was said of an address this time."""
        if mark and 0 < len(mark.etag + mark.modified) <= LONGEST and len(self.learned) < MOST:
            self.learned[_name(address)] = mark


def _name(address: str) -> str:
    """Addresses are known by their digest: they may be long, and hold a key."""
    return hashlib.sha256(address.encode()).hexdigest()
