"""A small directory with sources, for tests of harvests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from catalog import agencies, entries, runs, sources
from catalog.agencies import AgencyView
from catalog.clock import FixedClock
from catalog.database import Database
from catalog.entries import EntryView
from catalog.sources import AUTOMATIC, SourceSettings
from catalog.viewers import OPERATOR, PUBLIC
from harvesters.fetching import Fetcher
from harvesters.report import Report
from harvesters.run import harvest
from standards.profile import Level
from standards.summary import summarize

CENTRE, WATER = "31000", "310A7"
FILE = "mulu.db"
OPEN = {"disclosure": {"attribute": "proactive"}}


@dataclass
class Directory:
    """A directory centre with one bureau below it; what it serves can be asked by title."""

    database: Database
    clock: FixedClock = field(default_factory=FixedClock)

    @classmethod
    def made(cls, folder: Path) -> Directory:
        """A new one in the folder: a copy of one that is made once."""
        (folder / FILE).write_bytes(_prepared())
        return cls(Database(f"sqlite:///{folder / FILE}"))

    @classmethod
    def over(cls, database: Database) -> Directory:
        """A new one in an empty database."""
        made = cls(database)
        with database.writing() as session:
            for agency in (
                AgencyView(CENTRE, "上海市政务目录中心"),
                AgencyView(WATER, "上海市水务局", ("市水务局",), parent=CENTRE),
            ):
                agencies.add(session, OPERATOR, agency, made.clock.now())
        return made

    def source(
        self, name: str, protocol: str, location: str, *, agency: str = CENTRE, **more: Any
    ) -> str:
        """A source accepted automatically, whose entries are public."""
        settings = {"acceptance": AUTOMATIC, "defaults": OPEN, "level": Level.MINIMAL} | more
        with self.database.writing() as session:
            chosen = SourceSettings(protocol, location, **settings)
            sources.add(session, OPERATOR, name, agency, chosen, self.clock.now())
        return name

    def harvest(self, name: str, fetcher: Fetcher | None = None, **wish: Any) -> Report:
        """Harvest the source; every record must have its outcome."""
        report = harvest(self.database, name, OPERATOR, self.clock, fetcher=fetcher, **wish)
        assert report.accounted, report
        return report

    def served(self) -> dict[str, str]:
        """Identifier and title of what the public sees."""
        found: dict[str, str] = {}
        with self.database.reading() as session:
            while views := entries.page(session, PUBLIC, max(found, default=""), 500):
                found |= {view.identifier: title(view) for view in views}
        return found

    def titles(self) -> list[str]:
        """The titles that the public sees, sorted."""
        return sorted(self.served().values())

    def living(self, name: str) -> int:
        """How many entries the source has in the directory."""
        with self.database.reading() as session:
            return runs.living(session, name)


@cache
def _prepared() -> bytes:
    with TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / FILE}")
        database.migrate()
        Directory.over(database)
        database.dispose()
        return (Path(folder) / FILE).read_bytes()  # whole: closing has emptied the WAL


def title(view: EntryView) -> str:
    """The title of what is served."""
    return summarize(view.served.descriptor).title if view.served else ""


def counts(report: Report) -> Mapping[str, int]:
    """The outcomes by their names."""
    return {action.value: number for action, number in report.counts.items()}


def rules(report: Report) -> set[str]:
    """The rules that the notes of a report name."""
    return {note.rule for note in report.notes}
