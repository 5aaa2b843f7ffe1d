"""How texts sound: pinyin without tones as it is indexed, and as people type it.

Of each title, agency and data item every two syllables that stand side by side are indexed, and the
first letters of every three. What is typed is cut into syllables and first letters; the index gives
the candidates, and each is then read aloud and compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from heapq import nsmallest
from itertools import chain, islice, pairwise, product

from pypinyin.contrib.tone_convert import to_normal
from pypinyin.pinyin_dict import pinyin_dict

from search.clauses import Any_, Clause, Holds, Unit
from search.folding import fold
from search.pinyin import syllables
from search.tokens import RUNS, is_han, joined

Units = tuple[str, ...]

FIELD = "sounds"
LONGEST = 48
"""Letters of typed text that are read as pinyin."""
LEAST = 3
"""First letters alone say too little when they are fewer."""
_LETTERS = 3
_INITIALS = "3"
"""Before first letters, so that they are never taken for syllables."""
_LONGEST_SYLLABLE = 6
_WAYS = 4
"""In which typed letters are cut: ``fangan`` may be two words."""
_SYLLABLE, _PART, _LETTER = 1.0, 2.0, 2.5
"""What each costs when typed letters are cut: whole syllables are likelier."""


def line(values: Iterable[str]) -> str:
    """What is indexed of how the values sound."""
    return joined(_sounding(value) for value in values if value)


@lru_cache(maxsize=65_536)
def _sounding(value: str) -> str:
    read = syllables(fold(value))
    tokens = [*_pairs(read), *_initials("".join(part[0] for part in read))]
    return f" {' '.join(tokens)} " if tokens else ""


def _pairs(read: Sequence[str]) -> list[str]:
    return [one + other for one, other in pairwise(read)]


def _initials(letters: str) -> list[str]:
    ends = range(_LETTERS, len(letters) + 1)
    return [_INITIALS + letters[end - _LETTERS : end] for end in ends]


def cuts(typed: str) -> list[Units]:
    """``jiaoyuju`` as ``jiao``, ``yu``, ``ju``; ``jyj`` as three letters; the likeliest ways, none
    where it is no pinyin. Spaces and apostrophes part syllables."""
    parts = typed.replace("'", " ").replace("’", " ").split()
    ways = [_cut(part) for part in parts[:LONGEST]]
    joint = (tuple(chain.from_iterable(way)) for way in islice(product(*ways), _WAYS))
    return [units for units in joint if _says_enough(units)]


def _says_enough(units: Units) -> bool:
    return len(units) >= LEAST or (len(units) > 1 and all(map(_whole, units)))


def _cut(part: str) -> list[Units]:
    """The cheapest ways to cut letters into syllables, first letters, and a last syllable begun;
    all as first letters where some must be."""
    if not part.isascii() or not part.isalpha() or len(part) > LONGEST:
        return []
    best: list[list[tuple[float, Units]]] = [[(0.0, ())]]
    for end in range(1, len(part) + 1):
        ways = (
            (before + cost, (*units, part[start:end]))
            for start in range(max(0, end - _LONGEST_SYLLABLE), end)
            if (cost := _cost(part[start:end], last=end == len(part))) is not None
            for before, units in best[start]
        )
        best.append(nsmallest(_WAYS, ways))
    found = [units for cost, units in best[-1] if cost < best[-1][0][0] + _LETTER]
    letters = tuple(part)
    mixed = found and not all(map(_whole, found[0]))
    return [*found, letters] if mixed and _begun().issuperset(letters) else found


def _cost(piece: str, *, last: bool) -> float | None:
    if _whole(piece):
        return _SYLLABLE
    if len(piece) == 1:
        return _LETTER if piece in _begun() else None
    return _PART if last and piece in _begun() else None


@cache
def known() -> frozenset[str]:
    """Every syllable."""
    toned = {each for said in pinyin_dict.values() for each in said.split(",")}
    return frozenset(filter(str.isascii, map(to_normal, toned)))


@cache
def _begun() -> frozenset[str]:
    """Every beginning of a syllable."""
    return frozenset(each[:end] for each in known() for end in range(1, len(each)))


def sounding(ways: Sequence[Units]) -> Clause:
    """Cards that may have the units of one of the ways side by side."""
    asked = (tuple(_asked(units)) for units in dict.fromkeys(ways))
    return Any_(tuple(Holds((FIELD,), each, len(each)) for each in asked))


def _asked(units: Units) -> Iterator[Unit]:
    """Runs of whole syllables by their pairs, and all by their first letters."""
    run: list[str] = []
    for unit in (*units, ""):
        if _whole(unit):
            run.append(unit)
            continue
        if len(run) > 1:
            yield ((tuple(_pairs(run)),),)
        run = []
    letters = _initials("".join(unit[0] for unit in units))
    if letters and not all(map(_whole, units)):
        yield ((tuple(letters),),)


def pieces(ways: Sequence[Units], text: str) -> Iterator[str]:
    """The parts of a folded text that sound like one of the ways."""
    characters, read = _read(text)
    for units in ways:
        for start in range(len(read) - len(units) + 1):
            if all(map(_sounds, read[start : start + len(units)], units)):
                yield "".join(characters[start : start + len(units)])


def _sounds(syllable: str, unit: str) -> bool:
    return syllable == unit or (not _whole(unit) and syllable.startswith(unit))


def _whole(unit: str) -> bool:
    return len(unit) > 1 and unit in known()


@lru_cache(maxsize=4096)
def _read(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The characters of a text and how each sounds; what is not Chinese is one and sounds not."""
    characters: list[str] = []
    read: list[str] = []
    for run in RUNS.findall(text):
        said = syllables(run) if is_han(run) else []
        characters += run if said else [run]
        read += said if len(said) == len(run) else [""] * (len(run) if said else 1)
    return tuple(characters), tuple(read)
