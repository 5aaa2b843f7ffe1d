"""What formats write and read: a record with its addresses, and what a file says of one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from standards.descriptor import Descriptor
from standards.problems import Problem, Text


@dataclass(frozen=True, slots=True)
class Record:
    """A descriptor as it is given to the world: with its identifier and addresses."""

    identifier: str
    url: str
    descriptor: Descriptor
    agency_name: str = ""
    updated: datetime | None = None
    catalog_url: str = ""
    agency_code: str = ""
    origins: tuple[tuple[str, str], ...] = ()
    """The nodes by which it came, the first its home, each with its identifier there."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """The raw values of one record of a file, to be validated, and where in the file it is."""

    raw: Mapping[str, Any]
    place: str
    kind: str | None
    problems: tuple[Problem, ...] = ()
    places: Mapping[str, str] = field(default_factory=dict)
    """Where its elements stand, by path (`standards.places`)."""
    key: str = ""
    """What the source calls the record, where the format tells."""
    origins: tuple[tuple[str, str], ...] = ()
    """The nodes by which it came, the first its home, each with its identifier there."""


@dataclass(frozen=True, slots=True)
class Format:
    """A format that a record can be had in, chosen by media type or by the address's suffix."""

    name: str
    media_type: str
    suffix: str
    label: Text
    write: Callable[[Record], bytes]
