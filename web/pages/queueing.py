"""The facets and the chosen filters of the review queue, each value a plain link."""

from __future__ import annotations

from collections.abc import Mapping

from flask import request
from flask_babel import gettext as _

from web import reviewing
from web.pages import address
from web.pages.facets import OPEN, Chip, Choice, Facet
from web.pages.requests_told import filter_label, filter_value

FACETS = ("risk", "purpose", "agency", "kind", "disclosure", "sharing", "ground")
CHIPS = tuple(name for name in reviewing.PARAMETERS if name not in ("q", "submitted_before"))


def facets(counts: Mapping[str, Mapping[str, int]], total: int) -> list[Facet]:
    """The facets that help to narrow what is listed."""
    made = (_facet(name, counts.get(name, {}), total) for name in FACETS)
    return [facet for facet in made if facet.first]


def chips() -> list[Chip]:
    """The filters in use, in words, with the address without each."""
    used = ((name, request.args.get(name, "").strip()) for name in CHIPS)
    return [
        Chip(f"{filter_label(name)}: {filter_value(name, value)}", address.without(name))
        for name, value in used
        if value
    ]


def _facet(name: str, counts: Mapping[str, int], total: int) -> Facet:
    chosen = request.args.get(name, "")
    choices = [
        Choice(
            filter_value(name, value),
            count,
            address.without(name) if value == chosen else address.with_value(name, value),
            value == chosen,
        )
        for value, count in counts.items()
        if count < total or value == chosen
    ]
    return Facet(name, filter_label(name), tuple(choices[:OPEN]), tuple(choices[OPEN:]))


def quick(overdue: int) -> list[tuple[str, str, bool]]:
    """The filters most asked for: words, address, whether it is in use."""
    told = (
        (_("我办理的"), "assignee", reviewing.ME),
        (_("无人认领"), "assignee", reviewing.NOBODY),
        (_("已逾期 %(n)s", n=overdue) if overdue else _("已逾期"), "due", reviewing.OVERDUE),
        (_("即将到期"), "due", reviewing.SOON),
    )
    return [
        (
            words,
            address.without(name) if used else address.with_value(name, value),
            used,
        )
        for words, name, value in told
        for used in (request.args.get(name) == value,)
    ]
