"""How a resource stands to others, as its descriptor says it: of which kind, and to what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from standards.codelists import codelist
from standards.descriptor import Descriptor
from standards.problems import Text
from standards.roles import roles, rows

TYPES = "relation-types"
UNTOLD = "related"
"""The kind where none is said."""


@dataclass(frozen=True, slots=True)
class Relation:
    """One relation: its kind (`relation-types`) and the other resource as the descriptor names it,
    by a number, an identifier or a title.
    """

    type: str
    said: str


def relations(descriptor: Descriptor) -> tuple[Relation, ...]:
    """Every relation that the descriptor tells, each once."""
    return tuple(dict.fromkeys(_told(descriptor)))


@cache
def inverse(type_: str) -> Text:
    """What the other resource is told of a relation of this kind."""
    code = codelist(TYPES).get(type_)
    return Text(**code.extra["inverse"]) if code else Text(type_, type_)


def _told(descriptor: Descriptor) -> Iterator[Relation]:
    for row in rows(descriptor, "relations"):
        if row.get("target"):
            yield Relation(row.get("type", UNTOLD), row["target"])
    said = roles(descriptor)
    for type_, role in _by_role():
        yield from (Relation(type_, text) for text in said.texts(role))


@cache
def _by_role() -> tuple[tuple[str, str], ...]:
    """The kinds that an element says by itself, each with that element's role."""
    known = codelist(TYPES).codes
    return tuple((code.code, code.extra["role"]) for code in known if "role" in code.extra)
