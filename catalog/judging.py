"""What a judgement list is measured against: the cards of everything that a viewer may see."""

from __future__ import annotations

from collections.abc import Iterator

from catalog.cards import cards
from catalog.database import Database
from catalog.entries import page
from catalog.viewers import PUBLIC, Viewer
from search.card import Card, Stage

PAGE = 500


def seen(database: Database, viewer: Viewer = PUBLIC) -> Iterator[Card]:
    """The served cards of all entries that the viewer may see, made from the record itself."""
    after = ""
    while True:
        with database.reading() as session:
            views = page(session, viewer, after, PAGE)
            found = cards(session, [view.identifier for view in views])
        if not views:
            return
        yield from (card for card in found if card.stage is Stage.SERVED)
        after = views[-1].identifier
