"""Accounts: who may sign in or send a token, and the roles they hold."""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from catalog import agencies, audit
from catalog.audit import Event
from catalog.database import lock_logs
from catalog.errors import Conflict, Forbidden, NotFound
from catalog.tables import Account, AccountGrant, EndedSession, Token
from catalog.viewers import HOUSEKEEPING, OPERATOR, PUBLIC, TIMES_HAND, Grant, Role, Viewer

TOKEN_PREFIX = "mulu_"  # noqa: S105  so that scanners for leaked keys know one

RESERVED = frozenset({OPERATOR.name, PUBLIC.name, TIMES_HAND, HOUSEKEEPING})
"""Names that the logs and the queue of runs know as somebody else."""


def create(
    session: Session,
    actor: Viewer,
    username: str,
    name: str,
    password: str,
    now: datetime,
    grants: Sequence[Grant] = (),
) -> Viewer:
    """Make an account with its roles; raises Conflict when the username is taken, also by one that
    differs in case or width alone: the logs and the separation of duties know people by it.
    """
    for each in grants:
        _administers(session, actor, each)
    if not grants and not actor.holds(Role.ADMINISTRATOR):
        raise Forbidden("only an administrator makes accounts")
    looks = _looks(username)
    if looks in RESERVED or username != username.strip() or not username.isprintable():
        raise Conflict(f"no account is called so: {username!r}")
    lock_logs(session)
    if looks in {_looks(each) for each in session.scalars(select(Account.username))}:
        raise Conflict(f"the username is taken: {username}")
    account = Account(
        username=username, name=name, password=_hasher().hash(password), active=True, created=now
    )
    session.add(account)
    session.flush()
    _give(session, account.id, grants)
    told = {"username": username, "grants": [_told(each) for each in grants]}
    audit.append(session, actor.name, [Event("account created", None, told)], now)
    return Viewer(account.id, username, tuple(grants))


def authenticate(session: Session, username: str, password: str) -> Viewer | None:
    """The viewer with this name and password, or None; takes as long for an unknown name."""
    account = session.scalar(
        select(Account).where(Account.username == username, Account.active.is_(True))
    )
    if not _matches(account.password if account else _nobody(), password) or not account:
        return None
    return _viewer(session, account)


def viewer_of_account(session: Session, account: int) -> Viewer | None:
    """The viewer that a session belongs to, with the roles held now; None once closed."""
    found = session.get(Account, account)
    return _viewer(session, found) if found and found.active else None


def grant(session: Session, actor: Viewer, username: str, given: Grant, now: datetime) -> None:
    """Give an account one more role; nothing happens if it has it."""
    _administers(session, actor, given)
    lock_logs(session)
    account = _known(session, username)
    if given in _viewer(session, account).grants:
        return
    _give(session, account.id, [given])
    told = {"username": username, "grant": _told(given)}
    audit.append(session, actor.name, [Event("role granted", None, told)], now)


def close(session: Session, actor: Viewer, username: str, now: datetime) -> None:
    """Let nobody sign in with the account any more; what it did stays."""
    if not actor.may(Role.ADMINISTRATOR):
        raise Forbidden("only an administrator of the directory closes accounts")
    lock_logs(session)
    _known(session, username).active = False
    audit.append(session, actor.name, [Event("account closed", None, {"username": username})], now)


def set_password(
    session: Session, actor: Viewer, username: str, password: str, now: datetime
) -> None:
    """Give the account another password; by an administrator of the directory."""
    if not actor.may(Role.ADMINISTRATOR):
        raise Forbidden("only an administrator of the directory sets passwords")
    lock_logs(session)
    _known(session, username).password = _hasher().hash(password)
    audit.append(session, actor.name, [Event("password set", None, {"username": username})], now)


def issue_token(
    session: Session, owner: Viewer, label: str, now: datetime, expires: datetime | None = None
) -> str:
    """A new key for programs, shown this once: only its digest is kept."""
    if owner.account is None:
        raise Forbidden("only an account has tokens")
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    lock_logs(session)
    row = {
        "digest": _digest(token),
        "account": owner.account,
        "label": label,
        "created": now,
        "expires": expires,
    }
    session.execute(insert(Token), [row])
    audit.append(session, owner.name, [Event("token issued", None, {"label": label})], now)
    return token


