"""Pages: the first cards of the base order compared closely, then the others in that order.

Which cards are compared closely, the window, is settled with the first page: cursors within it
tell where it ends. So cards that come or go meanwhile shift no page, and none is shown twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from search import cursors
from search.card import Card
from search.cursors import LOWEST, Cursor
from search.placing import SCALE, Judge
from search.query import Hit, Query
from search.ranking import Plan
from search.rules import rules

_DEEPEST = 4 * cursors.DEEPEST


@dataclass(frozen=True, slots=True)
class Standing:
    """A card in the base order: its tier, its place within it, and how to read it."""

    tier: int
    order: str
    read: Callable[[], Card]

    @property
    def place(self) -> tuple[int, str]:
        return self.tier, self.order


Run = Callable[[Cursor | None, int], Sequence[Standing]]
"""Gives up to so many cards of the base order, from the top or behind a cursor."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page, and the cursor of the next one."""

    hits: tuple[Hit, ...] = ()
    next: str | None = None


@dataclass(frozen=True, slots=True)
class _Place:
    """A card as it is shown: the fields of its cursor, and the card."""

    tier: int
    order: str
    window: tuple[int, str] | None
    read: Callable[[], Card]
    points: int = 0


def page(query: Query, plan: Plan, after: Cursor | None, run: Run) -> Page:
    """The query's page of the cards that fit the plan."""
    if not query.size:
        return Page()
    needed = query.size + 1
    places = (
        _closely(query, plan, after, needed, run)
        if _compares(plan, after)
        else [_plainly(each) for each in run(after, needed)]
    )
    shown = places[: query.size]
    if not shown:
        return Page()
    last = shown[-1]
    count = len(shown) + (after.shown if after else 0)
    cursor = Cursor(last.tier, last.order, count, last.window)
    return Page(
        tuple(Hit(each.read(), each.points / SCALE) for each in shown),
        cursors.following(query, cursor, more=len(places) > len(shown)),
    )


def _compares(plan: Plan, after: Cursor | None) -> bool:
    return bool(plan.tiers) and (after is None or after.window is not None)


def _plainly(each: Standing) -> _Place:
    return _Place(each.tier, each.order, None, each.read)


def _closely(query: Query, plan: Plan, after: Cursor | None, needed: int, run: Run) -> list[_Place]:
    """What stands in the window behind the cursor, and as much of what follows as is needed."""
    window, rest = _window(after, needed, run)
    if not window:
        return [_plainly(each) for each in rest[:needed]]
    judge = Judge(query.words)
    compared = sorted(
        (_compared(judge, each, window[-1].place, exact=each.tier == 0) for each in window),
        key=lambda place: (place.tier, place.order),
    )
    if after is not None:
        ended = (after.tier, after.order)
        compared = [place for place in compared if (place.tier, place.order) > ended]
    return [*compared, *map(_plainly, rest)][:needed]


def _window(
    after: Cursor | None, needed: int, run: Run
) -> tuple[Sequence[Standing], Sequence[Standing]]:
    """The window, and what follows it. Looks further while many cards came in before its end."""
    size = rules().window
    if after is None or after.window is None:
        found = run(None, max(size, needed))
        return found[:size], found[size:]
    limit = size + needed
    while True:
        found = run(None, limit)
        ends = sum(each.place <= after.window for each in found)
        if len(found) < limit or len(found) - ends >= needed or limit > _DEEPEST:
            return found[:ends], found[ends:]
        limit *= 2


def _compared(judge: Judge, each: Standing, end: tuple[int, str], *, exact: bool) -> _Place:
    card = each.read()
    points = judge.points(card, exact=exact)
    return _Place(LOWEST // 2 - points, each.order, end, lambda: card, points)
