"""The profiles are whole: words in both languages, clauses, lists, levels, headings of bureaus."""

from __future__ import annotations

import csv

import pytest
from lxml import etree

from standards.codelists import codelist, fold
from standards.identifiers import SCHEMES
from standards.problems import Text
from standards.profile import KINDS, Element, Level, dictionary, load, profile
from tests.parts import fixtures

ELEMENTS = [pair for element in dictionary().values() for pair in element.walk()]
TYPES = {
    "text", "paragraph", "date", "uri", "code", "number", "integer", "boolean", "identifier",
    "group",
}  # fmt: skip
TERMS = {"dc", "dcat", "iso", "schema"}
SIMPLE_DC = {
    "title", "creator", "subject", "description", "publisher", "contributor", "date", "type",
    "format", "identifier", "source", "language", "relation", "coverage", "rights",
}  # fmt: skip


def in_both_languages(text: Text) -> bool:
    return bool(text.zh.strip() and text.en.strip())


@pytest.mark.parametrize(("path", "element"), ELEMENTS)
def test_an_element_is_whole(path: str, element: Element) -> None:
    assert in_both_languages(element.label)
    assert in_both_languages(element.definition)
    assert element.clause
    assert element.short.isalnum()
    assert element.type in TYPES
    assert bool(element.children) == (element.type == "group")
    assert element.example or element.children
    assert set(element.crosswalk or ()) <= TERMS
    assert element.term("dc") is None or element.term("dc") in SIMPLE_DC
    assert element.audience in ("public", "agencies")


@pytest.mark.parametrize(("path", "element"), ELEMENTS)
def test_what_an_element_names_is_there(path: str, element: Element) -> None:
    names = {child.name for child in element.children}
    if element.type == "code":
        assert element.codelist or element.codelist_by
    if element.type == "identifier":
        assert element.scheme in SCHEMES
    for name in (*((element.codelist,) if element.codelist else ()), *element.codelists):
        assert codelist(name).codes
    assert element.from_text is None or element.from_text in names
    for child in element.children:
        assert child.codelist_by is None or child.codelist_by in names


@pytest.mark.parametrize(("path", "element"), ELEMENTS)
def test_the_example_of_an_element_is_right(path: str, element: Element) -> None:
    if element.scheme:
        scheme = SCHEMES[element.scheme]
        assert scheme.problem(element.example) is None
        assert scheme.normalise(element.example) == element.example
    if element.codelist and not codelist(element.codelist).open:
        assert codelist(element.codelist).get(element.example)


@pytest.mark.parametrize("kind", KINDS)
def test_short_names_tell_siblings_apart(kind: str) -> None:
    used = profile(kind)
    groups = [[use.element for use in used.elements]]
    groups += [list(element.children) for _, element in used.walk() if element.children]
    for group in groups:
        names = [element.short.lower() for element in group]
        assert len(names) == len(set(names))


@pytest.mark.parametrize("kind", KINDS)
def test_the_levels_are_those_of_the_standard(kind: str) -> None:
    def mandatory(level: Level) -> set[str]:
        return {
            use.element.name
            for use in profile(kind).elements
            if use.assigned or (use.mandatory and level.demands(use.mandatory))
        }

    core = {"metadata_identifier", "identifier", "title", "abstract", "provider", "category"}
    assert mandatory(Level.CORE) == core
    assert mandatory(Level.STRICT) == core | {"issued", "keywords"}
    assert mandatory(Level.MINIMAL) == {"metadata_identifier", "identifier", "title"}
    assert mandatory(Level.FULL) > mandatory(Level.STRICT)
    assert profile(kind).elements[0].element.name == "metadata_identifier"


def test_the_twelve_core_elements_are_in_both_profiles() -> None:
    core = [e.name for e in dictionary().values() if e.clause.startswith("GB/T 21063.3-2007 ")]
    twelve = [
        name for name in core if "扩展" not in dictionary()[name].clause
    ]  # the extensions cite the same standard
    assert len(twelve) == 12
    for kind in KINDS:
        assert set(twelve) <= {use.element.name for use in profile(kind).elements}


@pytest.mark.parametrize("kind", KINDS)
def test_conditions_speak_of_elements_and_codes_that_are_there(kind: str) -> None:
    used = profile(kind)
    rules = [condition.rule for condition in used.conditions]
    assert len(rules) == len(set(rules))
    assert {"ground-when-withheld", "ground-when-not-shared"} <= set(rules)
    for condition in used.conditions:
        assert in_both_languages(condition.message)
        assert condition.suggestion is None or in_both_languages(condition.suggestion)
        assert condition.clause
        for path in condition.require:
            assert used.element(path)
        for path, values in condition.when:
            element = used.element(path)
            if element.codelist:
                assert all(codelist(element.codelist).get(value) for value in values)


@pytest.mark.parametrize("kind", KINDS)
def test_a_heading_means_one_element_only(kind: str) -> None:
    seen: dict[str, str] = {}
    for path, element in profile(kind).walk():
        for heading in element.headings:
            assert seen.setdefault(fold(heading), path) == path, heading
    others = load("headings.yaml")
    for heading in (*others["source_key"], *others["ignored"]):
        assert fold(str(heading)) not in seen


@pytest.mark.parametrize(
    ("kind", "name", "encoding"),
    [
        ("document", "real/documents.csv", "utf-8-sig"),
        ("non-document", "real/datasets.csv", "utf-8-sig"),
        ("document", "zh/state-council/documents.utf8.csv", "utf-8"),
    ],
)
def test_the_columns_of_bureaus_are_known(kind: str, name: str, encoding: str) -> None:
    with (fixtures() / name).open(encoding=encoding) as file:
        columns = next(csv.reader(file))
    assert [column for column in columns if fold(column) not in known(kind)] == []


def test_the_chinese_element_names_of_xml_are_known() -> None:
    path = fixtures() / "xml-national/state-council-zh-elements.xml"
    record = etree.parse(path, etree.XMLParser(resolve_entities=False)).getroot()[0]
    assert [child.tag for child in record if fold(str(child.tag)) not in known("document")] == []


def known(kind: str) -> set[str]:
    """Every heading that means an element of the kind, or the key of the source."""
    headings = {fold(text) for _, element in profile(kind).walk() for text in element.headings}
    return headings | {fold(str(text)) for text in load("headings.yaml")["source_key"]}
