"""XML schemas as interfaces use them (WSDL types, DescribeFeatureType), walked with bounds for the
data items. Nothing that is imported from elsewhere is fetched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lxml import etree

from standards.formats.described import Field
from standards.problems import Problem
from standards.profile import MANY
from standards.rules import problem

XSD = "http://www.w3.org/2001/XMLSchema"
CLAUSE = "XML Schema 1.0 §3.3"
DEEPEST = 4
_STEPS = 20_000
_KINDS = ("element", "complexType", "simpleType", "group", "attributeGroup")
_INNER = frozenset(
    {"complexType", "sequence", "all", "choice", "complexContent", "simpleContent", "extension"}
)
_NAMES = {
    "character": "string normalizedString token anyURI NMTOKEN ID language QName Name NCName",
    "integer": "int integer long short byte unsignedInt unsignedLong unsignedShort unsignedByte "
    "positiveInteger nonNegativeInteger negativeInteger nonPositiveInteger",
    "numeric": "decimal",
    "double": "double",
    "float": "float",
    "logical": "boolean",
    "date": "date",
    "datetime": "dateTime time",
    "general": "base64Binary hexBinary anyType",
}
_TYPES = {name: ours for ours, names in _NAMES.items() for name in names.split()}
Node = etree._Element


@dataclass
class XsdFields:
    """The schemas of one document."""

    schemas: Iterable[Node]
    noted: list[Problem] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._known: dict[tuple[str, str, str], Node] = {}
        for schema in self.schemas:
            space = schema.get("targetNamespace", "")
            for child in children(schema):
                if local(child) in _KINDS and child.get("name"):
                    self._known.setdefault((local(child), space, child.get("name", "")), child)

    def of_element(self, holder: Node, name: str) -> tuple[Field, ...]:
        """The data items of the element that a name in the document means."""
        found = self._named("element", holder, name)
        return () if found is None else self._fields(found)

    def of_local(self, name: str) -> tuple[Field, ...]:
        """The data items of the first element of that name, whatever its namespace."""
        named = (
            n for (kind, _, plain), n in self._known.items() if (kind, plain) == ("element", name)
        )
        found = next(named, None)
        return () if found is None else self._fields(found)

    def of_type(self, holder: Node, name: str, label: str) -> tuple[Field, ...]:
        """The data items of a type; of a simple one itself, under the label."""
        found = self._named("complexType", holder, name)
        if found is not None:
            return self._fields(found)
        kind, length = self._simple(holder, name)
        return (Field(label, kind, length, "", label),) if kind else ()

    def _fields(self, node: Node) -> tuple[Field, ...]:
        walk = _Walk(self)
        walk.into(node, "", frozenset())
        return tuple(walk.found.values())

    def content(self, node: Node) -> Node | None:
        """The complex type of an element, its own or a named one; None for a simple one."""
        inner = next((each for each in children(node) if local(each) == "complexType"), None)
        if inner is not None or local(node) != "element":
            return inner if inner is not None else node
        return self._named("complexType", node, node.get("type", ""))

    def referred(self, node: Node) -> Node:
        """The declaration that a reference (``ref``) leads to."""
        name = node.get("ref", "")
        found = self._named(local(node), node, name) if name else None
        return node if found is None else found

    def base(self, node: Node) -> Node | None:
        """The type that an extension builds on."""
        return self._named("complexType", node, node.get("base", ""))

    def item(self, node: Node, path: str) -> Field:
        """The data item that an element or attribute is."""
        kind, length = self._simple(node, node.get("type", ""))
        inner = next((each for each in children(node) if local(each) == "simpleType"), None)
        if inner is not None:
            kind, length = self._restricted(inner)
        return Field(path, kind, length, documentation(node), path)

    def _simple(self, holder: Node, name: str, hops: int = 8) -> tuple[str, int | None]:
        space, plain = _resolved(holder, name)
        if space == XSD:
            return _TYPES.get(plain, ""), None
        if "gml" in space and plain.endswith("PropertyType"):
            return "general", None
        found = self._known.get(("simpleType", space, plain))
        return self._restricted(found, hops) if found is not None else ("", None)

    def _restricted(self, simple: Node, hops: int = 8) -> tuple[str, int | None]:
        for each in children(simple):
            if local(each) == "restriction" and hops:
                kind, length = self._simple(each, each.get("base", ""), hops - 1)
                bounds = (b for b in children(each) if local(b) in ("maxLength", "length"))
                told = next((b.get("value", "") for b in bounds), "")
                return kind, int(told) if told.isdecimal() and 0 < len(told) < 9 else length
        return "", None

    def _named(self, kind: str, holder: Node, name: str) -> Node | None:
        space, plain = _resolved(holder, name)
        found = self._known.get((kind, space, plain))
        simple = self._known.get(("simpleType", space, plain))
        ours = space == XSD or "gml" in space
        if found is None and simple is None and name and not ours and len(self.noted) < 20:
            told = problem("reference-foreign", path=kind, clause=CLAUSE, value=name)
            self.noted.extend([told] if told not in self.noted else [])
        return found


@dataclass
class _Walk:
    schemas: XsdFields
    found: dict[str, Field] = field(default_factory=dict)
    steps: int = 0

    def into(self, node: Node, prefix: str, above: frozenset[Node]) -> None:
        """The elements and attributes within a type; of one that contains itself, once."""
        self.steps += 1
        held = self.schemas.content(self.schemas.referred(node))
        if held is None or held in above or self.steps > _STEPS or len(self.found) > MANY:
            return
        self._parts(held, prefix, above | {held}, DEEPEST * 3)

    def _parts(self, held: Node, prefix: str, above: frozenset[Node], left: int) -> None:
        base = self.schemas.base(held) if local(held) == "extension" else None
        if base is not None and base not in above and left:
            self._parts(base, prefix, above | {base}, left - 1)
        for child in children(held):
            if local(child) in ("element", "attribute"):
                self._item(child, prefix, above)
            elif local(child) in ("group", "attributeGroup"):
                group = self.schemas.referred(child)
                if group not in above and left:
                    self._parts(group, prefix, above | {group}, left - 1)
            elif local(child) in _INNER and left:
                self._parts(child, prefix, above, left - 1)

    def _item(self, child: Node, prefix: str, above: frozenset[Node]) -> None:
        told = self.schemas.referred(child)
        name = told.get("name") or child.get("ref", "").rpartition(":")[2]
        path, before = f"{prefix}{name}", len(self.found)
        if local(child) == "element" and path.count(".") < DEEPEST:
            self.into(told, f"{path}.", above)
        if name and len(self.found) == before:
            self.found.setdefault(path, self.schemas.item(told, path))


def local(node: Node) -> str:
    """A node's name without its namespace."""
    return etree.QName(node).localname if isinstance(node.tag, str) else ""


def children(node: Node | None, name: str = "") -> Iterator[Node]:
    """The elements directly inside a node, of that name if one is given."""
    for child in node if node is not None else ():
        if isinstance(child.tag, str) and (not name or local(child) == name):
            yield child


def documentation(node: Node) -> str:
    """What a schema or description says of a node in words."""
    holders = (node, *children(node, "annotation"))
    found = (told for holder in holders for told in children(holder, "documentation"))
    return "\n".join(" ".join("".join(map(str, told.itertext())).split()) for told in found)


def _resolved(holder: Node, name: str) -> tuple[str, str]:
    """The namespace and local part of a qualified name as it stands at a node."""
    prefix, _, plain = name.rpartition(":")
    return holder.nsmap.get(prefix or None) or "", plain
