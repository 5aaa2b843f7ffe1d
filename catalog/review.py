"""Review by entry: deciding on what is proposed for it, and asking that it leave. The requests
behind it, and all else that can be done with them, are in `catalog.requests`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from catalog.errors import WrongState
from catalog.proposals import Outcome
from catalog.requests import flow
from catalog.requests.effects import ATTRIBUTES
from catalog.requests.leaving import merge, withdraw
from catalog.requests.model import WITH_CONTENT
from catalog.requests.reading import open_of_entry
from catalog.viewers import Viewer
from catalog.writing import claim

__all__ = ["ATTRIBUTES", "accept", "merge", "send_back", "withdraw"]


def accept(
    session: Session,
    actor: Viewer,
    identifier: str,
    revision: int,
    now: datetime,
    attributes: Mapping[str, Any] | None = None,
) -> Outcome:
    """Say yes to what is proposed for the entry (`flow.accept`)."""
    number = _open(session, actor, identifier, revision)
    return flow.accept(session, actor, number, revision, now, attributes)


def send_back(
    session: Session, actor: Viewer, identifier: str, revision: int, reason: str, now: datetime
) -> Outcome:
    """Return what is proposed for the entry (`flow.send_back`)."""
    number = _open(session, actor, identifier, revision)
    return flow.send_back(session, actor, number, revision, reason, now)


def _open(session: Session, actor: Viewer, identifier: str, revision: int) -> int:
    """The number of the open request about the entry's content."""
    entry, _ = claim(session, actor, identifier, revision)
    request = open_of_entry(session, identifier, WITH_CONTENT)
    if request is None:
        raise WrongState(identifier, entry.state)
    return request.id
