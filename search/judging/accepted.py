"""The last accepted values of a list, kept in a file beside it, and the floors that follow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from search.judging.evaluation import WHOLE, Line

MEASURES = ("success", "ndcg", "mrr", "zero")
_DIGITS = 3
_GUARDED = {"ndcg": 1, "success": 1, "zero": -1}
"""The measures with a floor; 1 where more is better."""

Values = Mapping[str, Mapping[str, float]]
"""By class of query, by measure."""


@dataclass(frozen=True, slots=True)
class Fall:
    """A class that is below its floor."""

    name: str
    measure: str
    value: float
    floor: float


def path_of(judgements: Path) -> Path:
    """Where the accepted values of a list are kept."""
    return judgements.with_suffix(".accepted.yaml")


def read(judgements: Path) -> Values:
    """The accepted values of the list; none when nothing was accepted yet."""
    path = path_of(judgements)
    if not path.exists():
        return {}
    found: Values = yaml.safe_load(path.read_text("utf-8")) or {}
    return found


def write(judgements: Path, lines: Sequence[Line]) -> None:
    """Accept these lines; the values of classes that were not measured now stay. Raises OSError."""
    told = {line.name: _values(line) for line in lines}
    text = yaml.safe_dump({**read(judgements), **told}, allow_unicode=True, sort_keys=False)
    head = "# What the search reached when it was last accepted: mulu evaluate --accept\n"
    path_of(judgements).write_text(head + text, "utf-8")


def falls(lines: Sequence[Line], accepted: Values) -> list[Fall]:
    """What is below its floor: a little under what was accepted, and never under an aim that was
    reached once.
    """
    found = []
    for line in lines:
        before = accepted.get(line.name, {})
        for measure, better in _GUARDED.items():
            value = getattr(line, measure)
            if value is None or measure not in before:
                continue
            if measure == "zero" and line.name != WHOLE:
                continue  # one query more or less: too small a class to say anything
            floor = _floor(line.name, measure, before[measure], better)
            if (value - floor) * better < 0:
                found.append(Fall(line.name, measure, value, floor))
    return found


@cache
def settings() -> Mapping[str, Any]:
    """The aims, the slack and the classes of queries, as ``judging.yaml`` has them."""
    found: Mapping[str, Any] = yaml.safe_load(
        (files("search.judging") / "judging.yaml").read_text("utf-8")
    )
    return found


def _floor(name: str, measure: str, accepted: float, better: int) -> float:
    slack = accepted - better * settings()["slack"]
    aim = settings()["aims"]["all" if name == WHOLE else "class"].get(measure)
    reached = aim is not None and (accepted - aim) * better >= 0
    if not reached:
        return float(slack)
    return float(max(slack, aim) if better > 0 else min(slack, aim))


def _values(line: Line) -> dict[str, float | int]:
    told = {name: getattr(line, name) for name in MEASURES}
    rounded = {name: round(value, _DIGITS) for name, value in told.items() if value is not None}
    return {"queries": line.queries, **rounded}
