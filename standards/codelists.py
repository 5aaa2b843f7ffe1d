"""Code lists: what a coded value may be, and which code the words that people write mean."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import yaml

from standards.problems import Text
from standards.profile import Element, dictionary

_FOLDER = files("standards") / "codelists"
_OWN_KEYS = frozenset({"code", "label", "aliases", "parent", "meaning"})
_SILENT = re.compile(r"[\s\"'“”‘’「」『』《》〈〉]+")
_PATH = re.compile(r"[\\/>＞]+")
_NOTE = re.compile(r"[(][^()]*[)]$")  # 每年(更新说明:暂无新业务数据产生)
_LONGEST = 500  # no label is longer, and folding megabytes helps nobody


@dataclass(frozen=True, slots=True)
class Code:
    """One code with its names; ``meaning`` says in a sentence or two what it comes to, ``extra``
    holds what only this list knows of it."""

    code: str
    label: Text
    aliases: tuple[str, ...] = ()
    parent: str | None = None
    meaning: Text | None = None
    extra: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}), hash=False)

    def names(self) -> Iterator[str]:
        """Every text that means this code."""
        yield self.code
        yield self.label.zh
        yield self.label.en
        yield from self.aliases


@dataclass(frozen=True)
class CodeList:
    """A list of codes; an ``open`` one may be left for a word of one's own, with a warning."""

    name: str
    label: Text
    clause: str
    open: bool
    note: str
    codes: tuple[Code, ...]
    version: str = ""
    """The day from which the list stands so, where it is one of law."""

    def get(self, code: str) -> Code | None:
        """The code spelled exactly so."""
        return self._by_code.get(code)

    def match(self, text: str) -> Code | None:
        r"""The code that a text means: code, label, alias, or a path ``A\B``, ``A/B``.

        Width, case, spaces and quotes do not count. The parts of a path must be a code and its
        child; a name that several codes bear (其他) means none of them by itself.
        """
        if not text or len(text) > _LONGEST:
            return None
        folded = fold(text)
        return self._by_name.get(folded) or self._by_path(folded) or self._without_note(folded)

    def children(self, code: str | None) -> tuple[Code, ...]:
        """The codes directly below a code; with None those at the top."""
        return self._by_parent.get(code, ())

    def ancestors(self, code: str) -> tuple[Code, ...]:
        """The codes above a code, the nearest first."""
        found: list[Code] = []
        current = self.get(code)
        while current is not None and current.parent is not None:
            current = self.get(current.parent)
            if current is not None:
                found.append(current)
        return tuple(found)

    def path(self, code: str) -> Text | None:
        r"""The names from the top down to a code, as they are written: ``综合政务\其他``."""
        last = self.get(code)
        if last is None:
            return None
        line = (*reversed(self.ancestors(code)), last)
        return Text("\\".join(c.label.zh for c in line), " \\ ".join(c.label.en for c in line))

    def _by_path(self, folded: str) -> Code | None:
        parts = [part for part in _PATH.split(folded) if part]
        if len(parts) < 2:
            return None
        return self._below.get((parts[-2], parts[-1]))

    def _without_note(self, folded: str) -> Code | None:
        bare = _NOTE.sub("", folded)
        return self._by_name.get(bare) if bare != folded else None

    @cached_property
    def _by_code(self) -> dict[str, Code]:
        return {code.code: code for code in self.codes}

    @cached_property
    def _by_parent(self) -> dict[str | None, tuple[Code, ...]]:
        found: dict[str | None, list[Code]] = {}
        for code in self.codes:
            found.setdefault(code.parent, []).append(code)
        return {parent: tuple(codes) for parent, codes in found.items()}

    @cached_property
    def _by_name(self) -> dict[str, Code]:
        bearers: dict[str, list[Code]] = {}
        for code in self.codes:
            for name in {fold(name) for name in code.names()}:
                bearers.setdefault(name, []).append(code)
        meant = {name: _meant(codes) for name, codes in bearers.items()}
        exact = {fold(code.code): code for code in self.codes}
        return {name: code for name, code in meant.items() if code is not None} | exact

    @cached_property
    def _below(self) -> dict[tuple[str, str], Code]:
        return {
            (fold(above), fold(name)): code
            for code in self.codes
            if code.parent is not None and code.parent in self._by_code
            for above in self._by_code[code.parent].names()
            for name in code.names()
        }


def fold(text: str) -> str:
    """A text without what people type differently: width, case, spaces, quotes."""
    return _SILENT.sub("", unicodedata.normalize("NFKC", text)).casefold()


@cache
def codelist(name: str) -> CodeList:
    """The list of that name; KeyError if there is none."""
    if name not in names():
        raise KeyError(name)
    path = _FOLDER / f"{name}.yaml"
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    data = yaml.load(path.read_text(encoding="utf-8"), loader)  # noqa: S506 -- a safe loader
    return CodeList(
        name=data["name"],
        label=Text(**data["label"]),
        clause=data["clause"],
        open=data["open"],
        note=data.get("note", ""),
        codes=_elements() if data.get("codes_from") else tuple(map(_code, data["codes"])),
        version=data.get("version", ""),
    )


@cache
def names() -> tuple[str, ...]:
    """The names of all code lists, sorted."""
    return tuple(
        sorted(f.name.removesuffix(".yaml") for f in _FOLDER.iterdir() if f.name.endswith(".yaml"))
    )


def _elements() -> tuple[Code, ...]:
    """The elements that may be withheld by themselves, as codes."""
    return tuple(
        Code(each.name, each.label, (each.short, *_headings(each)))
        for each in dictionary().values()
        if each.redactable
    )


def _headings(element: Element) -> tuple[str, ...]:
    """What others call an element; a group may be called what its chief part is."""
    return element.headings or (
        element.child(element.from_text).headings if element.from_text else ()
    )


def _code(entry: Mapping[str, Any]) -> Code:
    extra = {key: value for key, value in entry.items() if key not in _OWN_KEYS}
    return Code(
        code=entry["code"],
        label=Text(**entry["label"]),
        aliases=tuple(entry.get("aliases", ())),
        parent=entry.get("parent"),
        meaning=Text(**entry["meaning"]) if "meaning" in entry else None,
        extra=MappingProxyType(extra),
    )


def _meant(bearers: list[Code]) -> Code | None:
    """Of the codes with one name the only one, or the only one at the top (财政 the class)."""
    if len(bearers) == 1:
        return bearers[0]
    tops = [code for code in bearers if code.parent is None]
    return tops[0] if len(tops) == 1 else None
