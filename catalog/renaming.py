"""Records that their source gave another key: the entry keeps its permanent identifier and takes
the new key; the entry that was made of the new key meanwhile leads to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session, aliased

from catalog import agencies
from catalog.changes import What
from catalog.database import lock_logs
from catalog.proposals import Proposal, SourceKey
from catalog.registration import register
from catalog.sources import AUTOMATIC
from catalog.tables import Entry, Run, RunRecord, Source, SourceRecord, Version
from catalog.viewers import Viewer
from catalog.visibility import may_write
from catalog.withdrawal import bury
from catalog.writing import Batch, State
from standards.profile import Level

PIECE = 1000


@dataclass(frozen=True, slots=True)
class Item:
    """A record of a run with its living entry's latest version."""

    number: int
    key: str
    entry: str
    title: str


@dataclass(frozen=True, slots=True)
class Content:
    """What an entry's latest version says."""

    agency: str
    kind: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Renamed:
    """An entry that took a new key, and whether it says something else with that."""

    entry: str
    changed: bool


def items(session: Session, run: int, action: str, met_by: int | None = None) -> Iterator[Item]:
    """The records of a run with that outcome whose entries live, in their order; of an earlier run
    those that another one has met.
    """
    after = 0
    while True:
        query = (
            select(RunRecord.number, RunRecord.key, Entry.identifier, Version.title)
            .join(Run, Run.id == RunRecord.run)
            .join(
                SourceRecord,
                (SourceRecord.source == Run.source) & (SourceRecord.key == RunRecord.key),
            )
            .join(Entry, Entry.identifier == SourceRecord.entry)
            .join(Version, Version.entry == Entry.identifier)
            .where(RunRecord.run == run, RunRecord.action == action, RunRecord.number > after)
            .where(Version.number == _latest(), Entry.state != State.WITHDRAWN.value)
            .order_by(RunRecord.number)
            .limit(PIECE)
        )
        if met_by is not None:
            query = query.where(SourceRecord.seen == met_by)
        rows = session.execute(query).all()
        yield from (Item(*row) for row in rows)
        if len(rows) < PIECE:
            return
        after = rows[-1][0]


def since_complete(session: Session, source: str, run: int) -> list[int]:
    """The runs before this one that did not read everything, after the last one that did."""
    query = select(Run.id, Run.complete).where(Run.source == source, Run.id < run)
    found: list[int] = []
    for number, complete in session.execute(query.order_by(Run.id.desc())):
        if complete:
            break
        found.append(number)
    return found


def contents(session: Session, entries: Sequence[str]) -> Iterator[tuple[str, Content]]:
    """What the latest versions of entries say."""
    for start in range(0, len(entries), PIECE):
        some = Entry.identifier.in_(entries[start : start + PIECE])
        query = (
            select(Entry.identifier, Entry.agency, Version.kind, Version.values)
            .join(Version, Version.entry == Entry.identifier)
            .where(some, Version.number == _latest())
        )
        for entry, agency, kind, values in session.execute(query):
            yield entry, Content(agency, kind, values)


def pair(session: Session, run: int, pairs: Mapping[int, tuple[int, str]], action: str) -> None:
    """Note of records, by their number, which record of the run (its number and key) each is now,
    and what is planned: the place of what vanished is the new key.
    """
    rows = [
        {"run": run, "number": number, "action": action, "place": key, "raw": str(other)}
        for number, (other, key) in pairs.items()
    ]
    if rows:
        session.execute(update(RunRecord), rows)


def settle(
    session: Session, run: int, outcomes: Mapping[int, str], entries: Mapping[int, str]
) -> None:
    """Give records of a pair, by their number, their final outcome and entry."""
    rows = [
        {"run": run, "number": number, "action": action, "entry": entries.get(number), "raw": None}
        for number, action in outcomes.items()
    ]
    if rows:
        session.execute(update(RunRecord), rows)


