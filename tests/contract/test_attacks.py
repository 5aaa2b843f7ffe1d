"""What an attacker tries, from outside and with an account of the wrong role."""

from __future__ import annotations

import io
import re
import threading
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from catalog import accounts
from catalog.errors import Conflict
from catalog.viewers import OPERATOR, Grant, Role
from harvesters.importing import Import, import_file
from tests.offices import WATER
from tests.unit.test_web_security import filled, sign_in, token_of
from tests.websites import PASSWORD, Website, furnish
from web.security import UNKNOWN_BODIES
from web.serving import THREADS

HUGE = "9" * 5000
"""A number that Python refuses to read."""
BEYOND = str(10**30)
"""A number that no database holds."""
EVIL = "https://evil.example"


@pytest.fixture
def ids(site: Website) -> dict[str, str]:
    return furnish(site)


def signed_in(site: Website, name: str = "registrar") -> tuple[FlaskClient, str]:
    """A browser with a session, and the token of its forms."""
    client = site.client
    sign_in(client, name)
    with client.session_transaction() as session:
        session["csrf_token"] = "known"
    return client, "known"


def person(site: Website, name: str, *grants: Grant) -> str:
    """A token for a new account with these roles."""
    now = site.offices.clock.now()
    with site.parts.database.writing() as session:
        owner = accounts.create(session, OPERATOR, name, name, PASSWORD, now, grants)
        return accounts.issue_token(session, owner, "test", now)


def bearer(token: str, **more: str) -> dict[str, str]:
    headers = {name.replace("_", "-"): value for name, value in more.items()}
    return {"Authorization": f"Bearer {token}", **headers}


# --- requests that nothing sensible sends ------------------------------------------------------


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "/\\evil.example", EVIL, "//[", "/\tx", "javascript:1", "/a\r\nX: 1"],
)
def test_signing_in_leads_nowhere_else(site: Website, target: str) -> None:
    client = site.client
    assert client.get("/sign-in", query_string={"next": target}).status_code == 200
    form = {**filled("registrar", PASSWORD, token_of(client)), "next": target}
    answered = client.post("/sign-in", data=form)
    assert (answered.status_code, answered.headers["Location"]) == (303, "/")


def test_an_origin_that_is_none(site: Website) -> None:
    client = site.client
    form = filled("registrar", PASSWORD, token_of(client))
    for origin in ("http://[", "http://]x", EVIL):
        assert client.post("/sign-in", data=form, headers={"Origin": origin}).status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        f"/runs/{BEYOND}",
        f"/runs/{BEYOND}.csv",
        f"/api/v1/runs/{BEYOND}",
        f"/sitemap-{BEYOND}.xml",
        "/my?state=draft&cursor=0001-01-01T00:00:00%2B14:00|x",
        "/my?state=draft&cursor=9999-12-31T23:59:59-14:00|x",
        "/review?cursor=x",
        "/agencies/%F0%9F%92%A9",
    ],
)
def test_numbers_and_moments_beyond_the_possible(
    site: Website, ids: dict[str, str], path: str
) -> None:
    for role in ("", "registrar", "administrator", "reviewer"):
        assert site.get(path, role).status_code < 500


@pytest.mark.parametrize(
    "form",
    [
        {"act": f"remove:provider:{HUGE}"},
        {"act": "remove:provider:²"},
        {f"provider.{HUGE}.name": "x", "act": "draft"},
        {"act": "draft", "revision": HUGE},
        {"act": "draft", "revision": BEYOND, "title": "x"},
        {"act": "draft", "title": "a\0b"},
        {"act": "draft", "agency": "a\0b", "title": "x"},
    ],
)
def test_forms_that_no_browser_sends(
    site: Website, ids: dict[str, str], form: dict[str, str]
) -> None:
    client, token = signed_in(site)
    for path in ("/register/document", f"/entries/{ids['served']}/edit"):
        assert client.post(path, data={**form, "csrf_token": token}).status_code < 500, path
    client, token = signed_in(site, "reviewer")
    path = f"/review/{ids['submitted']}"
    assert client.post(path, data={**form, "act": "accept", "csrf_token": token}).status_code < 500


def test_nul_in_a_name_or_a_file(site: Website) -> None:
    client = site.client
    form = filled("regis\0trar", PASSWORD, token_of(client))
    assert client.post("/sign-in", data=form).status_code == 400


@pytest.mark.parametrize("depth", [50, 400, 900])
def test_values_nested_deep(site: Website, depth: int) -> None:
    for nested in ("[" * depth + "]" * depth, '{"a":' * depth + "1" + "}" * depth):
        for name in ("title", "keywords", "provider", "place", "nothing"):
            body = f'{{"kind": "document", "values": {{"{name}": {nested}}}}}'
            sent = site.client.post("/api/v1/validate", data=body, content_type="application/json")
            assert sent.status_code in (200, 400, 422)


