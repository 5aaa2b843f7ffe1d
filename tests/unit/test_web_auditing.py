"""The auditor's page and API: found by person, deed, entry and day; the log taken away whole."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta

import pytest

from catalog import audit, audit_files
from tests.pages import Visitor, words
from tests.websites import Website, furnish, website


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Website, dict[str, str]]]:
    with website(tmp_path_factory.mktemp("auditing")) as made:
        names = furnish(made)
        made.offices.clock.advance(timedelta(days=1))
        assert made.get("/search?q=干部", "reviewer").status_code == 200
        assert made.get(f"/entries/{names['withheld']}", "reviewer").status_code == 200
        yield made, names


def asked(site: Website, query: str = "", role: str = "auditor") -> list[tuple[str, str]]:
    told = site.get(f"/api/v1/audit{query}", role).get_json()
    return [(each["actor"], each["action"]) for each in told["events"]]


def test_events_are_found_by_each_filter(site: tuple[Website, dict[str, str]]) -> None:
    made, names = site
    assert set(asked(made, "?actor=wang")) == {("wang", "registered")}
    assert asked(made, "?action=viewed") == [("reviewer", "viewed")]
    of_entry = asked(made, f"?entry={names['withheld']}")
    assert [action for _, action in of_entry] == ["viewed", "listed", "registered"]
    assert asked(made, "?from=2009-03-19&to=2009-03-19") == of_entry[:2]
    assert asked(made, "?to=2009-03-17") == []
    assert asked(made, f"?entry={names['withheld'][:-1]}_") == []
    for wrong in (
        "?from=soon",
        "?to=2009-02-30",
        "?size=0",
        "?cursor=x",
        "?from=0001-01-01",
        "?to=2009-W12-3",
    ):
        assert made.get(f"/api/v1/audit{wrong}", "auditor").status_code == 422, wrong


def test_pages_lead_to_the_first_event(site: tuple[Website, dict[str, str]]) -> None:
    made, _ = site
    seen: list[int] = []
    cursor = ""
    while True:
        told = made.get(f"/api/v1/audit?size=3{cursor}", "administrator").get_json()
        seen += [each["seq"] for each in told["events"]]
        if told["next"] is None:
            break
        cursor = f"&cursor={told['next']}"
    assert seen == list(range(told["count"], 0, -1))


def test_the_log_is_for_those_who_audit_the_whole_directory(
    site: tuple[Website, dict[str, str]],
) -> None:
    for path in ("/audit", "/audit/export", "/api/v1/audit"):
        for role in ("registrar", "reviewer"):
            assert site[0].get(path, role).status_code == 403
        assert site[0].get(path).status_code in (302, 401)


def test_the_page_tells_in_words(site: tuple[Website, dict[str, str]]) -> None:
    made, names = site
    visitor = Visitor(made.client)
    visitor.sign_in("auditor")
    page = visitor.get("/audit")
    assert page.xpath("//nav//a[@href='/audit'][@aria-current='page']")
    text = words(page)
    assert "查看不公开的内容" in text
    assert "授予" in text
    assert made.get("/api/v1/audit", "auditor").get_json()["head"] in text
    found = visitor.get(f"/audit?entry={names['withdrawn']}&action=withdrawn")
    (item,) = found.xpath("//ol[contains(@class, 'events')]/li")
    assert "重复登记" in words(item)
    visitor.sign_in("registrar")
    assert not visitor.get("/").xpath("//a[@href='/audit']")


def test_the_file_of_the_page_proves_itself(site: tuple[Website, dict[str, str]]) -> None:
    made, _ = site
    answer = made.get("/audit/export", "auditor")
    assert answer.headers["Content-Disposition"].endswith('.jsonl"')
    told = audit_files.verify(io.BytesIO(answer.data))
    with made.parts.database.reading() as session:
        assert (told.ok, told.head) == (True, audit.verify(session).head)
    assert asked(made)[0] == ("auditor", "log exported")