def take_over(
    session: Session,
    actor: Viewer,
    source: str,
    names: Mapping[str, str],
    reason: str,
    now: datetime,
) -> dict[str, Renamed]:
    """Let entries take new keys (old key to new). By old key what was done; a pair of which an
    entry is gone by now, or is not theirs, is left out.
    """
    lock_logs(session)
    held = _held(session, source, {*names, *names.values()})
    both = {old: (held[old], held[new]) for old, new in names.items() if {old, new} <= held.keys()}
    paths = agencies.paths(session, {e.agency for each in both.values() for _, e in each})
    mine = {old: each for old, each in both.items()
            if all(may_write(actor, paths[e.agency]) for _, e in each)}  # fmt: skip
    if not mine:
        return {}
    new_values = dict(contents(session, [young.identifier for _, (_, young) in mine.values()]))
    batch = Batch(actor.name, now)
    for old, ((_, entry), (_, young)) in mine.items():
        served = entry.served is not None
        into = entry.identifier if served else None
        what = What.MERGED if served else What.WITHDRAWN
        bury(session, batch, young, what, reason=reason, merged_into=into, by_source=not served)
        told = {"source": source, "from": old, "to": names[old], "instead_of": young.identifier}
        batch.note(entry.identifier, "renamed", **told)
    batch.write(session)
    same = {old: before.digest == after.digest for old, ((before, _), (after, _)) in mine.items()}
    _rekey(session, source, {old: (names[old], mine[old][0][1].identifier) for old in mine}, same)
    row = session.get_one(Source, source)
    proposals = [
        _anew(row, names[old], young.identifier, new_values[young.identifier])
        for old, (_, (_, young)) in mine.items()
        if not same[old]
    ]
    changed = {
        proposal.source.key
        for proposal, outcome in zip(
            proposals, register(session, actor, proposals, now), strict=True
        )
        if proposal.source and outcome.changed
    }
    return {old: Renamed(mine[old][0][1].identifier, names[old] in changed) for old in mine}


def _rekey(
    session: Session,
    source: str,
    names: Mapping[str, tuple[str, str]],
    same: Mapping[str, bool],
) -> None:
    """The new key is the entry's; the old one is nobody's. Where the source sends other values now,
    no digest is kept, so that they are registered.
    """
    session.execute(
        delete(SourceRecord)
        .where(SourceRecord.source == source, SourceRecord.key.in_(names))
        .execution_options(synchronize_session=False)
    )
    for old, (new, entry) in names.items():
        fields: dict[str, Any] = {"entry": entry} if same[old] else {"entry": entry, "digest": ""}
        session.execute(
            update(SourceRecord)
            .where(SourceRecord.source == source, SourceRecord.key == new)
            .values(**fields)
            .execution_options(synchronize_session=False)
        )


def _anew(source: Source, key: str, young: str, content: Content) -> Proposal:
    """What the source sends under the new key, for the old entry: without the numbers that the
    young entry was given.
    """
    agency, _, serial = young.rpartition("-")
    minted = {young, f"{agency}/{serial}"}
    return Proposal(
        kind=content.kind,
        values={
            name: value
            for name, value in content.values.items()
            if not (isinstance(value, str) and value in minted)
        },
        agency=content.agency,
        level=Level.MINIMAL,
        source=SourceKey(source.name, key),
        accept=source.settings.get("acceptance") == AUTOMATIC,
    )


def _held(session: Session, source: str, keys: set[str]) -> dict[str, tuple[SourceRecord, Entry]]:
    """The living entries of records, held for a change."""
    query = (
        select(SourceRecord, Entry)
        .join(Entry, Entry.identifier == SourceRecord.entry)
        .where(SourceRecord.source == source, SourceRecord.key.in_(keys))
        .where(Entry.state != State.WITHDRAWN.value)
        .order_by(Entry.identifier)
        .with_for_update(of=Entry)
        .execution_options(populate_existing=True)
    )
    return {record.key: (record, entry) for record, entry in session.execute(query)}


def _latest() -> Any:
    other = aliased(Version)
    return (
        select(func.max(other.number))
        .where(other.entry == Entry.identifier)
        .correlate(Entry)
        .scalar_subquery()
    )
