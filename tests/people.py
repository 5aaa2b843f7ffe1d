"""The people of a directory that reviews in steps: accounts of their own in every role, and ways to
act as they may today, for whoever they stand in."""

from __future__ import annotations

from catalog import accounts
from catalog.standing_in import with_absent
from catalog.viewers import OPERATOR, PUBLIC, Grant, Role, Viewer
from tests.offices import CENTRE, HEALTH, WATER, Offices

PEOPLE: dict[str, tuple[Grant, ...]] = {
    "wang": (Grant(Role.REGISTRAR, WATER),),
    "zhou": (Grant(Role.REGISTRAR, WATER), Grant(Role.REVIEWER, WATER)),
    "chen": (Grant(Role.REGISTRAR, HEALTH), Grant(Role.REVIEWER, HEALTH)),
    "he": (Grant(Role.REVIEWER, WATER),),
    "wu": (Grant(Role.REVIEWER, WATER),),
    "li": (Grant(Role.REVIEWER, CENTRE),),
    "qian": (Grant(Role.REVIEWER),),
    "sun": (Grant(Role.AUDITOR),),
    "zhao": (Grant(Role.ADMINISTRATOR),),
    "deng": (),
}
"""The registrars wang and zhou of the water bureau, which zhou reviews too, as do he and wu; chen
of the health bureau; li and qian of the centre; sun audits, zhao administers, deng has no role."""


def prepare(offices: Offices) -> Offices:
    """The small directory with accounts for all of them."""
    offices.prepare()
    with offices.database.writing() as session:
        for name, grants in PEOPLE.items():
            accounts.create(session, OPERATOR, name, name, name, offices.clock.now(), grants)
    return offices


def acting(offices: Offices, name: str) -> Viewer:
    """Somebody as they may act today; an empty name is the public."""
    if name in (PUBLIC.name, OPERATOR.name):
        return OPERATOR if name else PUBLIC
    with offices.database.reading() as session:
        return with_absent(session, accounts.by_username(session, name), offices.clock.now())
