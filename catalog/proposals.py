"""What somebody or some source proposes for the directory, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from catalog.errors import Invalid
from catalog.origins import Chain
from catalog.words import plain, storable
from standards.problems import Problem, Text
from standards.profile import KINDS, Level
from standards.validation import Validation, validate

REJECTED = "rejected"
LONGEST_KEY = 500


@dataclass(frozen=True, slots=True)
class SourceKey:
    """What a source calls its record."""

    source: str
    key: str


@dataclass(frozen=True, slots=True)
class Home:
    """What a node says with its signature of an entry of its own: the permanent identifier, and
    for whom it is at the most. Its decisions were made there.
    """

    identifier: str
    audience: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A descriptor as people or sources write it, for an agency's part of the directory.

    ``submit=False`` keeps a draft, which may lack what is mandatory. ``accept`` publishes at once,
    where the actor or the source may do without a review. ``origin`` is the way that it came, node
    by node; ``home`` is what its node says of it, where the source is a node.
    """

    kind: str
    values: Mapping[str, Any]
    agency: str
    level: Level = Level.MINIMAL
    source: SourceKey | None = None
    submit: bool = True
    accept: bool = False
    note: str = ""
    origin: Chain = ()
    home: Home | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a proposal. A rejected one has no identifier and made nothing."""

    identifier: str | None
    revision: int
    state: str
    created: bool
    changed: bool
    problems: tuple[Problem, ...] = ()
    request: int | None = None
    """The request that it opened or moved."""

    @property
    def rejected(self) -> bool:
        """Whether it did not enter the directory."""
        return self.state == REJECTED


@dataclass(frozen=True, slots=True)
class Checked:
    """A proposal as the validator reads it."""

    proposal: Proposal
    validation: Validation

    @property
    def barred(self) -> bool:
        """Whether it cannot be kept. A draft may lack values but have no wrong ones."""
        errors = self.validation.errors
        if self.proposal.submit or self.proposal.accept:
            return bool(errors)
        return any(error.value is not None for error in errors)


def check(proposal: Proposal) -> Checked | Outcome:
    """The proposal validated, or its rejection."""
    if proposal.kind not in KINDS:
        return rejected(
            said("kind", "kind-known", "没有这种元数据类型。", "There is no such kind.")
        )
    if proposal.source and not _usable(proposal.source.key):
        return rejected(BAD_KEY)
    checked = Checked(proposal, validate(proposal.kind, proposal.values, proposal.level))
    return rejected(*checked.validation.problems) if checked.barred else checked


def _usable(key: str) -> bool:
    return 0 < len(key) <= LONGEST_KEY and storable(key) == key


def rejected(*problems: Problem) -> Outcome:
    """The outcome of a proposal that did not enter."""
    return Outcome(None, 0, REJECTED, created=False, changed=False, problems=problems)


def said(path: str, rule: str, zh: str, en: str) -> Problem:
    """A problem of the proposal itself, not of its descriptor."""
    return Problem(path, rule, "", "error", Text(zh, en))


def needed(reason: str) -> str:
    """The reason as it is kept; raises Invalid where there is none."""
    text = plain(reason)
    if not text:
        raise Invalid([said("reason", "reason", "请写明理由。", "Give the reason.")])
    return text


UNKNOWN_AGENCY = said("agency", "agency-known", "目录中没有这个部门。", "The agency is not known.")
UNKNOWN_SOURCE = said("source", "source-known", "没有这个采集源。", "The source is not known.")
BAD_KEY = said(
    "source.key",
    "source-key",
    f"来源编号应为1到{LONGEST_KEY}个可以保存的字符。",
    f"The source's key is to have 1 to {LONGEST_KEY} characters that can be kept.",
)
KIND_OF_SOURCE = said(
    "kind",
    "kind-of-source",
    "采集来的条目的类型由来源决定，不能在这里更改。",
    "The kind of a harvested entry is its source's to say and is not changed here.",
)
NO_NODE = said(
    "source",
    "source-is-node",
    "只有协议为 mulu 的采集源可以沿用来源的标识符。",
    "Only a source of the protocol mulu keeps the identifiers of its home.",
)
NOT_THEIRS = said(
    "agency",
    "may-register",
    "您不能为这个部门登记。",
    "You may not register for this agency.",
)
NOT_UNREVIEWED = said(
    "accept",
    "may-accept",
    "自己登记的条目须经他人审核，除非采集源设为自动接收。",
    "Somebody else must review it, unless its source is accepted automatically.",
)
