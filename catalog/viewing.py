"""Who saw what: being shown metadata that is not public is an event of the audit log.

The rule. The public's requests never write, nor do those of an account without a role, which sees
what the public sees, nor the operator of the machine, who can read the database itself. For
whoever holds a role, a version counts as seen
- when parts of it are withheld (redactions), for they are shown them in full; else
- when its audience is not the public, and either they hold no role over its agency (it was opened
  to agencies, and another agency reads it), or its disclosure or its visibility is decided. A
  version on which neither is decided yet is work in hand and not withheld metadata: whoever holds a
  role over the agency reads it unrecorded, or their daily work would drown what an auditor looks
  for.
A list shows cards, which lack what is withheld in parts, and of decisions know the disclosure only.

The same person being shown the same version again within an hour is one event. Many processes
serve, so that is looked up in the log: the actor's latest events, a bounded number by an index. Who
has done more than that meanwhile is recorded once more, which harms nothing. What cannot be
recorded raises Unavailable, and must then not be shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from catalog import audit
from catalog.audit import LISTED, VIEWED, Event, EventView
from catalog.database import Database
from catalog.entries import EntryView, VersionView
from catalog.viewers import Viewer
from catalog.visibility import in_scope
from search.card import Audience, Card
from standards.summary import summarize

AGAIN = timedelta(hours=1)
LATEST = 200
UNDETERMINED = "undetermined"
Told = Callable[[Sequence[EventView]], Event | None]


def versions_shown(
    database: Database,
    viewer: Viewer,
    identifier: str,
    versions: Iterable[VersionView],
    door: str,
    now: datetime,
    inside: bool,
) -> None:
    """The viewer is given these versions of an entry through this door; ``inside`` says whether
    they hold a role over its agency.
    """
    if not _leaves_traces(viewer):
        return
    numbers = {each.number for each in versions if _counts(each, inside)}

    def told(recent: Sequence[EventView]) -> Event | None:
        mine = (each for each in recent if (each.action, each.entry) == (VIEWED, identifier))
        new = sorted(numbers.difference(*(each.details["versions"] for each in mine)))
        details = {"version": new[-1], "versions": new, "door": door} if new else {}
        return Event(VIEWED, identifier, details) if new else None

    if numbers:
        _record(database, viewer, told, now)


def cards_shown(
    database: Database, viewer: Viewer, cards: Iterable[Card], door: str, now: datetime
) -> None:
    """The viewer is given a list of what was found."""
    if not _leaves_traces(viewer):
        return
    shown = {
        card.identifier
        for card in cards
        if card.audience is not Audience.PUBLIC
        and (card.disclosure != UNDETERMINED or not in_scope(viewer, card.agency_path))
    }
    _list(database, viewer, shown, door, now)


def entries_shown(
    database: Database, viewer: Viewer, views: Iterable[EntryView], door: str, now: datetime
) -> None:
    """The viewer is given a list of entries."""
    if not _leaves_traces(viewer):
        return
    shown = {
        view.identifier
        for view in views
        for version in (view.served, view.pending)
        if version and _counts(version, in_scope(viewer, view.agency.path))
    }
    _list(database, viewer, shown, door, now)


def _leaves_traces(viewer: Viewer) -> bool:
    return viewer.account is not None and viewer.signed_in


def _counts(version: VersionView, inside: bool) -> bool:
    summary = summarize(version.descriptor)
    if summary.redactions or version.audience is Audience.PUBLIC:
        return bool(summary.redactions)
    return not inside or summary.disclosure != UNDETERMINED or bool(summary.visibility)


def _list(database: Database, viewer: Viewer, shown: set[str], door: str, now: datetime) -> None:
    def told(recent: Sequence[EventView]) -> Event | None:
        mine = (each.details["identifiers"] for each in recent if each.action == LISTED)
        new = sorted(shown.difference(*mine))
        return Event(LISTED, None, {"identifiers": new, "door": door}) if new else None

    if shown:
        _record(database, viewer, told, now)


def _record(database: Database, viewer: Viewer, told: Told, now: datetime) -> None:
    with database.reading() as session:
        event = told(audit.seen_lately(session, viewer.name, now - AGAIN, LATEST))
    if event:
        with database.writing() as session:
            audit.append(session, viewer.name, [event], now)
