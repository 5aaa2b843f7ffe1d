"""The XML Schema of national XML, generated from a profile: every file we write is valid by it."""

from __future__ import annotations

from lxml import etree

from standards.codelists import CodeList, codelist
from standards.formats.national_xml import COLLECTION, KIND, RECORD
from standards.problems import Text
from standards.profile import Element, Level, Use, profile

XS = "http://www.w3.org/2001/XMLSchema"
_XML = "http://www.w3.org/XML/1998/namespace"
_DATE = "isoDate"
_ADDRESS = r"[A-Za-z][A-Za-z0-9+.\-]*:\S+"


def schema(kind: str, level: Level = Level.MINIMAL) -> bytes:
    """The schema of a kind, demanding what the level demands."""
    root = etree.Element(f"{{{XS}}}schema", {"elementFormDefault": "qualified"}, {"xs": XS})
    known = profile(kind)
    documented(root, known.label, known.definition, "")
    dates(root)
    record = made(root, "element", name=RECORD)
    whole = made(record, "complexType")
    parts = made(whole, "sequence")
    for use in known.elements:
        part(parts, use.element, required=_demanded(use, level), level=level)
    made(whole, "attribute", name=KIND, type="xs:string", fixed=kind)
    many = made(made(root, "element", name=COLLECTION), "complexType")
    made(made(many, "sequence"), "element", ref=RECORD, minOccurs="0", maxOccurs="unbounded")
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)


def _demanded(use: Use, level: Level) -> bool:
    return use.mandatory is not None and level.demands(use.mandatory)


def part(parent: etree._Element, element: Element, *, required: bool, level: Level) -> None:
    """What an element holds, among the parts of its parent."""
    attributes = {"name": element.short, "minOccurs": "1" if required else "0"}
    if element.many:
        attributes["maxOccurs"] = str(element.max)
    node = made(parent, "element", **attributes)
    documented(node, element.label, element.definition, element.clause)
    if not element.children:
        _simple(node, element)
        return
    parts = made(made(node, "complexType"), "sequence")
    for child in element.children:
        whole = child.mandatory and level.demands(Level.CORE)
        part(parts, child, required=whole, level=level)


def _simple(node: etree._Element, element: Element) -> None:
    """The type of a leaf, inline."""
    listed = codelist(element.codelist) if element.codelist else None
    if element.type == "date":
        node.set("type", _DATE)
    elif element.type == "boolean":
        node.set("type", "xs:boolean")
    elif element.type in {"number", "integer"}:
        _number(node, element)
    elif listed is not None and not listed.open:
        _codes(node, listed)
    else:
        limits = _restriction(node, "xs:string")
        if element.type == "uri":
            made(limits, "pattern", value=_ADDRESS)
        made(limits, "minLength", value="1")
        made(limits, "maxLength", value=str(element.max_length))


def _number(node: etree._Element, element: Element) -> None:
    limits = _restriction(node, "xs:integer" if element.type == "integer" else "xs:double")
    if element.minimum is not None:
        made(limits, "minInclusive", value=str(element.minimum))
    if element.maximum is not None:
        made(limits, "maxInclusive", value=str(element.maximum))


def _codes(node: etree._Element, listed: CodeList) -> None:
    limits = _restriction(node, "xs:string")
    for code in listed.codes:
        documented(made(limits, "enumeration", value=code.code), code.label, None, "")


def dates(root: etree._Element) -> None:
    """A day, or a month or year where no more is known (GB/T 7408)."""
    named = made(root, "simpleType", name=_DATE)
    made(named, "union", memberTypes="xs:date xs:gYearMonth xs:gYear")


def _restriction(node: etree._Element, base: str) -> etree._Element:
    return made(made(node, "simpleType"), "restriction", base=base)


def documented(node: etree._Element, label: Text, definition: Text | None, clause: str) -> None:
    """Say in both languages what a node is."""
    note = made(node, "annotation")
    for language, name in (("zh", label.zh), ("en", label.en)):
        said = definition.in_language(language) if definition else ""
        text = made(note, "documentation")
        text.set(f"{{{_XML}}}lang", language)
        text.text = " ".join(part for part in (name, said, clause) if part)


def made(parent: etree._Element, name: str, /, **attributes: str) -> etree._Element:
    """A new node of a schema at the end of its parent."""
    return etree.SubElement(parent, f"{{{XS}}}{name}", attributes)
