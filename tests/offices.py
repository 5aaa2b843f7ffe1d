"""A small directory for tests: four agencies, somebody in each role, and short ways to act."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

from sqlalchemy import create_engine, make_url, text

from catalog import agencies, entries, registration, review, sources
from catalog.agencies import AgencyView
from catalog.clock import FixedClock
from catalog.database import Database
from catalog.entries import EntryView
from catalog.registration import Outcome, Proposal, SourceKey
from catalog.requests import flow
from catalog.sources import SourceSettings
from catalog.viewers import OPERATOR, PUBLIC, Grant, Role, Viewer
from tests.parts import require

CENTRE, WATER, HEALTH, PUMPS = "310A0", "310A7", "310B2", "310A8"
AGENCIES = (
    AgencyView(CENTRE, "上海市人民政府办公厅", ("市政府办公厅",), division="310000"),
    AgencyView(WATER, "上海市水务局", ("市水务局", "水务局"), parent=CENTRE),
    AgencyView(HEALTH, "上海市卫生局", ("市卫生局", "卫生局"), parent=CENTRE),
    AgencyView(PUMPS, "上海市排水管理处", ("排水处",), parent=WATER),
)
REGISTRAR = Viewer(1, "wang", (Grant(Role.REGISTRAR, WATER),))
COLLEAGUE = Viewer(2, "zhou", (Grant(Role.REGISTRAR, WATER), Grant(Role.REVIEWER, WATER)))
NEIGHBOUR = Viewer(3, "chen", (Grant(Role.REGISTRAR, HEALTH),))
REVIEWER = Viewer(4, "li", (Grant(Role.REVIEWER),))
AUDITOR = Viewer(5, "sun", (Grant(Role.AUDITOR),))
ADMINISTRATOR = Viewer(6, "zhao", (Grant(Role.ADMINISTRATOR),))
NOBODY = Viewer(7, "xu")
ANOTHER = Viewer(8, "qian", (Grant(Role.REVIEWER),))
"""A second reviewer, since nobody decides on what they asked for."""
EVERYBODY = (PUBLIC, NOBODY, REGISTRAR, COLLEAGUE, NEIGHBOUR, REVIEWER, AUDITOR, ADMINISTRATOR)
FILE = "mulu.db"
AUTOMATIC, REVIEWED = "water-automatic", "water-reviewed"


def values(
    title: str = "雨水泵站基本信息", disclosure: str = "proactive", **more: Any
) -> dict[str, Any]:
    """A descriptor's values; a withheld one has its ground."""
    group = {"attribute": disclosure}
    if disclosure == "withheld":
        group |= {"ground": "internal-affairs", "discretion": "只涉及内部安排，公开没有益处。"}
    if disclosure == "on-request":
        group["ground"] = "on-request-way"
    return {"title": title, "disclosure": group, "abstract": "泵站的位置和排水能力。", **more}


