"""What a record that was fetched means for the directory, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Action(StrEnum):
    """First what is planned for a record, afterwards what was done."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    RENAME = "rename"
    WAITING = "waiting"
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    DELETED = "deleted"
    RESTORED = "restored"
    RENAMED = "renamed"
    REJECTED = "rejected"
    KEPT = "kept"

    @property
    def settled(self) -> bool:
        """Whether nothing remains to be done for the record."""
        return self not in PLANNED


PLANNED = (Action.CREATE, Action.UPDATE, Action.DELETE, Action.RENAME, Action.WAITING)


@dataclass(frozen=True, slots=True)
class Known:
    """What a source sent before under a key; `gone` if its entry has left the directory."""

    digest: str
    entry: str | None
    gone: bool = False


def plan(digest: str | None, deleted: bool, barred: bool, known: Known | None) -> Action:
    """What to do with a record: `digest` is that of the descriptor it was read as."""
    held = known is not None and known.entry is not None and not known.gone
    if deleted:
        return Action.DELETE if held else Action.UNCHANGED
    if barred:
        return Action.REJECTED
    if known is None or known.entry is None:
        return Action.CREATE
    return Action.UNCHANGED if held and known.digest == digest else Action.UPDATE
