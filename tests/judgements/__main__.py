"""``python -m tests.judgements [real|sample] [--engine URL] [--worst N] [--accept] [--class C]``

Measures a list over its directory, which is filled for it; ``derive`` prints queries made from the
sample's cards, to choose from for the list.
"""

from __future__ import annotations

import argparse
import sys
import time
import uuid
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from search.judging import accepted
from search.judging.table import table, worst_lines
from tests.judgements import Judged, real_directory, sample_directory
from tests.judgements.deriving import COUNTS, Deriving

DIRECTORIES = {"real": real_directory, "sample": sample_directory}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=[*DIRECTORIES, "derive"])
    parser.add_argument("--engine", default="tantivy:index")
    parser.add_argument("--worst", type=int, default=0)
    parser.add_argument("--class", dest="kind")
    parser.add_argument("--accept", action="store_true")
    wish = parser.parse_args()
    with TemporaryDirectory() as folder:
        if wish.what == "derive":
            cards = sample_directory(Path(folder)).cards
            print("\n".join(each.row() for each in Deriving(cards).made(COUNTS)))
            return 0
        return measured(DIRECTORIES[wish.what](Path(folder)), Path(folder), wish)


def measured(judged: Judged, folder: Path, wish: argparse.Namespace) -> int:
    chosen = [each for each in judged.judgements if wish.kind in (None, each.kind)]
    address = wish.engine
    if address.startswith("http"):
        address = f"{address.rstrip('/')}/judging-{uuid.uuid4().hex[:8]}"
    engine = judged.filled(address, folder)
    start = time.process_time()
    report = replace(judged, judgements=chosen).report(engine)
    spent = time.process_time() - start
    before = accepted.read(judged.path)
    print("\n".join(table(report.lines(), before)))
    print("\n".join(worst_lines(report.worst(wish.worst))))
    print(f"{len(chosen)} queries, {spent:.1f} s of this process; absent: {len(report.absent)}")
    fallen = accepted.falls(report.lines(), before)
    for each in fallen:
        print(f"below its floor: {each.name} {each.measure} {each.value:.3f} < {each.floor:.3f}")
    if wish.accept:
        accepted.write(judged.path, report.lines())
    engine.close()
    judged.database.dispose()
    return int(bool(fallen))


if __name__ == "__main__":
    sys.exit(main())
