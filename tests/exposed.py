"""What the table of exposures must hold, worked out from the policy alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.exposure import VIEWERS, Tier
from catalog.tables import Entry, ExposedTheme, Exposure, Version
from catalog.visibility import condition
from search.card import Stage
from standards.descriptor import Descriptor
from standards.summary import open_themes

_TABLE = Exposure.__table__

Shown: TypeAlias = tuple[str, str, int, set[str]]
"""Agency, kind, version and themes."""


def as_the_policy_says(session: Session, tier: Tier) -> dict[str, Shown]:
    """What somebody of the tier may see now, by entry."""
    query = (
        select(Entry.identifier, Entry.agency, Version.kind, Version.number, Version.values)
        .join(Version, (Version.entry == Entry.identifier) & (Version.number == Entry.served))
        .where(condition(VIEWERS[tier], Stage.SERVED))
    )
    return {
        entry: (agency, kind, number, set(open_themes(Descriptor(kind, values))))
        for entry, agency, kind, number, values in session.execute(query)
    }


def rows(session: Session, tier: Tier) -> list[Any]:
    """The tier's rows by number."""
    query = select(*_TABLE.c).where(_TABLE.c.tier == tier.value).order_by(_TABLE.c.number)
    return list(session.execute(query))


def check(session: Session, tier: Tier, ever: Mapping[str, Shown] | None = None) -> None:
    """The tier was shown exactly what it could ever see, as it saw it last; what it sees no more is
    marked; numbers and turns go on without tellable gaps, and times never back.
    """
    now, held = as_the_policy_says(session, tier), rows(session, tier)
    assert {row.entry for row in held if row.present} == now.keys()
    if ever is not None:
        assert {row.entry for row in held} == ever.keys()
    for row in held:
        expected = (ever or now).get(row.entry)
        if expected is not None:
            agency, kind, version, themes = expected
            assert (row.agency, row.kind, row.version) == (agency, kind, version)
            assert set(row.themes.split()) == themes
    assert [row.number for row in held] == list(range(1, len(held) + 1))
    by_turn = sorted(held, key=lambda row: row.turn)
    assert len({row.turn for row in held}) == len(held)
    assert [row.at for row in by_turn] == sorted(row.at for row in held)
    themes_of = {(row.number, theme) for row in held for theme in row.themes.split()}
    query = select(ExposedTheme.number, ExposedTheme.theme).where(ExposedTheme.tier == tier.value)
    assert {tuple(row) for row in session.execute(query)} == themes_of
