"""Resources whose items carry data elements, and what people say of them."""

from __future__ import annotations

from typing import Any

from catalog.elements import claims, keeping
from catalog.registration import Proposal
from catalog.viewers import OPERATOR, Grant, Role, Viewer
from tests.offices import HEALTH, REVIEWER, WATER, Offices, values

NUMBER, NAME = "RK001", "RK002"
BY_WATER = Viewer(11, "shui", (Grant(Role.REGISTRAR, WATER),))
BY_HEALTH = Viewer(12, "wei", (Grant(Role.REGISTRAR, HEALTH),))


def holding(
    offices: Offices, agency: str, *names: str, kind: str = "character", **more: Any
) -> str:
    """A served resource of the agency with these items, known to the follower; its identifier."""
    items = [{"name": name, "type": kind} for name in names]
    told = values(**({"title": f"{agency}名录", "items": items} | more))
    proposal = Proposal("non-document", told, agency, accept=True)
    made = offices.register(proposal, actor=OPERATOR)[0]
    assert made.identifier, made.problems
    follow(offices)
    return made.identifier


def follow(offices: Offices) -> None:
    """Let the follower take in what there is."""
    keeping.FOLLOWER.catch_up(offices.database, offices.clock)


def claim(offices: Offices, who: Viewer, entry: str, division: str = "", code: str = NUMBER) -> int:
    """Claim that the entry is the authoritative source; the claim's number."""
    with offices.database.writing() as session:
        now = offices.clock.now()
        return claims.make(session, who, code, entry, division, "依法登记", now)


def decide(
    offices: Offices, number: int, accept: bool = True, by: Viewer = REVIEWER, *replacing: int
) -> None:
    """Decide on a claim."""
    with offices.database.writing() as session:
        now = offices.clock.now()
        claims.decide(session, by, number, accept, "职责明确", now, replacing)


def contest(offices: Offices) -> str:
    """Two agencies that collect one element and claim it, one of them with success; the number of
    the claim that waits.
    """
    mine, theirs = (holding(offices, each, "公民身份号码") for each in (WATER, HEALTH))
    decide(offices, claim(offices, BY_WATER, mine, "310000"))
    return str(claim(offices, BY_HEALTH, theirs))
