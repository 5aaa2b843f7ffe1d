"""The pages of sources: what needs somebody comes first; runs are asked for and watched."""

from __future__ import annotations

from datetime import timedelta

import pytest

from catalog import runs, source_health, sources
from catalog.runs import RunState
from catalog.source_health import Health
from catalog.viewers import OPERATOR
from tests.offices import AUTOMATIC, REVIEWED
from tests.pages import Visitor, words
from tests.websites import Website


def visitor(site: Website, name: str) -> Visitor:
    """Somebody signed in."""
    made = Visitor(site.client)
    made.sign_in(name)
    return made


def ended(site: Website, state: RunState, source: str = AUTOMATIC, **counts: int) -> int:
    """A run that came to this."""
    now = site.offices.clock.now()
    with site.offices.database.writing() as session:
        run = runs.open(session, source, now)
        runs.close(session, run.id, state, counts, state is RunState.DONE, now)
    return run.id


def health(site: Website, name: str = AUTOMATIC) -> Health:
    """How the source is said to be."""
    with site.offices.database.reading() as session:
        (found,) = source_health.of(session, [sources.get(session, name)], site.offices.clock.now())
    return found.health


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ([], Health.NEVER),
        ([(RunState.DONE, {"unchanged": 3})], Health.FINE),
        ([(RunState.DONE, {"rejected": 1})], Health.REJECTING),
        ([(RunState.DONE, {}), (RunState.FAILED, {})], Health.FAILING),
        ([(RunState.FAILED, {}), (RunState.DONE, {})], Health.FINE),
        ([(RunState.WAITING, {"waiting": 9})], Health.WAITING),
    ],
)
def test_how_a_source_does(
    site: Website, states: list[tuple[RunState, dict[str, int]]], expected: Health
) -> None:
    for state, counts in states:
        ended(site, state, **counts)
    assert health(site) is expected


def test_what_needs_somebody_comes_first(site: Website) -> None:
    ended(site, RunState.DONE)
    ended(site, RunState.FAILED, REVIEWED)
    page = visitor(site, "administrator").get("/sources")
    assert page.xpath("//ul[@class='results']/li//h2/a/text()") == [REVIEWED, AUTOMATIC]
    assert "采集失败" in words(page)
    only = visitor(site, "administrator").get("/sources?health=fine")
    assert only.xpath("//ul[@class='results']/li//h2/a/text()") == [AUTOMATIC]
    assert site.get("/sources", "registrar").status_code == 403


def test_a_late_source_is_told(site: Website) -> None:
    now = site.offices.clock.now()
    with site.offices.database.writing() as session:
        kept = sources.get(session, AUTOMATIC).settings
        hourly = type(kept)(kept.protocol, kept.location, options={"schedule": "0 * * * *"})
        sources.change(session, OPERATOR, AUTOMATIC, hourly, now)
    assert health(site) is Health.NEVER
    site.offices.clock.advance(timedelta(hours=2))
    assert health(site) is Health.LATE
    page = words(visitor(site, "administrator").get(f"/sources/{AUTOMATIC}"))
    assert "请查看后台进程" in page


def test_a_schedule_is_paused_and_resumed(site: Website) -> None:
    person = visitor(site, "administrator")
    person.post(f"/sources/{AUTOMATIC}", {"act": "pause"})
    assert health(site) is Health.PAUSED
    person.post(f"/sources/{AUTOMATIC}", {"act": "resume"})
    assert health(site) is Health.NEVER


def test_a_run_under_way_is_watched(site: Website) -> None:
    now = site.offices.clock.now()
    with site.offices.database.writing() as session:
        run = runs.open(session, AUTOMATIC, now)
    person = visitor(site, "administrator")
    page = person.get(f"/sources/{AUTOMATIC}")
    (address,) = page.xpath("//@data-live")
    assert "正在读取和登记" in words(page)
    assert "data-ended" not in person.client.get(address).text
    with site.offices.database.writing() as session:
        runs.close(session, run.id, RunState.DONE, {}, True, now)
    assert "data-ended" in person.client.get(address).text
    assert site.client.get(address).status_code in (302, 303, 401)
    assert person.client.get("/runs/999/progress").status_code == 404
