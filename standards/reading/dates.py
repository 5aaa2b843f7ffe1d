"""Dates as people write them, read into ISO 8601 (GB/T 7408) with the precision they give."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta

from standards.numerals import CHARACTERS, number

_PLAIN = re.compile(r"(\d{4})-(\d{2})-(\d{2})\Z")
_NUMERAL = rf"(?:\d{{1,2}}|[{CHARACTERS}]{{1,3}})"
_WRITTEN = re.compile(
    rf"(?P<year>\d{{4}}|[{CHARACTERS}]{{4}})"
    rf"(?:[年/.\-](?:(?P<month>{_NUMERAL})(?:[月/.\-](?:(?P<day>{_NUMERAL})[日号]?)?)?)?)?"
    r"(?:[T ]?\d{1,2}[:时]\d{1,2}.{0,20})?\Z"
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})\Z")
_SERIAL = re.compile(r"\d{5}(\.\d+)?\Z")
_EPOCH = date(1899, 12, 30)  # day 0 of a spreadsheet's serial dates
_SERIALS = range(18000, 80000)  # 1949 to 2119: a smaller number is no date of ours
_YEARS = range(1000, 3000)


def iso(value: object) -> str | None:
    """``YYYY-MM-DD``, or ``YYYY-MM`` or ``YYYY`` where no more is written; None if no date."""
    if isinstance(value, str):
        return _of_text(value)
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _of_number(value)
    return None


def _of_number(value: float) -> str | None:
    if not abs(value) < 1e9:  # also refuses NaN, which compares with nothing
        return None
    whole = int(value)
    if whole in _SERIALS:
        return (_EPOCH + timedelta(days=whole)).isoformat()
    return _of_text(str(whole)) if whole == value else None


def _of_text(text: str) -> str | None:
    match = _PLAIN.match(text)
    if match is None:
        folded = re.sub(r"\s+(?=\D)|(?<=\D)\s+", "", unicodedata.normalize("NFKC", text[:60]))
        if _SERIAL.match(folded):
            return _of_number(int(folded[:5])) if int(folded[:5]) in _SERIALS else None
        match = _COMPACT.match(folded) or _WRITTEN.match(folded)
    if match is None:
        return None
    year, month, day = (None if part is None else number(part) for part in match.groups())
    return _checked(year, month, day)


def _checked(year: int | None, month: int | None, day: int | None) -> str | None:
    if year is None or year not in _YEARS:
        return None
    try:
        written = date(year, 1 if month is None else month, 1 if day is None else day)
    except ValueError:
        return None
    text = written.isoformat()
    return text[:4] if month is None else text[:7] if day is None else text
