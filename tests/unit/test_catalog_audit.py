"""The audit chain: every step is told, and whatever is tampered with is found at its place."""

from __future__ import annotations

import sqlite3

import pytest

from catalog import audit
from catalog.errors import Forbidden
from tests.offices import AUDITOR, REGISTRAR, Offices

UNLOCK = "DROP TRIGGER audit_events_fixed_update; DROP TRIGGER audit_events_fixed_delete;"


def verdict(offices: Offices) -> audit.AuditVerdict:
    with offices.database.reading() as session:
        return audit.verify(session)


def tamper(offices: Offices, statement: str) -> None:
    with sqlite3.connect(str(offices.database.url.database)) as connection:
        connection.executescript(UNLOCK + statement)


def test_each_step_is_told_with_who_and_what(offices: Offices) -> None:
    made = offices.accept(offices.submitted())
    offices.withdraw(made)
    with offices.database.reading() as session:
        told = audit.events(session, AUDITOR, entry=made.identifier)
        with pytest.raises(Forbidden):
            audit.events(session, REGISTRAR)
    assert [(event.actor, event.action) for event in told] == [
        ("wang", "registered"),
        ("li", "accepted"),
        ("li", "leaving asked"),
        ("qian", "withdrawn"),
    ]
    assert told[2].details["reason"] == told[3].details["reason"] == "重复登记"


def test_acceptance_without_review_says_on_whose_authority(offices: Offices) -> None:
    sent, direct = offices.sent("1"), offices.published()
    with offices.database.reading() as session:
        for made, authority in ((sent, "automatic"), (direct, "operator")):
            told = audit.events(session, AUDITOR, entry=made.identifier)[0]
            assert told.details["acceptance"] == authority


def test_a_whole_chain_holds(offices: Offices) -> None:
    offices.submitted()
    found = verdict(offices)
    assert (found.ok, found.count) == (True, 7)
    assert len(found.head) == 64


@pytest.mark.parametrize(
    ("statement", "place", "reason"),
    [
        ("UPDATE audit_events SET actor = 'sun' WHERE seq = 4", 4, "was changed"),
        ("UPDATE audit_events SET details = '{}' WHERE seq = 2", 2, "was changed"),
        (
            "UPDATE audit_events SET at = '2001-01-01 00:00:00.000000' WHERE seq = 1",
            1,
            "was changed",
        ),
        ("DELETE FROM audit_events WHERE seq = 3", 3, "missing"),
        ("DELETE FROM audit_events WHERE seq = 1", 1, "missing"),
        ("UPDATE audit_events SET previous = hash WHERE seq = 5", 5, "does not follow"),
    ],
)
def test_tampering_is_found_where_it_was_done(
    offices: Offices, statement: str, place: int, reason: str
) -> None:
    offices.submitted()
    tamper(offices, statement)
    found = verdict(offices)
    assert found.broken_at == place
    assert reason in found.reason
