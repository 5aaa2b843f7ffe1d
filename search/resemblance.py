"""Cards like a card: those that share most of the words of its title and keywords."""

from __future__ import annotations

import re
from collections.abc import Callable

from search.card import Card
from search.clauses import Clause, Every, Not, Term
from search.folding import fold
from search.query import Hit, Query, Result, Words, as_typed
from search.words import words

MOST_WORDS = 8
EMPTY_WORDS = frozenset(
    re.findall("..", "关于印发通知公告意见办法规定实施管理工作信息数据目录本市同意批复")
)
"""Words that half of all titles hold, so that sharing them means nothing."""


def resembling(
    search: Callable[[Query], Result], card: Card, visibility: Clause, size: int
) -> list[Hit]:
    """The visible cards most like this one; not itself, nor the entry's other version."""
    told = _telling(card)
    if not told:
        return []
    found = search(
        Query(
            visibility=visibility,
            words=Words(
                text=f"{card.key} ~",
                wanted=tuple(map(as_typed, told)),
                share=min(2, len(told)) / len(told),
            ),
            where=Every((Not(Term("identifier", (card.identifier,))),)),
            size=size,
        )
    )
    return list(found.hits)


def _telling(card: Card) -> tuple[str, ...]:
    said = [*words(fold(card.title[:100])), *(fold(each[:20]) for each in card.keywords[:4])]
    telling = (
        word for word in said if len(word) > 1 and not word.isdigit() and word not in EMPTY_WORDS
    )
    return tuple(dict.fromkeys(telling))[:MOST_WORDS]
