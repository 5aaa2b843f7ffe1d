"""Reads what a node said once its signature is proven: nothing is taken for granted, since a node
that is known may still be broken, or no longer in its keepers' hands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import orjson

from catalog.agencies import AgencyView
from catalog.federation.keys import BadKey, PublicKey
from catalog.federation.leaving import Departure
from catalog.origins import LONGEST, Chain, Hop
from catalog.proposals import Home
from catalog.words import storable
from harvesters.faults import HarvestFault, fault
from harvesters.fetched import Fetched
from search.card import Audience
from standards.descriptor import Descriptor

LONGEST_TEXT = 2000
MOST_AGENCIES = 5000


@dataclass(frozen=True, slots=True)
class Change:
    """One turn of a node: a record that it shows, or an entry that it shows no more."""

    turn: int
    record: Fetched | None = None
    departure: Departure | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """An answer: what changed after a turn, and the latest turn that the node has."""

    node: str
    tier: str
    head: int
    changes: tuple[Change, ...]
    agencies: tuple[AgencyView, ...] = ()
    following: PublicKey | None = None

    @property
    def last(self) -> int:
        """The turn of the last change in it; 0 if there is none."""
        return self.changes[-1].turn if self.changes else 0


@dataclass(frozen=True, slots=True)
class Digests:
    """An answer: what a node shows now, by identifier; ``last`` is where the next page begins."""

    last: int | None
    digests: Mapping[str, str]


def changes(said: Mapping[str, Any], after: int, limit: int) -> Changes:
    """The changes of an answer; raises the fault that names what is wrong with it."""
    node, head = node_of(said), _number(said, "head")
    rows = _rows(said, "changes", limit)
    read = tuple(_change(node, row) for row in rows)
    turns = [after, *(each.turn for each in read)]
    if any(later <= earlier for earlier, later in pairwise(turns)):
        raise bad("turns are out of order")
    if read and read[-1].turn > head:
        raise bad("a turn is beyond the head")
    if not read and head > after:
        raise fault("node-cut", value=str(head - after))
    organs = tuple(_agency(each) for each in _rows(said, "agencies", MOST_AGENCIES))
    return Changes(node, _text(said, "tier", 20), head, read, organs, announced(said))


def digests(said: Mapping[str, Any], after: int, limit: int) -> Digests:
    """The digests of an answer; raises the fault that names what is wrong with it."""
    last = said.get("last")
    if last is not None and (not isinstance(last, int) or last <= after):
        raise bad("the place to go on from does not move")
    pairs = {}
    for each in _listed(said, "digests", limit):
        match each:
            case [str() as identifier, str() as digest]:
                pairs[identifier] = digest
            case _:
                raise bad("no pair of identifier and digest")
    return Digests(last, pairs)


def node_of(said: Mapping[str, Any]) -> str:
    """What the node calls itself."""
    return _text(said, "node", 60)


def announced(said: Mapping[str, Any]) -> PublicKey | None:
    """The key with which it is going to sign next."""
    told = said.get("following_key")
    try:
        return PublicKey(told) if isinstance(told, str) and told else None
    except BadKey as wrong:
        raise bad(str(wrong)) from None


def bad(detail: str) -> HarvestFault:
    """The fault of an answer that is signed and still makes no sense."""
    return fault("node-answer-bad", value=detail)


def _change(node: str, row: Mapping[str, Any]) -> Change:
    turn, identifier = _number(row, "turn"), _text(row, "identifier", 60)
    match row.get("what"):
        case "present":
            return Change(turn, record=_record(node, row, identifier))
        case "gone":
            return Change(turn, departure=_departure(row, identifier))
        case other:
            raise bad(f"a change is present or gone: {other!r:.40}")


def _record(node: str, row: Mapping[str, Any], identifier: str) -> Fetched:
    values, kind = row.get("values"), _text(row, "kind", 20)
    if not isinstance(values, dict):
        raise bad(f"{identifier} has no values")
    if Descriptor(kind, values).digest != row.get("digest"):
        raise bad(f"{identifier} has not the digest that it says")
    audience = _text(row, "audience", 20)
    if audience not in set(Audience):
        raise bad(f"{identifier} has no audience that is known")
    chain = _chain(row)
    if chain[-1] != Hop(node, identifier):
        raise fault("node-chain-forged", value=identifier, node=node)
    return Fetched(
        key=identifier,
        values=values,
        kind=kind,
        place=f"{node} {_number(row, 'turn')}",
        raw=orjson.dumps(values).decode(),
        agency=_text(row, "agency", 40),
        origin=chain,
        home=Home(identifier, audience),
    )


def _chain(row: Mapping[str, Any]) -> Chain:
    hops = []
    for each in _listed(row, "origins", LONGEST):
        match each:
            case [str() as node, str() as identifier] if node and len(node) <= 300:
                hops.append(Hop(storable(node), storable(identifier[:500])))
            case _:
                raise bad("no hop of an origin")
    if not hops:
        raise bad("a record without its origin")
    return tuple(hops)


def _departure(row: Mapping[str, Any], identifier: str) -> Departure:
    reason, heir = row.get("reason"), row.get("merged_into")
    return Departure(
        identifier,
        storable(reason[:LONGEST_TEXT]) if isinstance(reason, str) else "",
        storable(heir) if isinstance(heir, str) else "",
        silent=row.get("silent") is not False,
    )


def _agency(row: Mapping[str, Any]) -> AgencyView:
    short, parent = row.get("short_names"), row.get("parent")
    return AgencyView(
        _text(row, "code", 40),
        _text(row, "name", 500),
        tuple(str(each) for each in short[:20]) if isinstance(short, list) else (),
        division=storable(str(row.get("division") or "")[:20]),
        parent=storable(parent) if isinstance(parent, str) else None,
    )


def _rows(said: Mapping[str, Any], name: str, most: int) -> list[Mapping[str, Any]]:
    rows = _listed(said, name, most)
    if not all(isinstance(row, dict) for row in rows):
        raise bad(f"{name} are no objects")
    return rows


def _listed(said: Mapping[str, Any], name: str, most: int) -> list[Any]:
    rows = said.get(name)
    if not isinstance(rows, list) or len(rows) > most:
        raise bad(f"{name} is no list, or longer than asked for")
    return rows


def _number(said: Mapping[str, Any], name: str) -> int:
    found = said.get(name)
    if not isinstance(found, int) or isinstance(found, bool) or not 0 <= found < 2**62:
        raise bad(f"{name} is no number")
    return found


def _text(said: Mapping[str, Any], name: str, longest: int) -> str:
    found = said.get(name)
    if not isinstance(found, str) or not 0 < len(found) <= longest or storable(found) != found:
        raise bad(f"{name} is missing, too long, or cannot be kept")
    return found
