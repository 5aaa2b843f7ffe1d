"""What a person meant who typed pinyin, or made an error: told by what the visible entries say.

Asked only when nothing holds every word. Candidates come from the index, by how they sound or by
the pairs of characters that are right; what each of them says is then compared with what was typed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial

from search import sounds, spelling
from search.card import Card
from search.clauses import Clause, Every
from search.engine import Engine
from search.folding import fold
from search.query import Form, Query, Wanted, Words, as_typed
from search.rules import rules
from search.tokens import RUNS, is_han, pairs, squeezed
from search.typed import parse
from search.words import cutter

_LATIN = re.compile(r"(?<![^\W_])[a-z]+(?:[ '’]+[a-z]+)*(?![a-z0-9])", re.ASCII)
_LESS = 0.9
"""What each further reading is worth beside the one before it."""
_MOST_RUNS = 4

Pieces = Callable[[str], Iterable[str]]


def corrections(engine: Engine, query: Query) -> Iterator[Words]:
    """What may have been meant, the likelier first; its ``text`` is what to tell the person."""
    if query.words.phrases or query.words.excluded:
        return
    for correct in (_by_sound, _by_spelling):
        meant = correct(engine, query)
        if meant is not None:
            yield meant


def _by_sound(engine: Engine, query: Query) -> Words | None:
    """The Chinese that typed pinyin stands for, in every reading that the entries give."""
    words = query.words
    for match in _LATIN.finditer(words.text):
        ways = sounds.cuts(match.group())
        if not ways:
            continue
        before, after = words.text[: match.start()], words.text[match.end() :]
        rest = replace(parse(f"{before} {after}", only_items=words.only_items), numbers=())
        cards = _candidates(engine, query, rest, Every((query.where, sounds.sounding(ways))))
        said = _said(cards, words, partial(sounds.pieces, ways))
        if said:
            readings = tuple(said)[: rules().correcting["readings"]]
            forms = tuple(Form((each,), _LESS**at) for at, each in enumerate(readings))
            meant = parse(f"{before}{readings[0]}{after}", only_items=words.only_items)
            return replace(meant, wanted=(Wanted(readings[0], forms), *rest.wanted))
    return None


def _by_spelling(engine: Engine, query: Query) -> Words | None:
    """What was typed with each run that no entry has put right by one edit."""
    words, limits = query.words, rules().correcting
    text = words.text
    for run in [run for run in RUNS.findall(text) if is_han(run)][:_MOST_RUNS]:
        if not limits["least"] <= len(run) <= limits["longest"] or _meant(run):
            continue
        asked = tuple(map(as_typed, dict.fromkeys(pairs(run))))
        share = spelling.right(len(asked)) / len(asked)
        sought = Words(run, asked, share=share, only_items=words.only_items)
        cards = _candidates(engine, query, sought, query.where)
        exact = any(run in text for card in cards for text in _texts(card, words))
        said = [] if exact else _said(cards, words, partial(spelling.pieces, run))
        if said:
            text = text.replace(run, said[0])
    return parse(text, only_items=words.only_items) if text != words.text else None


def _meant(run: str) -> bool:
    """Whether a short run is made of words alone: another of them may well be meant as it is."""
    return len(run) < rules().correcting["sure"] and all(
        len(word) > 1 and cutter().has_word(word) for word in cutter().cut(run)
    )


def _candidates(engine: Engine, query: Query, words: Words, where: Clause) -> list[Card]:
    """The entries to compare with, within the same visibility and filters."""
    size = rules().correcting["candidates"]
    asked = replace(query, words=words, where=where, facets=(), size=size, cursor=None)
    return [hit.card for hit in engine.search(replace(asked, sort="relevance")).hits]


def _said(cards: Iterable[Card], words: Words, pieces: Pieces) -> list[str]:
    """What the cards say instead, that which most of them say first."""
    counts = Counter(
        piece
        for card in cards
        for piece in dict.fromkeys(p for text in _texts(card, words) for p in pieces(text))
    )
    return [piece for piece, _ in counts.most_common()]


def _texts(card: Card, words: Words) -> Iterator[str]:
    """The names that may have been meant, folded and without punctuation."""
    names = tuple(item.name for item in card.items)
    if not words.only_items:
        names = (card.title, card.agency_name, *card.agency_names, *card.keywords, *names)
    return (squeezed(fold(name)) for name in names if name)
