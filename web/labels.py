"""Labels of the values that facets count: of code lists from the standard, of agencies from the
directory, kept as long as nothing was done in it: a search must not ask for all of them.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from catalog import agencies, audit
from catalog.database import Database
from search.filters import FILTERS
from standards.codelists import codelist
from standards.problems import Text
from standards.profile import KINDS, profile

LOOK = 0.5
"""Seconds between two looks at the audit log, in which each change of an agency stands."""
LISTS: dict[str, tuple[str, ...]] = {
    **{each.name: (each.codelist,) for each in FILTERS if each.codelist},
    "topic": ("themes-gbt21063-4", "themes-disclosure"),
}
"""The code lists of each filter's values, by the filter's name."""
STATES: dict[str, Text] = {
    "draft": Text("草稿", "Draft"),
    "submitted": Text("待审核", "Submitted"),
    "returned": Text("已退回", "Returned"),
    "published": Text("已发布", "Published"),
    "withdrawn": Text("已撤销", "Withdrawn"),
}


@dataclass(slots=True)
class Labels:
    """Names for codes, in both languages; a code nobody knows stands for itself."""

    database: Database
    monotonic: Callable[[], float] = time.monotonic
    _agencies: dict[str, str] = field(default_factory=dict)
    _read: float = float("-inf")
    _mark: tuple[int, str] = (-1, "")

    def of(self, name: str, value: str, language: str) -> str:
        """The label of a filter's value."""
        if name == "agency":
            return self.agency(value)
        if name == "kind":
            return profile(value).label.in_language(language) if value in KINDS else value
        if name == "state":
            return STATES[value].in_language(language) if value in STATES else value
        found = (codelist(listed).get(value) for listed in LISTS.get(name, ()))
        code = next((each for each in found if each), None)
        return code.label.in_language(language) if code else value

    def agency(self, code: str) -> str:
        """An agency's name."""
        if self.monotonic() - self._read > LOOK:
            with self.database.reading() as db:
                if (mark := audit.head(db)) != self._mark:
                    self._agencies = {agency.code: agency.name for agency in agencies.every(db)}
                    self._mark = mark
            self._read = self.monotonic()
        return self._agencies.get(code, code)
