"""The directories that judgements are measured over: the invented sample, and the real records."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from catalog import indexing
from catalog.database import Database
from catalog.judging import seen
from catalog.tables import SourceRecord
from catalog.viewers import OPERATOR, PUBLIC
from catalog.visibility import clause
from harvesters.importing import Import, import_file
from search.card import Card
from search.engine import Engine
from search.judging import SAMPLE, Judgement, Report, evaluate, read
from search.opening import open_engine
from standards.profile import Level
from tests.directory import sampled
from tests.harvesting import CENTRE, OPEN, Directory
from tests.judgements.deriving import derived
from tests.judgements.numbered import read_numbered
from tests.parts import fixtures

ENTRIES = 5000
REAL = Path(__file__).parent / "real.tsv"
FILES = ("documents.csv", "datasets.csv")


@dataclass(frozen=True)
class Judged:
    """A directory, what it shows the public, and the judgements over it."""

    path: Path
    """Of the list; its accepted values lie beside."""
    database: Database
    cards: Sequence[Card]
    judgements: Sequence[Judgement]

    def filled(self, address: str, folder: Path) -> Engine:
        """The engine at the address, holding the directory."""
        engine = open_engine(address, folder)
        indexing.rebuild(self.database, engine)
        return engine

    def report(self, engine: Engine) -> Report:
        """Every query asked, as the public."""
        return evaluate(engine, clause(PUBLIC), self.judgements, self.cards)


def sample_directory(folder: Path) -> Judged:
    """The invented sample, as `make demo` has it."""
    database = sampled(folder, ENTRIES)
    return Judged(SAMPLE, database, list(seen(database)), read(SAMPLE))


def real_directory(folder: Path) -> Judged:
    """The real records, imported as a registrar would upload them: two files, one agency.

    All are public: how they may be shared would hold some of them back for a reviewer.
    The derived classes are made from what was registered; where meaning counts, the queries stand
    in ``real.tsv`` with the numbers that the collection gives its records.
    """
    directory = Directory.made(folder)
    for name in FILES:
        _without(fixtures() / "real" / name, folder / name, "共享类型")
        wanted = Import(
            folder / name,
            CENTRE,
            level=Level.MINIMAL,
            acceptance="automatic",
            defaults=dict(OPEN),
        )
        import_file(directory.database, wanted, OPERATOR, directory.clock)
    cards = list(seen(directory.database))
    numbers = _numbers(directory.database, {card.identifier for card in cards})
    written = read_numbered(REAL, numbers)
    return Judged(REAL, directory.database, cards, [*derived(cards), *written])


def _without(table: Path, copy: Path, column: str) -> None:
    """A copy of the table that lacks the column."""
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    kept = [name for name in rows[0] if name != column]
    with copy.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, kept, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)


def _numbers(database: Database, public: set[str]) -> dict[str, str]:
    """Which public entry each record of the collection became."""
    query = select(SourceRecord.key, SourceRecord.entry).where(SourceRecord.entry.is_not(None))
    with database.reading() as session:
        found = session.execute(query).all()
    return {key.removeprefix("number:"): entry for key, entry in found if entry in public}
