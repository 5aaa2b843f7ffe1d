"""`make bench`: what Mulu does in a second, beside its engines alone and beside its peers.

Everything of one size is measured in one run on one machine, over the invented sample; the ratios
travel, the seconds do not. Load goes to loopback only. Parts can be run one by one: what a part has
made stays in the folder of ``--keep``, and what others found stays in the file of ``--out``.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.bench import elastic, harvesting, oai, peer, rebuilding, searching
from tests.bench.asking import usual
from tests.bench.directories import filled
from tests.bench.http import percentile
from tests.bench.loading import load

LOADED_MOST = 100_000
"""A million would take ten minutes to register: they are put in past registration."""


def loading(_home: Path, entries: int) -> dict[str, Any]:
    """From raw values until the last entry is found."""
    if entries > LOADED_MOST:
        return {}
    with tempfile.TemporaryDirectory(prefix="mulu-bench-") as name:
        done = load(Path(name), entries)
    return {
        "load per second": round(done.per_second),
        "register per second": round(entries / done.registered),
        "CPU us per entry, register": round(done.registering_cpu / entries * 1e6),
        "CPU us per entry, index": round(done.indexing_cpu / entries * 1e6),
    }


def search(home: Path, entries: int) -> dict[str, Any]:
    """Mulu over HTTP."""
    return searching.mulu(filled(home, entries), entries)


def raw(home: Path, entries: int) -> dict[str, Any]:
    """The engines alone."""
    return searching.engines(filled(home, entries), entries)


def peers(home: Path, entries: int) -> dict[str, Any]:
    """Other catalogues and engines over HTTP."""
    return searching.peers(filled(home, entries), entries)


def rebuild(home: Path, entries: int) -> dict[str, Any]:
    """The index anew while others read and write; and how soon a change is found at rest."""
    folder = filled(home, entries)
    found = rebuilding.freshness(folder)
    told = {
        "a change is found after, p50 ms": round(percentile(found, 0.5)),
        "a change is found after, worst ms": round(max(found)),
    }
    return told | rebuilding.measured(folder, usual(entries, 100))


PARTS: Mapping[str, Callable[[Path, int], dict[str, Any]]] = {
    "load": loading,
    "search": search,
    "raw": raw,
    "peers": peers,
    "rebuild": rebuild,
    "elastic": lambda _home, entries: elastic.measured(entries) if entries <= LOADED_MOST else {},
}
FEEDS = "feeds"


def table(results: Mapping[str, Mapping[str, Any]]) -> str:
    """One row a figure, one column a size."""
    names = list(dict.fromkeys(name for told in results.values() for name in told))
    lines = [" " * 60 + "".join(f"{int(size):>12,}" for size in results)]
    for name in names:
        values = (told.get(name) for told in results.values())
        cells = (f"{value:>12,}" if value is not None else f"{'–':>12}" for value in values)
        lines.append(f"{name:<60}" + "".join(cells))
    return "\n".join(lines)


def feeds(shown: int, harvested: int) -> list[dict[str, Any]]:
    """Being harvested, and harvesting."""
    beside = peer.compared()
    found = [oai.measured(shown), harvesting.measured(harvested)]
    return [each for each in (beside, *found) if each]


def machine() -> dict[str, Any]:
    """What it was measured on."""
    told = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    models = [line.partition(":")[2].strip() for line in told if line.startswith("model name")]
    return {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "processor": models[0] if models else "",
        "cores": os.cpu_count(),
        "load average": round(os.getloadavg()[0], 1),
    }


def main() -> None:
    """Measure every size and write the table and the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="10000,100000,1000000", help="parted by commas")
    parser.add_argument("--parts", default=",".join((*PARTS, FEEDS)), help="parted by commas")
    parser.add_argument("--keep", type=Path, help="where directories are made, kept and reused")
    parser.add_argument("--shown", type=int, default=1_000_000, help="entries to be harvested")
    parser.add_argument("--harvested", type=int, default=100_000, help="records of a source")
    parser.add_argument("--out", type=Path, default=Path("bench.json"))
    asked = parser.parse_args()
    parts = asked.parts.split(",")
    with tempfile.TemporaryDirectory(prefix="mulu-bench-") as name:
        _run(asked, parts, asked.keep or Path(name))


def _run(asked: argparse.Namespace, parts: list[str], home: Path) -> None:
    told = json.loads(asked.out.read_text()) if asked.keep and asked.out.exists() else {}
    results = told.setdefault("sizes", {})
    told["machine"] = machine()
    for size in asked.sizes.split(","):
        mine = results.setdefault(size, {})
        for part in filter(PARTS.__contains__, parts):
            mine |= PARTS[part](home, int(size))
            mine |= searching.ratios(mine)
            asked.out.write_text(json.dumps(told, indent=2) + "\n")
    if FEEDS in parts:
        told[FEEDS] = feeds(asked.shown, asked.harvested)
        asked.out.write_text(json.dumps(told, indent=2) + "\n")
    print(", ".join(f"{name} {value}" for name, value in told["machine"].items()))
    print(table(results))
    for each in told.get(FEEDS, ()):
        print("\n" + "\n".join(f"{name:<60}{value:>12,}" for name, value in each.items()))


if __name__ == "__main__":
    main()
