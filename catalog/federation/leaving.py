"""What a node says has left: hidden here at once, each with what its home tells of it, and brought
back under its identifier when the node says so again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.changes import What
from catalog.tables import Entry, SourceRecord
from catalog.viewers import Viewer
from catalog.withdrawal import bury
from catalog.writing import Batch, State
from search.card import Audience

WITHHELD = "其来源节点不再公开这条记录。Its home node no longer shows this record."
LEFT = "其来源节点已撤下这条记录。Its home node has withdrawn this record."


@dataclass(frozen=True, slots=True)
class Departure:
    """An entry that a node no longer shows. ``silent``: it does not say that it was there, so
    neither do we."""

    key: str
    reason: str = ""
    merged_into: str = ""
    silent: bool = False


def leave(
    session: Session,
    actor: Viewer,
    source: str,
    departures: Sequence[Departure],
    now: datetime,
) -> dict[str, str]:
    """Withdraw the entries; those that were living, by the key of their record."""
    keys = {each.key for each in departures} | {each.merged_into for each in departures}
    held = _living(session, source, keys)
    leaving = {each.key: each for each in departures if each.key in held}
    batch = Batch(actor.name, now)
    for key, departure in leaving.items():
        heir = held.get(departure.merged_into)
        led = heir if heir and heir.served and departure.merged_into not in leaving else None
        bury(
            session,
            batch,
            held[key],
            What.MERGED if led else What.WITHDRAWN,
            reason=departure.reason or (WITHHELD if departure.silent else LEFT),
            merged_into=led.identifier if led else None,
            by_source=True,
            audience=Audience.AGENCY if departure.silent else None,
        )
    batch.write(session)
    return {key: held[key].identifier for key in leaving}


def _living(session: Session, source: str, keys: set[str]) -> Mapping[str, Entry]:
    query = (
        select(SourceRecord.key, Entry)
        .join(Entry, Entry.identifier == SourceRecord.entry)
        .where(SourceRecord.source == source, SourceRecord.key.in_(keys))
        .where(Entry.state != State.WITHDRAWN.value)
        .execution_options(populate_existing=True)
    )
    return {row.key: row.Entry for row in session.execute(query)}
