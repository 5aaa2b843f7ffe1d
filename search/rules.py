"""The rules of ranking: ranking.yaml, read and checked once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

from standards.problems import Text


@dataclass(frozen=True, slots=True)
class Tier:
    """One tier. Without ``fields`` it is fixed by the plan: the exact one, or the last."""

    name: str
    label: Text
    fields: tuple[str, ...] = ()
    share: float = 1.0
    typed: bool = False
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the close comparison."""

    weight: float
    label: Text


@dataclass(frozen=True, slots=True)
class Rules:
    """What ranking.yaml says; there each has a line on what it is for."""

    window: int
    required: float
    steps: int
    most_relaxed: int
    relaxed: tuple[float, ...]
    pieces: float
    few: int
    correcting: Mapping[str, int]
    places: Mapping[str, float]
    tiers: Mapping[str, tuple[Tier, ...]]
    parts: Mapping[str, Part]


@cache
def rules() -> Rules:
    """What the file says."""
    read = yaml.safe_load((resources.files("search") / "ranking.yaml").read_bytes())
    read["relaxed"] = tuple(read["relaxed"])
    read["tiers"] = {name: tuple(map(_tier, tiers)) for name, tiers in read["tiers"].items()}
    read["parts"] = {
        name: Part(each["weight"], _label(each)) for name, each in read["parts"].items()
    }
    return Rules(**read)


def _tier(told: dict[str, Any]) -> Tier:
    return Tier(
        told["name"],
        _label(told),
        tuple(told.get("fields", ())),
        told.get("share", 1.0),
        told.get("typed", False),
        told.get("whole", False),
    )


def _label(told: Mapping[str, str]) -> Text:
    return Text(told["zh"], told["en"])
