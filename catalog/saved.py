"""What somebody keeps for the next time, by name: a filtered queue, a reason for returning."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from catalog.errors import Forbidden, Invalid
from catalog.proposals import said
from catalog.tables import Saved
from catalog.viewers import Viewer
from catalog.words import plain

MOST = 50
LONGEST_NAME = 100


class Kind(StrEnum):
    """What is kept."""

    QUEUE = "queue"
    REASON = "reason"


def keep(session: Session, actor: Viewer, kind: Kind, name: str, text: str, now: datetime) -> None:
    """Keep a text under a name, in the place of one of the same name. Raises Forbidden, Invalid."""
    if actor.account is None:
        raise Forbidden("only an account keeps anything")
    called = plain(name)[:LONGEST_NAME]
    if not called or not plain(text):
        raise Invalid([said("name", "name", "请起一个名称。", "Give it a name.")])
    own = (Saved.account == actor.account, Saved.kind == kind.value)
    held = session.scalar(select(func.count()).select_from(Saved).where(*own)) or 0
    if held >= MOST:
        zh, en = f"最多保存{MOST}个。", f"{MOST} can be kept."
        raise Invalid([said("name", "most", zh, en)])
    session.execute(delete(Saved).where(*own, Saved.name == called))
    session.add(
        Saved(account=actor.account, kind=kind.value, name=called, text=plain(text), created=now)
    )


def drop(session: Session, actor: Viewer, kind: Kind, name: str) -> None:
    """Keep it no longer; nothing happens if it is not there."""
    own = (Saved.account == actor.account, Saved.kind == kind.value, Saved.name == name)
    session.execute(delete(Saved).where(*own))


def kept(session: Session, actor: Viewer, kind: Kind) -> list[tuple[str, str]]:
    """Names and texts, by name."""
    query = select(Saved.name, Saved.text).where(
        Saved.account == actor.account, Saved.kind == kind.value
    )
    return [(name, text) for name, text in session.execute(query.order_by(Saved.name))]
