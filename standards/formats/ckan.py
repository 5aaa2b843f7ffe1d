"""A package of CKAN (and of DKAN, which speaks alike), read as DCAT by the table of its names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from standards.formats import dcat_reading
from standards.formats.data_json import source_of
from standards.formats.dcat_reading import Resource
from standards.formats.records import Parsed
from standards.formats.things import MOST, Said, Thing, Value, tables, values_of
from standards.profile import KINDS
from standards.reading.markup import plain
from standards.reading.texts import clean, written

Json = Mapping[str, Any]


def read(package: Json, site: str = "", kind: str | None = None) -> Resource:
    """One package; `site` is the address of the portal, at which it has its page."""
    thing = _thing(package, site)
    chosen = kind or KINDS[-1]
    raw, problems = dcat_reading.read(thing, chosen)
    return Resource(Parsed(raw, "", chosen, problems), id_of(package), "", source_of(package))


def id_of(package: Json) -> str:
    """What the package is known by: its id, else its name."""
    return next((text for key in ("id", "name") if (text := _text(package.get(key)))), "")


def gone(package: Json) -> bool:
    """Whether the package was deleted, is only a draft, or is for the organization alone."""
    state = _text(package.get("state")).lower()
    return state in ("deleted", "draft") or hidden(package)


def hidden(package: Json) -> bool:
    """Whether it is kept from the public though it is there."""
    return _text(package.get("private")).lower() == "true" or (
        _text(package.get("state")).lower() == "draft"
    )


def modified(package: Json) -> str:
    """The moment of its last change, as the portal writes it: UTC without a zone."""
    return _text(package.get("metadata_modified"))


def _thing(package: Json, site: str) -> Thing:
    fields = _Fields(package)
    said = {term: fields.first(paths) for term, paths in tables()["ckan"].items()}
    for term, parts in tables()["ckan_nodes"].items():
        held = {part: fields.first(paths) for part, paths in parts.items()}
        said[term] = (_node(held),) if any(held.values()) else ()
    said["dct:spatial"] = (*said["dct:spatial"], *_place(fields))
    said["dcat:distribution"] = tuple(_distributions(package.get("resources")))
    said["mulu:open"] = fields.first(["isopen"])
    if site and (name := _text(package.get("name")) or id_of(package)):
        said["dcat:landingPage"] = (Said(f"{site}/dataset/{name}"), *said["dcat:landingPage"])
    return _node(said)


def _place(fields: _Fields) -> Iterator[Thing]:
    """A name and the four sides, where they stand in fields of their own."""
    sides = [_said_text(fields.first([name])) for name in tables()["ckan_box"]]
    held = {term: fields.first(paths) for term, paths in tables()["ckan_place"].items()}
    if all(sides):
        held["dcat:bbox"] = (Said(",".join(sides)),)
    if any(held.values()):
        yield _node(held)


def _distributions(resources: Any) -> Iterator[Thing]:
    for each in resources[:MOST] if isinstance(resources, list) else ():
        if isinstance(each, Mapping) and _text(each.get("state")).lower() != "deleted":
            fields = _Fields(each)
            table = tables()["ckan_resource"]
            yield _node({term: fields.first(paths) for term, paths in table.items()})


def _node(held: Mapping[str, tuple[Value, ...]]) -> Thing:
    return Thing(said={term: values for term, values in held.items() if values})


class _Fields:
    """The fields of a package: its own, those in other languages, and its extras."""

    def __init__(self, data: Json) -> None:
        self._data = data
        extras = data.get("extras")
        self._extras: dict[str, Any] = dict(extras) if isinstance(extras, Mapping) else {}
        for each in extras[:MOST] if isinstance(extras, list) else ():
            if isinstance(each, Mapping) and isinstance(each.get("key"), str):
                self._extras.setdefault(each["key"], each.get("value"))

    def first(self, paths: list[str]) -> tuple[Value, ...]:
        """The values at the first of the paths that has any."""
        return next((found for path in paths if (found := tuple(self._at(path)))), ())

    def _at(self, path: str) -> Iterator[Value]:
        top, _, below = path.partition("/")
        for source in (f"{top}_translated", top):
            held = self._data.get(source, self._extras.get(source))
            if held in (None, "", [], {}):
                continue
            for each in held[:MOST] if isinstance(held, list) else (held,):
                inner = each.get(below) if below and isinstance(each, Mapping) else None
                yield from values_of(inner if below else each)
            return


def _text(value: Any) -> str:
    return clean(written(value) or "")


def _said_text(values: tuple[Value, ...]) -> str:
    first = next(iter(values), None)
    return plain(first.text) if isinstance(first, Said) else ""
