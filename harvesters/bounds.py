"""What one record may hold: values in all, repetitions of one element, and depth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harvesters.faults import problem
from harvesters.options import value
from standards.problems import Problem


@dataclass(frozen=True, slots=True)
class Bounds:
    """The most that a record may have."""

    values: int
    children: int
    depth: int

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Bounds:
        """As the options of a source have them."""
        names = ("record_values", "record_children", "record_depth")
        return cls(*(value(options, name) for name in names))

    def exceeded(self, record: Mapping[str, Any]) -> Problem | None:
        """What is too much of a record; looks no further than its bounds."""
        waiting: list[tuple[Any, str, int]] = [(record, "", 1)]
        seen = 0
        while waiting:
            inside, name, depth = waiting.pop()
            if depth > self.depth:
                return problem("record-too-deep", place=name, value=name, limit=self.depth)
            if isinstance(inside, Sequence) and len(inside) > self.children:
                count, limit = f"{len(inside):,}", f"{self.children:,}"
                return problem("record-too-many", place=name, value=name, count=count, limit=limit)
            seen += len(inside)
            if seen > self.values:
                return problem("record-too-rich", limit=f"{self.values:,}")
            parts = inside.items() if isinstance(inside, Mapping) else ((name, x) for x in inside)
            waiting.extend(
                (part, name or str(own), depth + 1)
                for own, part in parts
                if isinstance(part, Mapping | list | tuple)
            )
        return None
