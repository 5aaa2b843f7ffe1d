"""Reading: what the parts of a query come to when they are taken together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import islice

from search.folding import fold_with_places
from search.understanding.data import words
from search.understanding.parts import ORDER, Kind, Part, Reading, Understood
from search.understanding.recognising import Span, spans
from search.understanding.vocabulary import Vocabulary

LONGEST = 200
"""Characters of a query that are looked at."""
MOST_PARTS = 24
MOST_READINGS = 6
MOST_TRIMMED = 6
_SEPARATORS = " \t,，、;；:：?？!！。"
_NO_FILTER = frozenset({Kind.NUMBER, Kind.ITEM})


def understand(text: str, vocabulary: Vocabulary, today: date) -> Understood:
    """What the parts of a query may be. It never fails, and takes part in no search."""
    typed = text.strip()
    folded, places = fold_with_places(typed[:LONGEST])
    found = list(islice(spans(folded, vocabulary, today), MOST_PARTS))
    choices = [_parts(span, typed, places) for span in found]
    readings = [_reading(typed, parts) for parts in _complete(choices)]
    weaker = [_reading(typed, parts) for parts in _weaker(readings)]
    return Understood(
        text=typed,
        parts=tuple(part for parts in choices for part in parts),
        readings=_several(readings),
        weaker=_several(each for each in weaker if each not in readings),
    )


def _parts(span: Span, typed: str, places: Sequence[int]) -> tuple[Part, ...]:
    """The span's meanings as parts of what was typed."""
    start = places[span.start]
    end = places[span.end - 1] + 1
    return tuple(Part(meaning, typed[start:end], start, end) for meaning in span.meanings)


def _complete(choices: Sequence[tuple[Part, ...]]) -> Iterable[tuple[Part, ...]]:
    """The parts that fit together, the longest first; then with each ambiguous one meant otherwise.
    Two parts of one kind do not fit: the second is a word like others."""
    filtering = [tuple(p for p in parts if p.kind not in _NO_FILTER) for parts in choices]
    by_weight = sorted(filter(None, filtering), key=lambda parts: _weight(parts[0]))
    best = _fitting([parts[0] for parts in by_weight])
    if not best:
        return
    yield best
    for parts in by_weight:
        if parts[0] in best:
            for other in parts[1:]:
                yield _fitting([other, *(part for part in best if part is not parts[0])])


def _weight(part: Part) -> tuple[int, int, int]:
    return -(part.end - part.start), ORDER[part.kind], part.start


def _fitting(parts: Iterable[Part]) -> tuple[Part, ...]:
    chosen: list[Part] = []
    for part in parts:
        if not any(part.kind is each.kind or part.overlaps(each) for each in chosen):
            chosen.append(part)
    return tuple(sorted(chosen, key=lambda part: ORDER[part.kind]))


def _weaker(readings: Sequence[Reading]) -> Iterable[tuple[Part, ...]]:
    """The best reading without one of its parts, the least telling left out first; then each part
    by itself."""
    if not readings or len(readings[0].parts) < 2:
        return
    parts = readings[0].parts
    for left_out in reversed(parts):
        yield tuple(part for part in parts if part is not left_out)
    for part in parts:
        yield (part,)


def _several(readings: Iterable[Reading]) -> tuple[Reading, ...]:
    return tuple(islice(dict.fromkeys(readings), MOST_READINGS))


def _reading(typed: str, parts: tuple[Part, ...]) -> Reading:
    return Reading(parts, rest(typed, parts))


def rest(typed: str, parts: Iterable[Part]) -> str:
    """What was typed without the parts, nor what joined them to the rest, nor the courtesies of a
    question."""
    pieces: list[str] = []
    at = 0
    for part in sorted(parts, key=lambda part: part.start):
        pieces.append(trimmed(typed[at : part.start], _joints() if at else (), _joints()))
        at = part.end
    pieces.append(trimmed(typed[at:], _joints() if at else (), ()))
    left = " ".join(filter(None, pieces))
    return trimmed(left, words().openings, words().closings)


def trimmed(text: str, heads: Sequence[str], tails: Sequence[str]) -> str:
    """The text without such words, a few of them, at its beginning and its end."""
    for _ in range(MOST_TRIMMED):
        before = text
        text = text.strip(_SEPARATORS if heads or tails else None)
        head = next((each for each in heads if _begins(text, each)), "")
        text = text[len(head) :]
        tail = next((each for each in tails if _ends(text, each)), "")
        text = text[: len(text) - len(tail)]
        if text == before:
            break
    return text


def _begins(text: str, word: str) -> bool:
    behind = text[len(word) : len(word) + 1]
    return text[: len(word)].lower() == word and not (word.isascii() and behind.isalnum())


def _ends(text: str, word: str) -> bool:
    before = text[: -len(word)][-1:]
    return text[-len(word) :].lower() == word and not (word.isascii() and before.isalnum())


def _joints() -> tuple[str, ...]:
    return words().joints
