"""Index numbers (索引号) of the disclosure catalogue: ``000014349/2018-00228`` and its variants."""

from __future__ import annotations

import re

from standards.identifiers import organisation_code
from standards.identifiers.characters import folded
from standards.problems import Text

_YEAR = r"(?:19|20)\d{2}"
_NATIONAL = re.compile(rf"([0-9A-Z]{{8}}[0-9X])([/-])({_YEAR})-(\d{{1,7}})\Z")
_REGIONAL = (
    re.compile(rf"[0-9A-Z]{{4,10}}-[0-9A-Z]{{2,8}}-{_YEAR}-\d{{1,7}}\Z"),  # region, category
    re.compile(rf"[0-9A-Z]{{2,8}}(?:-[0-9A-Z]{{1,8}}){{1,4}}-{_YEAR}\d{{4}}-\d{{1,7}}\Z"),  # a day
    re.compile(r"\d{21}\Z"),  # division, department, kind, unit, year and serial in a row
)
_IN_TEXT = re.compile(rf"(?<![0-9A-Z])[0-9A-Z]{{8}}[0-9X][/-]{_YEAR}-\d{{1,7}}(?!\d)")


def normalise(text: str) -> str:
    """Half-width capitals, one kind of hyphen and slash, no spaces; the serial as it is."""
    return folded(text)


def problem(text: str) -> Text | None:
    """What is wrong with the number; the variants of some regions are as good as the national."""
    number = normalise(text)
    national = _NATIONAL.match(number)
    if national is not None:
        reason = organisation_code.problem(national[1])
        if reason is None:
            return None
        return Text(f"前9位组织机构代码：{reason.zh}", f"Its organisation code: {reason.en}")
    if any(form.match(number) for form in _REGIONAL):
        return None
    return Text(
        "索引号应为“9位机构代码/4位年份-5位顺序号”",
        "An index number is nine characters of the organisation, slash, year, hyphen and serial",
    )


def generate(organisation: str, year: int, serial: int) -> str:
    """The national form: ``000014349/2018-00228``."""
    return f"{organisation}/{year}-{serial:05d}"


def keys(text: str) -> frozenset[str]:
    """Match keys that do not know slash from hyphen, nor zeros before the serial."""
    return frozenset(_key(number) for number in find(text))


def find(text: str) -> tuple[str, ...]:
    """The national index numbers that stand in a text, normalised."""
    return tuple(match[0] for match in _IN_TEXT.finditer(folded(text)))


def _key(number: str) -> str:
    organisation, year, serial = re.split("[/-]", number)
    return f"{organisation}-{year}-{int(serial)}"
