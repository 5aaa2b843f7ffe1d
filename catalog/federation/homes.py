"""The home of an entry keeps its authority: what may be registered here of what another node says,
and what nobody here may say for it.

A node speaks for its source's agency and all below it. The permanent identifier that it gave is
kept where it is free. What it decided holds: here it may be restricted further, never opened.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog import origins
from catalog.agencies import known_paths
from catalog.proposals import Checked, Proposal, said
from catalog.sources import NODE
from catalog.tables import Agency, Entry, Source
from catalog.visibility import OPEN_TO_AGENCIES, OPEN_TO_ALL, audience_of
from search.card import Audience
from standards.descriptor import Descriptor
from standards.problems import Problem
from standards.summary import Summary, summarize

IDENTIFIER = re.compile(r"[0-9A-Z]{5,6}-[0-9]{6,12}")
"""What nodes mint (`catalog.minting`); anything else gets an identifier of ours."""
_AUDIENCES = (Audience.PUBLIC, Audience.AGENCIES, Audience.AGENCY)


@dataclass(frozen=True, slots=True)
class Homes:
    """What a batch needs to know of homes and origins, asked at once."""

    own: frozenset[str] = frozenset()
    taken: Mapping[str, str | None] = field(default_factory=dict)
    """The source of the entries that bear a wished identifier."""
    minted: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The agencies that wished identifiers name, each with those above it."""
    homed: Mapping[str, str] = field(default_factory=dict)
    """The source that is the home of an agency."""

    @classmethod
    def asked(
        cls, session: Session, proposals: Sequence[Proposal], agencies: Collection[str]
    ) -> Homes:
        """Few questions; without an origin or a home in the batch, one."""
        wished = {each.home.identifier for each in proposals if each.home}
        chained = any(each.origin for each in proposals)
        return cls(
            origins.own_names(session) if chained else frozenset(),
            _taken(session, wished) if wished else {},
            known_paths(session, {_minter(each) for each in wished}) if wished else {},
            homes_of(session, agencies),
        )

    def refusal(
        self,
        checked: Checked,
        paths: Mapping[str, tuple[str, ...]],
        source_agency: str,
        known: bool,
    ) -> Problem | None:
        """Why the record may not come in; ``known``: its source has sent it before."""
        proposal = checked.proposal
        if any(hop.node in self.own for hop in proposal.origin):
            return CAME_FROM_HERE
        source = proposal.source.source if proposal.source else None
        if proposal.home is None:
            home = self.homed.get(proposal.agency)
            return None if home in (None, source) else registered_at(home or "")
        if source_agency not in paths[proposal.agency]:
            return NOT_THEIR_AGENCY
        if not known and (barred := self._barred(proposal.home.identifier, source_agency)):
            return barred
        if wider(checked.validation.descriptor, proposal.home.audience):
            return WIDER_THAN_HOME
        return None

    def _barred(self, wish: str, source_agency: str) -> Problem | None:
        """Why a node may not bring an entry under this identifier."""
        if wish in self.taken:
            other = self.taken[wish]
            return held_from(other) if other else CAME_FROM_HERE
        minter = self.minted.get(_minter(wish))
        return NOT_THEIR_IDENTIFIER if minter and source_agency not in minter else None

    def identifier(self, proposal: Proposal) -> str | None:
        """The identifier that the entry keeps; None where one is to be minted."""
        wish = proposal.home.identifier if proposal.home else ""
        return wish if IDENTIFIER.fullmatch(wish) else None


def homes_of(session: Session, agencies: Collection[str]) -> dict[str, str]:
    """Which of the agencies are at home elsewhere, and from which source their entries come."""
    if not agencies:
        return {}
    query = select(Agency.code, Agency.home).where(
        Agency.code.in_(set(agencies)), Agency.home.is_not(None)
    )
    return {code: home for code, home in session.execute(query) if home}


def wider(descriptor: Descriptor, audience: str) -> bool:
    """Whether more people would know of it than its home lets."""
    found = audience_of(summarize(descriptor))
    return _AUDIENCES.index(found) < _AUDIENCES.index(Audience(audience))


def opens(before: Descriptor, after: Descriptor) -> bool:
    """Whether the second of two descriptors is more open than the first in any respect."""
    pairs = zip(_openness(summarize(before)), _openness(summarize(after)), strict=True)
    return any(later > earlier for earlier, later in pairs)


def beyond(
    session: Session, entry: Entry, said_by_home: Descriptor, decided: Descriptor
) -> tuple[Problem, ...]:
    """What is wrong with a decision here on an entry of another node: it may close, never open."""
    source = session.get(Source, entry.source) if entry.source else None
    if source is None or source.settings.get("protocol") != NODE:
        return ()
    return (OPENER_THAN_HOME,) if opens(said_by_home, decided) else ()


def _openness(summary: Summary) -> tuple[int, int, int]:
    """For whom the record is, and how far the resource is disclosed and shared; more is opener."""
    return (
        -_AUDIENCES.index(audience_of(summary)),
        _rank(OPEN_TO_ALL, summary.disclosure),
        _rank(OPEN_TO_AGENCIES, summary.sharing),
    )


def _rank(order: Sequence[str], value: str) -> int:
    return len(order) - order.index(value) if value in order else 0


def _minter(identifier: str) -> str:
    """The agency that an identifier names, if it is formed as nodes form them."""
    return identifier.partition("-")[0] if IDENTIFIER.fullmatch(identifier) else ""


def _taken(session: Session, wished: Collection[str]) -> dict[str, str | None]:
    query = select(Entry.identifier, Entry.source).where(Entry.identifier.in_(wished))
    return {row.identifier: row.source for row in session.execute(query)}


def registered_at(source: str) -> Problem:
    """The refusal of what another node registers."""
    return said(
        "agency",
        "home-elsewhere",
        f"该部门在节点“{source}”登记，请在那里登记或修改。",
        f"This agency registers at the node {source}: register or change it there.",
    )


def held_from(source: str) -> Problem:
    """The refusal of what came another way already."""
    return said(
        "identifier",
        "held-otherwise",
        f"这条记录已从“{source}”取得，不重复接收。",
        f"This record is here already, from {source}; it is not taken twice.",
    )


CAME_FROM_HERE = said(
    "origin",
    "came-from-here",
    "这条记录出自本节点，不从别处收回。",
    "This record came from here: it is not taken back from elsewhere.",
)
NOT_THEIR_AGENCY = said(
    "agency",
    "not-their-agency",
    "该节点无权代表这个部门：部门不在其范围之内。",
    "The node may not speak for this agency, which does not lie below its own.",
)
NOT_THEIR_IDENTIFIER = said(
    "identifier",
    "not-their-agency",
    "该节点无权使用这个标识：标识属于其范围之外的部门。",
    "The identifier is that of an agency which does not lie below the node's own.",
)
OPENER_THAN_HOME = said(
    "disclosure",
    "opener-than-home",
    "这条目由其来源节点决定公开与共享，这里只能收紧，不能放宽。",
    "The node that this entry comes from decides on it: here it may be closed further, not opened.",
)
WIDER_THAN_HOME = said(
    "disclosure",
    "wider-than-home",
    "记录的公开范围比其来源节点给出的更大。",
    "The record would be open to more people than the node says it is.",
)
