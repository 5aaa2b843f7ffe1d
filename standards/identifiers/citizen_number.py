"""Citizen numbers (GB 11643-1999): division, birthday, serial and a check character; the fifteen
digits of before 1999 have a short year and no check character."""

from __future__ import annotations

import re
from datetime import date

from standards.identifiers.characters import folded
from standards.problems import Text

_WEIGHTS = tuple(pow(2, 17 - place, 11) for place in range(17))
_PROVINCES = frozenset(
    province
    for first, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71))
    for province in range(first, last + 1)
) | {81, 82, 83, 91}
_MUNICIPALITIES = ("11", "12", "31", "50")
_FORM = re.compile(r"\d{17}[\dX]\Z|\d{15}\Z", re.ASCII)


def normalise(text: str) -> str:
    """The number in half width with a capital X, without spaces or hyphens."""
    return folded(text).replace("-", "")


def check_character(body: str) -> str:
    """The eighteenth character that belongs to the seventeen digits before it."""
    total = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True))
    return "10X98765432"[total % 11]


def is_plausible(number: str) -> bool:
    """Whether a normalised number has the form, a province and a birthday that may be."""
    if not _FORM.match(number) or int(number[:2]) not in _PROVINCES:
        return False
    if number[:2] in _MUNICIPALITIES and number[2] != "0":  # districts 01 and counties 02, no more
        return False
    born = number[6:14] if len(number) == 18 else f"19{number[6:12]}"
    try:
        return 1900 <= date(int(born[:4]), int(born[4:6]), int(born[6:])).year < 2100
    except ValueError:
        return False


def problem(text: str) -> Text | None:
    """What is wrong with the number, if anything; it is not told, for it is personal."""
    number = normalise(text)
    if not is_plausible(number):
        return Text(
            "公民身份号码应为18位（旧号15位），含行政区划和出生日期",
            "A citizen number has 18 characters (15 of old) with a division and a birthday",
        )
    if len(number) == 18 and check_character(number[:17]) != number[17]:
        return Text("公民身份号码的校验码不符", "The check character does not fit")
    return None


def generate(division: str, born: date, serial: int) -> str:
    """The number of somebody of a division (six digits), by birthday and serial."""
    body = f"{division}{born.year:04d}{born:%m%d}{serial:03d}"
    return body + check_character(body)
