"""The review queue: found through the index, read from the database; for page and API alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from werkzeug.datastructures import MultiDict

from catalog import entries
from catalog.entries import EntryView
from catalog.viewers import Viewer
from search.card import Card, Stage
from search.query import Bucket
from search.request import SearchRequest
from web import searching
from web.parts import Parts

FACETS = ("agency", "disclosure", "sharing", "ground", "state")
WAITING = "submitted"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A pending version as the index found it, with its entry as it stands in the database."""

    card: Card
    view: EntryView
    highlight: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Queue:
    """A page of what waits; ``next`` is the cursor of the following one."""

    waiting: tuple[Waiting, ...]
    total: int
    facets: Mapping[str, tuple[Bucket, ...]]
    next: str | None


def read(args: MultiDict[str, str], viewer: Viewer) -> SearchRequest:
    """The search for what waits: submitted versions, longest waiting first, unless told else."""
    asked = searching.read(args, viewer, FACETS)
    chosen = {"state": [WAITING], **asked.filters, "stage": [Stage.PENDING.value]}
    return replace(asked, filters=chosen, sort=args.get("sort") or WAITING)


def queue(parts: Parts, viewer: Viewer, request: SearchRequest) -> Queue:
    """What waits. An entry decided a moment ago is left out, though the index still has it."""
    found = searching.search(request).found
    with parts.database.reading() as db:
        views = {
            view.identifier: view
            for view in entries.some(db, viewer, [hit.card.identifier for hit in found.hits])
        }
    waiting = tuple(
        Waiting(hit.card, view, hit.highlight)
        for hit in found.hits
        if (view := views.get(hit.card.identifier)) and view.pending
    )
    return Queue(waiting, found.total, found.facets, found.next)
