"""The one way from the catalogue to somebody's eyes: what is not public leaves a trace in the log.

Pages and API take entries and lists through here; `catalog/viewing.py` has the rule. The door is
the address that was asked.
"""

from __future__ import annotations

from collections.abc import Iterable

from flask import request

from catalog import entries, viewing
from catalog.entries import EntryView, VersionView
from catalog.requests.reading import Line
from catalog.visibility import in_scope
from search.card import Card
from search.finding import Found, find
from search.request import SearchRequest
from web.signin import current_viewer, parts


def entry(identifier: str) -> EntryView:
    """The entry, as this viewer may see it. Raises NotFound, Gone or Moved."""
    return shown(look_up(identifier))


def look_up(identifier: str) -> EntryView:
    """The entry before it is known whether it will be shown; then it passes through ``shown``."""
    with parts().database.reading() as db:
        return entries.find(db, current_viewer(), identifier)


def shown(view: EntryView, form: str = "") -> EntryView:
    """The entry again, about to be shown. ``form`` is what the door's address lacks where a format
    was asked for by other means.
    """
    versions = [each for each in (view.served, view.pending) if each]
    _versions(view.identifier, versions, in_scope(current_viewer(), view.agency.path), form)
    return view


def history(identifier: str) -> list[VersionView]:
    """Every version of the entry, newest first. Raises NotFound for those outside its agency."""
    with parts().database.reading() as db:
        versions = entries.history(db, current_viewer(), identifier)
    _versions(identifier, versions, inside=True)
    return versions


def versions(identifier: str, numbers: Iterable[int | None]) -> list[VersionView]:
    """Some versions of the entry, also of one that has left. Raises NotFound likewise."""
    wanted = set(numbers)
    with parts().database.reading() as db:
        held = entries.history(db, current_viewer(), identifier)
    shown_ones = [each for each in held if each.number in wanted]
    _versions(identifier, shown_ones, inside=True)
    return shown_ones


def found(asked: SearchRequest) -> Found:
    """What the engine finds. Raises BadQuery and EngineUnavailable."""
    result = find(parts().engine, asked, parts().own_words.vocabulary())
    cards(hit.card for hit in result.hits)
    return result


def cards(listed: Iterable[Card]) -> list[Card]:
    """The cards again, about to be shown."""
    given = list(listed)
    door, now = request.path, parts().clock.now()
    viewing.cards_shown(parts().database, current_viewer(), given, door, now)
    return given


def listed(views: Iterable[EntryView]) -> list[EntryView]:
    """The entries of a list again, about to be shown."""
    given = list(views)
    door, now = request.path, parts().clock.now()
    viewing.entries_shown(parts().database, current_viewer(), given, door, now)
    return given


def requests(lines: Iterable[Line]) -> None:
    """The lines of a queue, about to be shown."""
    named(line.request.entry for line in lines)


def named(identifiers: Iterable[str]) -> None:
    """Entries of which something is about to be shown."""
    with parts().database.reading() as db:
        views = entries.some(db, current_viewer(), list(dict.fromkeys(identifiers)))
    listed(views)


def _versions(
    identifier: str, versions: Iterable[VersionView], inside: bool, form: str = ""
) -> None:
    door, now = request.path + form, parts().clock.now()
    viewer = current_viewer()
    viewing.versions_shown(parts().database, viewer, identifier, versions, door, now, inside)