def test_the_public_sends_no_huge_documents(site: Website) -> None:
    body = b'{"kind": "document", "values": {"title": ["' + b"a" * (8 << 20) + b'"]}}'
    sent = site.client.post("/api/v1/validate", data=body, content_type="application/json")
    assert sent.status_code == 413


def test_slow_senders_keep_nobody_from_reading(site: Website) -> None:
    """Those who have not signed in get so many places for their bodies, and no more."""
    slots = site.app.extensions["mulu-unknown-bodies"]
    form = filled("registrar", PASSWORD, token_of(site.client))
    for _ in range(UNKNOWN_BODIES):
        assert slots.acquire(blocking=False)
    assert UNKNOWN_BODIES < THREADS
    assert site.client.post("/sign-in", data=form).status_code == 429
    assert site.client.get("/sign-in").status_code == 200
    assert site.get("/api/v1/sources", "registrar").status_code == 200
    body = {"kind": "document", "values": {"title": "x"}}
    assert site.post("/api/v1/validate", body, "registrar").status_code == 200
    slots.release()
    assert site.post("/api/v1/validate", body).status_code == 200
    assert site.post("/api/v1/validate", body).status_code == 200


# --- cookies, tokens, sessions -----------------------------------------------------------------


def test_cookies_go_over_https_alone_when_asked_so(site: Website) -> None:
    for path in ("/sign-in", "/?lang=en"):
        cookie = site.client.get(path, base_url="https://localhost").headers["Set-Cookie"]
        assert "Secure" in cookie, path
        assert "Secure" not in site.client.get(path).headers["Set-Cookie"], path


def test_a_copied_session_ends_with_signing_out(site: Website) -> None:
    client, token = signed_in(site)
    copied = client.get_cookie("mulu")
    assert copied
    client.post("/sign-out", data={"csrf_token": token})
    thief = site.client
    thief.set_cookie("mulu", copied.value)
    assert thief.get("/api/v1/sources").status_code == 401


def test_nobody_is_signed_in_as_somebody_else_by_another_site(
    site: Website, ids: dict[str, str]
) -> None:
    """A sandboxed frame has the origin "null", and forms that keep what was typed sign in too."""
    victim = site.client
    form = filled("registrar", PASSWORD, "guessed")
    for path in ("/register/document", f"/entries/{ids['served']}/edit"):
        victim.post(path, data=form, headers={"Origin": "null"})
        assert victim.get("/api/v1/sources").status_code == 401, path


def test_the_name_of_the_operator_is_nobodys(site: Website) -> None:
    for name in ("operator", "Operator", " operator ", ""):
        with pytest.raises(Conflict):
            person(site, name, Grant(Role.REGISTRAR, WATER))


def test_many_who_sign_in_at_nine_behind_one_proxy(site: Website) -> None:
    for _ in range(60):
        client = site.client
        form = filled("registrar", PASSWORD, token_of(client))
        assert client.post("/sign-in", data=form).status_code == 303


def test_guessing_from_elsewhere_does_not_shut_the_owner_out(site: Website) -> None:
    there, here = {"REMOTE_ADDR": "203.0.113.9"}, {"REMOTE_ADDR": "198.51.100.7"}
    client = site.client
    for _ in range(12):
        form = filled("registrar", "guess", token_of(client))
        last = client.post("/sign-in", data=form, environ_base=there).status_code
    assert last == 429
    form = filled("registrar", PASSWORD, token_of(client))
    assert client.post("/sign-in", data=form, environ_base=here).status_code == 303


# --- other agencies' affairs -------------------------------------------------------------------


def test_another_agency_learns_nothing_of_a_pending_change(
    site: Website, ids: dict[str, str]
) -> None:
    """403 whatever revision is sent: 409 would tell how often the entry was worked on."""
    stranger = person(
        site, "stranger", Grant(Role.REGISTRAR, "310B2"), Grant(Role.REVIEWER, "310B2")
    )
    body = {"values": {"title": "x"}}
    for revision in range(4):
        path = f"/api/v1/entries/{ids['served']}"
        headers = bearer(stranger, If_Match=str(revision))
        assert site.client.put(path, json=body, headers=headers).status_code == 403
        for step in ("submit", "accept", "return", "withdraw"):
            sent = {
                "revision": revision,
                **({"reason": "x"} if step in ("return", "withdraw") else {}),
            }
            answered = site.client.post(f"{path}/{step}", json=sent, headers=bearer(stranger))
            assert answered.status_code == 403, step


