"""Makes the rows of immutable versions: fills in what the directory assigns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from catalog.tables import Version
from catalog.visibility import audience_of
from standards.descriptor import Descriptor
from standards.profile import Level, profile
from standards.summary import summarize


@dataclass(frozen=True, slots=True)
class Authorship:
    """Who wrote a version, when, held to which level, and what they say about it."""

    author: str
    at: datetime
    level: Level
    note: str = ""


def completed(descriptor: Descriptor, identifier: str, before: Mapping[str, Any]) -> Descriptor:
    """With the elements that the directory assigns: the metadata identifier is always ours, the
    resource's own is kept if it came with one (now or ``before``).
    """
    agency, _, serial = identifier.rpartition("-")
    minted = {"metadata-identifier": identifier, "resource-identifier": f"{agency}/{serial}"}
    values = dict(descriptor.values)
    for use in profile(descriptor.kind).elements:
        name, scheme = use.element.name, use.element.scheme
        if not use.assigned or scheme not in minted:
            continue
        if scheme == "metadata-identifier":
            values[name] = identifier
        else:
            values[name] = values.get(name) or before.get(name) or minted[scheme]
    return Descriptor(descriptor.kind, values)


def with_attributes(
    kind: str, values: Mapping[str, Any], attributes: Mapping[str, Any]
) -> dict[str, Any]:
    """The values with a reviewer's attributes over them; ``attributes`` are told by their role in
    the Summary (disclosure, sharing), each the whole group that carries it.
    """
    laid = dict(values)
    for role, group in attributes.items():
        for element in profile(kind).card(role):
            laid[element.path.partition(".")[0]] = group
    return laid


def row(entry: str, number: int, descriptor: Descriptor, by: Authorship) -> dict[str, Any]:
    """A row of ``versions``, with what the policy and the queue ask of it."""
    summary = summarize(descriptor)
    return {
        "entry": entry,
        "number": number,
        "kind": descriptor.kind,
        "title": summary.title,
        "audience": audience_of(summary).value,
        "disclosure": summary.disclosure,
        "disclosure_ground": summary.disclosure_ground,
        "sharing": summary.sharing,
        "sharing_ground": summary.sharing_ground,
        "values": descriptor.values,
        "digest": descriptor.digest,
        "level": by.level.value,
        "author": by.author,
        "note": by.note,
        "created": by.at,
    }


def descriptor_of(version: Version) -> Descriptor:
    """The descriptor that a version holds."""
    return Descriptor(version.kind, version.values)
