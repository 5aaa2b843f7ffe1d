"""The pages of sources: what needs somebody comes first; runs are asked for and watched."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from catalog import runs, source_health, sources
from catalog.runs import RunState, RunView
from catalog.source_health import Health
from catalog.viewers import OPERATOR
from harvesters import queue
from tests.offices import AUTOMATIC, REVIEWED
from tests.pages import Visitor, faults, words
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
    assert "正在读取" in words(page)
    assert "data-ended" not in person.client.get(address).text
    with site.offices.database.writing() as session:
        runs.close(session, run.id, RunState.DONE, {}, True, now)
    assert "data-ended" in person.client.get(address).text
    assert site.client.get(address).status_code in (302, 303, 401)
    assert person.client.get("/runs/999/progress").status_code == 404


def harvested(site: Website, folder: Path, titles: Iterable[str], **wish: bool) -> None:
    """Let the source of the directory read a table of these titles, in the worker's way."""
    rows = "".join(f"沪{at},关于{title}的通知,主动公开\n" for at, title in enumerate(titles, 1))
    (folder / "water.csv").write_text("索引号,标题,公开属性\n" + rows, encoding="utf-8")
    now = site.offices.clock.now()
    with site.offices.database.writing() as session:
        kept = sources.get(session, AUTOMATIC).settings
        settings = replace(kept, location=str(folder / "water.csv"), kind="document")
        if kept != settings:
            sources.change(session, OPERATOR, AUTOMATIC, settings, now)
    if not wish:
        person = visitor(site, "administrator")
        person.post(f"/sources/{AUTOMATIC}", {})
        queue.step(site.offices.database, site.offices.clock)


def latest(site: Website) -> RunView:
    """The latest run of the source."""
    with site.offices.database.reading() as session:
        return runs.of_source(session, AUTOMATIC, 1)[0]


def some(run: RunView) -> dict[str, int]:
    """What came of the records, but for what came of none."""
    return {action: number for action, number in run.counts.items() if number}


def test_a_plan_shows_what_would_change_and_writes_nothing(site: Website, tmp_path: Path) -> None:
    harvested(site, tmp_path, ["甲", "乙", "丙"])
    site.offices.clock.advance(timedelta(days=1))
    harvested(site, tmp_path, ["甲", "乙之二", "丙", "丁"], plan=True)
    person = visitor(site, "administrator")
    person.post(f"/sources/{AUTOMATIC}", {"act": "plan"})
    queue.step(site.offices.database, site.offices.clock)
    run = latest(site)
    assert (run.state, some(run)) == (RunState.DONE, {"update": 1, "create": 1, "unchanged": 2})
    page = person.get(f"/runs/{run.id}/plan?action=update")
    (row,) = page.xpath("//table/tbody/tr")
    assert "关于乙的通知" in words(row)
    assert "关于乙之二的通知" in words(row)
    assert "关于丁的通知" in words(person.get(f"/runs/{run.id}/plan?action=create"))
    assert faults(page) == []
    harvested(site, tmp_path, ["甲", "乙之二", "丙", "丁"])
    assert some(latest(site)) == {"updated": 1, "created": 1, "unchanged": 2}


def test_deletions_are_seen_refused_approved_and_undone(site: Website, tmp_path: Path) -> None:
    harvested(site, tmp_path, "甲乙丙丁戊")
    harvested(site, tmp_path, "甲乙")
    person, run = visitor(site, "administrator"), latest(site)
    assert run.state is RunState.WAITING
    page = person.get(f"/runs/{run.id}/plan")
    assert [each for each in "丙丁戊" if f"关于{each}的通知" in words(page)] == list("丙丁戊")
    assert faults(page) == []
    person.post(f"/runs/{run.id}/decide", {"act": "refuse", "reason": "来源出错"})
    assert latest(site).counts["kept"] == 3

    harvested(site, tmp_path, "甲乙")
    run = latest(site)
    person.post(f"/runs/{run.id}/decide", {"act": "approve", "reason": "确已撤下"})
    queue.step(site.offices.database, site.offices.clock)
    with site.offices.database.reading() as session:
        done = runs.get(session, run.id)
    assert (done.state, done.counts["deleted"]) == (RunState.DONE, 3)
    person.post(f"/runs/{run.id}/decide", {"act": "approve"})
    assert "已经有人处理过了" in words(person.get(f"/sources/{AUTOMATIC}"))
    person.post(f"/runs/{run.id}/decide", {"act": "undo"})
    assert "已恢复 3 个条目" in words(person.get(f"/sources/{AUTOMATIC}"))
    stranger = visitor(site, "registrar")
    stranger.post(f"/runs/{run.id}/decide", {"act": "undo"}, 403)
    assert stranger.client.get(f"/runs/{run.id}/plan").status_code == 403
