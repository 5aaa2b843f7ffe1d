"""Fills an empty directory with the invented sample: its agencies, its accounts, its entries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalog import accounts, agencies, entries, leases, sources
from catalog.agencies import AgencyView
from catalog.clock import Clock, SystemClock
from catalog.database import Database
from catalog.elements import claims, duplication, keeping, linking
from catalog.errors import NotFound
from catalog.registration import Outcome, Proposal, SourceKey, register
from catalog.requests import routes
from catalog.requests.model import Step
from catalog.review import send_back, withdraw
from catalog.sources import AUTOMATIC, SourceSettings
from catalog.tables import Account, Agency, Claim, Source, SourceRecord
from catalog.viewers import OPERATOR, Grant, Role, Viewer
from standards import sample
from standards.clocks import clock as working_days
from standards.profile import Level
from standards.sample import SampleClaim, SampleEntry
from standards.sample.organs import CENTRE, Organ
from standards.summary import summarize

SOURCE = "sample"
PASSWORD = "mulu-demo"  # noqa: S105  shown on the sign-in page of a demo, and made nowhere else
BATCH = 500
CLOCK: Clock = SystemClock()
TWO_STEPS = "3100H"
"""The agency in which what is of high risk needs its own yes and the centre's."""
SPREAD = timedelta(days=9)
"""How long ago the first batch is said to have come in, so that a queue has something old."""
FURNISHED = 6000
"""Changes that are enough for what is said of data elements."""
REVIEWING = Viewer(None, "reviewer", (Grant(Role.REVIEWER), Grant(Role.REGISTRAR)))
RETURNED = "请补充内容概述，并核对公开属性的依据。"
WITHDRAWN = "与另一条目重复登记。"


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """Somebody to sign in as while trying Mulu out."""

    username: str
    name: str
    role: Role
    agency: str | None
    password: str = PASSWORD


ACCOUNTS = (
    DemoAccount("registrar", "水务局编目员", Role.REGISTRAR, "3100H"),
    DemoAccount("district", "静安区编目员", Role.REGISTRAR, "31500"),
    DemoAccount("head", "水务局审核员", Role.REVIEWER, "3100H"),
    DemoAccount("reviewer", "目录中心审核员", Role.REVIEWER, None),
    DemoAccount("auditor", "监督员", Role.AUDITOR, None),
    DemoAccount("admin", "管理员", Role.ADMINISTRATOR, None),
)


def load(
    database: Database,
    count: int,
    progress: Callable[[int, int], None] = lambda done, total: None,
    clock: Clock = CLOCK,
) -> int:
    """Bring the sample to ``count`` entries; what is there stays. Gives how many came in."""
    now = clock.now()
    prepare(database, clock)
    with database.reading() as session:
        held = session.scalar(
            select(func.count()).select_from(SourceRecord).where(SourceRecord.source == SOURCE)
        )
    done = first = held or 0
    for batch in _batches(islice(sample.entries(count), first, None)):
        left = (count - done) / (count - first)
        with database.writing() as session:
            _register(session, batch, now - SPREAD * left)
        done += len(batch)
        progress(done, count)
    return done - first


def prepare(database: Database, clock: Clock = CLOCK) -> None:
    """The sample's agencies and the source that its entries are said to come from."""
    now = clock.now()
    with database.writing() as session:
        known = set(session.scalars(select(Agency.code)))
        for organ in (sample.centre(), *sample.organs()):
            if organ.code not in known:
                agencies.add(session, OPERATOR, _agency(organ), now)
        if session.get(Source, SOURCE) is None:
            settings = SourceSettings("sample", "", Level.CORE, AUTOMATIC)
            sources.add(session, OPERATOR, SOURCE, CENTRE, settings, now)
            steps, days = [Step.AGENCY, Step.CENTRE], working_days("filing").days
            routes.choose(session, OPERATOR, TWO_STEPS, "high", steps, days, now)


