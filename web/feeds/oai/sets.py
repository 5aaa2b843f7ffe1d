"""Sets: by agency, kind, theme and district. Each is a tree whose inner sets include all below
them; a setSpec is the way down, in ASCII alone. Another tree is one class and one line in `TREES`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Protocol
from urllib.parse import unquote

from catalog.agencies import AgencyView
from catalog.listing import Selection, Shown
from standards.codelists import Code, CodeList, codelist
from standards.problems import Text
from standards.profile import KINDS, profile
from standards.roles import bearers

_PLAIN = re.compile(r"[^A-Za-z0-9\-_.!*'()]")
DIVISIONS = "divisions"


@dataclass(frozen=True, slots=True)
class Set:
    """A set as it is listed."""

    spec: str
    name: str


class Tree(Protocol):
    """One way to part the entries into sets. Paths are codes, the topmost first."""

    @property
    def name(self) -> str:
        """The first part of its specs."""
        ...

    @property
    def label(self) -> Text:
        """What the whole tree is called."""
        ...

    def sets(self, organs: Sequence[AgencyView]) -> Iterator[tuple[tuple[str, ...], str]]:
        """Every set below the whole, by its path, with its name."""
        ...

    def select(self, path: tuple[str, ...], organs: Sequence[AgencyView]) -> Selection | None:
        """What is in a set; None where there is no such set. The empty path is the whole."""
        ...

    def paths(self, shown: Shown, organ: AgencyView) -> Iterator[tuple[str, ...]]:
        """The lowest sets that an entry is in."""
        ...


class ByAgency:
    """The agency that registered it, below those above it."""

    name, label = "agency", Text("按部门", "By agency")

    def sets(self, organs: Sequence[AgencyView]) -> Iterator[tuple[tuple[str, ...], str]]:
        return ((organ.path[::-1], organ.name) for organ in organs)

    def select(self, path: tuple[str, ...], organs: Sequence[AgencyView]) -> Selection | None:
        if not path:
            return Selection()
        if not any(organ.path[::-1] == path for organ in organs):
            return None
        return Selection(agencies=tuple(each.code for each in organs if path[-1] in each.path))

    def paths(self, shown: Shown, organ: AgencyView) -> Iterator[tuple[str, ...]]:
        yield organ.path[::-1]


class ByKind:
    """Documents and other resources."""

    name, label = "kind", Text("按类别", "By kind")

    def sets(self, organs: Sequence[AgencyView]) -> Iterator[tuple[tuple[str, ...], str]]:
        return (((kind,), profile(kind).label.zh) for kind in KINDS)

    def select(self, path: tuple[str, ...], organs: Sequence[AgencyView]) -> Selection | None:
        if not path:
            return Selection()
        return Selection(kind=path[0]) if path in {(kind,) for kind in KINDS} else None

    def paths(self, shown: Shown, organ: AgencyView) -> Iterator[tuple[str, ...]]:
        yield (shown.kind,)


class ByTheme:
    """The classes that it is in, of every classification that has codes."""

    name, label = "theme", Text("按主题", "By theme")

    def sets(self, organs: Sequence[AgencyView]) -> Iterator[tuple[tuple[str, ...], str]]:
        return ((path, code.label.zh) for path, code in _themes().items())

    def select(self, path: tuple[str, ...], organs: Sequence[AgencyView]) -> Selection | None:
        if not path:
            return Selection(themed=True)
        within = tuple(each[-1] for each in _themes() if each[: len(path)] == path)
        return Selection(themes=within) if within else None

    def paths(self, shown: Shown, organ: AgencyView) -> Iterator[tuple[str, ...]]:
        return (_ways()[code] for code in shown.themes if code in _ways())


class ByDistrict:
    """The administrative division of its agency."""

    name, label = "district", Text("按区划", "By district")

    def sets(self, organs: Sequence[AgencyView]) -> Iterator[tuple[tuple[str, ...], str]]:
        known = codelist(DIVISIONS)
        found = {
            path[: length + 1]
            for path in {_line(known, organ.division) for organ in organs if organ.division}
            for length in range(len(path))
        }
        for path in sorted(found):
            code = known.get(path[-1])
            yield path, code.label.zh if code else path[-1]

    def select(self, path: tuple[str, ...], organs: Sequence[AgencyView]) -> Selection | None:
        known = codelist(DIVISIONS)
        within = tuple(
            organ.code
            for organ in organs
            if organ.division and _line(known, organ.division)[: len(path)] == path
        )
        return Selection(agencies=within) if within or not path else None

    def paths(self, shown: Shown, organ: AgencyView) -> Iterator[tuple[str, ...]]:
        if organ.division:
            yield _line(codelist(DIVISIONS), organ.division)


TREES: tuple[Tree, ...] = (ByAgency(), ByKind(), ByTheme(), ByDistrict())


def every(organs: Sequence[AgencyView]) -> list[Set]:
    """All sets, by their specs; what holds nothing is listed too."""
    found = [Set(tree.name, tree.label.zh) for tree in TREES]
    for tree in TREES:
        found += (Set(_spec(tree, path), name) for path, name in tree.sets(organs))
    return sorted(found, key=lambda each: each.spec)


def select(spec: str, organs: Sequence[AgencyView]) -> Selection | None:
    """What is in the set with the spec; None where there is none."""
    name, *parts = spec.split(":")
    tree = next((each for each in TREES if each.name == name), None)
    path = tuple(map(_code, parts))
    if tree is None or _spec(tree, path) != spec:
        return None
    return tree.select(path, organs)


def specs(shown: Shown, organs: Mapping[str, AgencyView]) -> tuple[str, ...]:
    """The lowest sets that an entry is in; those above include it too."""
    organ = organs[shown.agency]
    return tuple(_spec(tree, path) for tree in TREES for path in tree.paths(shown, organ))


def _spec(tree: Tree, path: Iterable[str]) -> str:
    return ":".join((tree.name, *map(_part, path)))


@cache
def _part(code: str) -> str:
    return _PLAIN.sub(lambda found: _written(found.group()), code)


def _written(character: str) -> str:
    return "".join(f"~{byte:02X}" for byte in character.encode())


def _code(part: str) -> str:
    raw = re.sub(r"~([0-9A-F]{2})", lambda found: f"%{found.group(1)}", part.replace("%", "%25"))
    return unquote(raw)


def _line(known: CodeList, division: str) -> tuple[str, ...]:
    above = (code.code for code in known.ancestors(division))
    return (*reversed(tuple(above)), division)


@cache
def _themes() -> Mapping[tuple[str, ...], Code]:
    """The classes of every classification that an entry's themes may be of, by their paths."""
    names = dict.fromkeys(
        name
        for kind in KINDS
        for bearer in bearers(kind)["themes"]
        if bearer.group is not None
        for name in bearer.group.codelists
    )
    return {
        _line(codelist(name), code.code): code for name in names for code in codelist(name).codes
    }


@cache
def _ways() -> Mapping[str, tuple[str, ...]]:
    """The path of each class by its code."""
    return {path[-1]: path for path in _themes()}
