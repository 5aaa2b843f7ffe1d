"""Checks a large file in a process of its own whose memory and time are bounded: no reader that is
slow on something devised for it can hold the one who asked for longer than was promised."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson

from harvesters.checking import Bounds, Checked, check_file, unread
from harvesters.faults import problem
from harvesters.plan import Action
from harvesters.report import Line
from standards.problems import Problem
from standards.profile import Level

SMALL = 64 * 1024
"""Files up to this size are read at once in the asker's process: a process costs a second."""
MEMORY = 2 << 30
GRACE = 3.0


def check(path: Path, kind: str | None, level: Level, bounds: Bounds) -> Checked:
    """Check a file of somebody unknown, in another process where it is not small; one that takes
    more time or memory than there is is told to be too much."""
    if path.stat().st_size <= SMALL:
        return check_file(path, kind, level, bounds)
    asked = (str(path), kind or "", level.value, str(bounds.records), str(bounds.seconds))
    try:
        ended = subprocess.run(  # noqa: S603  our own program over a file of our own
            (sys.executable, "-m", __name__, *asked),
            capture_output=True,
            timeout=bounds.seconds + GRACE,
            check=True,
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError):
        return Checked((unread(path, problem("file-too-much", value=path.name)),), cut=False)
    return _read(ended.stdout)


def main() -> int:
    """Check the file that the command line names: a line of JSON for each record."""
    path, kind, level, records, seconds = sys.argv[1:]
    longest = int(float(seconds) + GRACE)
    for what, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, longest)):
        resource.setrlimit(what, (most, most))
    bounds = Bounds(int(records), float(seconds))
    checked = check_file(Path(path), kind or None, Level(level), bounds)
    for line in checked.lines:
        sys.stdout.buffer.write(orjson.dumps(_as_dict(line)) + b"\n")
    sys.stdout.buffer.write(orjson.dumps({"cut": checked.cut}) + b"\n")
    return 0


def _as_dict(line: Line) -> dict[str, Any]:
    return {
        "place": line.place,
        "key": line.key,
        "action": line.action.value,
        "problems": [each.as_dict() for each in line.problems],
        "places": dict(line.places),
    }


def _read(told: bytes) -> Checked:
    """What the other process wrote."""
    *said, last = map(orjson.loads, told.splitlines())
    return Checked(tuple(map(_line, said)), cut=last["cut"])


def _line(told: dict[str, Any]) -> Line:
    problems = tuple(Problem.from_dict(said) for said in told["problems"])
    return Line(
        told["place"], told["key"], Action(told["action"]), None, problems, places=told["places"]
    )


if __name__ == "__main__":
    sys.exit(main())
