"""What lies on the reviewer's desk about a request: the proposal beside what is served, what bars
it, what was decided before about this entry and about entries like it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from catalog.audit import EventView
from catalog.cards import keys_of
from catalog.entries import VersionView
from catalog.forwarding import forwarding_problems
from catalog.identity import asking
from catalog.identity.asking import Alike
from catalog.requests import assigning, decisions, reading
from catalog.requests.decisions import UNDETERMINED, DecisionView
from catalog.requests.reading import Line
from catalog.visibility import clause
from search.card import Card, Stage
from search.engine import EngineUnavailable
from search.folding import fold
from standards import personal
from standards.clocks import local_day
from standards.codelists import codelist
from standards.decisions import Ruling, judge, rulings
from standards.descriptor import Descriptor
from standards.problems import Problem
from standards.series import matter
from standards.summary import Summary, summarize
from web import seeing
from web.language import current_language
from web.pages import grounds
from web.pages.comparing import Pair, compare
from web.pages.grounds import Ground
from web.pages.requests_told import axis_label, axis_value
from web.pages.words import told
from web.signin import current_viewer, parts

ALIKE = 5


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision in words; ``other`` marks one that is not as what is proposed, ``contradicts`` one
    about the same class of thing.
    """

    view: DecisionView
    axis: str
    value: str
    ground: Ground | None
    other: bool = False
    contradicts: bool = False


