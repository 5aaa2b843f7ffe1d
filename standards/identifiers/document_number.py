"""Document numbers (发文字号): ``沪府发〔2008〕12号`` however its brackets and digits are typed."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from standards.numerals import CHARACTERS
from standards.numerals import number as numeral
from standards.problems import Text

LONGEST = 200
_OPENING = "([{<〔【〖〈《「『〘〚⟨‹«"
_CLOSING = ")]}>〕】〗〉》」』〙〛⟩›»"
_BRACKETS = str.maketrans(_OPENING + _CLOSING, "〔" * len(_OPENING) + "〕" * len(_CLOSING))
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))
_YEAR = r"(?P<year>(?:19|20)\d{2})"
_SERIAL = rf"(?P<serial>\d{{1,6}}|[{CHARACTERS}]{{1,7}})"
_SPELLED_YEAR = re.compile(r"(?:[一壹]九|二[〇零○])[〇零○一二三四五六七八九]{2}")
_TAIL = re.compile(
    rf"\s*(?:〔\s*{_YEAR}\s*年?\s*〕|(?P<bare>(?:19|20)\d{{2}})(?P<nian>\s*年)?)"
    rf"\s*[-/.]?\s*(?P<di>第?)\s*{_SERIAL}\s*(?P<hao>号?)"
)
_ORDER_TAIL = re.compile(rf"\s*〔?第\s*{_SERIAL}\s*号〕?")
_ORDERS = re.compile(r"(?:令|公告|通告|公报|通报|决定)\Z")
_MARK = re.compile(r"[\u3400-\u9fffA-Za-z](?:[\u3400-\u9fffA-Za-z·、\s]*[\u3400-\u9fffA-Za-z])?\Z")
_MARK_BEFORE = re.compile(r"[\u3400-\u9fffA-Za-z][\u3400-\u9fffA-Za-z ]{0,29}\Z")
_LEAD_IN = re.compile(
    r".*(?:按照|依照|根据|依据|参见|参照|关于|印发|转发|贯彻|执行|查找|文号|[号的和与及 ])"
)
_SAME = (("中华人民共和国", ""), ("国令", "国务院令"), ("沪府令", "上海市人民政府令"))
"""Beginnings that two ways of citing one organ's orders differ in; the second is the key's."""


@dataclass(frozen=True, slots=True)
class Found:
    """A document number within a text: as it is best written, its match keys, and where."""

    number: str
    keys: frozenset[str]
    start: int
    end: int


def normalise(text: str) -> str:
    """The number with 〔 〕, half-width digits and no spaces; another text just folded.

    Zeros before the serial and the order form stay: they are how its agency writes the number.
    """
    plain = _folded(text)
    parts = _parts(_dated(plain))
    if parts:
        return _written(*parts)
    return unicodedata.normalize("NFKC", "".join(plain.split()))  # an accent may now be joined


def problem(text: str) -> Text | None:
    """What is wrong with the number, if anything."""
    if len(text) <= LONGEST and _parts(_dated(_folded(text))):
        return None
    return Text(
        "发文字号应含机关代字、年份和顺序号，例如“沪水务〔2009〕36号”",
        "A document number is the agency's mark, year and serial, such as 沪水务〔2009〕36号",
    )


def generate(mark: str, year: int, serial: int) -> str:
    """The number of an agency's mark, year and serial."""
    return f"{mark}〔{year}〕{serial}号"


def keys(text: str) -> frozenset[str]:
    """The match keys of one number, without brackets: ``{"沪府发2008-12"}``; none if it is none."""
    parts = _parts(_dated(_folded(text)))
    return frozenset({_key(*parts)}) if parts else frozenset()


def find(text: str) -> tuple[Found, ...]:
    """The document numbers within a text.

    Where the words before a number end and its mark begins cannot be told for certain, so every
    ending of them gives a key: one of these is the key of the number itself.
    """
    plain = _dated(_folded(text))
    found: list[Found] = []
    for tail in sorted(
        (*_TAIL.finditer(plain), *_ORDER_TAIL.finditer(plain)), key=lambda match: match.start()
    ):
        begin = found[-1].end if found else 0
        mark = _MARK_BEFORE.search(plain, begin, tail.start())
        if mark is not None and tail.start() >= begin:
            found.append(_found(mark[0], tail))
    return tuple(found)


def _found(before: str, tail: re.Match[str]) -> Found:
    lead_in = _LEAD_IN.match(before)
    guess = before[lead_in.end() :] if lead_in and lead_in.end() < len(before) else before
    endings = (before[place:] for place in range(max(1, len(before) - 1)))
    return Found(
        number=_written(guess, tail),
        keys=frozenset(_key(ending, tail) for ending in endings),
        start=tail.start() - len(guess),
        end=tail.end(),
    )


def _parts(plain: str) -> tuple[str, re.Match[str]] | None:
    if len(plain) > LONGEST:
        return None
    for form in (_TAIL, _ORDER_TAIL):
        for tail in form.finditer(plain):
            mark = plain[: tail.start()].strip(" 〔〕")
            if not plain[tail.end() :].strip() and _MARK.match(mark):
                return mark, tail
    return None


def _written(mark: str, tail: re.Match[str]) -> str:
    parts, mark = tail.groupdict(), "".join(mark.split())
    serial = parts["serial"]
    year = parts.get("year") or _year(tail)
    if year is None:
        return f"{mark}第{serial}号"
    order = "第" if parts["di"] and _ORDERS.search(mark) else ""
    if parts["nian"] and order:
        return f"{mark}{year}年第{serial}号"
    return f"{mark}〔{year}〕{order}{serial}号"


def _key(mark: str, tail: re.Match[str]) -> str:
    name = "".join(mark.split()).upper()
    for beginning, same in _SAME:
        if name.startswith(beginning):
            name = same + name[len(beginning) :] or name
    return f"{name}{_year(tail) or ''}-{_value(tail['serial'])}"


def _year(tail: re.Match[str]) -> str | None:
    return next((tail[n] for n in ("year", "bare") if n in tail.groupdict() and tail[n]), None)


def _value(serial: str) -> int | str:
    value = numeral(serial)
    return serial if value is None else value


def _dated(plain: str) -> str:
    """With the years in digits, which are as long."""
    return _SPELLED_YEAR.sub(lambda year: str(numeral(year[0])), plain)


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text[: 100 * LONGEST])
    return plain.translate(_BRACKETS).translate(_DASHES).strip()