@pytest.mark.parametrize("hidden", ["withheld", "submitted"])
def test_another_agency_finds_no_hidden_entry(
    site: Website, ids: dict[str, str], hidden: str
) -> None:
    stranger = person(site, "stranger", *(Grant(role, "310B2") for role in Role))
    path = f"/api/v1/entries/{ids[hidden]}"
    for address in (path, f"{path}/history", f"{path}/similar", f"/entries/{ids[hidden]}",
                    f"/entries/{ids[hidden]}.json", f"/entries/{ids[hidden]}/edit",
                    f"/entries/{ids[hidden]}/history", f"/review/{ids[hidden]}"):  # fmt: skip
        assert site.client.get(address, headers=bearer(stranger)).status_code == 404, address
    for step in ("submit", "accept", "return", "withdraw"):
        sent = {"revision": 1, **({"reason": "x"} if step in ("return", "withdraw") else {})}
        answered = site.client.post(f"{path}/{step}", json=sent, headers=bearer(stranger))
        assert answered.status_code == 404, step


def test_an_administrator_elsewhere_runs_no_source_that_they_may_only_look_at(
    site: Website, tmp_path: Path
) -> None:
    path = tmp_path / "table.csv"
    path.write_text("名称,摘要\n泵站,x\n", "utf-8")
    report = import_file(site.parts.database, Import(path, WATER), OPERATOR, site.parts.clock)
    both = person(site, "both", Grant(Role.ADMINISTRATOR, "310B2"), Grant(Role.AUDITOR, WATER))
    sent = site.client.post(f"/sources/{report.source}", headers=bearer(both))
    assert sent.status_code in (403, 404)


def test_nobody_else_sees_an_upload_or_its_run(site: Website) -> None:
    sent = {"file": (io.BytesIO("名称,摘要\n泵站,x\n".encode()), "table.csv")}
    made = site.client.post("/api/v1/imports", data=sent, headers=site.headers("registrar"))
    ticket = made.get_json()["ticket"]
    stranger = person(site, "stranger", Grant(Role.REGISTRAR, "310B2"))
    confirm = {"agency": "310B2", "columns": {}}
    answered = site.client.post(f"/api/v1/imports/{ticket}", json=confirm, headers=bearer(stranger))
    assert answered.status_code == 404
    theirs = site.post(f"/api/v1/imports/{ticket}", {"agency": WATER, "columns": {}}, "registrar")
    run = theirs.get_json()["id"]
    for path in (
        f"/api/v1/runs/{run}",
        f"/api/v1/runs/{run}/records",
        f"/runs/{run}",
        f"/runs/{run}.csv",
    ):
        assert site.client.get(path, headers=bearer(stranger)).status_code == 404, path


def test_an_auditor_writes_nothing(site: Website, ids: dict[str, str]) -> None:
    path = f"/api/v1/entries/{ids['submitted']}"
    body = {"kind": "document", "agency": WATER, "values": {"title": "x"}}
    assert site.post("/api/v1/entries", body, "auditor").status_code == 403
    assert site.put(path, {"values": {"title": "x"}}, "auditor", If_Match="1").status_code == 403
    for step in ("submit", "accept", "return", "withdraw"):
        sent = {"revision": 1, **({"reason": "x"} if step in ("return", "withdraw") else {})}
        assert site.post(f"{path}/{step}", sent, "auditor").status_code == 403, step


# --- files -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["长" * 300 + ".csv", "../../x.csv", "/etc/passwd.csv", "a\r\nb.csv", "<script>.csv", "..csv",
     "C:\\x\\y.csv", "CON.csv", "\u202evsc.csv", "-rf.csv"],
)  # fmt: skip
def test_file_names_stay_in_their_folder(site: Website, tmp_path: Path, name: str) -> None:
    sent = {"file": (io.BytesIO("名称,摘要\n泵站,x\n".encode()), name)}
    made = site.client.post("/api/v1/imports", data=sent, headers=site.headers("registrar"))
    assert made.status_code in (201, 422), made.get_data(as_text=True)
    for path in (site.parts.settings.data_dir / "uploads").rglob("*.csv"):
        assert len(path.relative_to(site.parts.settings.data_dir / "uploads").parts) == 3


# --- two at once -------------------------------------------------------------------------------


def test_two_reviewers_accept_at_once(site: Website, ids: dict[str, str]) -> None:
    second = person(site, "colleague", Grant(Role.REVIEWER))
    path, statuses = f"/api/v1/entries/{ids['submitted']}/accept", []
    start = threading.Barrier(2)

    def accept(headers: dict[str, str]) -> None:
        start.wait()
        answered = site.client.post(path, json={"revision": 1}, headers=headers)
        statuses.append(answered.status_code)

    threads = [
        threading.Thread(target=accept, args=(headers,))
        for headers in (site.headers("reviewer"), bearer(second))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200, 409]


def test_a_form_sent_twice_makes_one_entry(site: Website, ids: dict[str, str]) -> None:
    client, _ = signed_in(site)
    page = client.get("/register/document").get_data(as_text=True)
    form: dict[str, Any] = {"title": "发了两次的通知", "act": "draft", **hidden_fields(page)}
    places = {client.post("/register/document", data=form).headers["Location"] for _ in range(2)}
    assert len(places) == 1


def hidden_fields(page: str) -> dict[str, str]:
    """The hidden fields of a form."""
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
