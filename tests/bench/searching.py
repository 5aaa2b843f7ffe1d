"""Searching one directory in every way that the bench compares, in one run."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from tests.bench import pycsw, raw
from tests.bench.asking import EIGHT, FIVE, REQUESTS, commonest, usual
from tests.bench.directories import memory, served, size_of
from tests.bench.http import Latency, measure, search_path, timed

WARM = 100
FEW = 40
"""Searches of a peer that takes the better part of a second for each."""
EVERYTHING = 60


def mulu(folder: Path, entries: int) -> dict[str, Any]:
    """Mulu over HTTP: usual queries, the commonest words, everything; and its memory and disk."""
    asked = usual(entries)
    told: dict[str, Any] = {}
    with served(folder) as (port, process):
        paths = partial(_paths, facets=EIGHT)
        measure(port, paths(usual(entries, WARM)), 2)
        _tell(told, "HTTP, 8 facets", measure(port, paths(asked), 1))
        _tell(told, "HTTP, 8 facets, 8 clients", measure(port, paths(asked), 8))
        _tell(told, "HTTP, no facets", measure(port, _paths(asked, ()), 1))
        _tell(told, "HTTP, no facets, 8 clients", measure(port, _paths(asked, ()), 8))
        _tell(told, "HTTP, commonest words", measure(port, paths(commonest()), 1))
        _tell(told, "HTTP, everything", measure(port, paths([""] * EVERYTHING), 1))
        told["memory of all processes, MB"] = round(memory(process) / 2**20)
    told["bytes per entry, database"] = round(size_of(folder / "mulu.db") / entries)
    told["bytes per entry, index"] = round(size_of(folder / "index") / entries)
    return told


def engines(folder: Path, entries: int) -> dict[str, Any]:
    """The raw engines within this process, over the same entries and queries."""
    asked, told = usual(entries), dict[str, Any]()
    for name, facets in (("8 facets", EIGHT), ("5 facets", FIVE), ("no facets", ())):
        ask = raw.by_tantivy(folder, facets)
        _tell(told, f"Tantivy, {name}", timed(ask, asked[:WARM] + asked))
        if facets:
            _tell(told, f"Tantivy, commonest words, {name}", timed(ask, commonest()))
    ask, rate = raw.by_sqlite(folder, folder / "fts5.db")
    if rate:
        told["SQLite FTS5, load per second"] = round(rate)
    _tell(told, "SQLite FTS5, no facets", timed(ask, asked[: REQUESTS // 5]))
    _tell(told, "SQLite FTS5, commonest words", timed(ask, commonest(FEW)))
    told["bytes per entry, SQLite FTS5"] = round(size_of(folder / "fts5.db") / entries)
    return told


def peers(folder: Path, entries: int) -> dict[str, Any]:
    """pycsw and Elasticsearch, where they are here and as far as they can."""
    told: dict[str, Any] = {}
    if pycsw.there() and entries <= pycsw.MOST:
        asked = [pycsw.path(text) for text in usual(entries, FEW)]
        with pycsw.served(folder / "pycsw", entries) as port:
            measure(port, asked[:4], 1)
            _tell(told, "pycsw, any text", measure(port, asked, 1))
            _tell(told, "pycsw, any text, 8 clients", measure(port, asked, 8))
    if importlib.util.find_spec("tests.bench.elastic"):
        told |= importlib.import_module("tests.bench.elastic").measured(folder, entries)
    return told


RATIOS = (
    ("HTTP, 8 facets p95 ms", "Tantivy, 8 facets p95 ms"),
    ("HTTP, commonest words p95 ms", "Tantivy, commonest words, 8 facets p95 ms"),
    ("SQLite FTS5, no facets p95 ms", "HTTP, no facets p95 ms"),
    ("pycsw, any text p50 ms", "HTTP, 8 facets p50 ms"),
    ("pycsw, any text p95 ms", "HTTP, 8 facets p95 ms"),
    ("HTTP, 8 facets, 8 clients requests/s", "pycsw, any text, 8 clients requests/s"),
)


def ratios(told: dict[str, Any]) -> dict[str, Any]:
    """How they compare, and what Mulu's server takes beyond its engine."""
    made = {
        f"{over} / {under}": round(told[over] / told[under], 2)
        for over, under in RATIOS
        if told.get(over) and told.get(under)
    }
    server, engine = told.get("HTTP, 8 facets server p95 ms"), told.get("Tantivy, 8 facets p95 ms")
    if server and engine:
        made["server p95 - Tantivy p95, ms"] = round(server - engine, 2)
    return made


def _paths(asked: Sequence[str], facets: Sequence[str]) -> list[str]:
    return [search_path(text, facets) for text in asked]


def _tell(told: dict[str, Any], name: str, found: Latency) -> None:
    told[f"{name} p50 ms"], told[f"{name} p95 ms"] = found.p50, found.p95
    if found.server:
        told[f"{name} server p95 ms"] = found.server
    if name.startswith(("HTTP", "pycsw")):
        told[f"{name} requests/s"] = found.per_second
