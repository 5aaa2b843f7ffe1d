"""The agencies of a node, as far as they lie below the one that its source is for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from catalog import agencies
from catalog.agencies import AgencyView
from catalog.database import lock_counters
from catalog.federation.homes import homes_of
from catalog.tables import Agency
from catalog.viewers import OPERATOR
from catalog.words import plain

CODE = re.compile(r"[0-9A-Z]{5,6}")
LONGEST_NAME = 200
DEEPEST = 16
"""So many agencies may stand above each other; what a node tells further down is left out."""


def learn(
    session: Session,
    source: str,
    top: str,
    told: Sequence[AgencyView],
    now: datetime,
    *,
    create: bool,
) -> None:
    """Take in what a node tells of its agencies: new ones, where its source lets it create them,
    come below the one above them or below ``top``; from now on they register at the node, and this
    one mints no identifiers for them. What lies elsewhere is not its to speak of.
    """
    wanted = [each for each in _downwards(told) if CODE.fullmatch(each.code)]
    known = dict(agencies.known_paths(session, {top, *(each.code for each in wanted)}))
    for each in wanted:
        if each.code in known or not create:
            continue
        parent = each.parent or ""
        above = parent if top in known.get(parent, ()) else top
        if len(known.get(above, ())) >= DEEPEST:
            continue
        name, short = _names(each)
        if not name:
            continue
        made = AgencyView(each.code, name, short, division=each.division, parent=above)
        known[each.code] = agencies.add(session, OPERATOR, made, now).path
    ours = [each for each in wanted if top in known.get(each.code, ())]
    settle(session, source, [each.code for each in ours])
    _rename(session, source, ours, now)


def _rename(session: Session, source: str, told: Sequence[AgencyView], now: datetime) -> None:
    """Call the agencies that are at home at the node as it calls them."""
    codes = [each.code for each in told]
    held, homes = agencies.some(session, codes), homes_of(session, codes)
    for each in told:
        name, short = _names(each)
        before = held[each.code]
        if homes.get(each.code) != source or not name:
            continue
        if (name, short) != (before.name, tuple(before.short_names)):
            agencies.rename(session, OPERATOR, each.code, name, short, now)


def settle(session: Session, source: str, codes: Sequence[str]) -> None:
    """Let the node of a source be the home of agencies for which nothing was registered here."""
    lock_counters(session)
    session.execute(
        update(Agency)
        .where(Agency.code.in_(codes), Agency.home.is_(None), Agency.serial == 0)
        .values(home=source)
        .execution_options(synchronize_session=False)
    )


def _names(agency: AgencyView) -> tuple[str, tuple[str, ...]]:
    """The name and the short ones as they can be kept."""
    short = (plain(each)[:LONGEST_NAME] for each in agency.short_names)
    return plain(agency.name)[:LONGEST_NAME], tuple(each for each in short if each)


def _downwards(told: Sequence[AgencyView]) -> list[AgencyView]:
    """Each after the one above it; who stand above each other in a circle come last, as told."""
    by_code: Mapping[str, AgencyView] = {each.code: each for each in told}

    def depth(agency: AgencyView) -> int:
        met = {agency.code}
        while len(met) <= DEEPEST and (above := by_code.get(agency.parent or "")):
            if above.code in met:
                break
            agency = above
            met.add(agency.code)
        return len(met)

    return sorted(by_code.values(), key=depth)
