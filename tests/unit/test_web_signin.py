"""Who asks: sessions, tokens, roles, and one message for every failure to sign in."""

from __future__ import annotations

from datetime import timedelta

import pytest

from catalog import accounts
from catalog.viewers import OPERATOR
from tests.unit.test_web_security import filled, sign_in, token_of
from tests.websites import PASSWORD, Website


def test_a_session_lasts_until_signing_out(site: Website) -> None:
    client = site.client
    sign_in(client)
    assert client.get("/api/v1/sources").status_code == 200
    with client.session_transaction() as session:
        session["csrf_token"] = "known"
    client.post("/sign-out", data={"csrf_token": "known"})
    assert client.get("/api/v1/sources").status_code == 401


def test_every_failure_is_told_alike(site: Website) -> None:
    told = set()
    for name, password in (("registrar", "wrong"), ("nobody", PASSWORD), ("", "")):
        client = site.client
        form = filled(name, password, token_of(client))
        answered = client.post("/sign-in", data=form)
        told.add(answered.status_code)
        assert client.get("/api/v1/sources").status_code == 401
    assert len(told) == 1


def test_guessing_is_slowed_down(site: Website) -> None:
    client = site.client
    statuses = []
    for _ in range(10):
        form = filled("registrar", "guess", token_of(client))
        statuses.append(client.post("/sign-in", data=form).status_code)
    assert statuses[-1] == 429


def test_a_closed_account_is_out_at_once(site: Website) -> None:
    client = site.client
    sign_in(client)
    with site.parts.database.writing() as db:
        accounts.close(db, OPERATOR, "registrar", site.parts.clock.now())
    assert client.get("/api/v1/sources").status_code == 401
    assert site.get("/api/v1/sources", role="registrar").status_code == 401


@pytest.mark.parametrize(
    "header", ["Bearer nonsense", "Bearer ", "Basic cmVnaXN0cmFyOng=", "mulu_x", "Bearer \xe4"]
)
def test_a_wrong_token_is_told(site: Website, header: str) -> None:
    answered = site.client.get("/api/v1/status", headers={"Authorization": header})
    assert answered.status_code == 401
    assert answered.headers["WWW-Authenticate"].startswith("Bearer")


def test_tokens_expire(site: Website) -> None:
    now = site.offices.clock.now()
    with site.parts.database.writing() as db:
        owner = accounts.by_username(db, "registrar")
        token = accounts.issue_token(db, owner, "short", now, now + timedelta(hours=1))
    headers = {"Authorization": f"Bearer {token}"}
    assert site.client.get("/api/v1/sources", headers=headers).status_code == 200
    site.offices.clock.advance(timedelta(hours=2))
    assert site.client.get("/api/v1/sources", headers=headers).status_code == 401


def test_roles_open_their_doors(site: Website) -> None:
    def status(path: str, role: str) -> int:
        return site.get(path, role=role).status_code

    assert status("/metrics", "") == 401
    assert status("/metrics", "registrar") == 403
    assert status("/metrics", "auditor") == 200
    assert status("/api/v1/review", "") == 401
    assert status("/api/v1/review", "reviewer") == 200
    assert site.post("/api/v1/entries", {}, role="reviewer").status_code == 403


def test_a_person_is_led_to_the_sign_in_page(site: Website) -> None:
    answered = site.get("/register", Accept="text/html")
    assert answered.status_code == 302
    assert answered.headers["Location"].startswith("/sign-in?next=")
