"""What a descriptor that somebody is about to register looks like: asked at once, never barring."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from catalog import entries
from catalog.identity import keeping
from catalog.identity.evidence import Evidence, compare
from catalog.identity.facts import facts, organs
from catalog.viewers import Viewer
from standards.descriptor import Descriptor

MOST = 5


@dataclass(frozen=True, slots=True)
class Alike:
    """An entry that may be about the same resource, and why."""

    identifier: str
    title: str
    agency: str
    evidence: tuple[Evidence, ...]


def looks_like(
    session: Session, viewer: Viewer, descriptor: Descriptor, agency: str, but: str = ""
) -> list[Alike]:
    """Entries that the viewer may see and that look like the descriptor, the likeliest first;
    ``but`` is the entry itself.
    """
    known = organs(session)
    mine = facts(descriptor, agency, known)
    few, _ = keeping.alike(session, mine.keys())
    named = sorted({entry for members in few.values() for entry in members} - {but})
    found = []
    for view in entries.some(session, viewer, named):
        theirs = facts(view.shown.descriptor, view.agency.code, known)
        if evidence := compare(mine, theirs):
            title = theirs.summary.title
            found.append(Alike(view.identifier, title, view.agency.name, evidence))
    return sorted(found, key=lambda each: (_rank(each.evidence[0]), each.identifier))[:MOST]


def _rank(evidence: Evidence) -> int:
    return KINDS.index(evidence.kind)


KINDS = ("number", "title", "near-title", "endpoint", "extent")
"""Strongest first."""
