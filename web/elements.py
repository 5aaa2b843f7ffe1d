"""Data elements, claims and relations as plain JSON, the same for the API and the commands."""

from __future__ import annotations

from typing import Any

from catalog.elements.claims import ClaimView, Contest
from catalog.elements.relating import Backward, Forward
from catalog.entries import EntryView
from standards.data_elements import DataElement
from standards.summary import summarize
from web import searching
from web.locating import Holding


def element(each: DataElement) -> dict[str, Any]:
    """A data element."""
    return {
        "code": each.code,
        "name": each.name._asdict(),
        "subject": each.subject,
        "synonyms": list(each.synonyms),
        "definition": each.definition._asdict(),
        "type": each.type,
        "length": each.length,
        "codes": each.codes,
        "object": each.object,
        "status": each.status,
        "version": each.version,
        "url": f"/elements/{each.code}",
    }


def authority(claim: ClaimView) -> dict[str, Any]:
    """Who answers for an element."""
    view = claim.entry
    return {
        "claim": claim.number,
        "division": claim.division,
        "agency": {"code": claim.agency.code, "name": claim.agency.name},
        "entry": view.identifier if view else "",
        "title": summarize(view.shown.descriptor).title if view else "",
    }


def claim(contest: Contest) -> dict[str, Any]:
    """A claim with the numbers of those that compete with it."""
    each = contest.claim
    return {
        "number": each.number,
        "element": each.element.code,
        "division": each.division,
        "agency": each.agency.code,
        "entry": each.entry.identifier if each.entry else "",
        "state": each.state,
        "reason": each.reason,
        "by": each.by,
        "at": each.at.isoformat(),
        "decided_by": each.decided_by,
        "decision": each.decision,
        "competing": [rival.number for rival in contest.rivals],
    }


def holding(each: Holding, item: str) -> dict[str, Any]:
    """One holder, with those of its items that match."""
    card, box, links = each.card, each.card.box, dict(each.items)
    matching = searching.matching_items(each.hit) if item and not links else ()
    known = [one for one in card.items if one.name in links] or matching
    return {
        **searching.brief(card),
        "items": [
            {
                "name": one.name,
                "type": one.type,
                "definition": one.definition,
                "link": links.get(one.name, ""),
            }
            for one in known
        ],
        "box": box and {"west": box.west, "south": box.south, "east": box.east, "north": box.north},
        "divisions": list(card.divisions),
        "cycle": card.cycle,
        "period": each.period and {"begin": each.period.begin, "end": each.period.end},
        "condition": each.condition,
        "authoritative": list(each.authority),
    }


def forward(each: Forward) -> dict[str, Any]:
    """What an entry says of another."""
    return {
        "type": each.relation.type,
        "direction": "out",
        "said": each.relation.said,
        "count": len(each.entries),
        "entries": [_entry(view) for view in each.entries],
        "withdrawn": each.gone.since.date().isoformat() if each.gone else None,
    }


def backward(each: Backward) -> dict[str, Any]:
    """What others say of an entry."""
    return {
        "type": each.type,
        "direction": "in",
        "said": "",
        "count": each.count,
        "entries": [_entry(view) for view in each.entries],
        "withdrawn": None,
    }


def _entry(view: EntryView) -> dict[str, str]:
    title = summarize(view.shown.descriptor).title
    return {"identifier": view.identifier, "title": title, "agency": view.agency.code}