@dataclass(frozen=True, slots=True)
class Precedent:
    """An entry like the one on the desk, with the decisions that stand about it."""

    card: Card
    decisions: tuple[Decided, ...]


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything about one request."""

    line: Line
    proposed: VersionView | None
    served: VersionView | None
    pairs: Sequence[Pair]
    mended: Sequence[Pair]
    """What differs from the version that was last returned."""
    law: Sequence[Ground]
    bars: Sequence[Problem]
    personal: Sequence[Problem]
    decisions: Sequence[Decided]
    precedents: Sequence[Precedent]
    timeline: Sequence[EventView]
    can_assign: Sequence[str]
    alike: Sequence[Alike]
    """Entries that what is proposed looks like."""

    @property
    def content(self) -> VersionView | None:
        """What the request is about: the version proposed, or the one that is to leave."""
        return self.proposed or self.served


def desk(number: int) -> Desk:
    """The request with what belongs beside it; raises NotFound."""
    viewer, now = current_viewer(), parts().clock.now()
    with parts().database.reading() as db:
        line = reading.get(db, viewer, number)
        timeline = reading.timeline(db, line.request)
        made = decisions.of_entry(db, line.request.entry)
        can_assign = assigning.candidates(db, viewer, number, now)
    proposed, served = _versions(line)
    content = proposed or served
    descriptor = content.descriptor if content else None
    return Desk(
        line=line,
        proposed=proposed,
        served=served,
        pairs=_pairs(proposed, served),
        mended=_mended(line, proposed, timeline),
        law=_law(descriptor),
        bars=_bars(descriptor) if line.request.is_open and proposed else (),
        personal=personal.findings(descriptor) if descriptor else (),
        decisions=[_told(each) for each in made],
        precedents=_precedents(line, descriptor) if line.request.is_open else (),
        timeline=timeline,
        can_assign=can_assign,
        alike=_alike(line, descriptor) if line.request.is_open and proposed else (),
    )


def _alike(line: Line, descriptor: Descriptor | None) -> Sequence[Alike]:
    if descriptor is None:
        return ()
    asked = line.request
    with parts().database.reading() as db:
        found = asking.looks_like(db, current_viewer(), descriptor, asked.agency, asked.entry)
    seeing.named(each.identifier for each in found)
    return found


def decided(views: Sequence[DecisionView]) -> list[Decided]:
    """Decisions in words."""
    return [_told(each) for each in views]


def _versions(line: Line) -> tuple[VersionView | None, VersionView | None]:
    """What is proposed, and what is served (of a closed request: what was when it was made)."""
    asked = line.request
    if asked.is_open:
        view = seeing.entry(asked.entry)
        return (view.pending if asked.version else None), view.served
    held = seeing.versions(asked.entry, (asked.version, asked.base))
    found = {each.number: each for each in held}
    base = found.get(asked.base) if asked.base else None
    return (found.get(asked.version) if asked.version else None), base


def _pairs(proposed: VersionView | None, served: VersionView | None) -> list[Pair]:
    content = proposed or served
    if content is None:
        return []
    before = served.descriptor if served and proposed else None
    return compare(before, content.descriptor, current_language())


def _mended(line: Line, proposed: VersionView | None, timeline: Sequence[EventView]) -> list[Pair]:
    returned = [each.details.get("version") for each in timeline if each.action == "returned"]
    if proposed is None or not returned or returned[-1] == proposed.number:
        return []
    before = seeing.versions(line.request.entry, (returned[-1],))
    pairs = _pairs(proposed, before[0]) if before else []
    return [each for each in pairs if each.changed]


def _law(descriptor: Descriptor | None) -> list[Ground]:
    """The grounds that it stands on, each once, with the text of their article."""
    named = [each.ground for each in rulings(descriptor)] if descriptor else []
    found = (grounds.ground(code, current_language()) for code in dict.fromkeys(named))
    return [each for each in found if each]


def _bars(descriptor: Descriptor | None) -> tuple[Problem, ...]:
    """What the rules of decisions would refuse, and what they advise against."""
    if descriptor is None:
        return ()
    problems = judge(descriptor, local_day(parts().clock.now()))
    with parts().database.reading() as db:
        return (*problems, *forwarding_problems(db, descriptor))


def _precedents(line: Line, descriptor: Descriptor | None) -> list[Precedent]:
    """Entries like it that were decided on; none while the engine is away."""
    if descriptor is None:
        return []
    stage = Stage.PENDING if line.request.version else Stage.SERVED
    key = keys_of(line.request.entry)[stage]
    try:
        hits = parts().engine.similar(key, clause(current_viewer()), ALIKE * 2)
    except EngineUnavailable:
        return []
    cards = {hit.card.identifier: hit.card for hit in reversed(hits)}
    cards.pop(line.request.entry, None)
    with parts().database.reading() as db:
        standing = decisions.standing(db, list(cards))
    proposed = {each.axis: each for each in rulings(descriptor) if not each.part}
    named = [hit.card.identifier for hit in hits if hit.card.identifier in standing]
    shown = seeing.cards(cards[each] for each in list(dict.fromkeys(named))[:ALIKE])
    summary = summarize(descriptor)
    return [
        _precedent(card, standing[card.identifier], proposed, _same_class(card, line, summary))
        for card in shown
    ]


def _same_class(card: Card, line: Line, summary: Summary) -> bool:
    """Whether an entry is of the agency's same class as the one on the desk, or on the same matter
    wherever it is: then they should not be decided differently without a reason.
    """
    own, theirs = (matter(fold(each)) for each in (summary.title, card.title))
    classes = (card.agency, card.genre, set(card.themes))
    return (own == theirs != "") or (
        classes == (line.request.agency, summary.genre, set(summary.themes))
    )


def _precedent(
    card: Card, views: Sequence[DecisionView], proposed: Mapping[str, Ruling], same: bool
) -> Precedent:
    whole = [each for each in views if not each.part]
    return Precedent(card, tuple(_told(each, proposed.get(each.axis), same) for each in whole))


def _told(view: DecisionView, proposed: Ruling | None = None, same: bool = False) -> Decided:
    other = proposed is not None and _differs(view, proposed)
    axis = axis_label(view.axis)
    if view.part:
        element, _, item = view.part.partition(":")
        code = codelist("redactable-parts").get(element)
        axis = item or (told(code.label) if code else element)
    ground = grounds.ground(view.ground, current_language())
    return Decided(view, axis, axis_value(view.axis, view.value), ground, other, other and same)


def _differs(view: DecisionView, proposed: Ruling) -> bool:
    """Whether both are determined, and differently or on another ground."""
    if UNDETERMINED in (proposed.value, view.value):
        return False
    return (proposed.value, proposed.ground) != (view.value, view.ground)
