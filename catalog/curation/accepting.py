"""What a review's acceptance does to the layer: the corrections that were proposed stand from now
on, over what the source says by now.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from catalog.curation import layer
from catalog.curation.layer import (
    AS_SOURCE,
    CONFLICT,
    STANDING,
    SUPERSEDED,
    WITHDRAWN,
    Live,
    Proposed,
    Said,
)
from catalog.requests.holding import Held
from catalog.tables import Version
from catalog.writing import Batch
from standards.curation import Correction, Mode
from standards.descriptor import Descriptor


@dataclass(frozen=True, slots=True)
class Beneath:
    """What lies beneath a proposal about an entry; of one without a source nothing does."""

    held: Held
    kind: str
    said: Said | None = None
    rows: Live = field(default_factory=dict)
    wanted: Proposed = field(default_factory=dict)
    """What the request makes of elements, with what the reviewer makes of them."""

    @staticmethod
    def of(
        session: Session, held: Held, version: Version, decided: Descriptor, reviewer: str
    ) -> Beneath:
        """Of a proposed version, and of what the reviewer made of it."""
        entry = held.entry.identifier
        said = layer.said(session, held.entry)
        if said is None:
            return Beneath(held, version.kind)
        wanted: dict[str, Mapping[str, Any]] = dict(held.row.curated or {})
        if not said.exact:  # held before there was a layer: all that differs is a correction
            proposed = Descriptor(version.kind, version.values)
            told = layer.proposed(said, said.values, proposed, version.author, version.note)
            wanted = told | wanted
        wanted |= layer.proposed(said, version.values, decided, reviewer, "")
        rows = layer.live(session, [entry]).get(entry, {})
        return Beneath(held, version.kind, said, rows, wanted)

    def laid(self) -> dict[str, Any] | None:
        """What the source says by now with everything over it; None where nothing is proposed but
        what the source itself sent.
        """
        if self.said is None or not self.wanted:
            return None
        return layer.over(self.kind, self.said.values, self.rows, self.wanted)

    def keep(self, batch: Batch) -> None:
        """Put the corrections on record, each in the place of the one before it, and keep the
        source's own words beside the entry.
        """
        if self.said is None or not self.wanted:
            return
        for path, each in self.wanted.items():
            ends = each["mode"] == AS_SOURCE
            if path in self.rows:
                state = WITHDRAWN if ends else SUPERSEDED
                closed = {"closed_by": batch.actor, "closed_at": batch.now}
                batch.move_curation(self.rows[path].id, state=state, **closed)
            if not ends:
                batch.curate(self._row(batch, path, each, self.said.values.get(path)))
        kept = {"source": self.said.source, "key": self.said.key}
        batch.source_record({**kept, "values": dict(self.said.values)}, known=True)

    def _row(self, batch: Batch, path: str, each: Mapping[str, Any], now: Any) -> dict[str, Any]:
        correction = Correction(path, Mode(each["mode"]), each["value"])
        disputed = correction.disputed(each["sourced"], now)
        return {
            **{name: each[name] for name in ("mode", "value", "sourced", "reason", "author")},
            "entry": self.held.entry.identifier,
            "path": path,
            "accepted_by": batch.actor,
            "at": batch.now,
            "request": self.held.row.id,
            "state": CONFLICT if disputed else STANDING,
            "closed_by": "",
            "closed_at": None,
        }
