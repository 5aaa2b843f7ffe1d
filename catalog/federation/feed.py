"""What a node tells those who follow it: its entries as a circle of readers may see them, in the
order of the turns at which they changed for that circle (`catalog/exposure.py`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalog import agencies, origins
from catalog.agencies import AgencyView
from catalog.exposure import VIEWERS, Tier
from catalog.tables import Entry, Exposure, Tombstone, Version
from catalog.versions import descriptor_of
from catalog.visibility import redacted, visible
from search.card import Stage

MOST = 1000
"""Rows of one answer."""
HEAVIEST = 8 * 1024 * 1024
"""So many bytes of descriptors end an answer before its rows are up."""


def head(session: Session, tier: Tier) -> int:
    """The latest turn of the tier; 0 before the first."""
    query = select(func.max(Exposure.turn)).where(Exposure.tier == tier.value)
    return session.scalar(query) or 0


def changes(
    session: Session, tier: Tier, after: int, limit: int, *, node: str, passes_on: bool
) -> dict[str, Any]:
    """What changed for the tier after a turn, oldest first, and the latest turn that there is."""
    latest = head(session, tier)
    rows = session.execute(
        select(Exposure, Entry, Version, Tombstone)
        .join(Entry, Entry.identifier == Exposure.entry)
        .outerjoin(
            Version, (Version.entry == Exposure.entry) & (Version.number == Exposure.version)
        )
        .outerjoin(Tombstone, Tombstone.entry == Exposure.entry)
        .where(Exposure.tier == tier.value, Exposure.turn > after)
        .order_by(Exposure.turn)
        .limit(limit)
    ).all()
    chains = origins.of(session, [row.Exposure.entry for row in rows])
    told: list[dict[str, Any]] = []
    weight = 0
    for exposure, entry, version, grave in rows:
        chain = chains.get(entry.identifier, ())
        if exposure.present and version and (passes_on or not chain):
            change = _present(tier, exposure, version)
            hops = (*chain, origins.Hop(node, entry.identifier))
            change["origins"] = [[hop.node, hop.identifier] for hop in hops]
        else:
            change = _gone(session, tier, exposure, grave)
        told.append(change)
        weight += len(orjson.dumps(change))
        if weight > HEAVIEST:
            break
    organs = _organs(session, {change["agency"] for change in told})
    return {"head": latest, "agencies": organs, "changes": told}


def digests(
    session: Session, tier: Tier, after: int, limit: int, *, passes_on: bool
) -> dict[str, Any]:
    """What the tier is shown now, as pairs of identifier and digest in the order of their numbers
    after the given one; ``last`` is None at the end."""
    rows = session.execute(
        select(Exposure.number, Version)
        .join(Version, (Version.entry == Exposure.entry) & (Version.number == Exposure.version))
        .where(Exposure.tier == tier.value, Exposure.present, Exposure.number > after)
        .order_by(Exposure.number)
        .limit(limit)
    ).all()
    passed = {} if passes_on else origins.of(session, [version.entry for _, version in rows])
    viewer = VIEWERS[tier]
    pairs = [
        [version.entry, redacted(viewer, descriptor_of(version)).digest]
        for _, version in rows
        if version.entry not in passed
    ]
    last = rows[-1].number if len(rows) == limit else None
    return {"last": last, "digests": pairs}


def _present(tier: Tier, exposure: Exposure, version: Version) -> dict[str, Any]:
    descriptor = redacted(VIEWERS[tier], descriptor_of(version))
    return {
        **_row(exposure, "present"),
        "kind": descriptor.kind,
        "audience": version.audience,
        "digest": descriptor.digest,
        "values": descriptor.values,
    }


def _gone(
    session: Session, tier: Tier, exposure: Exposure, grave: Tombstone | None
) -> dict[str, Any]:
    """Why it is gone, as far as the tier may know; of what is only withheld, nothing."""
    viewer = VIEWERS[tier]
    told = grave is not None and visible(viewer, Stage.SERVED, grave.audience, ())
    heir = grave.merged_into if grave and told else None
    if heir and not _shown(session, tier, heir):
        heir = None
    return {
        **_row(exposure, "gone"),
        "reason": grave.reason if grave and told else "",
        "merged_into": heir,
        "silent": not told,
    }


def _shown(session: Session, tier: Tier, entry: str) -> bool:
    row = session.get(Exposure, (tier.value, entry))
    return row is not None and row.present


def _row(exposure: Exposure, what: str) -> dict[str, Any]:
    return {
        "turn": exposure.turn,
        "identifier": exposure.entry,
        "what": what,
        "at": exposure.at.isoformat(),
        "agency": exposure.agency,
    }


def _organs(session: Session, codes: set[str]) -> Sequence[Mapping[str, Any]]:
    """The agencies named, with all above them."""
    named = agencies.some(session, codes)
    above = {each for agency in named.values() for each in agency.path}
    found: dict[str, AgencyView] = {**agencies.some(session, above - named.keys()), **named}
    return [
        {
            "code": each.code,
            "name": each.name,
            "short_names": each.short_names,
            "division": each.division,
            "parent": each.parent,
        }
        for each in sorted(found.values(), key=lambda agency: (len(agency.path), agency.code))
    ]
