"""Offers in words, in both languages."""

from __future__ import annotations

from search.understanding.data import words
from search.understanding.offering import Offer
from search.understanding.parts import Part
from standards.problems import Text


def sentence(offer: Offer) -> Text:
    """``部门“上海市水务局”、2009 年，查找“排水许可”``."""
    if offer.item:
        return _filled("locate", rest=Text(offer.item, offer.item))
    rest = Text(offer.rest, offer.rest)
    return _filled("with" if offer.rest else "without", parts=listed(offer.parts), rest=rest)


def listed(parts: tuple[Part, ...]) -> Text:
    """The parts, one behind the other."""
    between = words().sentences["between"]
    told = [part_told(part) for part in parts]
    return Text(between.zh.join(t.zh for t in told), between.en.join(t.en for t in told))


def part_told(part: Part) -> Text:
    """One part: ``部门“上海市水务局”``."""
    told, label = words().told[part.kind], part.meaning.label
    return Text(told.zh.replace("{}", label.zh), told.en.replace("{}", label.en))


def _filled(name: str, **texts: Text) -> Text:
    template = words().sentences[name]
    return Text(
        template.zh.format(**{key: text.zh for key, text in texts.items()}),
        template.en.format(**{key: text.en for key, text in texts.items()}),
    )
