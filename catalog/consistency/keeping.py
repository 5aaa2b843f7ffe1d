"""Carries out the audit and keeps what it found: what is found again stays, what is not is settled.

It takes its time, so it reads one snapshot and writes in short transactions beside, and the worker
does it once a day or when somebody asks.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

import structlog
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from catalog import audit, leases
from catalog.audit import Event
from catalog.clock import Clock
from catalog.consistency.finding import Finding
from catalog.consistency.rules import NAMES
from catalog.consistency.running import Progress, run
from catalog.database import Database, lock_logs, put
from catalog.errors import Forbidden, Unavailable
from catalog.processes import new_owner
from catalog.tables import ConsistencyRun, Entry, FindingEntry, FindingRow
from catalog.viewers import TIMES_HAND, Role, Viewer
from standards.clocks import local_day

ROLES = (Role.REVIEWER, Role.AUDITOR, Role.ADMINISTRATOR)
"""Who sees findings and follows them, about the agencies of their role."""
EVERY = timedelta(days=1)
LOOK = 5.0
LEASE = "consistency"
PIECE = 200
KEEPER = TIMES_HAND
log = structlog.get_logger("mulu.consistency")


@dataclass(frozen=True, slots=True)
class Conducted:
    """What a run came to."""

    run: int
    finished: datetime
    counts: dict[str, int]


def ask(session: Session, actor: Viewer, now: datetime) -> int:
    """Have the worker run the audit soon; the number of the run that is asked for already or now.

    Raises Forbidden for whoever sees no findings.
    """
    if not (actor.operator or any(actor.holds(role) for role in ROLES)):
        raise Forbidden("only reviewers, auditors and administrators audit")
    lock_logs(session)
    waiting = session.scalar(select(ConsistencyRun.id).where(ConsistencyRun.finished.is_(None)))
    if waiting is not None:
        return waiting
    number = _begin(session, actor.name, now)
    audit.append(session, actor.name, [Event("consistency asked", None, {"run": number})], now)
    return number


def conduct(
    database: Database,
    clock: Clock,
    by: str = KEEPER,
    rules: Collection[str] = NAMES,
    progress: Progress = lambda done, total: None,
    tell: Callable[[Finding], None] = lambda finding: None,
) -> Conducted:
    """Run the audit now, and keep what it finds. Waiting runs are done with it."""
    started = clock.now()
    with database.writing() as session:
        lock_logs(session)
        number = _waiting(session, rules) or _begin(session, by, started)
    counts: Counter[str] = Counter()
    late: Counter[str] = Counter()
    with database.reading() as reading:
        found = run(reading, local_day(started), progress, rules, late)
        for piece in _pieces(found):
            with database.writing() as session:
                lock_logs(session)
                _keep(session, piece, number, started)
            counts.update(finding.rule for finding in piece)
            for finding in piece:
                tell(finding)
    with database.writing() as session:
        lock_logs(session)
        _finish(session, number, rules, counts, late, clock.now(), by)
    return Conducted(number, clock.now(), dict(counts))


def last(session: Session) -> ConsistencyRun | None:
    """The last run that was finished."""
    query = select(ConsistencyRun).where(ConsistencyRun.finished.is_not(None))
    return session.scalars(query.order_by(ConsistencyRun.finished.desc()).limit(1)).first()


def is_waiting(session: Session) -> bool:
    """Whether a run is asked for, or under way."""
    query = select(ConsistencyRun.id).where(ConsistencyRun.finished.is_(None)).limit(1)
    return session.scalar(query) is not None


def work(database: Database, clock: Clock, stop: threading.Event) -> None:
    """Run the audit when it is due until told to stop; a database that is away is waited for."""
    owner = new_owner()
    while not stop.is_set():
        try:
            step(database, clock, owner)
        except Unavailable as away:
            log.warning("waiting", reason=str(away))
        except Exception:  # the worker outlives a faulty run
            log.exception("audit failed")
            stop.wait(60)
        stop.wait(LOOK)


def step(database: Database, clock: Clock, owner: str) -> Conducted | None:
    """Run the audit if it is due and no other process does."""
    with database.reading() as session:
        before = last(session)
        due = before is None or before.finished is None or clock.now() - before.finished >= EVERY
        if not (due or is_waiting(session)):
            return None
    if not leases.acquire(database, LEASE, owner, clock.now()):
        return None
    try:
        return conduct(
            database, clock, progress=lambda _done, _total: _prolong(database, owner, clock)
        )
    finally:
        leases.release(database, LEASE, owner)


def _prolong(database: Database, owner: str, clock: Clock) -> None:
    leases.acquire(database, LEASE, owner, clock.now())


def _begin(session: Session, by: str, now: datetime) -> int:
    row = ConsistencyRun(asked_by=by, asked_at=now, finished=None, entries=0, counts={}, late={})
    session.add(row)
    session.flush()
    return row.id


def _waiting(session: Session, rules: Collection[str]) -> int | None:
    """The run that was asked for, provided all rules are run."""
    if set(rules) != set(NAMES):
        return None
    return session.scalar(select(ConsistencyRun.id).where(ConsistencyRun.finished.is_(None)))


def _pieces(findings: Iterable[Finding]) -> Iterator[list[Finding]]:
    iterator = iter(findings)
    while piece := list(islice(iterator, PIECE)):
        yield piece


def _keep(session: Session, piece: list[Finding], number: int, now: datetime) -> None:
    """Put the findings down; one that is known stays as old as it is, with its requests."""
    keys = [finding.key for finding in piece]
    known = {
        row.key: row for row in session.scalars(select(FindingRow).where(FindingRow.key.in_(keys)))
    }
    asked = {
        (row.finding, row.entry): row.request
        for row in session.scalars(select(FindingEntry).where(FindingEntry.finding.in_(keys)))
    }
    session.execute(delete(FindingEntry).where(FindingEntry.finding.in_(keys)))
    for finding in piece:
        told = finding.told._asdict()
        row = known.get(finding.key)
        if row is None:
            row = FindingRow(key=finding.key, rule=finding.rule, found=now)
            session.add(row)
        elif row.settled is not None:
            row.found = now
        row.told, row.run, row.settled = told, max(row.run or 0, number), None
    session.flush()
    put(session, FindingEntry, [row for finding in piece for row in _entries(finding, asked)])


def _entries(
    finding: Finding, asked: dict[tuple[str, str], int | None]
) -> Iterator[dict[str, object]]:
    both = [(entry, False) for entry in finding.entries] + [(e, True) for e in finding.beside]
    for place, (entry, beside) in enumerate(both):
        yield {
            "finding": finding.key,
            "entry": entry,
            "place": place,
            "beside": beside,
            "request": asked.get((finding.key, entry)),
        }


def _finish(
    session: Session,
    number: int,
    rules: Collection[str],
    counts: Counter[str],
    late: Counter[str],
    now: datetime,
    by: str,
) -> None:
    session.execute(
        update(FindingRow)
        .where(FindingRow.run < number, FindingRow.settled.is_(None), FindingRow.rule.in_(rules))
        .values(settled=now)
    )
    row = session.get_one(ConsistencyRun, number)
    row.finished, row.counts, row.late = now, dict(counts), dict(late)
    row.entries = session.scalar(select(func.count()).where(Entry.served.is_not(None))) or 0
    told = {"run": number, "rules": sorted(rules), "findings": sum(counts.values())}
    audit.append(session, by, [Event("consistency audited", None, told)], now)
