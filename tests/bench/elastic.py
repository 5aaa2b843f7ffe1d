"""Mulu over Elasticsearch beside Elasticsearch by its own client: the same documents into the same
kind of index, the same searches. ``python -m tests.bench.elastic --entries 100000`` prints the
ratios; ``make bench`` runs it where MULU_TEST_ELASTICSEARCH names a server.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from elasticsearch import Elasticsearch
from elasticsearch.helpers import parallel_bulk

from catalog import indexing
from catalog.cards import cards
from catalog.database import Database
from catalog.viewers import PUBLIC
from catalog.visibility import clause
from search.analysis import indexed
from search.elasticsearch_engine import ElasticsearchEngine
from search.elasticsearch_engine.querying import Body
from search.elasticsearch_engine.reading import Answer
from search.elasticsearch_engine.schema import document
from search.finding import to_query
from search.query import Query
from search.request import SearchRequest
from tests.bench.asking import usual
from tests.bench.filling import fill
from tests.bench.http import percentile
from tests.parts import SETTINGS
from web.searching import FACETS

SEARCHES = 300
WARM = 30
PIECE = 500
THREADS = 2


def measured(entries: int) -> dict[str, Any]:
    """All figures, or none where there is no server."""
    server = os.environ.get(SETTINGS["elasticsearch"])
    if not server:
        return {}
    with tempfile.TemporaryDirectory(prefix="mulu-bench-") as name:
        database = Database(f"sqlite:///{Path(name) / 'mulu.db'}")
        fill(database, entries)
        engine = ElasticsearchEngine(f"{server}/bench-{uuid.uuid4().hex[:8]}")
        try:
            told = _rates(database, engine, entries) | _searches(engine, entries)
        finally:
            for index in engine._indexes.live():
                engine._indexes.drop(index)
            engine.close()
            database.dispose()
    return told


def _rates(database: Database, engine: ElasticsearchEngine, entries: int) -> dict[str, Any]:
    """Entries a second: of the helper with finished documents, of our own sending of finished
    cards, and of a whole rebuild, which reads and analyses them, proves and swaps."""
    analysing, began = 0.0, time.perf_counter()
    with tempfile.TemporaryFile("w+") as file:
        for card in _cards(database):
            file.write(json.dumps({"_id": card.key, "_source": document(indexed(card))}) + "\n")
        analysing = time.perf_counter() - began
        file.seek(0)
        helper = _by_helper(engine, map(json.loads, file), entries)
    began, cpu = time.perf_counter(), time.process_time()
    filled: list[float] = []
    indexing.rebuild(
        database, engine, lambda done, total: filled.append(time.perf_counter() - began)
    )
    rebuilt = time.perf_counter() - began
    used = time.process_time() - cpu
    return {
        "Elasticsearch, its bulk helper, finished documents, per second": round(entries / helper),
        "Elasticsearch, reading and analysing alone, per second": round(entries / analysing),
        "Elasticsearch, Mulu's rebuild until all is written, per second": round(
            entries / filled[-1]
        ),
        "Elasticsearch, Mulu's rebuild proved and swapped, per second": round(entries / rebuilt),
        "Elasticsearch, CPU us per entry of Mulu's rebuild": round(used / entries * 1e6),
        "rebuild until written / bulk helper": round(helper / filled[-1], 2),
        "rebuild proved / bulk helper": round(helper / rebuilt, 2),
    }


def _by_helper(engine: ElasticsearchEngine, told: Iterator[dict[str, Any]], entries: int) -> float:
    """Seconds of the client's own helper into an index like ours, until it can be searched."""
    indexes, client = engine._indexes, engine._client
    name = indexes.create(entries)
    began = time.perf_counter()
    documents = ({**each, "_index": name} for each in told)
    sent = parallel_bulk(client, documents, thread_count=THREADS, chunk_size=PIECE)
    assert all(well for well, _ in sent)
    client.indices.refresh(index=name)
    seconds = time.perf_counter() - began
    indexes.drop(name)
    return seconds


def _cards(database: Database) -> Iterator[Any]:
    for identifiers in indexing._pages(database):
        with database.reading() as session:
            yield from cards(session, identifiers)


def _searches(engine: ElasticsearchEngine, entries: int) -> dict[str, Any]:
    """Milliseconds of the same requests by the engine and by the client, by turns."""
    client: Elasticsearch = engine._client
    ours: list[float] = []
    theirs: list[float] = []
    for text in usual(entries, SEARCHES + WARM):
        query = to_query(SearchRequest(text, clause(PUBLIC), facets=FACETS, size=10))
        bodies = _requests(engine, query)
        theirs.append(_timed(lambda told=bodies: _by_client(client, engine._indexes.alias, told)))
        ours.append(_timed(lambda q=query: engine.search(q)))
    told = {}
    for share, label in ((0.5, "p50"), (0.95, "p95")):
        mine = percentile(ours[WARM:], share)
        its = percentile(theirs[WARM:], share)
        told[f"Elasticsearch, its client, {label} ms"] = round(its, 2)
        told[f"Elasticsearch, Mulu's engine, {label} ms"] = round(mine, 2)
        told[f"engine / its client, {label}"] = round(mine / its, 2)
    return told


def _requests(engine: ElasticsearchEngine, query: Query) -> list[Body]:
    """What the engine asks the server for this query; the asking warms both alike."""
    asked: list[Body] = []
    ask = engine._asked

    def noting(request: Body) -> Answer | None:
        asked.append(request)
        return ask(request)

    engine._asked = noting  # type: ignore[method-assign]
    try:
        engine.search(query)
    finally:
        del engine._asked
    return asked


def _by_client(client: Elasticsearch, alias: str, bodies: list[Body]) -> None:
    for body in bodies:
        client.search(index=alias, body=body)


def _timed(ask: Any) -> float:
    began = time.perf_counter()
    ask()
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=100_000)
    for label, value in measured(parser.parse_args().entries).items():
        print(f"{label:<66}{value:>10,}")
    print("load average", os.getloadavg()[0])
