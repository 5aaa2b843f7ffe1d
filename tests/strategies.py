"""Hypothesis strategies made from the profiles: whatever descriptor the standard allows."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from standards.codelists import codelist
from standards.profile import KINDS, Element, profile
from standards.validation import validate

_WORDS = st.text(
    st.one_of(
        st.sampled_from("上海市水务局关于印发通知规划、；，。（）〔〕《》“”·—\\/"),
        st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5),
        st.characters(codec="utf-8", exclude_categories=("Cs",)),
    ),
    max_size=30,
).map(lambda words: f"文{words}")
_IDENTIFIERS = {
    "metadata-identifier": st.from_regex(r"[0-9A-Z]{5}-[0-9]{6}", fullmatch=True),
    "resource-identifier": st.from_regex(r"[0-9A-Z]{5}/[0-9]{6}", fullmatch=True),
    "credit-code": st.sampled_from(["91350100M000100Y43", "12100000400010275N"]),
    "resource-code": st.from_regex(r"[1-3][0-9]{5}/[0-9]{1,6}", fullmatch=True),
    "document-number": st.builds(
        "{}〔{}〕{}号".format,
        st.sampled_from(["沪府发", "沪水务", "国办发"]),
        st.integers(1990, 2030),
        st.integers(1, 999),
    ),
}


def raw_values(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    """Values for a descriptor of the kind, canonical or nearly so, some elements left out."""
    return st.fixed_dictionaries(
        {use.element.name: _many(use.element) for use in profile(kind).elements if use.mandatory},
        optional={
            use.element.name: _many(use.element)
            for use in profile(kind).elements
            if not use.mandatory
        },
    )


def descriptors(kind: str | None = None) -> st.SearchStrategy[tuple[str, dict[str, Any]]]:
    """(kind, values) of valid descriptors in canonical form."""
    kinds = st.sampled_from(KINDS if kind is None else (kind,))
    return kinds.flatmap(lambda each: st.tuples(st.just(each), raw_values(each).map(_valid(each))))


def _valid(kind: str) -> Any:
    return lambda raw: dict(validate(kind, raw).descriptor.values)


def _many(element: Element) -> st.SearchStrategy[Any]:
    one = _one(element)
    return st.lists(one, min_size=1, max_size=3) if element.many else one


def _one(element: Element) -> st.SearchStrategy[Any]:
    if element.children:
        return _group(element)
    match element.type:
        case "date":
            return st.dates().map(lambda day: day.isoformat()).filter(lambda day: day >= "1000")
        case "uri":
            return st.from_regex(r"https://[a-z]{1,9}\.gov\.cn/[a-z0-9/]{0,20}", fullmatch=True)
        case "code":
            return _codes(element)
        case "number" | "integer":
            return _numbers(element)
        case "boolean":
            return st.booleans()
        case "identifier":
            return _IDENTIFIERS.get(element.scheme or "", _WORDS)
        case _:
            return _WORDS


def _group(element: Element) -> st.SearchStrategy[Any]:
    required = {child.name: _many(child) for child in element.children if child.mandatory}
    optional = {child.name: _many(child) for child in element.children if not child.mandatory}
    return st.fixed_dictionaries(required, optional=optional)


def _codes(element: Element) -> st.SearchStrategy[str]:
    if element.codelist is None:
        return _WORDS
    listed = codelist(element.codelist)
    codes = st.sampled_from([code.code for code in listed.codes])
    return st.one_of(codes, _WORDS) if listed.open else codes


def _numbers(element: Element) -> st.SearchStrategy[Any]:
    low = -1000 if element.minimum is None else element.minimum
    high = 1000 if element.maximum is None else element.maximum
    if element.type == "integer":
        return st.integers(int(low), int(high))
    return st.floats(low, high, allow_nan=False).map(lambda number: round(number, 6))
