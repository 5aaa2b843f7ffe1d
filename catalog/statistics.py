"""Counts over the whole directory, for those who run it."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalog.tables import Entry
from catalog.writing import State


def states(session: Session) -> Mapping[str, int]:
    """How many entries there are in each state."""
    rows = session.execute(select(Entry.state, func.count()).group_by(Entry.state))
    counted: dict[str, int] = {row[0]: row[1] for row in rows}
    return {state.value: counted.get(state.value, 0) for state in State}
