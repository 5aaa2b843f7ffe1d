"""The template: what is filled in by its headings is read back, and the notes are there."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook

from standards.codelists import codelist
from standards.headings import apply, propose
from standards.profile import KINDS, profile
from standards.spreadsheets import columns, template
from standards.validation import validate


def opened(kind: str, language: str = "zh"):
    return load_workbook(io.BytesIO(template(kind, language)))


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_its_headings_are_understood_without_asking(kind, language):
    sheet = opened(kind, language).worksheets[0]
    headings = [cell.value for cell in sheet[1]]
    mapping = propose(headings)
    assert mapping.kind == kind
    assert mapping.unknown == ()
    assert mapping.source_key is None
    for column, heading in zip(columns(kind), headings, strict=True):
        path = mapping.columns[heading]
        chief = profile(kind).element(path or "").from_text
        assert column.path in {path, f"{path}.{chief}"}


@pytest.mark.parametrize("kind", KINDS)
def test_a_row_of_examples_is_a_valid_record(kind):
    headings = [cell.value for cell in opened(kind).worksheets[0][1]]
    row = {
        heading: column.element.example
        for heading, column in zip(headings, columns(kind), strict=True)
        if column.element.example
    }
    found = validate(kind, apply(propose(headings), row))
    wrong = [(each.path, each.rule, each.value) for each in found.errors]
    assert [each for each in wrong if each[1] != "wrong-order"] == []


@pytest.mark.parametrize("kind", KINDS)
def test_columns_explain_themselves(kind):
    book = opened(kind)
    entries, guide, _ = book.worksheets
    for cell, column in zip(entries[1], columns(kind), strict=True):
        assert column.element.definition.zh in cell.comment.text
    marked = {cell.value for cell in entries[1] if cell.value.endswith("*")}
    assert "信息资源名称*" in marked
    explained = [row[0].value for row in guide.iter_rows(min_row=2)]
    assert explained == [column.heading.zh for column in columns(kind)]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_drop_downs_offer_what_is_read_back(kind, language):
    book = opened(kind, language)
    entries, _, codes = book.worksheets
    offered = {
        min(cells.min_col for cells in validation.sqref.ranges): validation
        for validation in entries.data_validations.dataValidation
    }
    for number, column in enumerate(columns(kind), 1):
        element = column.element
        if element.codelist is None:
            continue
        assert number in offered
        listed = codelist(element.codelist)
        if not listed.open and not column.many:
            assert offered[number].showErrorMessage
    for row in codes.iter_cols():
        names = [cell.value for cell in row[1:] if cell.value]
        (listed,) = [
            each
            for each in map(
                codelist, {c.element.codelist for c in columns(kind) if c.element.codelist}
            )
            if each.label.in_language(language) == row[0].value
        ]
        assert [listed.match(name) for name in names] == list(listed.codes)
