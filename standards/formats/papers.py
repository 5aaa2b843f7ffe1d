"""What the text of an official document says of itself by its form (GB/T 9704): the red head, the
document number, the title, and at its end the agency and the date. All of it is a guess."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

from standards.identifiers import document_number
from standards.reading.dates import iso

_HEAD, _TAIL = 40, 25
_RED_HEAD = re.compile(r"(?P<agency>[\u3400-\u9fff（）()、 ]{3,60}?)\s*文\s*件")
_SIGNED = re.compile(r"\s*签发人.*$")
_SPACES = re.compile(r"[\s\u3000]+")
_PUNCTUATION = re.compile(r"[。，；：！？,;:!?《》“”]")
_AGENCY_ENDS = re.compile(
    r"(?:政府|办公厅|办公室|委员会|委|局|厅|部|院|署|处|中心|会议|党委|总队|大队|所|站|馆|会|社|公司|行)$"
)
_LONGEST_TITLE, _LONGEST_AGENCY = 200, 60
_TITLE_LINES = 4
_LONGEST_DATE, _MOST_SIGNERS = 24, 6
_SHORTEST_TITLE = 5
_PARAGRAPH, _LONGEST_ABSTRACT = 20, 300


@dataclass(frozen=True, slots=True)
class Paper:
    """What was found, by role; the number apart; and where the text begins, by line."""

    said: Mapping[str, str]
    number: str = ""
    begins: int = 0


def read(lines: Sequence[str]) -> Paper:
    """What the lines of a document tell; empty where nothing is like a document."""
    plain = _plain(lines)
    head = plain[:_HEAD]
    said: dict[str, str] = {}
    number, after = _number(head)
    if agency := next((found for line in head[:10] if (found := _red_head(line))), ""):
        said["provider"] = agency
    title, begins = _title(head, after)
    if title:
        said["title"] = title
    date, signer = _ending(plain[begins:][-_TAIL:])
    if date:
        said["written"] = date
    if signer:
        said["provider"] = signer
    return Paper(said, number, begins)


def text_of(lines: Sequence[str], begins: int) -> str:
    """The first paragraph worth the name after the title."""
    rest = (line for line in _plain(lines)[begins:] if not line.startswith(("（", "(")))
    paragraphs = (line for line in rest if len(line) >= _PARAGRAPH)
    return next(paragraphs, "")[:_LONGEST_ABSTRACT]


@cache
def words() -> Mapping[str, Any]:
    """What is known of pages and papers (pages.yaml)."""
    data = (resources.files("standards") / "pages.yaml").read_bytes()
    known: Mapping[str, Any] = yaml.safe_load(data)
    return known


def is_title(text: str) -> bool:
    """Whether a line is like the title of an official document."""
    bare = re.sub(r"[（(][^（）()]{0,30}[)）]$", "", text).rstrip("》。 ")
    return len(text) <= _LONGEST_TITLE and bare.endswith(tuple(words()["ends"]))


def _plain(lines: Sequence[str]) -> list[str]:
    """The lines that hold anything, with single spaces."""
    tidy = (_SPACES.sub(" ", line).strip() for line in lines)
    return [line for line in tidy if line]


def _number(head: Sequence[str]) -> tuple[str, int]:
    """The line that is a document number, and the place after it."""
    for at, line in enumerate(head):
        bare = _SIGNED.sub("", line)
        if len(bare) <= _LONGEST_AGENCY and document_number.keys(bare):
            return document_number.normalise(bare), at + 1
    return "", 0


def _red_head(line: str) -> str:
    found = _RED_HEAD.fullmatch(line)
    return found["agency"].replace(" ", "") if found else ""


def _title(head: Sequence[str], after: int) -> tuple[str, int]:
    """The first few lines that together end as a title does, and the place after them."""
    for at in range(after, len(head)):
        joined = ""
        for last, line in enumerate(head[at : at + _TITLE_LINES], at + 1):
            if line.endswith(("。", "；", "：", ":")) or _red_head(line):
                break
            joined += line
            if len(joined) >= _SHORTEST_TITLE and is_title(joined):
                return joined, last
    return "", after


def _ending(tail: Sequence[str]) -> tuple[str, str]:
    """The last line that is a date alone, and the agencies on the lines before it."""
    for at in range(len(tail) - 1, -1, -1):
        line = tail[at]
        date = iso(line.strip("（）() ")) if len(line) <= _LONGEST_DATE else None
        if date and len(date) == 10:
            return date, "；".join(_signers(tail[max(0, at - _MOST_SIGNERS) : at]))
    return "", ""


def _signers(lines: Sequence[str]) -> list[str]:
    """The agencies that end these lines, in order; several may stand on one line."""
    found: list[str] = []
    for line in reversed(lines):
        parts = line.split()
        names = parts if all(map(_is_agency, parts)) else ["".join(parts)]
        if not all(map(_is_agency, names)):
            break
        found[:0] = names
    return found


def _is_agency(name: str) -> bool:
    fits = 3 < len(name) <= _LONGEST_AGENCY and not _PUNCTUATION.search(name)
    return fits and bool(_AGENCY_ENDS.search(name))
