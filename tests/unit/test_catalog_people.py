"""Agencies, accounts, tokens and roles."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from catalog import accounts, agencies, statistics
from catalog.agencies import AgencyView
from catalog.errors import Conflict, Forbidden, NotFound
from catalog.tables import Account, Token
from catalog.viewers import OPERATOR, PUBLIC, Grant, Role, Viewer
from tests.offices import (
    ADMINISTRATOR,
    CENTRE,
    HEALTH,
    PUMPS,
    REGISTRAR,
    WATER,
    Offices,
)


def test_agencies_form_a_tree(offices: Offices) -> None:
    with offices.database.reading() as session:
        (root,) = agencies.tree(session)
        assert root.agency.code == CENTRE
        assert [node.agency.code for node in root.below] == [WATER, HEALTH]
        assert agencies.get(session, PUMPS).path == (PUMPS, WATER, CENTRE)
        assert [each.code for each in agencies.every(session)] == [CENTRE, WATER, PUMPS, HEALTH]
        with pytest.raises(NotFound):
            agencies.get(session, "NOWHERE")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("上海市水务局", WATER),
        ("水务局", WATER),
        (" 市 水务局 ", WATER),
        ("３１０Ａ７", WATER),
        ("310a7", WATER),
        ("财政局", None),
        ("", None),
    ],
)
def test_an_agency_is_known_by_any_of_its_names(
    offices: Offices, name: str, code: str | None
) -> None:
    with offices.database.reading() as session:
        found = agencies.match(session, name)
    assert (found.code if found else None) == code


def test_only_administrators_manage_agencies(offices: Offices) -> None:
    now, fresh = offices.clock.now(), AgencyView("310C3", "上海市财政局", parent=CENTRE)
    within = Viewer(9, "qian", (Grant(Role.ADMINISTRATOR, WATER),))
    with offices.database.writing() as session:
        for actor in (REGISTRAR, within, PUBLIC):
            with pytest.raises(Forbidden):
                agencies.add(session, actor, fresh, now)
        assert agencies.add(session, ADMINISTRATOR, fresh, now).path == ("310C3", CENTRE)
        with pytest.raises(Conflict):
            agencies.add(session, ADMINISTRATOR, fresh, now)
        below = AgencyView("310C4", "水务信息中心", parent=WATER)
        assert agencies.add(session, within, below, now).path == ("310C4", WATER, CENTRE)
        with pytest.raises(NotFound):
            agencies.add(session, OPERATOR, AgencyView("310C5", "无上级", parent="310XX"), now)


def test_a_password_is_replaced_by_an_administrator(offices: Offices) -> None:
    now, grants = offices.clock.now(), [Grant(Role.REGISTRAR, WATER)]
    with offices.database.writing() as session:
        accounts.create(session, OPERATOR, "li", "李梅", "the-first-one", now, grants)
        with pytest.raises(Forbidden):
            accounts.set_password(session, REGISTRAR, "li", "mine-instead", now)
        accounts.set_password(session, ADMINISTRATOR, "li", "the-second-one", now)
        assert accounts.authenticate(session, "li", "the-first-one") is None
        assert accounts.authenticate(session, "li", "the-second-one") is not None


def test_an_account_signs_in_with_its_password_only(offices: Offices) -> None:
    now, grants = offices.clock.now(), [Grant(Role.REGISTRAR, WATER), Grant(Role.AUDITOR)]
    with offices.database.writing() as session:
        made = accounts.create(session, OPERATOR, "ma", "马", "correct horse", now, grants)
        with pytest.raises(Conflict):
            accounts.create(session, OPERATOR, "ma", "马", "another", now)
    with offices.database.writing() as session:
        assert accounts.authenticate(session, "ma", "correct horse") == made
        assert accounts.authenticate(session, "ma", "wrong") is None
        assert accounts.authenticate(session, "nobody", "correct horse") is None
        assert accounts.viewer_of_account(session, made.account or 0) == made
        stored = session.scalar(select(Account.password).where(Account.username == "ma"))
        assert stored is not None
        assert stored.startswith("$argon2id$")
        accounts.close(session, ADMINISTRATOR, "ma", now)
        session.flush()
        assert accounts.authenticate(session, "ma", "correct horse") is None
        assert accounts.viewer_of_account(session, made.account or 0) is None


def test_an_administrator_gives_roles_only_within_the_own_scope(offices: Offices) -> None:
    now = offices.clock.now()
    within = Viewer(9, "qian", (Grant(Role.ADMINISTRATOR, WATER),))
    with offices.database.writing() as session:
        accounts.create(
            session, within, "ma", "马", "correct horse", now, [Grant(Role.REGISTRAR, PUMPS)]
        )
        for given in (Grant(Role.REGISTRAR, HEALTH), Grant(Role.ADMINISTRATOR)):
            with pytest.raises(Forbidden):
                accounts.grant(session, within, "ma", given, now)
        with pytest.raises(Forbidden):
            accounts.create(session, REGISTRAR, "x", "x", "x", now)
        accounts.grant(session, within, "ma", Grant(Role.REVIEWER, WATER), now)
        accounts.grant(session, within, "ma", Grant(Role.REVIEWER, WATER), now)
        roles = [each.role for each in accounts.by_username(session, "ma").grants]
        assert roles == [Role.REGISTRAR, Role.REVIEWER]
        assert [each.name for each in accounts.every(session)] == ["ma"]


def test_a_token_is_shown_once_and_ends(offices: Offices) -> None:
    now = offices.clock.now()
    with offices.database.writing() as session:
        owner = accounts.create(session, OPERATOR, "ma", "马", "correct horse", now)
        lasting = accounts.issue_token(session, owner, "harvester", now)
        brief = accounts.issue_token(session, owner, "trial", now, now + timedelta(days=1))
        with pytest.raises(Forbidden):
            accounts.issue_token(session, PUBLIC, "x", now)
    with offices.database.writing() as session:
        kept = {row.digest for row in session.scalars(select(Token))}
        assert not kept & {lasting, brief}
        assert accounts.viewer_of_token(session, lasting, now) == owner
        assert accounts.viewer_of_token(session, brief, now) == owner
        assert accounts.viewer_of_token(session, brief, now + timedelta(days=1)) is None
        assert accounts.viewer_of_token(session, "mulu_guess", now) is None
        accounts.revoke_tokens(session, owner, "harvester", now)
        session.expire_all()
        assert accounts.viewer_of_token(session, lasting, now) is None
        with pytest.raises(NotFound):
            accounts.revoke_tokens(session, owner, "harvester", now)


def test_states_are_counted(offices: Offices) -> None:
    offices.submitted()
    offices.published()
    offices.withdraw(offices.published())
    with offices.database.reading() as session:
        assert statistics.states(session) == {
            "draft": 0,
            "submitted": 1,
            "returned": 0,
            "published": 1,
            "withdrawn": 1,
        }
