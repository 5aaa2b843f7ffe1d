"""What can be wrong with a request to the catalogue; the web translates these once, at its edge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from standards.problems import Problem, Text


class CatalogError(Exception):
    """Anything the catalogue refuses."""


class NotFound(CatalogError):
    """There is no such thing, or the viewer may not know that there is."""

    def __init__(self, what: str) -> None:
        super().__init__(f"not found: {what}")
        self.what = what


class Gone(CatalogError):
    """The entry was withdrawn."""

    def __init__(self, identifier: str, since: datetime, reason: str) -> None:
        super().__init__(f"{identifier} was withdrawn on {since:%Y-%m-%d}: {reason}")
        self.identifier = identifier
        self.since = since
        self.reason = reason


class Moved(CatalogError):
    """The entry was merged into another one."""

    def __init__(self, identifier: str, to: str) -> None:
        super().__init__(f"{identifier} was merged into {to}")
        self.identifier = identifier
        self.to = to


class Forbidden(CatalogError):
    """The viewer may know of it but may not do this; ``told`` says why where it helps people."""

    def __init__(self, message: str, told: Text | None = None) -> None:
        super().__init__(message)
        self.told = told


class Stale(CatalogError):
    """Somebody else changed the entry meanwhile; ``current`` is its revision now."""

    def __init__(self, identifier: str, current: int) -> None:
        super().__init__(f"{identifier} is at revision {current} by now")
        self.identifier = identifier
        self.current = current


class Invalid(CatalogError):
    """The values break the rules; every problem is told at once."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(f"{each.path}: {each.message.en}" for each in problems))
        self.problems = tuple(problems)


class WrongState(CatalogError):
    """The entry's state does not allow this step; ``told`` says more where it helps people."""

    def __init__(self, identifier: str, state: str, told: Text | None = None) -> None:
        super().__init__(f"{identifier} is {state}")
        self.identifier = identifier
        self.state = state
        self.told = told


class Barred(CatalogError):
    """Of many requests some cannot be accepted, so none was: their numbers, each with why."""

    def __init__(self, causes: Mapping[int, CatalogError]) -> None:
        super().__init__("; ".join(f"request {number}: {why}" for number, why in causes.items()))
        self.causes = dict(causes)


class Conflict(CatalogError):
    """A name that must be unique is taken."""


class Unavailable(CatalogError):
    """The database cannot be reached or cannot write, e.g. for want of room; nothing was kept."""


class Contended(Unavailable):
    """The database undid it because it stood in others' way; the same again may well succeed."""
