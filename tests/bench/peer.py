"""The peer: how fast pycsw takes in the same entries, in the same run and on the same machine.

It is given Dublin Core and does less with it: it parses and stores, where Mulu also validates,
logs, chains and indexes. Its environment is made by ``make servers``; without it there is no peer.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from lxml import etree

from standards import sample
from standards.formats import dublin_core
from standards.formats.records import Record
from standards.validation import validate
from tests.bench.loading import load
from tests.servers.process import PARTS

PYTHON = PARTS / "venvs" / "pycsw" / "bin" / "python"
ENTRIES = 2000


def compared(entries: int = ENTRIES) -> dict[str, float] | None:
    """Entries a second of both over the same sample; None where the peer is not installed."""
    if not PYTHON.exists():
        return None
    with tempfile.TemporaryDirectory(prefix="mulu-bench-") as ours:
        mulu = load(Path(ours), entries).per_second
    with tempfile.TemporaryDirectory(prefix="mulu-bench-") as theirs:
        pycsw = entries / _seconds(Path(theirs), entries)
    return {
        "entries": entries,
        "load per second": round(mulu),
        "pycsw, load per second": round(pycsw),
        "load / pycsw": round(mulu / pycsw, 2),
    }


def _seconds(folder: Path, entries: int) -> float:
    """How long pycsw takes to load the entries."""
    (folder / "records.json").write_text(json.dumps(list(records(entries))), encoding="utf-8")
    return loaded(folder)


def loaded(folder: Path) -> float:
    """Load the folder's records.json; the seconds."""
    program = Path(__file__).parents[1] / "servers" / "pycsw_load.py"
    done = subprocess.run([PYTHON, program, folder], check=True, stdout=subprocess.PIPE, text=True)
    return float(done.stdout.split()[-1])


def records(entries: int) -> Iterator[dict[str, Any]]:
    """The sample as simple Dublin Core."""
    for entry in islice(sample.entries(entries), entries):
        descriptor = validate(entry.kind, entry.values).descriptor
        identifier = f"{entry.agency}-{entry.number:06d}"
        dc: dict[str, list[str]] = {}
        for element in dublin_core.element_of(Record(identifier, "", descriptor)):
            dc.setdefault(etree.QName(element).localname, []).append(element.text or "")
        yield {"identifier": identifier, "datestamp": "2009-12-31T00:00:00Z", "dc": dc}
