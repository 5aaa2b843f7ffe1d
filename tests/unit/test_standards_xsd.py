"""The generated schema: it accepts every record that we write, and refuses what is none."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from lxml import etree

from standards import xsd
from standards.descriptor import Descriptor
from standards.formats import Record, national_xml
from standards.profile import KINDS, Level, profile
from tests.strategies import descriptors


@cache
def schema(kind: str, level: Level = Level.MINIMAL) -> etree.XMLSchema:
    return etree.XMLSchema(etree.fromstring(xsd.schema(kind, level)))


@given(descriptors())
@settings(max_examples=150, deadline=None)
def test_every_record_we_write_is_valid(made):
    kind, values = made
    root = etree.fromstring(national_xml.write(Record("x", "", Descriptor(kind, values))))
    assert schema(kind).validate(root), schema(kind).error_log


def test_a_collection_is_valid_too():
    made = Record("x", "", Descriptor("document", {"title": "好", "issued": "2009-03"}))
    root = etree.fromstring(b"".join(national_xml.write_all([made, made])))
    assert schema("document").validate(root), schema("document").error_log


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"title": "好", "issued": "昨天"},
        {"title": "好", "disclosure": {"attribute": "secret"}},
        {"title": "好", "online": ["无"]},
        {"title": "好", "place": {"west": 181}},
        {"title": "长" * 501},
    ],
)
def test_what_is_no_record_is_refused(values):
    root = etree.fromstring(national_xml.write(Record("x", "", Descriptor("document", values))))
    assert not schema("document").validate(root)


@pytest.mark.parametrize("kind", KINDS)
def test_a_level_demands_its_elements(kind):
    names = {"xs": "http://www.w3.org/2001/XMLSchema"}
    for level in Level:
        root = etree.fromstring(xsd.schema(kind, level))
        top = root.xpath(
            "xs:element[@name='metadata']/xs:complexType/xs:sequence/xs:element", namespaces=names
        )
        demanded = {each.get("name") for each in top if each.get("minOccurs") == "1"}
        assert demanded == {
            use.element.short
            for use in profile(kind).elements
            if use.mandatory is not None and level.demands(use.mandatory)
        }


@pytest.mark.parametrize("kind", KINDS)
def test_every_element_is_explained_in_both_languages(kind):
    text = xsd.schema(kind).decode()
    for _, element in profile(kind).walk():
        assert element.label.zh in text
        assert element.label.en in text
