"""Years, months and ranges of years in a text, in digits or Chinese numerals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from search.understanding.data import words
from search.understanding.parts import Kind, Meaning
from standards.numerals import CHARACTERS, number
from standards.problems import Text

_DIGITS = "〇零○一二三四五六七八九"
_HAN = rf"[一二][{_DIGITS}]{{3}}"
_YEAR = rf"(?:(?<![0-9a-z.])(?:19|20)[0-9]{{2}}(?![0-9a-z])|(?<![{_DIGITS}]){_HAN}(?![{_DIGITS}]))"
_TO = r"\s*(?:年度?)?\s*(?:到|至|-|–|—|~|to)\s*"
_RANGE = re.compile(rf"(?P<first>{_YEAR}){_TO}(?P<last>{_YEAR})(?:\s*年度?)?(?:之间|期间|间)?")
_SINGLE = re.compile(
    rf"(?P<year>{_YEAR})(?P<nian>\s*年度?)?"
    rf"(?:(?<=年)\s*(?P<month>1[0-2]|0?[1-9]|[{CHARACTERS}]{{1,2}})\s*月份?)?"
    r"(?:\s*(?P<open>以来|以后|之后|以前|之前))?"
)
_RECENT = re.compile(rf"最?近(?P<count>[0-9]{{1,2}}|[{CHARACTERS}]{{1,2}})年来?")
_UNTIL = ("以前", "之前")
_EARLIEST, _LATEST = 1900, 2099


def years(folded: str, today: date) -> Iterator[tuple[int, int, Meaning]]:
    """Where each begins and ends and what it means; no two of them overlap."""
    taken = 0
    found = sorted(
        (*_ranges(folded), *_singles(folded), *_told_from(folded, today)),
        key=lambda each: (each[0], -each[1]),
    )
    for start, end, meaning in found:
        if start >= taken:
            taken = end
            yield start, end, meaning


def _ranges(folded: str) -> Iterator[tuple[int, int, Meaning]]:
    for match in _RANGE.finditer(folded):
        first, last = _value(match["first"]), _value(match["last"])
        if first and last and first < last:
            yield match.start(), match.end(), between(first, last)


def _singles(folded: str) -> Iterator[tuple[int, int, Meaning]]:
    for match in _SINGLE.finditer(folded):
        year = _value(match["year"])
        if year and (match["nian"] or match["year"].isascii()):
            yield match.start(), match.end(), _single(year, match)


def _single(year: int, match: re.Match[str]) -> Meaning:
    if match["open"]:
        until = match["open"] in _UNTIL
        return between(None, year) if until else between(year, None)
    month = number(match["month"]) if match["month"] else None
    return _month(year, month) if month and month <= 12 else between(year, year)


def _told_from(folded: str, today: date) -> Iterator[tuple[int, int, Meaning]]:
    for word, apart in words().relative.items():
        start = folded.find(word)
        if start >= 0:
            year = today.year + apart
            yield start, start + len(word), between(year, year)
    for match in _RECENT.finditer(folded):
        count = number(match["count"])
        if count:
            yield match.start(), match.end(), between(today.year - count + 1, today.year)


def between(first: int | None, last: int | None) -> Meaning:
    """The years from the one to the other, both included; None leaves a side open."""
    sides = {"issued_from": first, "issued_to": last}
    given = tuple((name, (str(year),)) for name, year in sides.items() if year)
    value = f"{first or ''}/{last or ''}" if first != last else str(first)
    return Meaning(Kind.YEAR, value, _label(first, last), given)


def _month(year: int, month: int) -> Meaning:
    told = f"{year}-{month:02d}"
    given = (("issued_from", (told,)), ("issued_to", (told,)))
    return Meaning(Kind.YEAR, told, Text(f"{year} 年 {month} 月", told), given)


def _label(first: int | None, last: int | None) -> Text:
    if first == last:
        return Text(f"{first} 年", str(first))
    if first is None:
        return Text(f"{last} 年及以前", f"until {last}")
    if last is None:
        return Text(f"{first} 年及以后", f"since {first}")
    return Text(f"{first} 到 {last} 年", f"{first} to {last}")


def _value(text: str) -> int | None:
    year = number(text)
    return year if year and _EARLIEST <= year <= _LATEST else None
