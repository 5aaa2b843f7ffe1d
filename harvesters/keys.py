"""What tells one record of a source from another: its own number there, else a number of the
standard, else its content."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Mapping
from functools import cache
from typing import Any

import orjson

from catalog.words import storable
from harvesters.faults import problem
from standards.descriptor import at
from standards.problems import Problem, Text
from standards.profile import KINDS, profile

SCHEMES = (
    "index-number",
    "document-number",
    "resource-identifier",
    "metadata-identifier",
    "resource-code",
    "call-number",
)
"""Numbers that may serve as a key, the most reliable first."""

ROW = "number"
CONTENT = "content"
LENGTH = 400
_LABELS = {
    ROW: Text("来源自己的编号", "the source's own numbers"),
    CONTENT: Text("内容", "what they say"),
    "place": Text("在来源中的位置", "their place in the source"),
}


def key(
    kind: str, values: Mapping[str, Any], own: str = "", schemes: Collection[str] = SCHEMES
) -> str:
    """The key of a record, led by what it is made of (``index-number:…``)."""
    if own:
        return bounded(ROW, own)
    numbers = _numbers(kind, values)
    for scheme in schemes:
        if scheme in numbers:
            return bounded(scheme, numbers[scheme])
    return f"{CONTENT}:{hashlib.sha256(_naming(kind, values)).hexdigest()}"


def basis(text: str) -> str:
    """What a key is made of."""
    return text.partition(":")[0]


def notes(tally: Counter[str]) -> tuple[Problem, ...]:
    """The line of the report that says what keys were made of; none where nothing was read."""
    if not tally:
        return ()
    made = [(_label(name), count) for name, count in tally.most_common()]
    zh = "、".join(f"{label.zh}（{count} 条）" for label, count in made)
    en = ", ".join(f"{label.en} ({count})" for label, count in made)
    return (problem("keys-from", zh=zh, en=en, severity="warning"),)


def _label(name: str) -> Text:
    """What a key is made of, in words: the label of the element that holds such a number."""
    for kind in KINDS:
        for use in profile(kind).elements:
            if use.element.scheme == name:
                return use.element.label
    return _LABELS.get(name, Text(name, name))


def _numbers(kind: str, values: Mapping[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for scheme, name in _identifiers(kind):
        text = next((str(each).strip() for each in at(values, [name]) if each), "")
        if text:
            found.setdefault(scheme, text)
    return found


@cache
def _identifiers(kind: str) -> tuple[tuple[str, str], ...]:
    """The schemes of a kind's numbers, each with the element that holds one."""
    elements = [use.element for use in profile(kind).elements]
    return tuple((each.scheme, each.name) for each in elements if each.scheme)


def _naming(kind: str, values: Mapping[str, Any]) -> bytes:
    """The title and provider as sent; with neither, everything."""
    roles = [
        list(at(values, element.path.split(".")[:1]))
        for role in ("title", "provider")
        for element in profile(kind).card(role)
    ]
    return orjson.dumps(roles if any(roles) else dict(values), option=orjson.OPT_SORT_KEYS)


def bounded(scheme: str, text: str) -> str:
    """A key of what tells the record apart; long ones are cut, with a digest that parts them."""
    flat = " ".join(storable(text).split())
    if len(flat) > LENGTH:
        flat = flat[:LENGTH] + "#" + hashlib.sha256(flat.encode()).hexdigest()[:16]
    return f"{scheme}:{flat}"
