"""What the audit finds, and what a rule is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeAlias

from sqlalchemy.orm import Session

from catalog.consistency.scratch import Scratch
from catalog.consistency.served import Served
from standards.consistency import Wording, wording
from standards.problems import Text
from standards.rules import fill

MOST = 20
"""How many entries are named that merely stand beside those of a finding."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A contradiction: the entries to decide anew, and others that they are to be seen beside."""

    rule: str
    subject: str
    """What it is about; the same in every run, so that it is known again."""
    entries: tuple[str, ...]
    told: Text
    beside: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Its name, for a request that follows from it."""
        return f"{self.rule}:{sha256(self.subject.encode()).hexdigest()[:24]}"


Looks: TypeAlias = Callable[[Served], "Finding | None"]
Compares: TypeAlias = Callable[[Session, Scratch], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule looks at each entry by itself, or (after ``notes`` of all) at several together."""

    name: str
    looks: Looks | None = None
    notes: Callable[[Served, Scratch], None] | None = None
    compares: Compares | None = None

    @property
    def wording(self) -> Wording:
        """Its name, why it is one, and its clause."""
        return wording(self.name)


def found(
    rule: str,
    subject: str,
    entries: tuple[str, ...],
    beside: tuple[str, ...] = (),
    **words: Text | str,
) -> Finding:
    """A finding in the words of its rule."""
    template = wording(rule).found
    told = fill(template, dict(words)) or template
    return Finding(rule, subject, entries, told, beside)
