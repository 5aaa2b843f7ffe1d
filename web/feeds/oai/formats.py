"""The metadata formats that are offered. Another one is a module in `standards/formats/` that
writes a record as text, and one line here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from standards.formats import dublin_core, mulu_xml
from standards.formats.records import Record

SCHEMA_ADDRESS = "/schemas/mulu-entry-1.xsd"


@dataclass(frozen=True, slots=True)
class Metadata:
    """A format: a ``schema`` of our own is told by its path here."""

    prefix: str
    namespace: str
    schema: str
    text_of: Callable[[Record], str]


FORMATS: tuple[Metadata, ...] = (
    Metadata(
        "oai_dc",
        dublin_core.OAI_DC,
        "http://www.openarchives.org/OAI/2.0/oai_dc.xsd",
        dublin_core.text_of,
    ),
    Metadata("mulu", mulu_xml.NAMESPACE, SCHEMA_ADDRESS, mulu_xml.text_of),
)


def by_prefix(prefix: str) -> Metadata | None:
    """The format that is called so."""
    return next((each for each in FORMATS if each.prefix == prefix), None)