def viewer_of_token(session: Session, token: str, now: datetime) -> Viewer | None:
    """The viewer that a token speaks for, or None."""
    row = session.get(Token, _digest(token))
    if row is None or row.revoked or (row.expires and row.expires <= now):
        return None
    return viewer_of_account(session, row.account)


def revoke_tokens(session: Session, owner: Viewer, label: str, now: datetime) -> None:
    """End the tokens of this label; raises NotFound when none is in force."""
    lock_logs(session)
    ended = session.scalars(
        update(Token)
        .where(Token.account == owner.account, Token.label == label, Token.revoked.is_(None))
        .values(revoked=now)
        .returning(Token.digest)
    )
    if not ended.all():
        raise NotFound(f"token {label}")
    audit.append(session, owner.name, [Event("token revoked", None, {"label": label})], now)


def end_session(session: Session, name: str, now: datetime, until: datetime) -> None:
    """Let a session that was signed out of be over, also for who holds a copy of its cookie; what
    has expired since is forgotten.
    """
    session.execute(delete(EndedSession).where(EndedSession.until <= now))
    session.merge(EndedSession(digest=_digest(name), until=until))


def is_ended(session: Session, name: str) -> bool:
    """Whether the session of that name was signed out of."""
    return session.get(EndedSession, _digest(name)) is not None


def every(session: Session) -> list[Viewer]:
    """All open accounts with their roles, by username."""
    rows = session.execute(
        select(Account.id, Account.username, AccountGrant.role, AccountGrant.agency)
        .outerjoin(AccountGrant, AccountGrant.account == Account.id)
        .where(Account.active.is_(True))
        .order_by(Account.username, AccountGrant.id)
    )
    found: dict[str, Viewer] = {}
    for account, username, role, agency in rows:
        viewer = found.get(username, Viewer(account, username))
        own = (Grant(Role(role), agency),) if role else ()
        found[username] = replace(viewer, grants=(*viewer.grants, *own))
    return list(found.values())


def by_username(session: Session, username: str) -> Viewer:
    """The account with the username; raises NotFound."""
    return _viewer(session, _known(session, username))


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _nobody() -> str:
    return _hasher().hash(secrets.token_urlsafe(16))


def _matches(hashed: str, password: str) -> bool:
    try:
        return _hasher().verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


def _known(session: Session, username: str) -> Account:
    account = session.scalar(select(Account).where(Account.username == username))
    if account is None:
        raise NotFound(f"account {username}")
    return account


def _viewer(session: Session, account: Account) -> Viewer:
    rows = session.scalars(
        select(AccountGrant).where(AccountGrant.account == account.id).order_by(AccountGrant.id)
    )
    grants = tuple(Grant(Role(row.role), row.agency) for row in rows)
    return Viewer(account.id, account.username, grants)


def _give(session: Session, account: int, grants: Sequence[Grant]) -> None:
    rows = [{"account": account, "role": each.role.value, "agency": each.agency} for each in grants]
    if rows:
        session.execute(insert(AccountGrant), rows)


def _administers(session: Session, actor: Viewer, given: Grant) -> None:
    """An administrator gives roles only within the own scope."""
    path = agencies.get(session, given.agency).path if given.agency else ()
    if not actor.may(Role.ADMINISTRATOR, path):
        raise Forbidden("only an administrator gives roles, and only within the own scope")


def _looks(username: str) -> str:
    """What a reader takes the name for."""
    return unicodedata.normalize("NFKC", username).strip().casefold()


def _told(given: Grant) -> dict[str, str | None]:
    return {"role": given.role.value, "agency": given.agency}


def _digest(token: str) -> str:
    """Tokens and names of sessions are random and long: nobody guesses them back."""
    return hashlib.sha256(token.encode()).hexdigest()
