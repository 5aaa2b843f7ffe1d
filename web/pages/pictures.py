"""Small maps drawn as plain shapes: the divisions' boxes, and the one that an entry is about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import cos, radians

from standards.codelists import Code, codelist
from standards.summary import Box, Summary

LIST = "divisions"
EDGE = 0.03


@dataclass(frozen=True, slots=True)
class Shape:
    """A rectangle in the picture's own measure."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> tuple[float, float]:
        """Where a label stands."""
        return round(self.x + self.width / 2, 4), round(self.y + self.height / 2, 4)


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing: the land, what is meant, and the same in words."""

    view: str
    land: tuple[Shape, ...]
    here: tuple[Shape, ...]
    words: str


@dataclass(frozen=True, slots=True)
class District:
    """A division that can be chosen on the map."""

    code: str
    name: str
    box: Box
    shape: Shape


def of_entry(summary: Summary, language: str) -> Picture | None:
    """Where the resource lies, if it says so."""
    named = [codelist(LIST).get(code) for code in summary.divisions]
    leaves = [code for code in named if code and not _above_others(code, summary.divisions)]
    boxes = [summary.box] if summary.box else [_box(code) for code in leaves]
    here = tuple(shape(box) for box in boxes if box)
    if not here:
        return None
    words = "、".join(code.label.in_language(language) for code in leaves)
    return Picture(view(), tuple(each.shape for each in districts(language)), here, words)


def districts(language: str) -> list[District]:
    """The divisions of today with their boxes, the largest first: so small ones stay on top."""
    found = [
        District(code.code, code.label.in_language(language), box, shape(box))
        for code, box in _current()
    ]
    return sorted(found, key=lambda each: -each.shape.width * each.shape.height)


def view() -> str:
    """The picture's frame around all divisions."""
    whole = [shape(box) for _, box in _current()]
    left, top = min(s.x for s in whole) - EDGE, min(s.y for s in whole) - EDGE
    right = max(s.x + s.width for s in whole) + EDGE
    bottom = max(s.y + s.height for s in whole) + EDGE
    return f"{left:.3f} {top:.3f} {right - left:.3f} {bottom - top:.3f}"


def shape(box: Box) -> Shape:
    """A box in the picture: north is up, and a degree of longitude is as long as it is here."""
    narrow = cos(radians(31.2))
    return Shape(
        round(box.west * narrow, 4),
        round(-box.north, 4),
        round(max(box.east - box.west, 0.004) * narrow, 4),
        round(max(box.north - box.south, 0.004), 4),
    )


def _current() -> Iterator[tuple[Code, Box]]:
    for code in codelist(LIST).codes:
        box = _box(code)
        if box and code.parent and "valid_to" not in code.extra:
            yield code, box


def _box(code: Code) -> Box | None:
    sides = code.extra.get("box")
    return Box(*(float(side) for side in sides)) if sides else None


def _above_others(code: Code, chosen: tuple[str, ...]) -> bool:
    return any(
        (other := codelist(LIST).get(each)) is not None and other.parent == code.code
        for each in chosen
    )
