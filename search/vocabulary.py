"""What is known of words when a person types some: it cuts a text into terms, each with its forms
and its weight. A piece of a longer text is never cut by force: only whole words of the dictionary
are joined to the words that are known here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, cached_property

from search.quantities import pieces
from search.query import Form, Wanted
from search.thesaurus.organs import LEVELS
from search.thesaurus.terms import Thesaurus, built_in
from search.tokens import HAN, is_han
from search.words import is_verb, is_word, parts, words

WITHIN = 0.6
"""The weight of a word within the one that was typed."""
SHORTEST_WHOLE = 3
OTHER, DOING = 0.8, 0.5
"""The weights of short words that stand for nothing else: of things, and of what one does."""
LONG = 4
ASKING = 0.02
"""Words so light ask a question. In it what one does is but a wish: nobody needs to have written
``提起`` where ``行政复议应该怎么提起`` is asked."""
WISHED = 0.4
PARTS = 0.9
"""The weight of a compound's parts that stand apart."""


@dataclass(frozen=True)
class Vocabulary:
    """A thesaurus at work."""

    thesaurus: Thesaurus

    def wanted(self, folded: str) -> tuple[Wanted, ...]:
        """The terms of a folded text, each once."""
        found: dict[str, Wanted] = {}
        for each in self._terms(folded):
            found.setdefault(each.said, each)
        wanted = tuple(found.values())
        if any(each.weight <= ASKING for each in wanted) and any(
            each.weight > DOING for each in wanted
        ):
            return tuple(map(_wished, wanted))
        return wanted

    def _terms(self, folded: str) -> Iterator[Wanted]:
        at = 0
        for piece in pieces(folded):
            yield from self._words(folded[at : piece.start])
            yield from piece.wanted
            at = piece.end
        yield from self._words(folded[at:])

    def _words(self, text: str) -> Iterator[Wanted]:
        at = 0
        for match in self._mixed.finditer(text):
            yield from map(self.term, words(text[at : match.start()], self.thesaurus.known))
            yield self.term(match.group())
            at = match.end()
        yield from map(self.term, words(text[at:], self.thesaurus.known))

    def term(self, word: str) -> Wanted:
        """One word with whatever else stands for it."""
        apart = parts(word) if word in self.thesaurus.known else ()
        forms = (Form((word,)), *([Form(apart, PARTS)] if apart else ()), *self._others(word))
        return Wanted(word, forms, self._weight(word), looser=self._within(word))

    def _weight(self, word: str) -> float:
        """How telling a word is: ``结婚登记`` more than ``提起``."""
        if (told := self.thesaurus.weights.get(word)) is not None:
            return told
        if not is_han(word) or word in self.thesaurus.forms or len(word) >= LONG:
            return 1.0
        return DOING if is_verb(word) else OTHER

    def _within(self, word: str) -> tuple[Form, ...]:
        """The known words in a longer one, from its end: ``地铁`` of ``坐地铁``; where there is
        none, what is a word without its first or its last character."""
        if not is_han(word) or len(word) < SHORTEST_WHOLE:
            return ()
        found = self._known_within(word)
        if not found:
            ends = (word[1:], word[:-1])
            return tuple(Form((each,), WITHIN / 2) for each in ends if is_word(each))
        alone = [Form((each,), WITHIN) for each in found]
        others = [
            Form(form.words, WITHIN * form.weight) for each in found for form in self._others(each)
        ]
        together = (Form(found, WITHIN),) if len(found) > 1 else ()
        return (*together, *alone, *others)

    def _known_within(self, word: str) -> tuple[str, ...]:
        known, weights = self.thesaurus.known, self.thesaurus.weights
        found: list[str] = []
        end = len(word)
        while end > 1:
            starts = range(0 if end < len(word) else 1, end - 1)
            start = next((at for at in starts if word[at:end] in known), None)
            if start is None:
                end -= 1
            else:
                found.insert(0, word[start:end])
                end = start
        return tuple(each for each in found if each not in weights)

    def _others(self, word: str) -> tuple[Form, ...]:
        forms = self.thesaurus.forms.get(word)
        if forms is None and word[:1] in LEVELS:  # 市发改委
            forms = self.thesaurus.forms.get(word[1:], ())
            return tuple(
                Form((word[0] + form.words[0],), form.weight)
                for form in forms
                if len(form.words) == 1
            )
        return forms or ()

    @cached_property
    def _mixed(self) -> re.Pattern[str]:
        """Known words of more than one run of characters: ``pm2.5``, ``卡拉ok``."""
        mixed = (word for word in self.thesaurus.known if _IS_MIXED.search(word))
        spelled = "|".join(re.escape(word) for word in sorted(mixed, key=lambda w: (-len(w), w)))
        return re.compile(rf"(?<![a-z0-9])(?:{spelled or '(?!)'})(?![a-z0-9])")


def _wished(each: Wanted) -> Wanted:
    return replace(each, weight=each.weight * WISHED) if each.weight <= DOING else each


_IS_MIXED = re.compile(rf"[{HAN}][^{HAN}]|[^{HAN}][{HAN}]|[^\w]")


@cache
def standard() -> Vocabulary:
    """What comes with Mulu."""
    return Vocabulary(built_in())
