"""Addresses at which a source's report can be read without an account: each holds a secret that
cannot be guessed, ends by itself, and can be taken back."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog import agencies, sources
from catalog.audit import Event, append
from catalog.database import lock_logs
from catalog.errors import Forbidden, NotFound
from catalog.tables import ReportShare
from catalog.viewers import Role, Viewer

DAYS = 30
LONGEST_DAYS = 365
_LONGEST = 100
_SHARERS = (Role.ADMINISTRATOR, Role.REGISTRAR)


@dataclass(frozen=True, slots=True)
class Share:
    """One address; its secret is shown once, when it is made."""

    id: int
    source: str
    made_by: str
    made: datetime
    expires: datetime


def may_share(session: Session, actor: Viewer, source: str) -> bool:
    """Whether somebody may show the source's report to others, and have records read again."""
    path = agencies.get(session, sources.get(session, source).agency).path
    return any(actor.may(role, path) for role in _SHARERS)


def make(
    session: Session, actor: Viewer, source: str, now: datetime, days: int = DAYS
) -> tuple[str, Share]:
    """A new address of the source's report: its secret, and what is known of it."""
    lock_logs(session)
    _allowed(session, actor, source)
    secret = secrets.token_urlsafe(24)
    row = ReportShare(
        source=source,
        digest=_digest(secret),
        made_by=actor.name,
        made=now,
        expires=now + timedelta(days=min(max(days, 1), LONGEST_DAYS)),
        revoked=None,
    )
    session.add(row)
    session.flush()
    told = {"source": source, "share": row.id, "expires": row.expires.isoformat()}
    append(session, actor.name, [Event("report shared", None, told)], now)
    return secret, _view(row)


def of_source(session: Session, source: str, now: datetime) -> list[Share]:
    """The addresses that lead somewhere now, the newest first."""
    query = (
        select(ReportShare)
        .where(ReportShare.source == source, ReportShare.revoked.is_(None))
        .where(ReportShare.expires > now)
        .order_by(ReportShare.id.desc())
    )
    return [_view(row) for row in session.scalars(query)]


def find(session: Session, secret: str, now: datetime) -> Share:
    """What a secret opens; raises NotFound, of one that has ended as of one that never was."""
    query = select(ReportShare).where(ReportShare.digest == _digest(secret[:_LONGEST]))
    row = session.scalar(query)
    if row is None or row.revoked or row.expires <= now:
        raise NotFound("report")
    return _view(row)


def revoke(session: Session, actor: Viewer, source: str, number: int, now: datetime) -> None:
    """Take an address back; raises NotFound for one that is not there or not of the source."""
    lock_logs(session)
    _allowed(session, actor, source)
    row = session.get(ReportShare, number)
    if row is None or row.source != source or row.revoked:
        raise NotFound(f"share {number}")
    row.revoked = now
    session.flush()
    told = {"source": source, "share": number}
    append(session, actor.name, [Event("report share revoked", None, told)], now)


def _allowed(session: Session, actor: Viewer, source: str) -> None:
    if not may_share(session, actor, source):
        raise Forbidden(f"may not share the report of {source}")


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def _view(row: ReportShare) -> Share:
    return Share(row.id, row.source, row.made_by, row.made, row.expires)
