"""A document that forwards another one takes the disclosure attribute of what it forwards."""

from __future__ import annotations

from sqlalchemy import Text, cast, select
from sqlalchemy.orm import Session

from catalog.tables import Entry, Version
from catalog.versions import descriptor_of
from standards.decisions import forwarded as forwarded_problem
from standards.descriptor import Descriptor
from standards.problems import Problem
from standards.summary import summarize


def forwarding_problems(session: Session, descriptor: Descriptor) -> tuple[Problem, ...]:
    """The problem of a document that forwards a served one and has another disclosure attribute;
    none where what it forwards is not in the directory.
    """
    number = summarize(descriptor).forwards
    forwarded = _served(session, number) if number else None
    if forwarded is None:
        return ()
    problem = forwarded_problem(descriptor, forwarded.entry, forwarded.disclosure)
    return (problem,) if problem else ()


def _served(session: Session, number: str) -> Version | None:
    """The served version of the entry with that identifier or number."""
    escaped = number.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    holds = cast(Version.values, Text).like(f"%{escaped}%", escape="\\")
    query = (
        select(Version)
        .join(Entry, (Entry.identifier == Version.entry) & (Entry.served == Version.number))
        .where((Entry.identifier == number) | holds)
        .order_by(Version.entry)
    )
    for version in session.scalars(query):
        numbers = summarize(descriptor_of(version)).numbers
        if number in {version.entry, *(each.text for each in numbers)}:
            return version
    return None
