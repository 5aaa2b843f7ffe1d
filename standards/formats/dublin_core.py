"""Dublin Core as OAI-PMH (oai_dc) and CSW (csw:Record) carry it, out and in, by the crosswalk."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

from lxml import etree

from standards.formats.boxes import box_of, placed
from standards.formats.records import Parsed, Record
from standards.formats.terms import Bearing, bearings, held, texts
from standards.formats.xmltext import escaped
from standards.headings import gather
from standards.identifiers import SCHEMES
from standards.problems import Problem
from standards.profile import KINDS
from standards.reading.codes import match
from standards.reading.dates import iso
from standards.reading.scalars import usable
from standards.reading.texts import one_line
from standards.redactions import told
from standards.rules import problem

OAI_DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
DC = "http://purl.org/dc/elements/1.1/"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_LOCATION = f"{OAI_DC} http://www.openarchives.org/OAI/2.0/oai_dc.xsd"
_OPENING = (
    f'<oai_dc:dc xmlns:oai_dc="{OAI_DC}" xmlns:dc="{DC}" xmlns:xsi="{_XSI}" '
    f'xsi:schemaLocation="{_LOCATION}">'
)
_ALIKE = {
    "creator": "publisher",
    "source": "relation",
    "abstract": "description",
    "issued": "date",
    "spatial": "coverage",
    "accessrights": "rights",
}
_NO_DOCUMENTS = frozenset(
    {"dataset", "series", "nongeographicdataset", "collection", "service", "software", "tile"}
    | {"application", "image", "stillimage", "movingimage", "interactiveresource", "sound"}
    | {"数据集", "数据库", "数据接口"}
)
_NUMBERS = {"identifier", "relation"}
_JOINED = {"paragraph"}  # several descriptions are paragraphs of one
_MOST_PLACES = 1000
_LONGEST_NUMBER, _LONGEST_NAME = 200, 500
_ASKED_AGAIN = 4096
"""So many answers are remembered: each statement is held against both kinds, and many come again
in the next record."""


def write(record: Record) -> bytes:
    """The record as an oai_dc document."""
    root = element_of(record)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)


def element_of(record: Record) -> etree._Element:
    """The record's oai_dc element."""
    root = etree.Element(f"{{{OAI_DC}}}dc", nsmap={"oai_dc": OAI_DC, "dc": DC, "xsi": _XSI})
    root.set(f"{{{_XSI}}}schemaLocation", _LOCATION)
    for term, text in _statements(record):
        etree.SubElement(root, f"{{{DC}}}{term}").text = text
    return root


def text_of(record: Record) -> str:
    """The same as text, for lists that are long."""
    said = "".join(f"<dc:{term}>{escaped(text)}</dc:{term}>" for term, text in _statements(record))
    return f"{_OPENING}{said}</oai_dc:dc>"


def read(element: etree._Element, kind: str | None = None, key: str = "") -> Parsed:
    """The raw values that a Dublin Core element means, and the kind that it fits best.

    Where it fits both kinds as well the kind is None, and the values are read as a document's.
    The record's key in its source is no number of the resource.
    """
    said = [each for each in _said(element) if each[1] != key or each[0] not in _NUMBERS]
    chosen = kind or _kind(said)
    reading = chosen or KINDS[0]
    assigned = _assigned(reading, said)
    places = _places(assigned, _spots(element))
    raw = placed(reading, gather(reading, _flat(assigned)), box_of(element))
    lost = tuple(_lost_date(text) for text in _unread_dates(reading, said))
    return Parsed(raw, "", chosen, lost, places, key)


def read_csw(element: etree._Element, kind: str | None = None, key: str = "") -> Parsed:
    """The same of a csw:Record, whose first identifier is its key."""
    identifiers = (text for term, text in _said(element) if term == "identifier")
    return read(element, kind, key or next(identifiers, ""))


def _statements(record: Record) -> Iterator[tuple[str, str]]:
    seen: set[tuple[str, str]] = set()
    for bearing in bearings(record.descriptor.kind, "dc"):
        for text in _texts(record, bearing):
            if (bearing.term, text) not in seen:
                seen.add((bearing.term, text))
                yield bearing.term, text
    for redacted in told(record.descriptor):
        yield "rights", redacted.sentence.zh
    for text in (record.url, record.identifier):
        if text and ("identifier", text) not in seen:
            yield "identifier", text


def _texts(record: Record, bearing: Bearing) -> Iterable[str]:
    if bearing.term == "language":  # RFC 5646 tags, not names
        return (str(value) for value in held(record.descriptor, bearing))
    return texts(record.descriptor, bearing)


def _said(element: etree._Element) -> Iterator[tuple[str, str]]:
    for child in element.iter():
        if child is not element and isinstance(child.tag, str) and len(child) == 0:
            term = str(child.tag).rpartition("}")[2].lower()
            text = (child.text or "").strip()
            if text:
                term = _ALIKE.get(term, term)
                text = _bare_type(text) if term == "type" else text
                is_address = term == "identifier" and _is_address(text)
                yield ("relation" if is_address else term), text


def _unread_dates(kind: str, said: Sequence[tuple[str, str]]) -> Iterator[str]:
    """The dates that are none, so that no element takes them."""
    for term, text in said:
        dated = [each for each in _candidates(kind).get(term, ()) if each.element.type == "date"]
        if dated and not _has_place(kind, term, text):
            yield text


def _lost_date(text: str) -> Problem:
    return problem("date-unread", path="date", clause="DCMI Metadata Terms: date", value=text)


