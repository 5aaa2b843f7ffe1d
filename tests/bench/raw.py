"""The engines alone, each by its own interface within one process: what a search costs at least.

They do less: no marks, no tiers, no relaxation, no JSON. What holds all the words is found, the ten
best by their own score are read, and counted by the same fields.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import orjson
import tantivy

from catalog.viewers import PUBLIC
from catalog.visibility import clause
from search.clauses import Every
from search.filters import BY_NAME
from search.finding import to_query
from search.ranking import plan
from search.request import SearchRequest
from search.tantivy_engine.places import read_pointer
from search.tantivy_engine.querying import compiled, live
from search.tantivy_engine.reading import Reader

SIZE = 10


def index_of(folder: Path) -> Path:
    """The folder of the live Tantivy index."""
    pointer = read_pointer(folder / "index")
    if pointer is None:
        raise FileNotFoundError(f"there is no index in {folder}")
    return folder / "index" / pointer.folder


def by_tantivy(folder: Path, facets: Sequence[str]) -> Callable[[str], object]:
    """Asks Tantivy itself, with its own order by score."""
    searcher = tantivy.Index.open(str(index_of(folder))).searcher()
    fields = [BY_NAME[name].field for name in facets]
    wanted = {str(name): {"terms": {"field": name, "size": 1000}} for name in fields}

    def ask(text: str) -> object:
        asked = to_query(SearchRequest(text, clause(PUBLIC)))
        query = compiled(Every((asked.visibility, plan(asked.words).matches)))
        hits = searcher.search(query, SIZE).hits
        cards = [orjson.loads(searcher.doc(at).get_first("body")) for _, at in hits]
        return cards, searcher.aggregate(query, wanted) if wanted else None

    return ask


def by_sqlite(folder: Path, database: Path) -> tuple[Callable[[str], object], float]:
    """Asks SQLite's own full text (FTS5, trigrams) over the same texts; how many cards a second
    went into it. A trigram index finds nothing shorter than three characters but by reading all.
    """
    began, made = time.perf_counter(), database.exists()
    connection = sqlite3.connect(database)
    count = _into_sqlite(connection, _texts(folder)) if not made else 0
    rate = count / (time.perf_counter() - began)

    def ask(text: str) -> object:
        words = text.split()
        told = " AND ".join('"' + word.replace('"', '""') + '"' for word in words)
        match = "cards MATCH ?" if all(len(word) > 2 for word in words) else None
        where = match or " AND ".join(["said LIKE ?"] * len(words))
        values = [told] if match else [f"%{word}%" for word in words]
        found = connection.execute(f"SELECT key, title FROM cards WHERE {where} LIMIT 10", values)
        total = connection.execute(f"SELECT count(*) FROM cards WHERE {where}", values)
        return found.fetchall(), total.fetchone()

    return ask, rate


def _into_sqlite(connection: sqlite3.Connection, rows: Iterable[tuple[str, str, str]]) -> int:
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute(
        "CREATE VIRTUAL TABLE cards USING fts5(key UNINDEXED, title, said, tokenize='trigram')"
    )
    done = connection.executemany("INSERT INTO cards VALUES (?, ?, ?)", rows).rowcount
    connection.commit()
    return done


def _texts(folder: Path) -> Iterable[tuple[str, str, str]]:
    view = Reader(folder / "index").view()
    found = view.searcher.search(live(), view.searcher.num_docs, count=False).hits
    for card in (view.card(address) for _, address in found):
        names = "、".join(item.name for item in card.items)
        said = (card.title, *card.numbers, *card.agency_names, *card.keywords, names, card.abstract)
        yield card.key, card.title, " ".join(said)
