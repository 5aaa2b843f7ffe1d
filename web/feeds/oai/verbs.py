"""The verbs answered, each from one snapshot of the database and for the public alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from catalog import agencies, listing, origins
from catalog.agencies import AgencyView
from catalog.exposure import Tier
from catalog.listing import Selection, Session, Shown
from standards.formats import provenance
from standards.formats.records import Record
from web.feeds.oai import answers, sets, tokens
from web.feeds.oai.answers import Head, Repository
from web.feeds.oai.arguments import Asked, OaiFault, span
from web.feeds.oai.formats import FORMATS, Metadata, by_prefix
from web.feeds.oai.tokens import Place

TIER = Tier.PUBLIC
RECORDS, HEADS, SETS = 500, 2000, 1000
"""So much of a list is told at once."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What an answer is made from."""

    session: Session
    repository: Repository
    base: str
    secret: str
    node: str
    passes_on: bool
    """Whether others are told of what came from elsewhere."""


def answered(desk: Desk, asked: Asked) -> str:
    """The answer's body; raises OaiFault."""
    return _VERBS[asked.verb](desk, asked)


def _identify(desk: Desk, _asked: Asked) -> str:
    return answers.identify(desk.repository, listing.earliest(desk.session, TIER))


def _list_formats(desk: Desk, asked: Asked) -> str:
    if "identifier" in asked.arguments:
        _one(desk, asked.arguments["identifier"])
    return answers.formats(FORMATS, desk.base)


def _list_sets(desk: Desk, asked: Asked) -> str:
    place = _place(desk, asked) or Place(asked.verb)
    rest = [each for each in sets.every(agencies.every(desk.session)) if each.spec > place.name]
    told = rest[:SETS]
    resumption = ""
    if len(rest) > SETS:
        resumption = _resumption(desk, place, replace(place, name=told[-1].spec))
    elif asked.token:
        resumption = answers.resumption("", {})
    return answers.sets(told, resumption)


def _get_record(desk: Desk, asked: Asked) -> str:
    shown = _one(desk, asked.arguments["identifier"])
    write = _format(asked.arguments)
    pieces = _records(desk, [shown], write)
    return answers.listing(asked.verb, pieces, "")


def _list(desk: Desk, asked: Asked) -> str:
    place = _place(desk, asked) or Place(
        asked.verb, asked.arguments, last=listing.head(desk.session, TIER)
    )
    write, whole = _format(place.arguments), asked.verb == "ListRecords"
    size = RECORDS if whole else HEADS
    chosen = _selection(desk, place.arguments)
    found = listing.page(desk.session, TIER, chosen, place.after, place.last, size + 1, whole)
    if not found:
        raise OaiFault("noRecordsMatch", "There is none such.")
    told = _passed_on(desk, found[:size])
    resumption = ""
    if len(found) > size:
        onward = replace(place, after=told[-1].number, sent=place.sent + len(told))
        resumption = _resumption(desk, place, onward, chosen)
    elif asked.token:
        resumption = answers.resumption("", _facts(place, chosen))
    pieces = _records(desk, told, write) if whole else map(answers.head, _heads(desk, told))
    return answers.listing(asked.verb, pieces, resumption)


_VERBS: Mapping[str, Callable[[Desk, Asked], str]] = MappingProxyType(
    {
        "Identify": _identify,
        "ListMetadataFormats": _list_formats,
        "ListSets": _list_sets,
        "ListIdentifiers": _list,
        "ListRecords": _list,
        "GetRecord": _get_record,
    }
)


def _place(desk: Desk, asked: Asked) -> Place | None:
    return None if asked.token is None else tokens.place(asked.token, asked.verb, desk.secret)


def _resumption(desk: Desk, place: Place, onward: Place, chosen: Selection | None = None) -> str:
    facts = {} if chosen is None else _facts(place, chosen)
    return answers.resumption(tokens.token(onward, desk.secret), facts)


def _facts(place: Place, chosen: Selection) -> dict[str, int]:
    """How far a list is; its length where nobody needs to count: numbers have no gaps."""
    size = {"completeListSize": place.last} if chosen.everything else {}
    return {**size, "cursor": place.sent}


def _format(arguments: Mapping[str, str]) -> Metadata:
    found = by_prefix(arguments["metadataPrefix"])
    if found is None:
        offered = ", ".join(each.prefix for each in FORMATS)
        raise OaiFault("cannotDisseminateFormat", f"The formats are: {offered}.")
    return found


def _selection(desk: Desk, arguments: Mapping[str, str]) -> Selection:
    begin, end = span(arguments)
    chosen: Selection | None = Selection()
    if "set" in arguments:
        chosen = sets.select(arguments["set"], agencies.every(desk.session))
    if chosen is None:
        raise OaiFault("noRecordsMatch", "There is no such set.")
    return replace(chosen, begin=begin, end=end)


def _one(desk: Desk, identifier: str) -> Shown:
    entry = desk.repository.entry(identifier)
    shown = listing.one(desk.session, TIER, entry) if entry else None
    if shown is None:
        raise OaiFault("idDoesNotExist", "There is no record with this identifier.")
    return _passed_on(desk, [shown])[0]


def _passed_on(desk: Desk, shown: list[Shown]) -> list[Shown]:
    """As shown; what came from elsewhere is told as gone by a node that does not pass it on."""
    if desk.passes_on:
        return shown
    strange = origins.of(desk.session, [each.entry for each in shown])
    return [
        replace(each, present=False, descriptor=None) if each.entry in strange else each
        for each in shown
    ]


def _organs(desk: Desk, shown: Iterable[Shown]) -> Mapping[str, AgencyView]:
    return agencies.some(desk.session, {each.agency for each in shown})


def _heads(desk: Desk, shown: Sequence[Shown]) -> list[Head]:
    organs = _organs(desk, shown)
    return [_head(desk, each, organs) for each in shown]


def _head(desk: Desk, shown: Shown, organs: Mapping[str, AgencyView]) -> Head:
    identifier = desk.repository.identifier(shown.entry)
    return Head(identifier, shown.at, sets.specs(shown, organs), not shown.present)


def _records(desk: Desk, shown: Sequence[Shown], write: Metadata) -> Iterable[str]:
    organs, chains = _organs(desk, shown), origins.of(desk.session, {each.entry for each in shown})
    for each in shown:
        chain = [(hop.node, hop.identifier) for hop in chains.get(each.entry, ())]
        metadata = ""
        if each.descriptor is not None:
            organ = organs[each.agency]
            metadata = write.text_of(
                Record(
                    identifier=each.entry,
                    url=f"{desk.base}/entries/{each.entry}",
                    descriptor=each.descriptor,
                    agency_name=organ.name,
                    updated=each.at,
                    catalog_url=f"{desk.base}/catalog",
                    agency_code=organ.code,
                    origins=(*chain, (desk.node, each.entry)),
                )
            )
        about = provenance.text_of(chain, answers.stamp(each.at), write.namespace)
        yield answers.record(_head(desk, each, organs), metadata, about)
