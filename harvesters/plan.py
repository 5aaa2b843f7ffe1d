"""What a record that was fetched means for the directory, and what became of it."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Action(StrEnum):
    """First what is planned for a record, afterwards what was done."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    WAITING = "waiting"
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    DELETED = "deleted"
    RENAMED = "renamed"
    REJECTED = "rejected"
    KEPT = "kept"

    @property
    def settled(self) -> bool:
        """Whether nothing remains to be done for the record."""
        return self not in PLANNED


PLANNED = (Action.CREATE, Action.UPDATE, Action.DELETE, Action.WAITING)


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


def renames(gone: Iterable[tuple[str, str]], new: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Pairs of old and new keys whose titles are alike; each a (key, title) on the way in.

    Of equal titles the first goes with the first: the order of a source rarely changes.
    """
    waiting: defaultdict[str, list[str]] = defaultdict(list)
    for key, title in gone:
        if folded := _folded(title):
            waiting[folded].append(key)
    for keys in waiting.values():
        keys.reverse()
    pairs = {}
    for key, title in new:
        alike = waiting.get(_folded(title))
        if alike:
            pairs[alike.pop()] = key
    return pairs


def _folded(title: str) -> str:
    """A title without what typing changes: width, case, spaces and punctuation."""
    text = unicodedata.normalize("NFKC", title).casefold()
    return "".join(character for character in text if character.isalnum())
