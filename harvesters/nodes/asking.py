"""Asks a node: each answer has to bear the signature of the key that a person confirmed, be about
what was asked, and be new."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from catalog.federation.keys import BadKey, PublicKey
from catalog.federation.nodes import NodeView
from catalog.federation.signed import MEDIA_TYPE, NotTheirs, opened, presented
from harvesters.faults import HarvestFault, fault
from harvesters.fetching import Fetcher
from harvesters.limits import Limits
from harvesters.nodes import reading
from harvesters.nodes.reading import Changes, Digests

LIMITS = Limits(
    size=32 * 1024 * 1024,
    seconds=60.0,
    silence=15.0,
    redirects=0,
    attempts=1,
    run_seconds=float("inf"),
    run_bytes=2**62,
)
"""Of one answer of a node. It is asked again soon, so a fault is told at once; following has no
end."""
ROWS = 500


@dataclass(frozen=True, slots=True)
class Asking:
    """Asks one node, at its address, trusting the keys that are known of it."""

    fetcher: Fetcher
    location: str
    node: NodeView

    def changes(self, after: int, limit: int = ROWS) -> tuple[Changes, PublicKey]:
        """What changed after a turn, and the key that says so. Raises HarvestFault."""
        said, key = self._ask("changes", after, limit)
        return reading.changes(said, after, limit), key

    def digests(self, after: int, limit: int = ROWS) -> Digests:
        """What it shows now, from behind a number on. Raises HarvestFault."""
        said, _ = self._ask("digests", after, limit)
        return reading.digests(said, after, limit)

    def _ask(self, purpose: str, after: int, limit: int) -> tuple[Mapping[str, Any], PublicKey]:
        asked = {"after": after, "limit": limit, "nonce": secrets.token_urlsafe(12)}
        address = f"{self.location.rstrip('/')}/federation/{purpose}"
        params = {name: str(value) for name, value in asked.items()}
        raw = self.fetcher.get(address, params, accept=MEDIA_TYPE).body
        said, key = self._opened(raw)
        if said.get("purpose") != purpose or said.get("asked") != asked:
            raise fault("node-replayed", place=address)
        name = reading.node_of(said)
        if self.node.name and name != self.node.name:
            raise fault("node-renamed", value=name, before=self.node.name)
        return said, key

    def _opened(self, raw: bytes) -> tuple[Mapping[str, Any], PublicKey]:
        try:
            if not self.node.trusted:
                raise _unconfirmed(presented(raw))
            return opened(raw, self.node.trusted)
        except (NotTheirs, BadKey) as wrong:
            raise fault("node-signature", place=self.location, value=str(wrong)) from wrong


def _unconfirmed(key: PublicKey) -> HarvestFault:
    """Nobody has confirmed the node's key yet: what it shows is told, nothing is taken."""
    return fault("node-unconfirmed", value=key.text, fingerprint=key.fingerprint)