@dataclass
class Offices:
    """A database with agencies and sources in it, and a clock that stands."""

    database: Database
    clock: FixedClock = field(default_factory=FixedClock)

    def prepare(self) -> Offices:
        """Make the tables, the agencies and the sources."""
        self.database.migrate()
        now = self.clock.now()
        with self.database.writing() as session:
            for agency in AGENCIES:
                agencies.add(session, OPERATOR, agency, now)
            for name, acceptance in ((AUTOMATIC, "automatic"), (REVIEWED, "review")):
                settings = SourceSettings("spreadsheet", "water.csv", acceptance=acceptance)
                sources.add(session, OPERATOR, name, WATER, settings, now)
        return self

    def register(self, *proposals: Proposal, actor: Viewer = REGISTRAR) -> list[Outcome]:
        """Register in one transaction."""
        with self.database.writing() as session:
            return registration.register(session, actor, proposals, self.clock.now())

    def submitted(self, **more: Any) -> Outcome:
        """A fresh entry of the water bureau that waits for its review."""
        return self.register(Proposal("document", values(**more), WATER))[0]

    def published(self, **more: Any) -> Outcome:
        """A fresh entry of the water bureau that is served."""
        proposal = Proposal("document", values(**more), WATER, accept=True)
        return self.register(proposal, actor=OPERATOR)[0]

    def sent(self, key: str, source: str = AUTOMATIC, **more: Any) -> Outcome:
        """What a source sends under a key."""
        origin, accept = SourceKey(source, key), source == AUTOMATIC
        proposal = Proposal("document", values(**more), WATER, source=origin, accept=accept)
        return self.register(proposal)[0]

    def revise(
        self, outcome: Outcome, actor: Viewer = REGISTRAR, submit: bool = True, **more: Any
    ) -> Outcome:
        """Propose other values."""
        assert outcome.identifier
        with self.database.writing() as session:
            return registration.revise(
                session,
                actor,
                outcome.identifier,
                values(**more),
                outcome.revision,
                self.clock.now(),
                submit=submit,
            )

    def submit(self, outcome: Outcome, actor: Viewer = REGISTRAR) -> Outcome:
        """Hand in."""
        assert outcome.identifier
        with self.database.writing() as session:
            return registration.submit(
                session, actor, outcome.identifier, outcome.revision, self.clock.now()
            )

    def accept(
        self,
        outcome: Outcome,
        attributes: dict[str, Any] | None = None,
        actor: Viewer = REVIEWER,
    ) -> Outcome:
        """Serve the pending version."""
        assert outcome.identifier
        with self.database.writing() as session:
            return review.accept(
                session, actor, outcome.identifier, outcome.revision, self.clock.now(), attributes
            )

    def send_back(
        self, outcome: Outcome, reason: str = "请补充摘要", actor: Viewer = REVIEWER
    ) -> Outcome:
        """Return the pending version."""
        assert outcome.identifier
        with self.database.writing() as session:
            return review.send_back(
                session, actor, outcome.identifier, outcome.revision, reason, self.clock.now()
            )

    def withdraw(
        self, outcome: Outcome, reason: str = "重复登记", actor: Viewer = REVIEWER
    ) -> Outcome:
        """Take out: asked for by one and, where somebody has to agree, agreed to by another."""
        asked = self.ask_to_withdraw(outcome, reason, actor)
        if asked.request is None:
            return asked
        with self.database.writing() as session:
            now = self.clock.now()
            return flow.accept(session, ANOTHER, asked.request, asked.revision, now)

    def ask_to_withdraw(
        self, outcome: Outcome, reason: str = "重复登记", actor: Viewer = REVIEWER
    ) -> Outcome:
        """Ask that it leave."""
        assert outcome.identifier
        with self.database.writing() as session:
            return review.withdraw(
                session, actor, outcome.identifier, outcome.revision, reason, self.clock.now()
            )

    def find(self, identifier: str | None, viewer: Viewer = PUBLIC) -> EntryView:
        """The entry as the viewer sees it."""
        assert identifier
        with self.database.reading() as session:
            return entries.find(session, viewer, identifier)


@contextmanager
def sqlite_database(folder: Path) -> Iterator[Database]:
    """An empty SQLite file."""
    database = Database(f"sqlite:///{folder / FILE}")
    try:
        yield database
    finally:
        database.dispose()


def database_of(kind: str, folder: Path) -> AbstractContextManager[Database]:
    """An empty database, ``sqlite`` or ``postgres``; skips where the server is missing."""
    return sqlite_database(folder) if kind == "sqlite" else postgres_database(require("postgres"))


@contextmanager
def sqlite_offices(
    folder: Path, prepare: Callable[[Offices], Offices] = Offices.prepare
) -> Iterator[Offices]:
    """The small directory in a SQLite file, and what else was prepared: a copy of one that is made
    once, since migrations take longer than most tests.
    """
    (folder / FILE).write_bytes(_prepared(prepare))
    with sqlite_database(folder) as database:
        yield Offices(database)


@cache
def _prepared(prepare: Callable[[Offices], Offices]) -> bytes:
    with TemporaryDirectory() as folder:
        with sqlite_database(Path(folder)) as database:
            prepare(Offices(database))
        return (Path(folder) / FILE).read_bytes()  # whole: closing has emptied the WAL


@contextmanager
def postgres_database(server: str) -> Iterator[Database]:
    """An empty database of the server, dropped at the end."""
    name = f"mulu_{uuid4().hex[:12]}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    database = Database(make_url(server).set(database=name).render_as_string(hide_password=False))
    try:
        yield database
    finally:
        database.dispose()
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        engine.dispose()
