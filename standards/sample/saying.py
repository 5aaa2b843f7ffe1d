"""What the invented agencies say of data elements: saying.yaml, read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class SampleClaim:
    """An agency claims to be the authoritative source; ``decision`` says why it was accepted, and
    is empty while it waits.
    """

    element: str
    agency: str
    reason: str
    division: str = ""
    decision: str = ""


@dataclass(frozen=True, slots=True)
class SampleLink:
    """An agency's items of one name carry an element, or do not."""

    element: str
    agency: str
    item: str
    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class SampleException:
    """Why an agency goes on collecting what another answers for."""

    element: str
    agency: str
    reason: str


def claims() -> list[SampleClaim]:
    """Who says to be the authoritative source."""
    return [SampleClaim(**each) for each in _read()["claims"]]


def links() -> list[SampleLink]:
    """What items are said to mean."""
    return [SampleLink(**each) for each in _read()["links"]]


def exceptions() -> list[SampleException]:
    """Who is said to go on collecting."""
    return [SampleException(**each) for each in _read()["exceptions"]]


@cache
def _read() -> Any:
    return yaml.safe_load((files("standards.sample") / "saying.yaml").read_bytes())
