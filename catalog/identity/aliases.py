"""Other names by which entries are known: former identifiers, those of other systems, and their
numbers. Whoever may know of an entry is led to it from each.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from catalog.errors import Conflict, Forbidden, NotFound
from catalog.identity.facts import NUMBER, hashed, key_of_number
from catalog.proposals import needed
from catalog.tables import Alias, Entry, IdentityKey
from catalog.viewers import Role, Viewer
from catalog.visibility import may_write
from catalog.writing import Batch, claim
from standards.consistency import data
from standards.descriptor import Descriptor
from standards.summary import summarize

LONGEST = 200
MOST = 20


def named(session: Session, value: str) -> str | None:
    """The entry to which somebody gave the name."""
    if not 0 < len(value) <= LONGEST:
        return None
    return session.scalar(select(Alias.entry).where(Alias.value == value))


def numbered(session: Session, text: str) -> list[str]:
    """Entries that have, or may have, the number, under any of the schemes that identify."""
    if not 0 < len(text) <= LONGEST:
        return []
    hashes = [
        hashed(NUMBER, scheme, key)
        for scheme in sorted(data().same_numbers)
        if (key := key_of_number(scheme, text))
    ]
    query = select(IdentityKey.entry).where(IdentityKey.hash.in_(hashes)).distinct()
    return list(session.scalars(query.order_by(IdentityKey.entry).limit(MOST)))


def has_number(descriptor: Descriptor, text: str) -> bool:
    """Whether the descriptor, as far as it is shown, says the number."""
    return any(
        each.scheme in data().same_numbers
        and key_of_number(each.scheme, each.text) == key_of_number(each.scheme, text)
        for each in summarize(descriptor).numbers
    )


def of_entry(session: Session, identifier: str) -> Sequence[str]:
    """The names that were given to an entry."""
    query = select(Alias.value).where(Alias.entry == identifier).order_by(Alias.value)
    return session.scalars(query).all()


def add(
    session: Session, actor: Viewer, identifier: str, value: str, scheme: str, now: datetime
) -> None:
    """Let a name lead to the entry. Raises NotFound, Forbidden, Invalid (no name) or Conflict (it
    is an entry's already, as far as the actor may know: any other is told alike).
    """
    _held(session, actor, identifier)
    name = needed(value)[:LONGEST]
    if session.get(Entry, name) or named(session, name):
        raise Conflict(f"{name} is taken")
    batch = Batch(actor.name, now)
    session.add(Alias(value=name, entry=identifier, scheme=scheme[:40], by=actor.name, at=now))
    batch.note(identifier, "name given", name=name)
    batch.write(session)


def remove(session: Session, actor: Viewer, identifier: str, value: str, now: datetime) -> None:
    """Let the name lead nowhere. Raises NotFound or Forbidden."""
    _held(session, actor, identifier)
    if named(session, value) != identifier:
        raise NotFound(value)
    session.execute(delete(Alias).where(Alias.value == value))
    batch = Batch(actor.name, now)
    batch.note(identifier, "name taken", name=value)
    batch.write(session)


def _held(session: Session, actor: Viewer, identifier: str) -> None:
    entry, path = claim(session, actor, identifier, None)
    if not (may_write(actor, path) or actor.may(Role.REVIEWER, path)):
        raise Forbidden(f"no registrar or reviewer of {entry.agency}")
