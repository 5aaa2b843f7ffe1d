"""Numbers and dates within a typed text, whatever they are written in: each with every form in
which a card may say it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from search.query import Form, Wanted
from standards.numerals import number, spelled

_N = "[0-9]{1,3}|[〇零一二三四五六七八九十廿卅]{1,4}"
_FULL = "(?:19|20)[0-9]{2}|[一二][九〇零○o][〇零○o一二三四五六七八九]{2}"
_SHORT = "[09][0-9]|[〇零九][〇零一二三四五六七八九]"
_UNITS = "号|届|次|批|期|季度|条|章|轮|版|代|类|级|部分|阶段"
_COUNTED = "[年届次批期级岁类]|[号条](?![线路桥楼院])"
_MOST_YEARS = 12
SAME, LOOSE = 0.95, 0.5
"""Weights: of another script, of a number whose unit is not looked at."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text that is a quantity."""

    start: int
    end: int
    wanted: tuple[Wanted, ...]


def pieces(folded: str) -> Iterator[Piece]:
    """The quantities of a folded text in their order."""
    for match in _ANY.finditer(folded):
        kind = match.lastgroup or ""
        found = _READ[kind](match)
        if found:
            yield Piece(match.start(), match.end(), found)


def _serial(match: re.Match[str]) -> tuple[Wanted, ...]:
    """``2008年12号`` is year and serial side by side, as in ``〔2008〕12号``."""
    year, serial = _year(match["sy"]), number(match["sn"])
    if year is None or serial is None:
        return ()
    typed = f"{year} {match['sn']}" if match["sn"].isdecimal() else f"{year} {serial}"
    forms = dict.fromkeys((typed, f"{year} {serial}", f"{spelled(year)}年第{spelled(serial)}号"))
    return (_wanted(match[0], tuple(forms)),)


def _span(match: re.Match[str]) -> tuple[Wanted, ...]:
    """``2008-2010``: any of the years."""
    first, last = _year(match["r1"]), _year(match["r2"])
    if first is None or last is None or not 0 < last - first < _MOST_YEARS:
        return ()
    forms = tuple(Form((str(year),)) for year in range(first, last + 1))
    return (Wanted(match[0], forms),)


def _one_year(match: re.Match[str]) -> tuple[Wanted, ...]:
    year = _year(match["year"] or match["short"])
    if year is None:
        return ()
    text = spelled(year)
    return (_wanted(str(year), (str(year), text, text.replace("〇", "零"))),)


def _day(match: re.Match[str]) -> tuple[Wanted, ...]:
    month, day = number(match["month"]), number(match["day"] or "")
    if month is None or not 1 <= month <= 12 or (match["day"] and not (day and day <= 31)):
        return ()
    written = f"{month}月{day}日" if day else f"{month}月"
    chinese = f"{spelled(month)}月{spelled(day)}日" if day else f"{spelled(month)}月"
    return (_wanted(match[0], (written, chinese)),)


def _ordinal(match: re.Match[str]) -> tuple[Wanted, ...]:
    """``第十二批`` and ``第12批``. Beside digits the words that hold them are not looked at."""
    value = number(match["on"])
    if value is None:
        return ()
    chinese = f"第{spelled(value)}{match['unit']}"
    return (Wanted(match[0], (Form((chinese,)), Form((str(value),), LOOSE))),)


def _counted(match: re.Match[str]) -> tuple[Wanted, ...]:
    value = int(match["cn"])
    said = match["cn"]
    other = f"{spelled(value)}{match['cu']}" if 0 < value < 100 else ""
    return (_wanted(said, (said, other) if other else (said,)),)


def _wanted(said: str, texts: tuple[str, ...]) -> Wanted:
    return Wanted(said, tuple(Form((text,), SAME if at else 1.0) for at, text in enumerate(texts)))


def _year(text: str) -> int | None:
    value = number(text.replace("o", "〇"))
    if value is None or len(text) == 4:
        return value
    return value + (2000 if value < 50 else 1900)


_KINDS = (
    ("serial", rf"[〔(\[]?(?P<sy>{_FULL})(?:\s*[〕)\]]\s*|\s*年?\s*)第?(?P<sn>{_N})\s*号", _serial),
    ("span", rf"(?P<r1>{_FULL})年?度?\s*[-－—–~～至到]+\s*(?P<r2>{_FULL})(?:年度|年|(?![0-9]))",
     _span),
    ("one", rf"(?<![0-9a-z])(?:(?P<year>{_FULL})(?:年度|年|(?![0-9a-z〇零一二三四五六七八九十]))"
            rf"|(?P<short>{_SHORT})年(?:度)?)", _one_year),
    ("date", r"(?<![0-9一二三四五六七八九十])(?P<month>[01]?[0-9]|[一二三四五六七八九十]{1,2})月"
             r"(?:份|(?P<day>[0-3]?[0-9]|[一二三四五六七八九十廿卅]{1,3})[日号])", _day),
    ("ordinal", rf"第(?P<on>{_N})(?P<unit>{_UNITS})", _ordinal),
    ("counted", rf"(?<![0-9a-z〇])(?P<cn>[0-9]{{1,2}})(?P<cu>{_COUNTED})", _counted),
)  # fmt: skip
_READ: dict[str, Callable[[re.Match[str]], tuple[Wanted, ...]]] = {
    name: read for name, _, read in _KINDS
}
_ANY = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern, _ in _KINDS))
