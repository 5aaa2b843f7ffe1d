"""`make bench`: what Mulu does in a second, and how that compares with its engine alone.

Everything is measured in one run on one machine, over the invented sample; the ratios travel, the
seconds do not. Load goes to loopback only.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

from catalog.viewers import PUBLIC
from catalog.visibility import clause
from search.finding import to_query
from search.opening import open_engine
from search.request import SearchRequest
from standards import sample
from tests.bench import harvesting, oai, peer
from tests.bench.http import Latency, measure, percentile
from tests.bench.loading import Loaded, load, process
from tests.servers.process import free_port
from web.searching import FACETS

REQUESTS = 1000
WARM = 100


def queries(entries: int, count: int) -> list[str]:
    """What people type: subjects, two words, titles, numbers, an agency with a topic."""
    random = Random("mulu-bench")
    known = list(islice(sample.entries(entries), 2000))
    organs = sample.organs()
    made = []
    for number in range(count):
        values = random.choice(known).values
        organ = random.choice(organs)
        subject = random.choice(organ.subjects)[0]
        forms = (
            subject,
            f"{subject} {random.choice((2005, 2006, 2007, 2008, 2009))}",
            values["title"],
            values.get("document_number", subject),
            f"{organ.short_names[0]} {subject}",
        )
        made.append(forms[number % len(forms)])
    return made


@contextmanager
def served(folder: Path) -> Iterator[int]:
    """The directory in the folder, served by `mulu serve` on a free port."""
    port = free_port()
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with process(folder, "serve", "--port", str(port)):
        for _ in range(600):
            try:
                with opener.open(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
                    if answer.status == 200:
                        break
            except OSError:
                time.sleep(0.1)
        yield port


def engine_alone(folder: Path, asked: list[str]) -> dict[str, float]:
    """The same searches with the same facets, asked of the engine in this process."""
    engine = open_engine("tantivy:index", folder)
    times = []
    for text in asked:
        query = to_query(SearchRequest(text, clause(PUBLIC), facets=FACETS, size=10))
        began = time.perf_counter()
        engine.search(query)
        times.append((time.perf_counter() - began) * 1000)
    engine.close()
    measured = times[WARM:]
    return {"p50": round(percentile(measured, 0.5), 2), "p95": round(percentile(measured, 0.95), 2)}


def bench(entries: int) -> dict[str, Any]:
    """All figures for one size."""
    with tempfile.TemporaryDirectory(prefix="mulu-bench-") as name:
        folder = Path(name)
        loaded = load(folder, entries)
        asked = queries(entries, REQUESTS)
        engine = engine_alone(folder, asked[:WARM] + asked)
        with served(folder) as port:
            measure(port, asked[:WARM], 2)
            one, eight = measure(port, asked, 1), measure(port, asked, 8)
    return figures(loaded, engine, one, eight)


def figures(
    loaded: Loaded, engine: dict[str, float], one: Latency, eight: Latency
) -> dict[str, Any]:
    """The measurements as they are printed and kept."""
    return {
        "entries": loaded.entries,
        "load per second": round(loaded.per_second),
        "register per second": round(loaded.entries / loaded.registered),
        "CPU us per entry, register": round(loaded.registering_cpu / loaded.entries * 1e6),
        "CPU us per entry, index": round(loaded.indexing_cpu / loaded.entries * 1e6),
        "bytes per entry, database": round(loaded.database_bytes / loaded.entries),
        "bytes per entry, index": round(loaded.index_bytes / loaded.entries),
        "engine p50 ms": engine["p50"],
        "engine p95 ms": engine["p95"],
        "HTTP p50 ms, 1 client": one.p50,
        "HTTP p95 ms, 1 client": one.p95,
        "HTTP requests/s, 1 client": one.per_second,
        "HTTP p50 ms, 8 clients": eight.p50,
        "HTTP p95 ms, 8 clients": eight.p95,
        "HTTP requests/s, 8 clients": eight.per_second,
        "HTTP p50 / engine p50": round(one.p50 / engine["p50"], 2),
        "HTTP p95 / engine p95": round(one.p95 / engine["p95"], 2),
    }


def table(results: list[dict[str, Any]]) -> str:
    """One row a figure, one column a size, and the growth from the first to the last."""
    lines = []
    for name in results[0]:
        values = [result[name] for result in results]
        growth = f"x {values[-1] / values[0]:.2f}" if len(values) > 1 and values[0] else ""
        lines.append(f"{name:<46}" + "".join(f"{value:>12,}" for value in values) + f"{growth:>10}")
    return "\n".join(lines)


def main() -> None:
    """Measure every size and write the table and the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="10000,89000", help="entries, separated by commas")
    parser.add_argument("--shown", type=int, default=1_000_000, help="entries to be harvested")
    parser.add_argument("--harvested", type=int, default=100_000, help="records of a source")
    parser.add_argument("--out", type=Path, default=Path("bench.json"))
    asked = parser.parse_args()
    results = [bench(int(size)) for size in asked.sizes.split(",")]
    machine = {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
    }
    beside = peer.compared()
    feeds = [oai.measured(asked.shown), harvesting.measured(asked.harvested)]
    told = {"machine": machine, "results": results, "peer": beside, "feeds": feeds}
    asked.out.write_text(json.dumps(told, indent=2) + "\n")
    print(f"{machine['cores']} cores, Python {machine['python']}; five facets: {', '.join(FACETS)}")
    print(table(results))
    print()
    print(
        table([beside]) if beside else "The peer, pycsw, is not here: `make servers` installs it."
    )
    for each in feeds:
        print(f"\n{table([each])}")


if __name__ == "__main__":
    main()
