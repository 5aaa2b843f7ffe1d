"""Formats: what is written is read back the same, and foreign files are read record by record."""

from __future__ import annotations

import io

from hypothesis import given, settings

from standards.descriptor import Descriptor
from standards.formats import national_xml
from standards.formats.records import Record
from standards.validation import validate
from tests.strategies import descriptors


def record(kind: str, values: dict[str, object]) -> Record:
    return Record("310A7-000001", "https://mulu.example/entries/1", Descriptor(kind, values))


@given(descriptors())
@settings(max_examples=200, deadline=None)
def test_national_xml_reads_what_it_writes(made):
    kind, values = made
    (parsed,) = national_xml.read(io.BytesIO(national_xml.write(record(kind, values))))
    assert parsed.kind == kind
    again = validate(kind, parsed.raw)
    assert dict(again.descriptor.values) == values
