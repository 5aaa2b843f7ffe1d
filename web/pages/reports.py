"""The report of a run: what became of each record, what is wrong with it and since when; records
to be read again; and the report for the source's owner, at an address that needs no account."""

from __future__ import annotations

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request
from flask import url_for as address_of
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from catalog import agencies, report_shares, runs, sources
from catalog.errors import Forbidden, NotFound
from catalog.record_problems import Wanted
from catalog.report_shares import Share
from catalog.runs import RunView
from catalog.sources import SourceView
from catalog.viewers import Role
from catalog.visibility import in_scope
from harvesters import reporting
from harvesters.again import MOST, REJECTED
from harvesters.deleting import PARTIAL
from harvesters.plan import Action
from harvesters.report import OUTCOMES, STATES, Report, as_csv
from harvesters.run import ONLY, report_of
from web.language import current_language
from web.pages import report_view, source_words
from web.signin import current_viewer, parts, signed_in

pages = Blueprint("reports", __name__)
DAYS = (7, 30, 90)
UNSEEN = {
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "private, no-store",
}
"""No search engine, no other site and no cache learns of a shared address."""


@pages.get("/runs/<int:number>")
@signed_in
def run(number: int) -> ResponseReturnValue:
    """The report of a run, for whoever holds a role over its agency."""
    return _page(number)


@pages.get("/runs/<int:number>.csv")
@signed_in
def table(number: int) -> Response:
    """Every problem of every record as a table to work through."""
    view, source = _run(number)
    return _csv(_whole(view), f"run-{number}.csv", source)


@pages.post("/runs/<int:number>/again")
@signed_in
def again(number: int) -> ResponseReturnValue:
    """Have the chosen records, or all that are rejected, read again."""
    view, _source = _run(number)
    _demand(view.source)
    chosen = request.form.getlist("key")[:MOST]
    only: str | list[str] = REJECTED if request.form.get("act") == REJECTED else sorted(set(chosen))
    if not only:
        flash(_("请先选择要再查的记录。"), "ask")
        return redirect(address_of("reports.run", number=number), 303)
    with parts().database.writing() as db:
        now = parts().clock.now()
        asked = runs.enqueue(db, view.source, current_viewer().name, now, {ONLY: only})
    flash(_("已排入队列：只重新读取这些记录。"), "good")
    return redirect(address_of("reports.run", number=asked.id), 303)


@pages.post("/runs/<int:number>/share")
@signed_in
def share(number: int) -> ResponseReturnValue:
    """Make an address at which the source's owner can read the report; it is shown once."""
    view, _source = _run(number)
    text = request.form.get("days", "")
    days = int(text) if text in map(str, DAYS) else report_shares.DAYS
    with parts().database.writing() as db:
        now = parts().clock.now()
        secret, made = report_shares.make(db, current_viewer(), view.source, now, days)
    base = (parts().settings.base_url or request.host_url).rstrip("/")
    return _page(number, (f"{base}{address_of('reports.shared', token=secret)}", made))


@pages.post("/runs/<int:number>/share/<int:share>/revoke")
@signed_in
def revoke(number: int, share: int) -> ResponseReturnValue:
    """Take an address back."""
    view, _source = _run(number)
    with parts().database.writing() as db:
        report_shares.revoke(db, current_viewer(), view.source, share, parts().clock.now())
    flash(_("已收回，那个网址不能再打开。"), "good")
    return redirect(address_of("reports.run", number=number) + "#shares", 303)


@pages.get("/reports/<token>")
def shared(token: str) -> ResponseReturnValue:
    """The report of a source as it stands, for whoever was given the address."""
    found, report, source = _shared(token)
    with parts().database.reading() as db:
        view = runs.get(db, report.run)
    shown = report_view.shown(report, view, outside=True)
    html = render_template(
        "report-shared.html",
        shown=shown,
        mended=list(report_view.mended(shown)),
        source=source,
        share=found,
        table=address_of("reports.shared_table", token=token),
        outcomes=_outcomes(),
        states=STATES,
        words=source_words,
    )
    answer = make_response(html)
    answer.headers.update(UNSEEN)
    return answer


@pages.get("/reports/<token>/problems.csv")
def shared_table(token: str) -> Response:
    """The same as a table."""
    _found, report, source = _shared(token)
    answer = _csv(report, "problems.csv", source)
    answer.headers.update(UNSEEN)
    return answer


def _page(number: int, made: tuple[str, Share] | None = None) -> ResponseReturnValue:
    view, source = _run(number)
    report = report_of(parts().database, number)
    shown = report_view.shown(report, view)
    with parts().database.reading() as db:
        shares = report_shares.of_source(db, view.source, parts().clock.now())
        acts = report_shares.may_share(db, current_viewer(), view.source)
    html = render_template(
        "run.html",
        shown=shown,
        mended=list(report_view.mended(shown)),
        table=address_of("reports.table", number=number),
        report=report,
        run=view,
        waits=report.count(Action.WAITING),
        outcomes=_outcomes(),
        states=STATES,
        words=source_words,
        manages=_manages(source),
        acts=acts,
        uploaded=bool(source.settings.options.get(PARTIAL)),
        shares=shares,
        made=made,
        days=DAYS,
    )
    answer = make_response(html)
    if made:
        answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _whole(view: RunView) -> Report:
    """The report with all its records: of the latest run those too that were as before."""
    latest = reporting.current(parts().database, view.source, Wanted())
    if latest is not None and latest.run == view.id:
        return latest
    return report_of(parts().database, view.id)


def _csv(report: Report, name: str, source: SourceView) -> Response:
    lines = as_csv(report, current_language())
    answer = Response(lines, content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _shared(token: str) -> tuple[Share, Report, SourceView]:
    """What an address opens; 404 alike for one that never was, has ended or was taken back."""
    with parts().database.reading() as db:
        found = report_shares.find(db, token, parts().clock.now())
        source = sources.get(db, found.source)
    report = reporting.current(parts().database, found.source)
    if report is None:
        raise NotFound("report")
    return found, reporting.shareable(report, source.settings.location), source


def _run(number: int) -> tuple[RunView, SourceView]:
    with parts().database.reading() as db:
        view = runs.get(db, number)
        source = sources.get(db, view.source)
        path = agencies.get(db, source.agency).path
    if not in_scope(current_viewer(), path):
        raise NotFound(f"run {number}")
    return view, source


def _demand(source: str) -> None:
    with parts().database.reading() as db:
        if not report_shares.may_share(db, current_viewer(), source):
            raise Forbidden(f"may not have {source} read again")


def _manages(source: SourceView) -> bool:
    with parts().database.reading() as db:
        path = agencies.get(db, source.agency).path
    return current_viewer().may(Role.ADMINISTRATOR, path)


def _outcomes() -> dict[str, object]:
    return {action.value: text for action, text in OUTCOMES.items()}
