"""The directory's state in numbers."""

from __future__ import annotations

from flask import Response

from catalog import entries, follower
from web.api.resource import Resource
from web.api.shapes import Shape, code, flag, nested, number, text
from web.jsonio import answer
from web.signin import current_viewer, parts

api = Resource("api-status", __name__, url_prefix="/api/v1", description="How the directory is")


class IndexState(Shape):
    """The search index."""

    engine = text()
    ready = flag()
    behind = number(
        allow_none=True,
        description="Changes that it has not seen yet; null for the public, whom drafts and "
        "withheld entries, counted here too, do not concern",
    )


class State(Shape):
    """How the directory is."""

    status = code("ready", "degraded")
    entries = number(description="Served entries that are open to you")
    index = nested(IndexState)


@api.get("/status")
@api.response(200, State)
def status() -> Response:
    """Tell how many entries there are, and whether the index is up to date."""
    engine, viewer = parts().engine, current_viewer()
    with parts().database.reading() as db:
        count = entries.count(db, viewer)
        behind = follower.status(db).behind if viewer.signed_in else None
    ready = engine.ready()
    index = {"engine": engine.name, "ready": ready, "behind": behind}
    return answer({"status": "ready" if ready else "degraded", "entries": count, "index": index})