def make_accounts(database: Database, clock: Clock = CLOCK) -> None:
    """The demo's accounts, whose password everybody may know. Never called outside a demo."""
    prepare(database, clock)
    with database.writing() as session:
        known = set(session.scalars(select(Account.username)))
        for each in ACCOUNTS:
            if each.username not in known:
                grants = [Grant(each.role, each.agency)]
                accounts.create(
                    session, OPERATOR, each.username, each.name, each.password, clock.now(), grants
                )


def furnish(database: Database, clock: Clock = CLOCK) -> None:
    """What people would have said of the data elements of the sample, unless they have."""
    with database.reading() as session:
        if session.scalar(select(func.count()).select_from(Claim)):
            return
    done = 0
    while done < FURNISHED and (step := keeping.step(database, clock, SOURCE)):
        done += step
    leases.release(database, keeping.NAME, SOURCE)
    codes = {organ.name: organ.code for organ in sample.organs()}
    with database.writing() as session:
        for each in sample.claims():
            _claim(session, each, codes[each.agency], clock.now())
        for link in sample.links():
            code, key = codes[link.agency], linking.key_of(link.item)
            reason, now = link.reason, clock.now()
            with suppress(NotFound):  # a small sample may not have the item
                linking.decide(session, REVIEWING, link.element, code, key, link.state, reason, now)
        for other in sample.exceptions():
            code, reason, now = codes[other.agency], other.reason, clock.now()
            with suppress(NotFound):
                duplication.declare(session, REVIEWING, other.element, code, reason, now)


def _claim(session: Session, told: SampleClaim, agency: str, now: datetime) -> None:
    """A claim by one of the agency's entries, if it has one; and what the centre made of it."""
    names = linking.entries_of(session, OPERATOR, told.element, agency)
    found = entries.some(session, OPERATOR, names)
    if not found:
        return
    chosen = min(found, key=lambda view: len(summarize(view.shown.descriptor).title))
    entry = chosen.identifier  # the whole city's rather than one district's
    who = Viewer(None, f"{told.agency}编目员", (Grant(Role.REGISTRAR, agency),))
    number = claims.make(session, who, told.element, entry, told.division, told.reason, now)
    if told.decision:
        claims.decide(session, REVIEWING, number, True, told.decision, now)


def _agency(organ: Organ) -> AgencyView:
    return AgencyView(
        code=organ.code,
        name=organ.name,
        short_names=organ.short_names,
        credit_code=organ.credit_code,
        division=organ.division,
        parent=None if organ.code == CENTRE else CENTRE,
    )


def _batches(entries: Iterable[SampleEntry]) -> Iterator[list[SampleEntry]]:
    iterator = iter(entries)
    while batch := list(islice(iterator, BATCH)):
        yield batch


def _proposal(entry: SampleEntry) -> Proposal:
    return Proposal(
        kind=entry.kind,
        values=entry.values,
        agency=entry.agency,
        level=Level.CORE,
        source=SourceKey(SOURCE, str(entry.number)),
        submit=entry.state != "draft",
        accept=entry.state in ("published", "withdrawn"),
        note="示例数据",
    )


def _register(session: Session, batch: list[SampleEntry], now: datetime) -> None:
    outcomes = register(session, OPERATOR, [_proposal(entry) for entry in batch], now)
    for entry, outcome in zip(batch, outcomes, strict=True):
        if outcome.rejected or outcome.identifier is None:
            told = "; ".join(f"{each.path}: {each.message.en}" for each in outcome.problems)
            raise ValueError(f"sample entry {entry.number} is not valid: {told}")
        _grow_up(session, entry, outcome, now)


def _grow_up(session: Session, entry: SampleEntry, outcome: Outcome, now: datetime) -> None:
    identifier = outcome.identifier or ""
    if entry.state == "returned":
        send_back(session, OPERATOR, identifier, outcome.revision, RETURNED, now)
    elif entry.state == "withdrawn":
        withdraw(session, OPERATOR, identifier, outcome.revision, WITHDRAWN, now)
