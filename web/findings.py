"""The findings of the consistency audit as a table, the same for page and command."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from catalog.consistency.following import FoundView
from standards.codelists import codelist
from standards.consistency import wording

HEADINGS = (
    *("finding", "rule", "says", "found", "entry", "title", "agency", "disclosure", "ground"),
    *("sharing", "beside", "request"),
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def table(findings: Iterable[FoundView], language: str) -> Iterator[Sequence[str]]:
    """A line for each entry of each finding."""
    for each in findings:
        rule = wording(each.rule)
        for entry in each.entries:
            yield (
                each.key,
                rule.label.in_language(language),
                each.told.in_language(language),
                each.found.isoformat(timespec="seconds"),
                entry.identifier,
                entry.title,
                entry.agency,
                _label("disclosure", entry.disclosure, language),
                _label("legal-grounds", entry.disclosure_ground, language),
                _label("sharing", entry.sharing, language),
                "1" if entry.beside else "",
                str(entry.request or ""),
            )


def written(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The lines as CSV that spreadsheets open as it is meant: in UTF-8, no cell a formula."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(headings)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return out.getvalue()


def _cell(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _label(listed: str, value: str, language: str) -> str:
    code = codelist(listed).get(value) if value else None
    return code.label.in_language(language) if code else value
