"""The follower and the index as a whole: nothing is lost, whatever stops or races."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from catalog import agencies, changes, follower, indexing, leases, refusals
from catalog.clock import SystemClock
from catalog.follower import Follower
from catalog.indexing import RebuildFailed, RebuildRunning
from catalog.registration import Proposal
from catalog.viewers import OPERATOR
from search.analysis import IndexedCard
from search.card import Card
from search.engine import CardsRefused, EngineUnavailable, Rebuild, Removal
from search.memory import MemoryEngine
from tests.offices import WATER, Offices, values


def poison(change: Card | IndexedCard | Removal) -> bool:
    """Whether it is a card that the engine does not take."""
    card = change.card if isinstance(change, IndexedCard) else change
    return isinstance(card, Card) and "毒" in card.title


def refuse(changes: Sequence[Card | IndexedCard | Removal]) -> None:
    if reasons := {change.key: "it is poison" for change in changes if poison(change)}:
        raise CardsRefused(reasons)


class WaywardEngine(MemoryEngine):
    """An engine that fails, forgets or dawdles when told to."""

    def __init__(self) -> None:
        super().__init__()
        self.away = False
        self.batches: list[int] = []
        self.before_apply = lambda: None
        self.while_filling = lambda: None

    def apply(self, changes: Sequence[Card | Removal]) -> None:
        if self.away:
            raise EngineUnavailable("away")
        self.before_apply()
        self.batches.append(len(changes))
        super().apply([change for change in changes if not poison(change)])
        refuse(changes)

    def rebuild(self, cards: int = 0) -> Rebuild:  # type: ignore[override]
        return WaywardRebuild(super().rebuild(), self)


class WaywardRebuild:
    """A rebuild during which something happens."""

    def __init__(self, inner: Rebuild, engine: WaywardEngine) -> None:
        self._inner, self._engine = inner, engine
        self.fingerprints, self.swap, self.abandon = (
            inner.fingerprints,
            inner.swap,
            inner.abandon,
        )

    def apply(self, changes: Iterable[Card | IndexedCard | Removal]) -> None:
        given = list(changes)
        self._inner.apply([change for change in given if not poison(change)])
        self._engine.while_filling()
        refuse(given)


def following(offices: Offices, engine: MemoryEngine) -> Follower:
    """A follower past its first step, which fills a new index from the record."""
    follow = Follower(offices.database, engine, offices.clock)
    follow.step()
    return follow


def lag(offices: Offices) -> follower.Lag:
    with offices.database.reading() as session:
        return follower.status(session)


def test_several_changes_of_one_entry_are_one_card(offices: Offices) -> None:
    engine = WaywardEngine()
    follow = following(offices, engine)
    made = offices.submitted()
    for title in "甲乙丙":
        made = offices.revise(made, title=title)
    assert lag(offices).behind == 4
    assert follow.step() == 4
    assert engine.batches == [2]  # the pending card, and that there is no served one
    assert engine.get([f"{made.identifier}~pending"]).popitem()[1].title == "丙"
    assert (lag(offices).behind, follow.step()) == (0, 0)


def test_an_engine_that_is_away_loses_nothing(offices: Offices) -> None:
    engine = WaywardEngine()
    follow = following(offices, engine)
    made = offices.published()
    engine.away = True
    with pytest.raises(EngineUnavailable):
        follow.step()
    engine.away = False
    assert follow.step() == 1
    assert made.identifier in engine.get([str(made.identifier)])


def test_killed_between_index_and_cursor_it_does_the_batch_again(offices: Offices) -> None:
    engine = WaywardEngine()
    follow = following(offices, engine)
    offices.published()
    with offices.database.reading() as session:
        before = leases.standing(session, follower.NAME).cursor
    follow.step()
    owner = lag(offices).owner
    assert leases.advance(offices.database, follower.NAME, owner, before, offices.clock.now())
    assert follow.step() == 1
    assert indexing.verify(offices.database, engine).ok


def test_of_two_followers_one_works_and_the_other_takes_over(offices: Offices) -> None:
    engine = MemoryEngine()
    one, two = following(offices, engine), following(offices, engine)
    offices.published()
    assert one.step() == 1
    offices.published()
    assert two.step() == 0
    offices.clock.advance(leases.DURATION + timedelta(seconds=1))
    assert two.step() == 1
    offices.published()
    assert one.step() == 0


def test_a_dead_follower_on_this_machine_is_not_waited_for(offices: Offices) -> None:
    engine = MemoryEngine()
    follow = following(offices, engine)
    offices.published()
    dead = f"{socket.gethostname()}:{2**22 + 1}:dead"
    now = offices.clock.now()
    assert leases.acquire(offices.database, follower.NAME, "elsewhere:1:x", now)
    assert follow.step() == 0
    leases.acquire(offices.database, follower.NAME, dead, now, take_over=True)
    assert follow.step() == 1


def test_it_follows_until_it_is_stopped(offices: Offices) -> None:
    engine, stop = WaywardEngine(), threading.Event()
    thread = threading.Thread(
        target=Follower(offices.database, engine, SystemClock()).run, args=(stop,)
    )
    thread.start()
    try:
        engine.away = True
        made = offices.published()
        time.sleep(0.3)
        engine.away = False
        deadline = time.monotonic() + 10
        while not engine.get([str(made.identifier)]) and time.monotonic() < deadline:
            time.sleep(0.05)
    finally:
        stop.set()
        thread.join()
    assert engine.get([str(made.identifier)])
    assert lag(offices).owner == ""


def test_a_renamed_agency_reaches_every_card(offices: Offices) -> None:
    engine = MemoryEngine()
    follow = following(offices, engine)
    made = offices.published()
    with offices.database.writing() as session:
        agencies.rename(session, OPERATOR, WATER, "上海市水务局（新）", (), offices.clock.now())
    follow.step()
    assert engine.get([str(made.identifier)]).popitem()[1].agency_name == "上海市水务局（新）"
    assert indexing.verify(offices.database, engine).ok


def test_verify_names_what_is_missing_surplus_and_stale(offices: Offices) -> None:
    engine = MemoryEngine()
    follow = following(offices, engine)
    made = [str(offices.published(title=title).identifier) for title in "甲乙丙"]
    follow.step()
    assert indexing.verify(offices.database, engine).counts["agree"] == 3
    cards = engine.get(made)
    kept, lost, changed = made
    other = MemoryEngine()
    other.apply(
        [
            cards[kept],
            replace(cards[changed], title="丁"),
            replace(cards[kept], key="310A7-000999", identifier="310A7-000999"),
        ]
    )
    verdict = indexing.verify(offices.database, other)
    assert not verdict.ok
    assert (verdict.missing, verdict.surplus, verdict.stale) == (
        (lost,),
        ("310A7-000999",),
        (changed,),
    )


def test_a_rebuild_catches_up_with_what_happens_meanwhile(offices: Offices) -> None:
    engine = WaywardEngine()
    follow = following(offices, engine)
    made = [offices.published(title=f"第{number}号") for number in range(30)]
    follow.step()
    steps = iter(range(3))

    def meanwhile() -> None:
        if next(steps, None) is not None:
            made.append(offices.published(title="期间登记"))
            offices.withdraw(made.pop(0))
            follow.step()

    engine.while_filling = meanwhile
    verdict = indexing.rebuild(offices.database, engine, clock=offices.clock)
    assert verdict.ok
    follow.step()
    assert indexing.verify(offices.database, engine).ok
    assert set(engine.get([str(each.identifier) for each in made])) == {
        each.identifier for each in made
    }
    assert lag(offices).behind == 0


def test_a_follower_in_the_middle_of_a_batch_does_not_undo_a_rebuild(offices: Offices) -> None:
    engine = WaywardEngine()
    follow = following(offices, engine)
    offices.published()
    engine.before_apply = lambda: indexing.rebuild(offices.database, engine, clock=offices.clock)
    assert follow.step() == 0
    engine.before_apply = lambda: None
    offices.published()
    while follow.step():
        pass
    assert indexing.verify(offices.database, engine).ok
    assert lag(offices).behind == 0


def test_a_rebuild_that_does_not_agree_leaves_the_live_index(offices: Offices) -> None:
    engine = WaywardEngine()
    follow = following(offices, engine)
    made = [str(offices.published().identifier) for _ in range(3)]
    follow.step()
    inner = MemoryEngine.rebuild(engine)
    inner.apply = lambda changes: None  # type: ignore[method-assign]
    engine.rebuild = lambda cards: inner  # type: ignore[method-assign, assignment]
    with pytest.raises(RebuildFailed):
        indexing.rebuild(offices.database, engine, clock=offices.clock)
    assert set(engine.get(made)) == set(made)
    offices.published()
    assert follow.step() == 1


def test_two_rebuilds_do_not_run_at_once(offices: Offices) -> None:
    engine = WaywardEngine()
    following(offices, engine)
    offices.published()
    told: list[str] = []

    def again() -> None:
        try:
            indexing.rebuild(offices.database, engine, clock=offices.clock)
        except RebuildRunning as busy:
            told.append(str(busy))

    engine.while_filling = again
    indexing.rebuild(offices.database, engine, clock=offices.clock)
    assert told


def test_an_index_that_was_lost_is_filled_from_the_record(offices: Offices) -> None:
    made = offices.published()
    following(offices, MemoryEngine())
    fresh = MemoryEngine()
    offices.clock.advance(leases.DURATION + timedelta(seconds=1))
    following(offices, fresh)
    assert made.identifier in fresh.get([str(made.identifier)])


def test_progress_is_told(offices: Offices) -> None:
    offices.register(*(Proposal("document", values(str(number)), WATER) for number in range(7)))
    told: list[tuple[int, int]] = []
    engine = MemoryEngine()
    indexing.rebuild(offices.database, engine, lambda *at: told.append(at), offices.clock)
    assert told[-1] == (7, 7)
    told.clear()
    indexing.verify(offices.database, engine, lambda *at: told.append(at))
    assert told[-1] == (7, 7)
    with offices.database.reading() as session:
        assert changes.head(session) == 7


def test_stopped_in_the_middle_of_filling_it_leaves_the_index_to_the_next_start(
    offices: Offices,
) -> None:
    engine, stop = WaywardEngine(), threading.Event()
    made = offices.published()
    engine.while_filling = stop.set
    Follower(offices.database, engine, offices.clock).run(stop)
    assert engine.needs_rebuild()
    engine.while_filling = lambda: None
    following(offices, engine)
    assert engine.get([str(made.identifier)])


def test_it_goes_on_trying_after_a_rebuild_that_failed(
    offices: Offices, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, stop = WaywardEngine(), threading.Event()
    made = offices.published()
    fails = iter([True, False])

    def sometimes(*given: object, **named: object) -> object:
        if next(fails):
            raise RebuildFailed("not this time")
        stop.set()
        return rebuild(*given, **named)  # type: ignore[arg-type]

    rebuild = indexing.rebuild
    monkeypatch.setattr(indexing, "rebuild", sometimes)
    Follower(offices.database, engine, offices.clock).run(stop)
    assert next(fails, None) is None
    assert made.identifier


def test_a_card_that_the_engine_refuses_is_told_and_stops_no_other(offices: Offices) -> None:
    engine = WaywardEngine()
    follow = following(offices, engine)
    bad, good = offices.published(title="毒"), offices.published(title="好")
    assert follow.step() == 2
    assert engine.get([str(good.identifier)])
    with offices.database.reading() as session:
        (kept,) = refusals.some(session, 10)
    assert (kept.key, kept.reason) == (bad.identifier, "it is poison")
    assert (lag(offices).behind, lag(offices).refused) == (0, 1)
    assert indexing.verify(offices.database, engine).missing == (bad.identifier,)
    indexing.rebuild(offices.database, engine, clock=offices.clock)
    assert lag(offices).refused == 1
    assert follow.step() == 0
    follow._tried -= follower.TRY_AGAIN + 1
    engine.apply = lambda changes: MemoryEngine.apply(engine, changes)  # type: ignore[method-assign]
    follow.step()
    assert lag(offices).refused == 0
    assert indexing.verify(offices.database, engine).ok


def test_an_index_that_is_gone_is_missed_without_any_change(
    offices: Offices, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = WaywardEngine()
    follow = following(offices, engine)
    made = offices.published()
    follow.step()
    fresh = MemoryEngine()
    follow._engine = fresh
    monkeypatch.setattr(follower, "LOOK", 0.0)
    follow.step()
    assert fresh.get([str(made.identifier)])
