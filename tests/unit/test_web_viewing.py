"""Who saw what: being shown what is not public is an event, through whatever door."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from catalog import accounts, audit
from catalog.errors import Unavailable
from catalog.registration import Proposal
from catalog.viewers import OPERATOR, Grant, Role
from standards.formats import FORMATS
from tests.offices import HEALTH, WATER, values
from tests.pages import Visitor, words
from tests.websites import PASSWORD, Website, furnish, website

FOR_AGENCIES = {"sharing": {"attribute": "unconditional"}}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[Website, dict[str, str]]]:
    with website(tmp_path) as made:
        names = furnish(made)
        offices, now = made.offices, made.offices.clock.now()
        shared = offices.published(title="执法案卷目录", disclosure="withheld", **FOR_AGENCIES)
        names["shared"] = shared.identifier or ""
        draft = Proposal("document", values("泵站草稿", "undetermined"), WATER, submit=False)
        names["draft"] = offices.register(draft)[0].identifier or ""
        with offices.database.writing() as session:
            grants = [Grant(Role.REGISTRAR, HEALTH)]
            owner = accounts.create(session, OPERATOR, "chen", "chen", PASSWORD, now, grants)
            made.tokens["neighbour"] = accounts.issue_token(session, owner, "test", now)
        made.follow()
        yield made, names


def views(site: Website) -> list[audit.EventView]:
    """What the log tells of seeing."""
    with site.parts.database.reading() as session:
        every = audit.events(session, OPERATOR, size=1000)
        assert audit.verify(session).ok
    return [each for each in every if each.action in audit.VIEWS]


def doors(names: dict[str, str]) -> list[str]:
    entry = names["withheld"]
    formats = [f"/entries/{entry}.{each.suffix.lstrip('.')}" for each in FORMATS]
    pages = [f"/entries/{entry}{more}" for more in ("", "/history", "/edit", "/withdraw")]
    api = [f"/api/v1/entries/{entry}{more}" for more in ("", "/history")]
    return [*pages, *formats, *api]


def test_every_door_of_an_entry_leaves_its_trace(site: tuple[Website, dict[str, str]]) -> None:
    made, names = site
    for door in doors(names):
        made.offices.clock.advance(timedelta(hours=2))
        before = len(views(made))
        role = "reviewer" if door.endswith("withdraw") else "registrar"
        assert made.get(door, role).status_code == 200, door
        told = views(made)[before:]
        assert [each.entry for each in told if each.action == "viewed"] == [names["withheld"]], door
        assert told[0].actor == role
        assert told[0].details == {"version": 1, "versions": [1], "door": door}


def test_a_format_asked_for_by_accept_is_told(site: tuple[Website, dict[str, str]]) -> None:
    made, names = site
    made.get(f"/entries/{names['withheld']}", "registrar", Accept="text/turtle")
    assert views(made)[0].details["door"].endswith(".ttl")


def test_the_same_within_an_hour_is_one_event(site: tuple[Website, dict[str, str]]) -> None:
    made, names = site
    path = f"/api/v1/entries/{names['withheld']}"
    for minutes, count in ((0, 1), (30, 1), (29, 1), (2, 2)):
        made.offices.clock.advance(timedelta(minutes=minutes))
        assert made.get(path, "registrar").status_code == 200
        assert made.get(path + "/history", "registrar").status_code == 200
        assert len(views(made)) == count
    made.get(path, "reviewer")
    assert [each.actor for each in views(made)] == ["registrar", "registrar", "reviewer"]


def test_what_is_public_or_undecided_and_ones_own_leaves_none(
    site: tuple[Website, dict[str, str]],
) -> None:
    made, names = site
    for name in ("served", "data", "submitted", "draft"):
        assert made.get(f"/entries/{names[name]}", "registrar").status_code == 200
    for name in ("served", "withheld", "shared"):
        made.get(f"/entries/{names[name]}")
        made.get(f"/api/v1/entries/{names[name]}")
    made.get("/search?q=干部")
    assert views(made) == []
    assert made.get(f"/entries/{names['withheld']}", "neighbour").status_code == 404
    assert views(made) == []


def test_parts_that_are_withheld_count_in_a_public_entry(
    site: tuple[Website, dict[str, str]],
) -> None:
    made, _ = site
    withheld = [{"part": "abstract", "ground": "privacy"}]
    evidence = {"attribute": "proactive", "third_party": "refused"}
    told = {**values("信访事项目录"), "disclosure": evidence, "redactions": withheld}
    proposal = Proposal("document", told, WATER, accept=True)
    entry = made.offices.register(proposal, actor=OPERATOR)[0].identifier
    made.follow()
    assert made.get(f"/entries/{entry}").status_code == 200
    made.get("/search?q=信访", "registrar")
    assert views(made) == []
    assert "泵站的位置" in made.get(f"/entries/{entry}", "neighbour").get_data(as_text=True)
    assert [(each.actor, each.entry) for each in views(made)] == [("chen", entry)]


def test_another_agency_that_reads_what_was_opened_to_it(
    site: tuple[Website, dict[str, str]],
) -> None:
    made, names = site
    assert made.get(f"/entries/{names['shared']}", "neighbour").status_code == 200
    told = [(each.actor, each.entry) for each in views(made) if each.action == "viewed"]
    assert told == [("chen", names["shared"])]


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("/search?q=材料", "registrar"),
        ("/api/v1/search?q=材料", "registrar"),
        ("/api/v1/suggest?q=干部", "registrar"),
        ("/", "auditor"),
        (f"/agencies/{WATER}", "auditor"),
    ],
)
def test_lists_are_told_once(site: tuple[Website, dict[str, str]], path: str, role: str) -> None:
    made, names = site
    for _ in range(2):
        assert made.get(path, role).status_code == 200
    (told,) = views(made)
    assert (told.action, told.entry) == ("listed", None)
    assert names["withheld"] in told.details["identifiers"]
    assert names["draft"] not in told.details["identifiers"]
    assert told.details["door"] == path.partition("?")[0]


def test_the_queue_and_ones_own_list_are_lists_too(site: tuple[Website, dict[str, str]]) -> None:
    made, _ = site
    waits = made.offices.submitted(title="关于人事任免的请示", disclosure="withheld")
    made.follow()
    for path, role in (
        ("/review", "reviewer"),
        ("/api/v1/review", "auditor"),
        ("/my", "registrar"),
    ):
        assert made.get(path, role).status_code == 200
        told = views(made)[-1]
        assert (told.actor, told.details["identifiers"]) == (role, [waits.identifier]), path
    desk = made.get(f"/review/{waits.identifier}", "reviewer").headers["Location"]
    assert made.get(desk, "reviewer").status_code == 200
    told = views(made)[-1]
    assert (told.actor, told.action, told.entry) == ("reviewer", "viewed", waits.identifier)


def test_what_cannot_be_logged_is_not_shown(
    site: tuple[Website, dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    made, names = site

    def full(*_: Any) -> None:
        raise Unavailable("disk full")

    monkeypatch.setattr(audit, "append", full)
    for path in (f"/entries/{names['withheld']}", "/api/v1/search?q=材料"):
        answer = made.get(path, "registrar")
        assert answer.status_code == 503
        assert "干部考察" not in answer.get_data(as_text=True)
    assert made.get(f"/entries/{names['served']}", "registrar").status_code == 200


def test_views_stand_in_the_history_for_auditors_alone(
    site: tuple[Website, dict[str, str]],
) -> None:
    made, names = site
    made.get(f"/entries/{names['withheld']}", "registrar")
    path = f"/entries/{names['withheld']}/history"
    for role, there in (("reviewer", False), ("registrar", False), ("auditor", True)):
        visitor = Visitor(made.client)
        visitor.sign_in(role)
        assert ("查看" in words(visitor.get(path))) == there, role
