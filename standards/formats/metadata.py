"""The metadata formats that servers put into their answers, one XML element a record: which one it
is tells the namespace of the element, whatever the server calls it. A format is one line here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from lxml import etree

from standards.formats import dublin_core, iso, mulu_xml, national_xml
from standards.formats.records import Parsed

Read = Callable[[etree._Element, str | None, str], Parsed]
"""Element, kind if it is known, the record's key in its source if it is known -> raw values."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """A format of metadata: what its elements are called, `{namespace}name`, and what reads it."""

    name: str
    names: re.Pattern[str]
    read: Read


METADATA: tuple[Metadata, ...] = (
    Metadata(
        "iso19115-3",
        re.compile(r"\{https?://standards\.iso\.org/(?:iso/)?19115/-3/md[a-z]/[\d.]+\}MD_Metadata"),
        iso.read,
    ),
    Metadata(
        "iso19139",
        re.compile(r"\{http://www\.isotc211\.org/2005/gm[di]\}M[DI]_Metadata"),
        iso.read,
    ),
    Metadata(
        "csw-record",
        re.compile(r"\{http://www\.opengis\.net/cat/csw/[\d.]+\}(?:Summary|Brief)?Record"),
        dublin_core.read_csw,
    ),
    Metadata("mulu", re.compile(re.escape(f"{{{mulu_xml.NAMESPACE}}}entry")), mulu_xml.read),
    Metadata("national-xml", re.compile(r"(?:\{.*\})?metadata"), national_xml.read_element),
    Metadata(
        "oai_dc", re.compile(r"(?:\{.*\})?(?i:dc|oai_dc|qualifieddc|record)"), dublin_core.read
    ),
)
"""The formats, those that are told by a namespace before those that any namespace will do for."""


def metadata_of(element: etree._Element) -> Metadata | None:
    """The format of an element; None where it is none of ours."""
    name = str(element.tag)
    return next((each for each in METADATA if each.names.fullmatch(name)), None)
