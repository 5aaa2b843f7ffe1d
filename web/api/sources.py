"""Sources and their runs: what is harvested, and what became of each record."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from marshmallow import fields

from catalog import agencies, runs, sources
from catalog.errors import NotFound
from catalog.runs import RecordRow, RunView
from catalog.sources import SourceView
from catalog.viewers import Role
from catalog.visibility import in_scope
from standards.problems import Problem
from web import errors, searching
from web.api import parameters
from web.api.guard import guarded
from web.api.openapi import Fault
from web.api.resource import Resource
from web.api.shapes import Shape, code, flag, listed, mapped, moment, nested, number, text
from web.jsonio import answer
from web.language import current_language
from web.signin import current_viewer, parts

api = Resource("api-sources", __name__, url_prefix="/api/v1", description="Harvesting")
RECORDS_MOST = 1000
BIGGEST = 2**31 - 1


class Source(Shape):
    """Something that is harvested for an agency."""

    name = text()
    agency = text()
    protocol = text()
    location = text()
    level = text()
    acceptance = code("automatic", "review")
    kind = text()
    mapped = flag(description="Whether a person has confirmed its columns")


class SourceList(Shape):
    """The sources within your roles."""

    sources = listed(nested(Source))


class Run(Shape):
    """One harvesting of a source."""

    id = number()
    source = text()
    state = code(*runs.RunState)
    counts = mapped(fields.Integer())
    complete = flag()
    note = text()
    created = moment()
    started = moment(allow_none=True)
    finished = moment(allow_none=True)


class RunList(Shape):
    """The latest runs, newest first."""

    runs = listed(nested(Run))


class Record(Shape):
    """What became of one record. A rejected one is kept with its errors."""

    number = number()
    key = text()
    place = text()
    action = text()
    entry = text(allow_none=True)
    problems = listed(nested(Fault))


class Records(Shape):
    """Records of a run, in order."""

    records = listed(nested(Record))
    next = number(allow_none=True, description="Send it as `after`")


SOURCE = {
    "in": "path",
    "name": "name",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
    "required": True,
}
RUN = {
    "in": "path",
    "name": "run",
    "schema": {"type": "integer", "minimum": 0, "maximum": BIGGEST},
    "required": True,
}
AFTER = {"type": "integer", "minimum": 0, "maximum": BIGGEST, "default": 0}


@api.get("/sources")
@guarded()
@api.response(200, SourceList)
def every() -> Response:
    """List the sources of the agencies within your roles."""
    with parts().database.reading() as db:
        paths = agencies.known_paths(db)
        viewer = current_viewer()
        seen = [
            source for source in sources.all(db) if in_scope(viewer, paths.get(source.agency, ()))
        ]
    return answer({"sources": [source_view(source) for source in seen]})


@api.get("/sources/<name>/runs")
@guarded()
@api.doc(parameters=[SOURCE])
@api.response(200, RunList)
def runs_of(name: str) -> Response:
    """The latest runs of a source."""
    with parts().database.reading() as db:
        own_source(db, name)
        found = runs.of_source(db, name)
    return answer({"runs": [run_view(run) for run in found]})


@api.post("/sources/<name>/runs")
@guarded(Role.ADMINISTRATOR, Role.REGISTRAR)
@api.doc(parameters=[SOURCE])
@api.response(202, Run)
def start(name: str) -> Response:
    """Ask for a harvest; a worker takes it up. One that waits already is given back."""
    with parts().database.writing() as db:
        source = own_source(db, name)
        path = agencies.get(db, source.agency).path
        viewer = current_viewer()
        if not (viewer.may(Role.ADMINISTRATOR, path) or viewer.may(Role.REGISTRAR, path)):
            raise NotFound(name)
        run = runs.enqueue(db, name, viewer.name, parts().clock.now())
    return answer(run_view(run), 202)


@api.get("/runs/<int:run>")
@guarded()
@api.doc(parameters=[RUN])
@api.response(200, Run)
def one_run(run: int) -> Response:
    """A run as it stands."""
    with parts().database.reading() as db:
        found = own_run(db, run)
    return answer(run_view(found))


@api.get("/runs/<int:run>/records")
@guarded()
@api.doc(
    parameters=[
        RUN,
        parameters.query("after", AFTER, "The number of the last record seen"),
        parameters.paging(default=100, most=RECORDS_MOST)[0],
    ]
)
@api.response(200, Records)
def records(run: int) -> Response:
    """What became of each record that a person should know of, with every problem."""
    after = searching.number(request.args, "after", 0, 0, BIGGEST)
    size = searching.number(request.args, "size", 100, 1, RECORDS_MOST)
    with parts().database.reading() as db:
        own_run(db, run)
        rows = runs.records(db, run, after=after, size=size)
    last = rows[-1][0] if len(rows) == size else None
    return answer({"records": [record_view(*each) for each in rows], "next": last})


def own_source(db: Any, name: str) -> SourceView:
    """The source, if it lies within one of the viewer's roles."""
    source = sources.get(db, name)
    if not in_scope(current_viewer(), agencies.get(db, source.agency).path):
        raise NotFound(name)
    return source


def own_run(db: Any, number: int) -> RunView:
    """The run, if its source lies within one of the viewer's roles."""
    if number > BIGGEST:
        raise NotFound(str(number))
    run = runs.get(db, number)
    own_source(db, run.source)
    return run


def source_view(source: SourceView) -> dict[str, Any]:
    """A source as JSON; its options stay inside, since they may hold a secret."""
    settings = source.settings
    return {
        "name": source.name,
        "agency": source.agency,
        "protocol": settings.protocol,
        "location": settings.location,
        "level": settings.level.value,
        "acceptance": settings.acceptance,
        "kind": settings.kind,
        "mapped": source.mapping is not None,
    }


def run_view(run: RunView) -> dict[str, Any]:
    """A run as JSON."""
    return {
        "id": run.id,
        "source": run.source,
        "state": run.state.value,
        "counts": dict(run.counts),
        "complete": run.complete,
        "note": run.note,
        "created": run.created.isoformat(),
        "started": run.started.isoformat() if run.started else None,
        "finished": run.finished.isoformat() if run.finished else None,
    }


def record_view(number: int, row: RecordRow) -> dict[str, Any]:
    """A record's outcome as JSON."""
    language = current_language()
    return {
        "number": number,
        "key": row.key,
        "place": row.place,
        "action": row.action,
        "entry": row.entry,
        "problems": [errors.told(Problem.from_dict(problem), language) for problem in row.problems],
    }
