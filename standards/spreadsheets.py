"""The spreadsheet template of a kind: one column an element, with notes and drop-down lists."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from standards.codelists import CodeList, codelist
from standards.headings import heading
from standards.problems import Text
from standards.profile import Element, Level, profile

ROWS = 2000
"""How many rows below the header have drop-downs."""

_MARK = "*"
_DEMANDED = Level.CORE
_SHEETS = Text("填报", "Entries"), Text("填写说明", "How to fill in"), Text("代码", "Codes")
_GUIDE = (
    Text("列", "Column"),
    Text("填什么", "What it is"),
    Text("何时必填", "Mandatory from"),
    Text("可填多个", "Repeatable"),
    Text("可填的值", "Values"),
    Text("示例", "Example"),
    Text("出处", "Clause"),
)
_LEVELS = {
    Level.MINIMAL: Text("总是", "always"),
    Level.CORE: Text("核心元数据", "core"),
    Level.STRICT: Text("严格", "strict"),
    Level.FULL: Text("完整", "full"),
}
_SEVERAL = Text("可多个，用“；”分开", "several, separated by ;")
_PART = Text("填了同组其他列时", "with its group")
_OWN_WORDS = Text("，也可自填", ", or your own words")
_YES_OR_NO = '"是,否"'
_HEAD = PatternFill("solid", fgColor="1F4E5F")
_HEAD_DEMANDED = PatternFill("solid", fgColor="9C2F2F")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the template."""

    path: str
    element: Element
    heading: Text
    mandatory: Level | None
    part: bool = False
    """Whether it must be given with the rest of its group."""
    many: bool = False


def columns(kind: str) -> tuple[Column, ...]:
    """The columns of a kind's template in the order of its profile; none for what is assigned."""
    found: list[Column] = []
    for use in profile(kind).elements:
        for path, element in () if use.assigned else use.element.walk():
            if not element.children:
                inside = path != use.element.path
                chief = not inside or use.element.from_text == element.name
                level = use.mandatory if chief else None
                part = inside and element.mandatory and level is None
                many = element.many or use.element.many
                found.append(Column(path, element, heading(kind, path), level, part, many))
    return tuple(found)


@cache
def template(kind: str, language: str = "zh") -> bytes:
    """The template as an XLSX file: a sheet to fill in, one that explains it, one of codes."""
    book = Workbook()
    first = book.active
    entries = first if isinstance(first, Worksheet) else book.create_sheet()
    entries.title = _SHEETS[0].in_language(language)
    guide = book.create_sheet(_SHEETS[1].in_language(language))
    codes = book.create_sheet(_SHEETS[2].in_language(language))
    _explain(guide, columns(kind), language)
    ranges = _list_codes(codes, columns(kind), language)
    for number, column in enumerate(columns(kind), 1):
        _head(entries, number, column, language)
        _choices(entries, number, column, ranges)
    entries.freeze_panes = "B2"
    entries.row_dimensions[1].height = 32
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _head(sheet: Worksheet, number: int, column: Column, language: str) -> None:
    demanded = column.mandatory is not None and _DEMANDED.demands(column.mandatory)
    name = column.heading.in_language(language)
    cell = sheet.cell(1, number, name + _MARK if demanded else name)
    cell.font = Font(bold=True, color="FFFFFF")
    cell.fill = _HEAD_DEMANDED if demanded else _HEAD
    cell.alignment = Alignment(wrap_text=True, vertical="center")
    note = [column.element.definition.in_language(language)]
    if column.many:
        note.append(_SEVERAL.in_language(language))
    if column.element.example:
        note.append(f"{_GUIDE[5].in_language(language)}: {column.element.example}")
    cell.comment = Comment("\n".join(note), "Mulu", height=120, width=260)
    letter = get_column_letter(number)
    sheet.column_dimensions[letter].width = 36 if column.element.max_length > 400 else 18
    sheet.column_dimensions[letter].number_format = "@"


def _choices(sheet: Worksheet, number: int, column: Column, ranges: dict[str, str]) -> None:
    """A drop-down; what may be repeated or is open to own words only warns."""
    element = column.element
    if element.type == "boolean":
        formula = _YES_OR_NO
    elif element.codelist in ranges:
        formula = ranges[element.codelist or ""]
    else:
        return
    strict = not column.many and not (element.codelist and codelist(element.codelist).open)
    choice = DataValidation("list", formula1=formula, allow_blank=True, showErrorMessage=strict)
    letter = get_column_letter(number)
    choice.add(f"{letter}2:{letter}{ROWS}")
    sheet.add_data_validation(choice)


def _list_codes(sheet: Worksheet, known: tuple[Column, ...], language: str) -> dict[str, str]:
    """One column a code list, its labels below its name; gives the cells of each."""
    names = dict.fromkeys(each.element.codelist for each in known if each.element.codelist)
    ranges: dict[str, str] = {}
    for number, name in enumerate(names, 1):
        listed, letter = codelist(name), get_column_letter(number)
        sheet.cell(1, number, listed.label.in_language(language)).font = Font(bold=True)
        for row, label in enumerate(_labels(listed, language), 2):
            sheet.cell(row, number, label)
        sheet.column_dimensions[letter].width = 24
        ranges[name] = f"'{sheet.title}'!${letter}$2:${letter}${len(listed.codes) + 1}"
    return ranges


def _labels(listed: CodeList, language: str) -> list[str]:
    """What to choose from: labels that the list reads back as their codes, else the codes."""
    labels = [(code, code.label.in_language(language)) for code in listed.codes]
    return [label if listed.match(label) == code else code.code for code, label in labels]


def _explain(sheet: Worksheet, known: tuple[Column, ...], language: str) -> None:
    for number, title in enumerate(_GUIDE, 1):
        sheet.cell(1, number, title.in_language(language)).font = Font(bold=True)
    for row, column in enumerate(known, 2):
        for number, text in enumerate(_explained(column, language), 1):
            cell = sheet.cell(row, number, text)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for letter, width in zip("ABCDEFG", (24, 60, 16, 22, 40, 30, 36), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"


def _explained(column: Column, language: str) -> tuple[str, ...]:
    element = column.element
    when = _LEVELS[column.mandatory] if column.mandatory else _PART if column.part else Text("", "")
    return (
        column.heading.in_language(language),
        element.definition.in_language(language),
        when.in_language(language),
        _SEVERAL.in_language(language) if column.many else "",
        _values(element, language),
        element.example or "",
        element.clause,
    )


def _values(element: Element, language: str) -> str:
    if not element.codelist:
        return ""
    listed = codelist(element.codelist)
    words = _OWN_WORDS.in_language(language) if listed.open else ""
    return listed.label.in_language(language) + words
