"""WSDL 1.1 and 2.0: each operation of a web service is a resource with what it answers as items."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml import etree

from standards.formats.described import Described, Field, NotUnderstood, address, lines
from standards.formats.xsd_fields import XsdFields, children, documentation, local
from standards.rules import problem
from standards.xmlparser import parse

CLAUSE = "WSDL 1.1 §2"
MOST_OPERATIONS = 20_000
_ROOTS = {"definitions": "portType", "description": "interface"}
_PROTOCOL = "soap"
Node = etree._Element


def read(data: bytes, location: str = "") -> Iterator[Described]:
    """The operations of a description in its own order. Raises NotUnderstood or XmlFault."""
    root = parse(data)
    interface = _ROOTS.get(local(root))
    if interface is None:
        raise NotUnderstood("wsdl-unknown", local(root), CLAUSE)
    reading = _Reading(root, _schemas(root), location)
    met: set[str] = set()
    for port_type in children(root, interface):
        for operation in children(port_type, "operation"):
            if len(met) >= MOST_OPERATIONS:
                told = str(len(met))
                raise NotUnderstood("too-many-described", told, CLAUSE, limit=MOST_OPERATIONS)
            yield reading.operation(port_type, operation, met)


@dataclass(frozen=True)
class _Reading:
    root: Node
    schemas: XsdFields
    location: str

    def operation(self, port_type: Node, operation: Node, met: set[str]) -> Described:
        """One operation; of those that share a name each is told by its input too."""
        name, holder = operation.get("name", ""), port_type.get("name", "")
        key = f"{holder}.{name}"
        if key in met:
            given = next(children(operation, "input"), operation)
            key = f"{key}({given.get('name') or given.get('message', '')})"
        met.add(key)
        before = len(self.schemas.noted)
        fields = self._fields(operation)
        noted = self.schemas.noted[before:]
        service, url = self._endpoint(holder)
        if not url:
            value = self._address_of(holder) or "∅"
            noted.append(problem("endpoint-unknown", path=holder, clause=CLAUSE, value=value))
        title = name or key
        said = {
            "title": f"{service}：{title}" if service else title,
            "abstract": lines(documentation(operation), documentation(self.root), key),
            "endpoint.url": address(url) if url else None,
            "endpoint.protocol": _PROTOCOL if url else None,
            "formats": [_PROTOCOL, "xml"],
        }
        raw = etree.tostring(operation, encoding="unicode", with_tail=False)[:20_000]
        line = f" L{operation.sourceline}" if operation.sourceline else ""
        place = f"/{local(port_type)}[{holder}]/operation[{name}]{line}"
        return Described(f"operation:{key}", place, said, fields, {}, tuple(noted), raw)

    def _fields(self, operation: Node) -> tuple[Field, ...]:
        """The items of the answer; of the question where nothing is answered."""
        for direction in ("output", "input"):
            for message in children(operation, direction):
                if found := self._parts(message):
                    return found
        return ()

    def _parts(self, message: Node) -> tuple[Field, ...]:
        if message.get("element"):  # WSDL 2.0
            return self.schemas.of_element(message, message.get("element", ""))
        wanted = message.get("message", "").rpartition(":")[2]
        named = (m for m in children(self.root, "message") if m.get("name") == wanted)
        found: list[Field] = []
        for part in children(next(named, None), "part"):
            if part.get("element"):
                found.extend(self.schemas.of_element(part, part.get("element", "")))
            else:
                label = part.get("name", "")
                found.extend(self.schemas.of_type(part, part.get("type", ""), label))
        return tuple(found)

    def _endpoint(self, port_type: str) -> tuple[str, str]:
        """The service that offers a port type, and the address where it is."""
        url = self._address_of(port_type)
        good = urlsplit(url).scheme in ("http", "https")
        service = next(iter(children(self.root, "service")), None)
        return (service.get("name", "") if service is not None else ""), url if good else ""

    def _address_of(self, port_type: str) -> str:
        bound = {
            each.get("name", "")
            for each in children(self.root, "binding")
            if (each.get("type") or each.get("interface") or "").rpartition(":")[2] == port_type
        }
        ports = [
            port
            for service in children(self.root, "service")
            for port in children(service)
            if local(port) in ("port", "endpoint")
            and port.get("binding", "").rpartition(":")[2] in bound
        ]
        found = [port.get("address", "") or _location(port) for port in ports]
        return next((each for each in found if each), "")


def _location(port: Node) -> str:
    return next((each.get("location", "") for each in children(port, "address")), "")


def _schemas(root: Node) -> XsdFields:
    held = (schema for types in children(root, "types") for schema in children(types, "schema"))
    return XsdFields(list(held))
