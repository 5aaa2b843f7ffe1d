"""The XML Schema of Mulu's own format, generated from both profiles; it demands nothing, since what
is withheld from a reader may be any part.
"""

from __future__ import annotations

from functools import cache

from lxml import etree

from standards.formats.mulu_xml import ENTRY, NAMESPACE
from standards.profile import KINDS, Level, profile
from standards.xsd import XS, dates, documented, made, part

_ATTRIBUTES = {
    "identifier": "xs:string",
    "url": "xs:anyURI",
    "agency": "xs:string",
    "agencyName": "xs:string",
    "updated": "xs:dateTime",
    "digest": "xs:string",
}


@cache
def schema() -> bytes:
    """The schema as a document."""
    whole = {"targetNamespace": NAMESPACE, "elementFormDefault": "qualified"}
    names: dict[str | None, str] = {"xs": XS, None: NAMESPACE}
    root = etree.Element(f"{{{XS}}}schema", whole, names)  # type: ignore[arg-type]
    dates(root)
    entry = made(made(root, "element", name=ENTRY), "complexType")
    parts = made(entry, "sequence")
    origin = made(parts, "element", name="origin", minOccurs="0", maxOccurs="unbounded")
    hop = made(origin, "complexType")
    for name in ("node", "identifier"):
        made(hop, "attribute", name=name, type="xs:string", use="required")
    kinds = made(parts, "choice")
    for kind in KINDS:
        _kind(kinds, kind)
    for name, type_ in _ATTRIBUTES.items():
        made(entry, "attribute", name=name, type=type_)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)


def _kind(parent: etree._Element, kind: str) -> None:
    known = profile(kind)
    node = made(parent, "element", name=kind)
    documented(node, known.label, known.definition, "")
    parts = made(made(node, "complexType"), "sequence")
    for use in known.elements:
        part(parts, use.element, required=False, level=Level.MINIMAL)
