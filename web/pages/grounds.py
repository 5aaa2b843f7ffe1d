"""Legal grounds with the text of their article, and the parts that are withheld on them."""

from __future__ import annotations

from dataclasses import dataclass

from standards import grounds
from standards.codelists import Code
from standards.redactions import Redacted


@dataclass(frozen=True, slots=True)
class Ground:
    """A ground in words; ``code`` is empty for an instrument cited freely."""

    code: str
    name: str
    article: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Withheld:
    """A part that is withheld: ``count`` of the rows of its element, or (0) all of it."""

    part: str
    label: str
    count: int
    names: tuple[str, ...]
    ground: Ground | None


def ground(value: str, language: str) -> Ground | None:
    """The ground that a descriptor names; None when it names none."""
    if not value:
        return None
    code = grounds.ground(value)
    return _told(code, language) if code else Ground("", value)


def withheld(redacted: Redacted, language: str, inside: bool) -> Withheld:
    """A withheld part in words, for the public or for agencies, who are told which items it is."""
    single = bool(redacted.items) if inside else redacted.partly
    return Withheld(
        part=redacted.part,
        label=redacted.label.in_language(language),
        count=redacted.count if single else 0,
        names=redacted.items,
        ground=ground(redacted.ground, language),
    )


def _told(code: Code, language: str) -> Ground:
    said = code.meaning.in_language(language) if code.meaning else ""
    cited = grounds.citation(code).in_language(language)
    return Ground(code.code, code.label.in_language(language), cited, said)
