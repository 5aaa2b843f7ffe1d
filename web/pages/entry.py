"""The page of an entry: what it is, who has it, how to get it, on what terms."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from catalog import entries, origins
from catalog.access.asking import asks_as
from catalog.access.grants import AccessGrant, grants_on
from catalog.access.holding import Kind
from catalog.curation import reading as reading_curations
from catalog.endpoints import reading as endpoints
from catalog.endpoints.reading import EndpointView
from catalog.entries import EntryView, VersionView
from catalog.requests import decisions, reading
from catalog.requests.decisions import DecisionView
from catalog.requests.leaving import may_ask
from catalog.requests.model import RequestView
from catalog.viewers import Viewer
from catalog.visibility import in_scope
from search.card import Card
from search.engine import EngineUnavailable
from standards.formats import FORMATS
from standards.problems import Text
from standards.profile import profile
from standards.summary import Summary, summarize
from web import seeing
from web.language import current_language
from web.pages import comparing, grounds, pictures, relations, shown
from web.pages.curations import Told, in_words
from web.pages.deeds import deed, reason
from web.pages.searching import served
from web.pages.words import told
from web.signin import current_viewer, parts, signed_in

pages = Blueprint("entry", __name__)
SIMILAR = 5
ITEMS = ("items",)
ASKED_BY_AGENCIES = ("conditional", "undetermined")
"""Sharing attributes with which another agency may hope for an approval."""


@dataclass(frozen=True, slots=True)
class Alternate:
    """Another form of the entry, for the links of the page."""

    label: Text
    suffix: str
    media_type: str


def show(view: EntryView, viewer: Viewer) -> str:
    """The entry's HTML for this viewer, who may see it."""
    version = view.shown
    summary = summarize(version.descriptor)
    language, granted = current_language(), _granted(view, viewer)
    return render_template(
        "entry.html",
        view=view,
        inside=in_scope(viewer, view.agency.path),
        removable=may_ask(viewer, view.agency.path),
        asked=_open_requests(view, viewer),
        curations=_curations(view, viewer),
        disclosed=_disclosed(view),
        summary=summary,
        numbers=_numbers(view, summary),
        sections=shown.sections(
            version.descriptor, language, ITEMS if viewer.signed_in else (*ITEMS, "redactions")
        ),
        disclosure_ground=grounds.ground(summary.disclosure_ground, language),
        sharing_ground=grounds.ground(summary.sharing_ground, language),
        endpoint=_endpoint(summary),
        withheld=[
            grounds.withheld(each, language, viewer.signed_in) for each in summary.redactions
        ],
        items_name=next((each.name for each in profile(view.kind).card("items")), ""),
        picture=pictures.of_entry(summary, language),
        formats=alternates(),
        similar=_similar(view.identifier),
        relations=relations.of(view),
        came=_came(view.identifier),
        granted=granted,
        askable=_askable(view, viewer, summary) and not granted,
    )


@pages.get("/entries/<identifier>/history")
@signed_in
def history(identifier: str) -> ResponseReturnValue:
    """Every version with what it changed, for those who may see it."""
    viewer = current_viewer()
    with parts().database.reading() as db:
        view = entries.find(db, viewer, identifier)
        deeds = entries.deeds(db, viewer, identifier)
    versions = seeing.history(identifier)
    return render_template(
        "history.html",
        view=view,
        title=summarize(view.shown.descriptor).title,
        versions=list(zip(versions, _changes(versions), strict=True)),
        deeds=[(each, deed(each.action)) for each in deeds],
        why=reason,
    )


def alternates() -> list[Alternate]:
    """The formats that an entry has besides its page."""
    return [
        Alternate(each.label, f".{each.suffix.lstrip('.')}", each.media_type) for each in FORMATS
    ]


def _changes(versions: list[VersionView]) -> list[list[str] | None]:
    """For each version, newest first, the labels of what differs from the one before it."""
    changed: list[list[str] | None] = []
    for newer, older in pairwise(versions):
        pairs = comparing.compare(older.descriptor, newer.descriptor, current_language())
        changed.append([pair.label for pair in pairs if pair.changed])
    return [*changed, None] if versions else []


def _granted(view: EntryView, viewer: Viewer) -> list[AccessGrant]:
    """What the viewer's agencies were granted of it on their request."""
    if not any(grant.agency for grant in viewer.grants):
        return []
    with parts().database.reading() as db:
        return grants_on(db, viewer, view.identifier, parts().clock.now())


def _askable(view: EntryView, viewer: Viewer, summary: Summary) -> bool:
    """Whether asking makes sense: what is open already is not asked for."""
    kind = asks_as(viewer, view.agency.path) if view.served else None
    if kind is Kind.AGENCY:
        return summary.sharing in ASKED_BY_AGENCIES
    return kind is Kind.PUBLIC and summary.disclosure != "proactive"


def _endpoint(summary: Summary) -> EndpointView | None:
    """What probes found of the address that the page shows."""
    if summary.endpoint is None:
        return None
    with parts().database.reading() as db:
        found = endpoints.of(db, summary.endpoint.url)
    return found if found and found.checked else None


def _numbers(view: EntryView, summary: Summary) -> list[tuple[str, str]]:
    """Every number with what it is called, the entry's own first."""
    known = profile(view.kind)
    called = {each.scheme: each.label for each in known.card("numbers") if each.scheme}
    own = [each.element.label for each in known.elements if each.assigned][:1]
    told_numbers = [(told(own[0]) if own else "", view.identifier)]
    told_numbers += [
        (told(called.get(number.scheme)) or number.scheme, number.text)
        for number in summary.numbers
    ]
    return told_numbers


def _came(identifier: str) -> origins.Chain:
    """The nodes through which it came, its home first."""
    with parts().database.reading() as db:
        return origins.of(db, [identifier]).get(identifier, ())


def _similar(identifier: str) -> list[Card]:
    """Entries like this one; the page does without them while the engine is away."""
    try:
        hits = parts().engine.similar(identifier, served(), SIMILAR)
    except EngineUnavailable:
        return []
    return seeing.cards(hit.card for hit in hits)


def _open_requests(view: EntryView, viewer: Viewer) -> list[RequestView]:
    """What is being asked about the entry, for those with a role over its agency."""
    if not in_scope(viewer, view.agency.path):
        return []
    with parts().database.reading() as db:
        found = reading.of_entry(db, viewer, view.identifier)
    return [each for each in found if each.is_open]


def _curations(view: EntryView, viewer: Viewer) -> list[Told]:
    """What people corrected in a harvested entry, for those with a role over its agency."""
    if not (view.source and in_scope(viewer, view.agency.path)):
        return []
    with parts().database.reading() as db:
        return in_words(reading_curations.of_entry(db, viewer, view.identifier))


def _disclosed(view: EntryView) -> DecisionView | None:
    """The decision that stands on disclosure; everybody learns its days, never who made it."""
    with parts().database.reading() as db:
        standing = decisions.standing(db, [view.identifier]).get(view.identifier, [])
    return next((each for each in standing if (each.axis, each.part) == ("disclosure", "")), None)
