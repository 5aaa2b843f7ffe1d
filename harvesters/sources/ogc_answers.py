"""What an OGC API Records server answers: where its records are, and pages of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

import orjson

from harvesters.faults import fault
from harvesters.fetched import Job
from harvesters.fetching import Answer
from harvesters.sources.xml_answers import described

_JSON = "application/json, application/geo+json;q=0.9, */*;q=0.1"
_DATA = frozenset({"data", "http://www.opengis.net/def/rel/ogc/1.0/data"})
_ITEMS = frozenset({"items", "http://www.opengis.net/def/rel/ogc/1.0/items"})
_TYPES = ("application/geo+json", "application/json", "")  # as links are preferred
_STARTS = ("offset", "startindex", "startIndex")
_FARTHEST = 3  # from the landing page by its collections to the items of one


@dataclass(frozen=True, slots=True)
class Items:
    """A page of records, with the address of the next."""

    features: tuple[Any, ...]
    matched: int | None = None
    following: str = ""


@dataclass(frozen=True, slots=True)
class Window:
    """Which records an address asks for, counted from 0."""

    start: int
    count: int


def discovered(job: Job) -> list[str]:
    """The addresses of the first page of each collection of records, found from the location on."""
    wish = str(job.options.get("collection", ""))
    found = [_sized(each, job) for each in _leads(job, job.location, wish, _FARTHEST)]
    if not found:
        raise fault("ogc-no-items", value=job.location)
    return list(dict.fromkeys(found))


def items(answer: Answer, origin: str) -> Items:
    """The records of a page. Raises HarvestFault for what is none, or leads to another host."""
    data = _json(answer)
    features = data.get("features")
    if not isinstance(features, list):
        raise fault("ogc-not-json", value=described(answer.body))
    matched = data.get("numberMatched")
    following = next(_links(data, answer.url, frozenset({"next"})), "")
    return Items(
        tuple(features),
        matched if isinstance(matched, int) and not isinstance(matched, bool) else None,
        _at_home(following, origin),
    )


def window(address: str, size: int) -> Window | None:
    """Which records an address asks for; None where it does not say from where on."""
    asked = dict(parse_qsl(urlsplit(address).query))
    start = next((asked[name] for name in _STARTS if name in asked), "")
    limit = asked.get("limit", str(size))
    return Window(int(start), int(limit)) if start.isdecimal() and limit.isdecimal() else None


def windowed(address: str, start: int, count: int) -> str:
    """The same address, asking for other records."""
    name = next((each for each in _STARTS if each in dict(_asked(address))), _STARTS[0])
    return _asking(address, {name: str(start), "limit": str(count)})


def _leads(job: Job, address: str, wish: str, steps: int) -> Iterator[str]:
    """From a landing page, its collections, one collection or items to items."""
    answer = job.fetcher.get(address, accept=_JSON)
    data = _json(answer)
    if isinstance(data.get("features"), list):
        yield address
    elif isinstance(data.get("collections"), list):
        for each in data["collections"]:
            if isinstance(each, Mapping) and _wanted(each, wish):
                link = next(_links(each, answer.url, _ITEMS), "")
                yield from [_at_home(link, job.location)] if link else []
    elif link := next(_links(data, answer.url, _ITEMS), ""):
        yield _at_home(link, job.location)
    elif (link := next(_links(data, answer.url, _DATA), "")) and steps:
        yield from _leads(job, _at_home(link, job.location), wish, steps - 1)


def _wanted(collection: Mapping[str, Any], wish: str) -> bool:
    """Whether a collection is the one that is wished; else, whether it may hold records."""
    if wish:
        return str(collection.get("id")) == wish
    return str(collection.get("itemType", "record")).lower() in {"record", "records"}


def _links(data: Mapping[str, Any], base: str, names: frozenset[str]) -> Iterator[str]:
    """The addresses behind links of these relations, those to GeoJSON and JSON first."""
    links = data.get("links")
    given = [each for each in links if isinstance(each, Mapping)] if isinstance(links, list) else []
    for each in sorted(given, key=_rank):
        if each.get("rel") in names and isinstance(each.get("href"), str):
            try:
                yield urljoin(base, each["href"])
            except ValueError:
                continue


def _rank(link: Mapping[str, Any]) -> int:
    kind = str(link.get("type", "")).partition(";")[0]
    return _TYPES.index(kind) if kind in _TYPES else len(_TYPES)


def _at_home(address: str, origin: str) -> str:
    """The address, if it does not leave the host of the source."""
    if address and urlsplit(address).hostname != urlsplit(origin).hostname:
        raise fault("ogc-elsewhere", value=address)
    return address


def _json(answer: Answer) -> Mapping[str, Any]:
    """The object that was answered. Bytes that cannot be decoded leave their mark in it."""
    try:
        data = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        data = _patient(answer.body)
    if not isinstance(data, dict):
        raise fault("ogc-not-json", value=described(answer.body))
    return data


def _patient(body: bytes) -> Any:
    try:
        return orjson.loads(body.decode("utf-8-sig", "replace"))
    except orjson.JSONDecodeError:
        raise fault("ogc-not-json", value=described(body)) from None


def _sized(address: str, job: Job) -> str:
    """The first page: with the size that is set, unless the location itself says one."""
    asked = dict(_asked(address))
    return (
        address
        if "limit" in asked
        else _asking(address, {"limit": str(job.options.get("page", 100))})
    )


def _asked(address: str) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(address).query, keep_blank_values=True)


def _asking(address: str, more: Mapping[str, str]) -> str:
    parts = urlsplit(address)
    return urlunsplit(parts._replace(query=urlencode(dict(_asked(address)) | dict(more))))
