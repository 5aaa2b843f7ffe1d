"""What is published about decisions, for anybody: the figures, a file of them, a year's report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from flask import Blueprint, Response, current_app, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from catalog import transparency
from catalog.errors import NotFound
from catalog.transparency import OTHER, Count, Published
from standards.codelists import codelist
from web import findings
from web.language import current_language
from web.pages.words import name_of
from web.signin import parts

pages = Blueprint("transparency", __name__)
VALUES = {
    "disclosure": ("proactive", "on-request", "withheld", "undetermined"),
    "sharing": ("unconditional", "conditional", "not-shared", "undetermined"),
}
HEADINGS = ("agency", "name", "attribute", "value", "ground", "year", "entries")
KEPT = "mulu-transparency"
Figures = TypeVar("Figures")


@pages.get("/transparency")
def page() -> ResponseReturnValue:
    """Counts by agency and attribute, by ground and year, and what is late."""
    told = _published()
    return render_template(
        "transparency.html",
        told=told,
        values=VALUES,
        by_agency={axis: _by_agency(told.counts, axis) for axis in VALUES},
        by_ground=_by_ground(told.counts),
        ground_label=_ground,
    )


@pages.get("/transparency.csv")
def download() -> ResponseReturnValue:
    """Every count as a line, and what is late."""
    told, language = _published(), current_language()
    rows: list[tuple[object, ...]] = [
        (
            each.agency,
            name_of("agency", each.agency),
            each.axis,
            _value(each.axis, each.value, language),
            _ground(each.ground),
            each.year,
            each.entries,
        )
        for each in told.counts
    ]
    for late in told.late:
        name = name_of("agency", late.agency)
        for what, count in (
            (_("逾期未办的审核申请"), late.requests),
            (_("超过20个工作日才主动公开的"), late.proactive),
            (_("逾期未答复的获取申请"), late.access),
            (_("复审已过期的条目"), late.reviews),
        ):
            rows.append((late.agency, name, "overdue", what, "", "", count))
    answered = Response(findings.written(HEADINGS, rows), content_type="text/csv")
    answered.headers["Content-Disposition"] = 'attachment; filename="transparency.csv"'
    return answered


@pages.get("/transparency/<int:year>")
def report(year: int) -> ResponseReturnValue:
    """The figures of a year's report (Art. 49)."""
    now = parts().clock.now()
    if not transparency.FIRST_YEAR <= year <= now.year:
        raise NotFound(f"year {year}")
    told = _kept(f"year {year}", lambda db: transparency.yearly(db, year, now))
    outcomes = [
        (code.label.in_language(current_language()), told.public.outcomes.get(code.code, 0),
         told.agencies.outcomes.get(code.code, 0))
        for code in codelist("access-outcomes").codes
    ]  # fmt: skip
    return render_template("transparency-year.html", told=told, outcomes=outcomes)


def _published() -> Published:
    now = parts().clock.now()
    return _kept("all", lambda db: transparency.published(db, now))


def _kept(name: str, made: Callable[[Any], Figures]) -> Figures:
    """The figures of that name; made anew when anything that any of them depends on has changed."""
    with parts().database.reading() as db:
        mark = transparency.mark(db, parts().clock.now())
        then, kept = current_app.extensions.get(KEPT, (None, {}))
        if then != mark:
            kept = {}  # a new one: other threads may still read from the old one
            current_app.extensions[KEPT] = mark, kept
        if name not in kept:
            kept[name] = made(db)
    found: Figures = kept[name]
    return found


def _by_agency(counts: Iterable[Count], axis: str) -> list[tuple[str, list[int], int]]:
    """Of each agency the counts of the values, and their sum."""
    told: dict[str, Counter[str]] = {}
    for each in counts:
        if each.axis == axis:
            told.setdefault(each.agency, Counter())[each.value] += each.entries
    lines = ((code, [found[v] for v in VALUES[axis]]) for code, found in sorted(told.items()))
    return [(code, numbers, sum(numbers)) for code, numbers in lines]


def _by_ground(counts: Iterable[Count]) -> list[tuple[str, str, int, int]]:
    """Value, ground, year and count of what is not disclosed proactively."""
    told: Counter[tuple[str, str, int]] = Counter()
    for each in counts:
        if each.axis == "disclosure" and each.ground:
            told[each.value, each.ground, each.year] += each.entries
    order = VALUES["disclosure"].index
    keys = sorted(told, key=lambda key: (order(key[0]), key[1], -key[2]))
    return [(*key, told[key]) for key in keys]


def _ground(code: str) -> str:
    if code == OTHER:
        return str(_("其他文件规定的依据"))
    found = codelist("legal-grounds").get(code) if code else None
    return found.label.in_language(current_language()) if found else ""


def _value(axis: str, value: str, language: str) -> str:
    code = codelist(axis).get(value)
    return code.label.in_language(language) if code else value
