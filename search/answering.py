"""How a query is understood until something answers it: as typed, with some of its words as wishes,
corrected, then with less and less of what was typed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain

from search import ranking
from search.analysis import number_keys
from search.correcting import corrections
from search.engine import Engine
from search.folding import fold
from search.query import BadQuery, Query, Result, Words
from search.rules import rules
from search.tokens import squeezed, title_key


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found, and for which words; they may have been ``corrected``."""

    result: Result
    words: Words
    corrected: bool = False


def answered(engine: Engine, query: Query) -> Answer:
    """What holds all the words; where that is little, what holds most of them too, behind it;
    where it is nothing, what was meant, else what holds less and less of them.

    A cursor tells by itself which of these its search was: it is bound to the words.
    Raises BadQuery and EngineUnavailable.
    """
    if query.cursor is not None:
        return _continued(engine, query)
    best = _ask(engine, query, query.words)
    if best.result.total >= rules().few or _is_meant(best):
        return best
    wishing = ranking.wishing(query.words)
    if wishing is not None:
        best = _more(best, _ask(engine, query, wishing))
    if not best.result.total:
        return _weaker(engine, query) or best
    if best.result.total < rules().few and not _is_named(best):
        for words in ranking.most(query.words):
            best = _more(best, _ask(engine, query, words))
    return best


def _weaker(engine: Engine, query: Query) -> Answer | None:
    """What was meant if that finds something; else the first relaxation that finds enough, or the
    one that finds most. Any of the words suffices only where nothing else finds anything."""
    for words in corrections(engine, query):
        answer = _ask(engine, query, words, corrected=True)
        if answer.result.total:
            return answer
    best: Answer | None = None
    for words in ranking.relaxations(query.words):
        if best and not words.share:
            continue
        answer = _ask(engine, query, words)
        if answer.result.total:
            best = _more(best, answer) if best else answer
        if best and best.result.total >= rules().few:
            break
    return best


def _continued(engine: Engine, query: Query) -> Answer:
    """The page after a cursor, of the search that gave it. Raises BadQuery where none did."""
    words, wishing = query.words, ranking.wishing(query.words)
    uncorrected = [words, *([wishing] if wishing else []), *ranking.relaxations(words)]
    tried = chain(
        ((each, False) for each in (*uncorrected, *ranking.most(words))),
        ((each, True) for each in corrections(engine, replace(query, cursor=None))),
    )
    problem: BadQuery | None = None
    for each, corrected in tried:
        try:
            return _ask(engine, query, each, corrected=corrected)
        except BadQuery as bad:
            if bad.field != "cursor":
                raise
            problem = bad
    raise problem or AssertionError("what was typed is always tried")


def _ask(engine: Engine, query: Query, words: Words, *, corrected: bool = False) -> Answer:
    return Answer(engine.search(replace(query, words=words)), words, corrected)


def _more(one: Answer, other: Answer) -> Answer:
    return max(one, other, key=lambda each: each.result.total)


def _is_meant(answer: Answer) -> bool:
    """Whether the first entry's title or one of its numbers is what was typed."""
    typed, numbers = title_key(answer.words.text), set(answer.words.numbers)
    return any(
        typed == title_key(hit.card.title) or not numbers.isdisjoint(number_keys(hit.card))
        for hit in answer.result.hits[:1]
    )


def _is_named(answer: Answer) -> bool:
    """Whether the first entry's title holds what was typed, so that nobody looks for others."""
    typed = squeezed(answer.words.text)
    return any(typed in squeezed(fold(hit.card.title)) for hit in answer.result.hits[:1])
