"""What every answer and every request keeps: headers, forms' tokens, origins, sizes, clean text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import g
from flask.testing import FlaskClient

from tests.websites import PASSWORD, Website, furnish, website
from web.limits import RateLimit
from web.security import keeps_input

SIGN_IN = "/sign-in"


def token_of(client: FlaskClient, path: str = SIGN_IN) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).get_data(as_text=True))
    assert found
    return found[1]


def filled(name: str, password: str, token: str) -> dict[str, str]:
    return {"sign-in-username": name, "sign-in-password": password, "csrf_token": token}


def sign_in(client: FlaskClient, name: str = "registrar") -> None:
    form = filled(name, PASSWORD, token_of(client))
    assert client.post(SIGN_IN, data=form).status_code in (302, 303)


@pytest.mark.parametrize("path", ["/", "/api/v1/status", "/healthz", "/nothing"])
def test_headers_of_every_answer(site: Website, path: str) -> None:
    headers = site.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Request-ID"]


def test_a_given_request_id_is_kept_when_it_is_one(site: Website) -> None:
    assert (
        site.get("/healthz", X_Request_ID="abc-12345678").headers["X-Request-ID"] == "abc-12345678"
    )
    assert site.get("/healthz", X_Request_ID="a b").headers["X-Request-ID"] != "a b"


def test_public_answers_set_no_cookie_and_private_ones_are_not_stored(site: Website) -> None:
    public = site.get("/api/v1/status")
    assert "Set-Cookie" not in public.headers
    assert "public" in public.headers["Cache-Control"]
    private = site.get("/api/v1/status", role="reviewer")
    assert private.headers["Cache-Control"] == "private, no-store"


def test_session_cookies_are_out_of_reach(tmp_path: Path) -> None:
    with website(tmp_path, base_url="https://mulu.example") as site:
        cookie = site.get(SIGN_IN).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" in cookie


def test_a_form_without_its_token_is_refused(site: Website) -> None:
    client = site.client
    client.post(SIGN_IN, data=filled("registrar", PASSWORD, "guessed"))
    assert client.get("/api/v1/sources").status_code == 401


def test_a_cookie_alone_does_not_write(site: Website) -> None:
    client = site.client
    sign_in(client)
    body = {"kind": "document", "agency": "310A7", "values": {"title": "通知"}, "submit": False}
    assert client.post("/api/v1/entries", json=body).status_code == 403
    with client.session_transaction() as session:
        session["csrf_token"] = "known"
    sent = client.post("/api/v1/entries", json=body, headers={"X-CSRF-Token": "known"})
    assert sent.status_code == 201


def test_another_site_cannot_send_our_forms(site: Website) -> None:
    client = site.client
    form = {"username": "registrar", "password": PASSWORD, "csrf_token": token_of(client)}
    assert (
        client.post(SIGN_IN, data=form, headers={"Origin": "https://evil.example"}).status_code
        == 403
    )


def test_a_view_that_keeps_input_is_called_but_untrusted(site: Website) -> None:
    @keeps_input
    def view() -> str:
        return "untrusted" if g.untrusted else "trusted"

    site.app._got_first_request = False
    site.app.add_url_rule("/kept", "kept", view, methods=["POST"])
    assert (
        site.client.post("/kept", data={"csrf_token": "old"}).get_data(as_text=True) == "untrusted"
    )


def test_nul_is_refused(site: Website) -> None:
    assert site.get("/api/v1/search?q=a%00b").status_code == 400
    assert site.get("/entries/x%00").status_code == 400
    body = {"kind": "document", "values": {"title": "a\0b"}}
    assert site.post("/api/v1/validate", body).status_code == 400


@pytest.mark.parametrize("body", [b'{"a": "\\ud800"}', b"{", b'{"a": NaN}', b"[" * 5000, b"\xff"])
def test_json_that_is_none(site: Website, body: bytes) -> None:
    sent = site.client.post("/api/v1/validate", data=body, content_type="application/json")
    assert sent.status_code == 400
    assert sent.content_type == "application/problem+json"


def test_bodies_have_a_limit(site: Website) -> None:
    site.app.config["MAX_CONTENT_LENGTH"] = 1000
    body = {"kind": "document", "values": {"title": "长" * 2000}}
    assert site.post("/api/v1/validate", body).status_code == 413


def test_callers_from_outside_are_paced(site: Website) -> None:
    site.app.extensions["mulu-read-limit"] = RateLimit(burst=2, per_minute=1)
    outside = {"REMOTE_ADDR": "203.0.113.9"}
    statuses = [
        site.client.get("/api/v1/status", environ_base=outside).status_code for _ in range(3)
    ]
    assert statuses == [200, 200, 429]
    assert site.get("/api/v1/status").status_code == 200


def test_secrets_are_in_no_log(site: Website, capsys: pytest.CaptureFixture[str]) -> None:
    furnish(site)
    site.get("/api/v1/status?token=verysecret", role="registrar")
    told = capsys.readouterr()
    assert site.tokens["registrar"] not in told.out + told.err
    assert "verysecret" not in told.out + told.err
