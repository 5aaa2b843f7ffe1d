"""Where DCAT says something differently from the crosswalk's path: places, addresses, endpoints,
licences and access rights, each read by a function of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

from standards.codelists import codelist
from standards.formats.things import MOST, Said, Thing, Value, local_name, tables, texts_of
from standards.profile import Element
from standards.reading.boxes import bounds, looks_spatial
from standards.reading.codes import match
from standards.reading.dates import iso
from standards.reading.markup import plain
from standards.reading.scalars import usable
from standards.reading.texts import one_line
from standards.reading.unfilled import is_template

Say = Callable[[str, Element, str], None]
_SAFE = "%/:=&?~#+!$,;'@()*[]-._"
_MOST_LINKS = 50
_ENDPOINT = ("dcat:endpointURL", "dct:conformsTo", "dct:accessRights")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*")
_OPEN = re.compile(
    r"creative\s?commons|\bcc[-_ ]?(?:by|0|zero)|public\s?domain|opendatacommons"
    r"|\bodbl\b|\bpddl\b|\bodc[-_]|licence[-_ ]ouverte|open[-_ ](?:government[-_ ])?licen[cs]e"
    r"|\bogl\b|etalab|\bdl-de|开放许可",
    re.IGNORECASE,
)
_REPEATING = re.compile(r"R\d*/", re.IGNORECASE)


def forms(text: str) -> Iterator[str]:
    """Other ways in which a code may be meant: half of a media type, a repeating interval."""
    yield text.strip(".").lower()
    if "://" in text:
        yield local_name(text)
    if _REPEATING.match(text):
        yield _REPEATING.sub("", text, count=1)
    if text.count("/") == 1:
        yield text.partition("/")[2]


def address(text: str, element: Element, say: Say) -> str | None:
    """A usable address; what no address may hold is escaped, with a warning."""
    if not text:
        return None
    if is_template(text):
        say("unfilled", element, text)
        return None
    if usable(text):
        return text
    mended = quote(text, safe=_SAFE)
    mended = f"http://{mended}" if mended.lower().startswith("www.") else mended
    usable_now = usable(mended) and ":" in text
    say("address-mended" if usable_now else "left-out", element, text)
    return mended if usable_now else None


def _links(thing: Thing, element: Element, say: Say) -> list[str]:
    """The landing page, then the files."""
    paths = ("dcat:landingPage", *(f"dcat:distribution/{each}" for each in tables()["downloads"]))
    found: dict[str, None] = {}
    for path in paths:
        for value in list(thing.at(path))[:MOST]:
            text = address_of(value)
            if text.startswith("file:"):  # relative in a file: it leads nowhere
                continue
            good = address(text, element, say)
            if good and len(good) <= element.max_length:
                found.setdefault(good)
    return list(found)[:_MOST_LINKS]


def address_of(value: Value) -> str:
    """The address that a value is or has."""
    if isinstance(value, Said):
        return value.text.strip()
    texts = (each.text for each in texts_of(value))
    return value.iri or next((text for text in texts if usable(text)), "")


def _place(thing: Thing, element: Element, say: Say) -> dict[str, Any]:
    """Divisions that are known, the first name, and the first box that lies on the earth."""
    found: dict[str, Any] = {}
    divisions: dict[str, None] = {}
    division = element.child(element.from_text or "")
    name = next(each for each in element.children if each.term("dcat") == "rdfs:label")
    wrong: list[str] = []
    for value in list(thing.at("dct:spatial"))[:MOST]:
        for text in _geometries(value):
            box = bounds(text) if "west" not in found else None
            if box is not None:
                found |= box._asdict()
            wrong.append(text.strip())
        for text in _names(value):
            code = match(division.codelist or "", text)
            if code is not None:
                divisions.setdefault(code.code)
            elif not usable(text) and len(text) <= name.max_length:
                found.setdefault(name.name, text)
                break
    for text in wrong if "west" not in found else ():
        say("unfilled" if is_template(text) else "left-out", element, text)
    if divisions:
        found[division.name] = list(divisions)
    return found


def _geometries(value: Value) -> Iterator[str]:
    if isinstance(value, Said):
        if looks_spatial(value.text) or bounds(value.text):
            yield value.text
        return
    for term in tables()["geometries"]:
        for each in value.said.get(term, ())[:MOST]:
            if isinstance(each, Said):
                yield each.text


def _names(value: Value) -> Iterator[str]:
    if isinstance(value, Thing):
        labels = ("dct:identifier", *tables()["labels"])
        said = (each for term in labels for each in value.said.get(term, ()))
        yield from (one_line(each.text) for each in said if isinstance(each, Said))
    elif not (looks_spatial(value.text) or bounds(value.text) or is_template(value.text)):
        yield one_line(plain(value.text))


def _period(thing: Thing, element: Element, say: Say) -> dict[str, Any]:
    """The first period of which at least one end is a date."""
    ends = [each for each in element.children if each.type == "date"]
    for value in list(thing.at("dct:temporal"))[:MOST]:
        texts = list(_ends(value, ends))
        dates = [iso(text) for text in texts]
        if any(dates):
            return {end.name: date for end, date in zip(ends, dates, strict=False) if date}
        for text in filter(None, texts):
            say("left-out", element, text)
    return {}


def _ends(value: Value, ends: list[Element]) -> Iterator[str]:
    if isinstance(value, Said):
        parts = value.text.split("/") if iso(value.text.strip()) is None else [value.text]
        yield from (part.strip() for part in parts[: len(ends)])
        return
    for end in ends:
        found = next(value.at(end.term("dcat") or ""), None)
        yield next((each.text.strip() for each in texts_of(found)), "") if found else ""


def _licence(thing: Thing, element: Element, say: Say) -> dict[str, Any]:
    """A licence known to be open says that the resource is; of others we cannot tell."""
    condition = next(each for each in element.children if each.term("dcat") == "dct:description")
    is_open = any(_said(value) == "true" for value in thing.all("mulu:open"))
    values = (*thing.at("dct:license"), *thing.at("dcat:distribution/dct:license"))
    for value in values[:MOST]:
        texts = [text for text in map(one_line, _licence_texts(value)) if text]
        if texts and (is_open or any(_OPEN.search(text) for text in texts)):
            return {element.from_text or "": True, condition.name: texts[0][: condition.max_length]}
    return {}


def _licence_texts(value: Value) -> Iterator[str]:
    if isinstance(value, Said):
        yield plain(value.text)
        return
    for term in ("dct:description", *tables()["labels"]):
        yield from (plain(each.text) for each in value.said.get(term, ()) if isinstance(each, Said))
    yield value.iri


def _access(thing: Thing, element: Element, say: Say) -> dict[str, Any]:
    """Access rights whose meaning is ours too; what is not public elsewhere is undetermined here,
    for its ground is not told."""
    chief = element.child(element.from_text or "")
    known: Mapping[str, str] = tables()["access"]
    for value in list(thing.at("dct:accessRights"))[:MOST]:
        for each in texts_of(value):
            text = one_line(each.text)
            found = match(chief.codelist or "", text)
            code = known.get(text) or (found.code if found else None)
            if code is not None:
                return {chief.name: code}
    return {}


def _service(thing: Thing, element: Element, say: Say) -> dict[str, Any]:
    """The endpoint: an access service, else a distribution that is one by its format."""
    parts = {each.term("dcat"): each for each in element.children}
    url, kind, condition = (parts[term] for term in _ENDPOINT)
    for value in list(thing.at("dcat:distribution/dcat:accessService"))[:MOST]:
        for held in value.at("dcat:endpointURL") if isinstance(value, Thing) else ():
            good = address(address_of(held), url, say)
            if good and isinstance(value, Thing):
                protocol = _protocol(kind, _words(value, good)) or tables()["protocol"]
                terms = [_said(each) for each in value.at("dct:accessRights")]
                more = {condition.name: terms[0]} if terms and terms[0] else {}
                return {url.name: good, kind.name: protocol, **more}
    for value in list(thing.at("dcat:distribution"))[:MOST]:
        if isinstance(value, Thing):
            texts = [each.text for form in value.at("dct:format") for each in texts_of(form)]
            protocol = _protocol(kind, texts)
            good = next((address_of(each) for each in value.at("dcat:accessURL")), "")
            if protocol and usable(good):
                return {url.name: good, kind.name: protocol}
    return {}


def _words(service: Thing, endpoint: str) -> Iterator[str]:
    for path in ("dct:conformsTo", "dct:type", "dct:title", "dcat:endpointDescription"):
        for value in service.at(path):
            yield from (each.text for each in texts_of(value))
    yield endpoint


def _protocol(kind: Element, texts: Any) -> str | None:
    """The protocol between machines that one of the texts names, as a whole or by a word."""
    for text in texts:
        for word in (one_line(text), *_WORD.findall(text)[:50]):
            found = match(kind.codelist or "", word)
            if found is not None and found.code in _interfaces(kind):
                return found.code
    return None


def _interfaces(kind: Element) -> frozenset[str]:
    """The protocols that are asked, not downloaded."""
    codes = codelist(kind.codelist or "").codes
    never = tables()["no_endpoint"]
    return frozenset(
        each.code for each in codes if each.extra.get("machine") and each.code not in never
    )


def _said(value: Value) -> str:
    return next((one_line(each.text) for each in texts_of(value)), "")


SPECIAL: Mapping[str, Callable[[Thing, Element, Say], Any]] = {
    "dcat:landingPage": _links,
    "dct:spatial": _place,
    "dct:temporal": _period,
    "dcat:distribution/dct:license": _licence,
    "dct:accessRights": _access,
    "dcat:distribution/dcat:accessService": _service,
}
"""The readers by the path of the top element that they read."""
