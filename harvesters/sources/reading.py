"""A record of metadata in XML, as servers put it into their answers, read for a harvest."""

from __future__ import annotations

from lxml import etree

from catalog.origins import LONGEST, Hop
from harvesters.faults import problem
from harvesters.fetched import Fetched
from standards.formats.metadata import metadata_of
from standards.problems import Problem

_LONG = 300
"""No node's name and identifier are longer."""


def read(
    element: etree._Element | None,
    kind: str | None,
    *,
    place: str,
    raw: str,
    key: str = "",
    problems: tuple[Problem, ...] = (),
    deleted: bool = False,
) -> Fetched:
    """The record: its key in the source is the one given, else what its metadata say it is. What
    cannot be read is kept with the reason."""
    if element is None or deleted:
        return Fetched(key or f"place:{place}", {}, kind, place, deleted, raw, problems)
    known = metadata_of(element)
    if known is None:
        told = problem("metadata-unknown", value=str(element.tag))
        return Fetched(key or f"place:{place}", {}, kind, place, False, raw, (*problems, told))
    try:
        parsed = known.read(element, kind, key)
    except Exception as error:  # noqa: BLE001  the record boundary: kept with its error
        told = problem("record-fault", value=repr(error))
        return Fetched(key or f"place:{place}", {}, kind, place, False, raw, (*problems, told))
    if not (key or parsed.key):
        problems = (*problems, problem("identifier-missing"))
    if parsed.kind is None:
        problems = (*problems, problem("kind-unknown"))
    values = dict(parsed.raw)
    key = key or parsed.key or f"place:{place}"
    problems = (*problems, *parsed.problems)
    chain = tuple(Hop(*hop) for hop in parsed.origins)
    if len(chain) > LONGEST or any(len(hop.node + hop.identifier) > _LONG for hop in chain):
        problems = (*problems, problem("record-fault", value=f"origin: {len(chain)} nodes"))
        chain = ()
    return Fetched(
        key, values, parsed.kind, place, False, raw, problems, parsed.places, origin=chain
    )
