"""What somebody tries who wants a decision to be other than it was made, or to see what is not
theirs: with an account, with two roles in one, or with words that mean more than they seem.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from catalog import accounts, audit, standing_in
from catalog.audit import LISTED
from catalog.errors import Conflict, NotFound
from catalog.requests import bulk, flow
from catalog.viewers import OPERATOR, Grant, Role
from tests.contract.test_attacks import bearer, person, signed_in
from tests.offices import AUDITOR, HEALTH, REGISTRAR, WATER, values
from tests.pages import Visitor
from tests.websites import Website, furnish

BOTH = (Grant(Role.REGISTRAR, WATER), Grant(Role.REVIEWER, WATER))
SCRIPT = "<script>alert(1)</script>"
TURNED = "同意\u202egnp.exe\u0007"


def registered(site: Website, token: str) -> tuple[str, int, int]:
    """An entry by the API: its identifier, its request and its revision."""
    body = {"kind": "document", "agency": WATER, "values": values(), "level": "minimal"}
    made = site.client.post("/api/v1/entries", json=body, headers=bearer(token)).json
    assert made is not None
    return made["identifier"], made["request"], made["revision"]


@pytest.mark.parametrize(
    "name",
    ["Reviewer", "ｒｅｖｉｅｗｅｒ", " reviewer", "mulu", "MULU", "housekeeping", "a\u202eb"],
)
def test_no_account_looks_like_another(site: Website, name: str) -> None:
    with pytest.raises(Conflict):
        person(site, name, Grant(Role.REGISTRAR, WATER))


def test_two_roles_in_one_account_accept_nothing_of_their_own(site: Website) -> None:
    token = person(site, "both", *BOTH)
    entry, request, revision = registered(site, token)
    step = {"revision": revision}
    for path in (f"/api/v1/requests/{request}/accept", f"/api/v1/entries/{entry}/accept"):
        refused = site.client.post(path, json=step, headers=bearer(token))
        assert refused.status_code == 403, path
        assert "自己" in str(refused.json) or "own" in str(refused.json)
    with site.parts.database.writing() as db:
        now, today = site.offices.clock.now(), date(2009, 3, 18)
        last = today + timedelta(days=9)
        standing_in.delegate(db, OPERATOR, "both", "registrar", today, last, now)
    deputy = site.post(f"/api/v1/requests/{request}/accept", step, "registrar")
    assert deputy.status_code == 403, "who stands in for them may not either"
    assert site.get(f"/entries/{entry}").status_code == 404


def test_a_request_out_of_ones_scope_is_not_there(site: Website) -> None:
    token = person(
        site, "elsewhere", Grant(Role.REVIEWER, HEALTH), Grant(Role.ADMINISTRATOR, HEALTH)
    )
    request = site.offices.submitted(disclosure="withheld").request
    for path in (f"/api/v1/requests/{request}", f"/requests/{request}"):
        assert site.client.get(path, headers=bearer(token)).status_code == 404
    for act in ("accept", "return", "refuse", "take", "comment", "release"):
        body = {"revision": 1, "reason": "x"} if act in ("return", "refuse") else {"revision": 1}
        body = {"text": "x"} if act == "comment" else {} if act == "take" else body
        path = f"/api/v1/requests/{request}/{act}"
        answer = site.client.post(path, json=body, headers=bearer(token))
        assert answer.status_code in (404, 422), act
    assert site.get(f"/api/v1/requests/{request}", "reviewer").json["state"] == "submitted"


def test_only_those_concerned_learn_of_a_deputy(site: Website) -> None:
    with site.parts.database.writing() as db:
        now, today = site.offices.clock.now(), date(2009, 3, 18)
        held = standing_in.delegate(db, OPERATOR, "reviewer", "second", today, today, now)
    with site.parts.database.writing() as db:
        other = accounts.by_username(db, "registrar")
        with pytest.raises(NotFound):
            standing_in.end(db, other, held.number, site.offices.clock.now())


def test_reasons_and_comments_are_text_and_nothing_else(site: Website) -> None:
    made = site.offices.submitted()
    client, token = signed_in(site, "reviewer")
    for act, words in (("comment", {"comment": SCRIPT + TURNED}), ("return", {"reason": TURNED})):
        form = {"csrf_token": token, "act": act, "revision": "1", "back": "//evil.example", **words}
        answer = client.post(f"/requests/{made.request}", data=form)
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith(("/review", "/requests/"))
    page = client.get(f"/requests/{made.request}").get_data(as_text=True)
    assert SCRIPT not in page
    assert "&lt;script&gt;" in page
    with site.parts.database.reading() as db:
        told = audit.events(db, OPERATOR, entry=made.identifier)
    said = [each.details["reason"] for each in told if "reason" in each.details]
    assert said
    assert not any(mark in words for words in said for mark in "\u202e\u0007")


def test_codes_of_receipts_are_not_guessed_by_those_who_signed_in_either(site: Website) -> None:
    token = person(site, "guessing", Grant(Role.REGISTRAR, HEALTH))
    path = "/api/v1/access-requests/YS2009-000001/withdraw"
    answers = {
        site.client.post(
            path, json={"code": f"AAAA-{n:04d}-AAAA"}, headers=bearer(token)
        ).status_code
        for n in range(60)
    }
    assert answers == {404, 429}


@pytest.mark.parametrize("name", ["a%0d%0aX:1", "%0d", "x" * 3000, "9" * 5000])
@pytest.mark.parametrize("path", ["/access/", "/reference/codes/"])
def test_names_in_addresses_that_nobody_gave(site: Website, path: str, name: str) -> None:
    answer = site.get(path + name)
    assert answer.status_code in (303, 404)
    assert "X" not in answer.headers


def test_taking_back_tells_no_more_than_fits(site: Website) -> None:
    asked = site.offices.submitted()
    assert asked.request
    with site.parts.database.writing() as session:
        now = site.offices.clock.now()
        flow.cancel(session, REGISTRAR, asked.request, asked.revision, "x" * 100_000, now)
    with site.parts.database.reading() as session:
        events = audit.events(session, AUDITOR, asked.identifier)
    assert max(len(str(each.details)) for each in events) < 10_000


def test_no_door_shows_what_is_withheld_without_an_event(site: Website) -> None:
    ids = furnish(site)
    asked = site.offices.submitted(title="干部任免名单", disclosure="withheld")
    now = site.offices.clock.now()
    with site.parts.database.writing() as session:
        reviewer = accounts.by_username(session, "reviewer")
        made = bulk.select_many(session, reviewer, [asked.request or 0], now)
    site.get(f"/api/v1/entries/{ids['withheld']}/decisions", "auditor")
    visitor = Visitor(site.client)
    visitor.sign_in("reviewer")
    visitor.get(f"/review/bulk/{made.number}")
    with site.parts.database.reading() as session:
        seen = {
            (each.actor, name)
            for each in audit.events(session, AUDITOR, size=1000)
            if each.action == LISTED
            for name in each.details["identifiers"]
        }
    assert seen >= {("auditor", ids["withheld"]), ("reviewer", asked.identifier)}
