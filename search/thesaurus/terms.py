"""A thesaurus: what each word may also mean, which words are known, and which say little."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import yaml

from search.folding import fold
from search.query import Form
from search.thesaurus import organs
from search.thesaurus.reading import Group, pairs_of, read
from standards.codelists import codelist

MOST_FORMS = 6
"""Of one word besides itself: each costs a look into the index."""
SAME, BACKWARDS, IMPLIED, SHORT, FORMER = 0.8, 0.5, 0.5, 0.95, 0.4
"""Weights: of a word that means the same, of the everyday word for an official one, of what is
also meant, of an organ's short or full name, of its successor."""
FILES = (
    "house", "family", "school", "health", "work", "traffic", "environment", "food", "firms",
    "safety", "culture", "land", "government", "data", "abroad", "places",
)  # fmt: skip
OWN_PLACE = 0.3
_UNTOLD = frozenset(["全市", "本市", "市级"])
"""Names of divisions that name none."""


@dataclass(frozen=True, slots=True)
class Thesaurus:
    """``forms`` by folded word, the heaviest first; ``weights`` of words that say little."""

    forms: Mapping[str, tuple[Form, ...]]
    weights: Mapping[str, float]
    known: frozenset[str]
    """Words that are cut as one."""

    def extended(self, groups: list[Group]) -> Thesaurus:
        """With somebody's own groups, which come before ours."""
        if not groups:
            return self
        forms = dict(self.forms)
        for word, own in _forms(_weighted(groups)).items():
            forms[word] = _heaviest((*own, *forms.get(word, ())))
        said = {word for each in groups for word in each.said}
        meant = {word for each in groups for means in each.means for word in means}
        return Thesaurus(
            MappingProxyType(forms),
            MappingProxyType({w: v for w, v in self.weights.items() if w not in said}),
            self.known | said | meant,
        )


@cache
def built_in() -> Thesaurus:
    """What comes with Mulu. Raises ValueError when its own data is malformed."""
    weights = {**_common(), **dict.fromkeys(_own_place(), OWN_PLACE)}
    pairs = [*_weighted(_groups()), *_organs(), *_divisions()]
    forms = _forms(pairs)
    meant = {means[0] for _, means, _ in pairs if len(means) == 1}
    return Thesaurus(
        MappingProxyType(forms),
        MappingProxyType(weights),
        frozenset(forms) | meant | frozenset(weights) | _names(),
    )


Pair = tuple[str, tuple[str, ...], float]


def _groups() -> list[Group]:
    found: list[Group] = []
    for name in FILES:
        text = (files("search.thesaurus") / f"{name}.yaml").read_text(encoding="utf-8")
        groups, malformed = read(text)
        if malformed:
            raise ValueError(f"{name}.yaml: {malformed[0]}")
        found += groups
    return found


def _weighted(groups: list[Group]) -> list[Pair]:
    return [
        (word, means, BACKWARDS if back else SAME if each.mutual else IMPLIED)
        for each in groups
        for word, means, back in pairs_of([each])
    ]


def _organs() -> list[Pair]:
    found: list[Pair] = []
    for name, shorts in organs.usual().items():
        found += [(name, (short,), SHORT) for short in shorts]
        found += [(short, (name,), SHORT) for short in shorts]
    full = {short: name for name, shorts in organs.usual().items() for short in reversed(shorts)}
    groups, malformed = read(yaml.safe_dump(organs.data()["successors"], allow_unicode=True))
    if malformed:
        raise ValueError(f"organs.yaml: {malformed[0]}")
    for word, (later,), _ in pairs_of(groups):
        found += [(word, (later,), FORMER), (later, (word,), FORMER)]
        for short, name in full.items():
            if name in (word, later):
                found.append((short, (later if name == word else word,), FORMER))
    return found


def _divisions() -> list[Pair]:
    """``黄浦区``, ``黄浦`` and ``huangpu``; one that was merged, and what it went into."""
    found: list[Pair] = []
    divisions = codelist("divisions")
    for code in divisions.codes:
        short = [each for each in code.aliases if each not in _UNTOLD and len(each) < 5]
        latin = [code.label.en.split()[0]] if code.parent else []
        found += [(fold(each), (fold(code.label.zh),), SAME) for each in (*short, *latin)]
    return found


def _own_place() -> list[str]:
    """What the place is called that all divisions are parts of: almost every entry is about it."""
    tops = [code for code in codelist("divisions").codes if code.parent is None]
    return [fold(name) for code in tops for name in (code.label.zh, *code.aliases)]


def _names() -> frozenset[str]:
    """Names of themes, divisions and organs, cut as one."""
    themes = (
        part
        for name in ("themes-gbt21063-4", "themes-disclosure", "divisions")
        for code in codelist(name).codes
        for part in code.label.zh.split("、")
    )
    return frozenset(fold(name) for name in (*themes, *organs.usual()) if 1 < len(name) < 16)


def _common() -> dict[str, float]:
    text = (files("search.thesaurus") / "common.yaml").read_text(encoding="utf-8")
    kinds = yaml.safe_load(text).values()
    return {fold(str(word)): kind["weight"] for kind in kinds for word in kind["words"]}


def _forms(pairs: Iterable[Pair]) -> dict[str, tuple[Form, ...]]:
    found: dict[str, list[Form]] = {}
    for word, means, weight in pairs:
        if not any(word in each for each in means):  # else found by the word itself
            found.setdefault(word, []).append(Form(means, weight))
    return {word: _heaviest(forms) for word, forms in found.items()}


def _heaviest(forms: Iterable[Form]) -> tuple[Form, ...]:
    """Each once, the heaviest first, in the order they were told."""
    best: dict[tuple[str, ...], Form] = {}
    for form in forms:
        if form.words not in best or best[form.words].weight < form.weight:
            best[form.words] = form
    return tuple(sorted(best.values(), key=lambda form: -form.weight)[:MOST_FORMS])
