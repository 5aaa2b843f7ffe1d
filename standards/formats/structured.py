"""JSON or YAML from strangers: bounded in size, depth and in what its aliases unfold to."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import Any

import orjson
import yaml

from standards.formats.described import NotUnderstood

MOST_BYTES = 16 << 20
DEEPEST = 100
MOST_NODES = 500_000
"""The most values that a document may hold once all aliases are followed."""

_CLAUSE = "YAML 1.2 §3"


def load(data: bytes) -> Any:
    """What a document holds; raises NotUnderstood, which says why it cannot be read."""
    if len(data) > MOST_BYTES:
        raise NotUnderstood("structure-swollen", str(len(data)), _CLAUSE, limit=MOST_BYTES)
    text = _text(data)
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        meant = text.lstrip()[:1] in "{["  # YAML contains JSON, but says less well what is wrong
        return _yaml(text, str(error) if meant else "")


def _text(data: bytes) -> str:
    """The text by its mark, else as UTF-8, else as GB18030."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        names = ["utf-16"]
    else:
        names = ["utf-8-sig", "gb18030"]
    for name in names:
        try:
            return data.decode(name)
        except UnicodeDecodeError:
            continue
    raise NotUnderstood("not-text", names[0], "GB 18030-2022")


def _yaml(text: str, otherwise: str) -> Any:
    try:
        _measure(yaml.parse(text, Loader=yaml.CSafeLoader))
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
        if root is None:
            raise NotUnderstood("structure-broken", otherwise or "∅", _CLAUSE)
        _weigh(root)
        return yaml.constructor.SafeConstructor().construct_document(root)
    except (yaml.YAMLError, ValueError, RecursionError, TypeError) as error:
        if isinstance(error, NotUnderstood):
            raise
        said = otherwise or " ".join(str(error).split())
        raise NotUnderstood("structure-broken", said[:300], _CLAUSE) from None


def _measure(events: Iterator[yaml.Event]) -> None:
    """Look at the events alone, which needs no room: how many they are and how deep they go."""
    depth = 0
    for count, event in enumerate(events):
        opens = isinstance(event, (yaml.SequenceStartEvent, yaml.MappingStartEvent))
        closes = isinstance(event, (yaml.SequenceEndEvent, yaml.MappingEndEvent))
        depth += opens - closes
        if depth > DEEPEST or count > MOST_NODES:
            raise NotUnderstood("structure-swollen", str(count), _CLAUSE, limit=MOST_NODES)


def _weigh(root: yaml.Node) -> None:
    """Refuse a document that aliases make endless, or larger than any that is written by people."""
    weights: dict[int, int] = {}

    def weight(node: yaml.Node) -> int:
        known = weights.get(id(node))
        if known is not None:
            if not known:
                raise NotUnderstood("structure-endless", node.tag, _CLAUSE)
            return known
        weights[id(node)] = 0  # under way
        total = 1 + sum(weight(each) for each in _below(node))
        if total > MOST_NODES:
            raise NotUnderstood("structure-swollen", str(total), _CLAUSE, limit=MOST_NODES)
        weights[id(node)] = total
        return total

    weight(root)


def _below(node: yaml.Node) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.SequenceNode):
        yield from node.value
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield key
            yield value