def _spots(element: etree._Element) -> dict[str, str]:
    """Where each text stands: XPath from the element, and line; the first of equal ones."""
    counts: dict[str, int] = {}
    spots: dict[str, str] = {}
    for child in element.iter():
        if child is not element and isinstance(child.tag, str) and len(child) == 0:
            name = f"{child.prefix}:{etree.QName(child).localname}" if child.prefix else child.tag
            counts[name] = counts.get(name, 0) + 1
            number = f"[{counts[name]}]" if counts[name] > 1 else ""
            spots.setdefault((child.text or "").strip(), f"/{name}{number} L{child.sourceline}")
    return spots


def _places(
    assigned: Mapping[str, tuple[Bearing, list[str]]], spots: Mapping[str, str]
) -> dict[str, str]:
    """Where what was read for each path stands; of several values each has its number."""
    places: dict[str, str] = {}
    for path, (bearing, found) in assigned.items():
        spot = [spots.get(text, "") for text in found]
        places.setdefault(path, spot[0])
        top, _, part = path.partition(".")
        if len(found) > 1 and bearing.element.type not in _JOINED:
            for at, each in enumerate(spot[:_MOST_PLACES]):
                places[f"{path}[{at}]" if not part else f"{top}[{at}].{part}"] = each
    return {path: spot for path, spot in places.items() if spot}


def _bare_type(text: str) -> str:
    """A type of the DCMI vocabulary by its name alone."""
    return text.rpartition("/")[2] if _is_address(text) else text


def _assigned(
    kind: str, said: Iterable[tuple[str, str]]
) -> Mapping[str, tuple[Bearing, list[str]]]:
    """Each statement at the first element that its term stands for and its value fits."""
    found: dict[str, tuple[Bearing, list[str]]] = {}
    for term, text in said:
        bearing = _fitting(kind, term, text, found)
        if bearing is not None:
            found.setdefault(bearing.path, (bearing, []))[1].append(text)
    return found


def _fitting(
    kind: str, term: str, text: str, taken: Mapping[str, tuple[Bearing, list[str]]]
) -> Bearing | None:
    candidates = _candidates(kind).get(term, ())
    for bearing in candidates:
        if _free(bearing, taken) and _fits(bearing, text):
            return bearing
    return next((each for each in candidates if each.element.open and _free(each, taken)), None)


def _free(bearing: Bearing, taken: Mapping[str, object]) -> bool:
    many = bearing.element.many or (bearing.group is not None and bearing.group.many)
    return many or bearing.path not in taken or bearing.element.type in _JOINED


def _fits(bearing: Bearing, text: str) -> bool:
    if bearing.group is not None and bearing.group.codelists:
        return len(text) <= _LONGEST_NAME and _is_class(bearing.group.codelists, text)
    return _TESTS.get(bearing.element.type, _always)(bearing, text)


@lru_cache(maxsize=_ASKED_AGAIN)
def _is_class(names: tuple[str, ...], text: str) -> bool:
    return any(match(name, one_line(text)) for name in names)


def _is_number(bearing: Bearing, text: str) -> bool:
    return len(text) <= _LONGEST_NUMBER and _is_of(bearing.element.scheme or "", text)


@lru_cache(maxsize=_ASKED_AGAIN)
def _is_of(scheme: str, text: str) -> bool:
    known = SCHEMES[scheme]
    return known.problem(known.normalise(text)) is None


def _is_code(bearing: Bearing, text: str) -> bool:
    return bool(bearing.element.codelist and match(bearing.element.codelist, one_line(text)))


def _always(_bearing: Bearing, _text: str) -> bool:
    return True


def _is_address(text: str) -> bool:
    return text.lower().startswith(("http://", "https://", "ftp://")) and usable(text)


_TESTS: Mapping[str, Callable[[Bearing, str], bool]] = {
    "identifier": _is_number,
    "code": _is_code,
    "uri": lambda _bearing, text: usable(text),
    "date": lambda _bearing, text: iso(text) is not None,
}


@cache
def _candidates(kind: str) -> Mapping[str, tuple[Bearing, ...]]:
    """The elements of each term, those that take anything last."""
    found: dict[str, list[Bearing]] = {}
    for bearing in bearings(kind, "dc"):
        found.setdefault(bearing.term, []).append(bearing)
    return {term: tuple(sorted(each, key=_generosity)) for term, each in found.items()}


def _generosity(bearing: Bearing) -> bool:
    classes = bearing.group is not None and bool(bearing.group.codelists)
    return bearing.element.type not in _TESTS and not classes


def _kind(said: Sequence[tuple[str, str]]) -> str | None:
    document, other = KINDS
    if any(term == "type" and text.lower() in _NO_DOCUMENTS for term, text in said):
        return other
    fit = {kind: sum(_has_place(kind, *each) for each in said) for kind in KINDS}
    if fit[document] != fit[other]:
        return max(KINDS, key=lambda kind: fit[kind])
    is_text = any(term == "type" and text.lower() == "text" for term, text in said)
    return document if is_text else None


def _has_place(kind: str, term: str, text: str) -> bool:
    candidates = _candidates(kind).get(term, ())
    return term in _open_terms(kind) or any(_fits(bearing, text) for bearing in candidates)


@cache
def _open_terms(kind: str) -> frozenset[str]:
    """The terms of which an element takes whatever text there is."""
    terms = _candidates(kind).items()
    return frozenset(term for term, each in terms if any(map(_generosity, each)))


def _flat(reading: Mapping[str, tuple[Bearing, list[str]]]) -> Iterator[tuple[str, Any]]:
    for path, (bearing, found) in reading.items():
        if bearing.element.type in _JOINED:
            yield path, "\n".join(found)
        elif len(found) == 1:
            yield path, found[0]
        else:
            yield path, found
