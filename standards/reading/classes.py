r"""Classes (themes and others): a text such as ``综合政务\其他`` finds its scheme and its code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import product
from typing import Any

from standards.codelists import codelist
from standards.profile import Element
from standards.reading.codes import match, nearest, own_name
from standards.reading.findings import REFUSED, Findings, Read
from standards.reading.groups import from_text, unknown

_LOCAL = "local"  # the scheme of a class that no list of ours knows


def classified(element: Element, compiled: Callable[[Element], Read]) -> Read:
    """The reader of a group whose code belongs to the list that its scheme names.

    Known by its data: one part has `codelist_by`, naming the part that holds the scheme; the text
    of the whole group means the class's name, looked up in the group's `codelists` in order.
    """
    code = next(child for child in element.children if child.codelist_by)
    scheme = element.child(code.codelist_by or "")
    name = element.child(element.from_text or "")
    schemes = {
        each.extra.get("codelist"): each.code for each in codelist(scheme.codelist or "").codes
    }
    readers = {child.name: compiled(child) for child in (scheme, name)} | {
        code.name: compiled(code)
    }
    names = {scheme.name, name.name, code.name}

    def read(value: Any, path: str, findings: Findings) -> Any:
        if not isinstance(value, Mapping):
            value = from_text(element, value)
        if value.keys() - names:
            unknown(element, value, path, findings)
        given = {
            part: reader(value.get(part), f"{path}.{part}", findings)
            for part, reader in readers.items()
        }
        if REFUSED in given.values():
            return REFUSED
        words = [word for word in (given[code.name], given[name.name]) if word is not None]
        if not words:
            if given[scheme.name]:
                findings.say("part-required", name, f"{path}.{name.name}", parent=element.label)
            return None
        lists = _lists(element, scheme, given[scheme.name])
        for listed, word in product(lists, words):
            found = match(listed, word)
            if found is not None:
                called = given[name.name]
                same = called is not None and match(listed, called) == found
                return {
                    scheme.name: given[scheme.name] or schemes[listed],
                    name.name: called if same else own_name(listed, found),
                    code.name: found.code,
                }
        if lists:
            findings.say("kept-as-text", code, path, words[0], nearest=nearest(lists, words[0]))
        return {
            scheme.name: given[scheme.name] or _LOCAL,
            name.name: given[name.name] or words[0],
            code.name: words[0],
        }

    return read


def _lists(element: Element, scheme: Element, given: str | None) -> tuple[str, ...]:
    """The lists to look in: that of the scheme, or all where none is given; ours has none."""
    if given is None:
        return element.codelists
    known = codelist(scheme.codelist or "").get(given)
    listed = known.extra.get("codelist") if known else None
    return (listed,) if listed else ()
