"""The consistency audit: of what is planted in a sample it finds all and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from catalog import versions
from catalog.clock import FixedClock
from catalog.consistency import following, keeping
from catalog.consistency.rules import NAMES
from catalog.consistency.running import run
from catalog.database import Database
from catalog.errors import Forbidden, NotFound, WrongState
from catalog.registration import Proposal, register, revise
from catalog.review import accept, withdraw
from catalog.tables import Entry, Version
from catalog.viewers import OPERATOR, PUBLIC, Grant, Role, Viewer
from catalog.writing import held_version, latest_number
from standards.clocks import local_day
from standards.descriptor import Descriptor
from standards.profile import Level
from tests.directory import sampled

WATER, DISTRICT = "3100H", "31500"
ENTRIES = 1500
PROACTIVE = {"attribute": "proactive"}
ON_REQUEST = {"attribute": "on-request", "ground": "on-request-way"}
WITHHELD = {
    "attribute": "withheld",
    "ground": "internal-affairs",
    "discretion": "只涉及内部管理，经权衡不公开。",
}
SECRET = {"attribute": "withheld", "ground": "trade-secret", "third_party": "refused"}
AUDITOR = Viewer(1, "sun", (Grant(Role.AUDITOR),))
REVIEWER = Viewer(2, "li", (Grant(Role.REVIEWER, WATER),))
NEIGHBOUR = Viewer(3, "he", (Grant(Role.REVIEWER, DISTRICT),))
REGISTRAR = Viewer(4, "wang", (Grant(Role.REGISTRAR, WATER),))


class Planted:
    """The sample with what is planted into it, by rule."""

    def __init__(self, database: Database, clock: FixedClock) -> None:
        self.database, self.clock = database, clock
        self.wanted: dict[str, list[frozenset[str]]] = {name: [] for name in NAMES}

    def entry(
        self,
        title: str,
        disclosure: dict[str, Any] = PROACTIVE,
        agency: str = WATER,
        kind: str = "document",
        submit: bool = True,
        serve: bool = True,
        **more: Any,
    ) -> str:
        """An entry that is served, unless told otherwise."""
        values = {"title": title, "disclosure": disclosure, **more}
        proposal = Proposal(kind, values, agency, submit=submit, accept=serve)
        with self.database.writing() as session:
            (made,) = register(session, OPERATOR, [proposal], self.clock.now())
        assert made.identifier, made.problems
        assert not serve or made.state == "published", made.problems
        return made.identifier

    def as_older_rules_allowed(self, identifier: str, **more: Any) -> str:
        """The entry serves what today's rules of decisions would not let pass."""
        with self.database.writing() as session:
            row = session.get_one(Entry, identifier)
            version = held_version(session, identifier, row.served or 0)
            number = latest_number(session, identifier) + 1
            by = versions.Authorship("old", self.clock.now(), Level.MINIMAL)
            descriptor = Descriptor(version.kind, {**version.values, **more})
            session.execute(insert(Version), [versions.row(identifier, number, descriptor, by)])
            session.execute(
                update(Entry).where(Entry.identifier == identifier).values(served=number)
            )
        return identifier

    def decided_anew(self, identifier: str, **more: Any) -> str:
        """Another version of the entry, accepted."""
        with self.database.writing() as session:
            row = session.get_one(Entry, identifier)
            values = {**held_version(session, identifier, row.served or 0).values, **more}
            now = self.clock.now()
            made = revise(session, OPERATOR, identifier, values, row.revision, now)
            while made.state != "published":  # a step at a time
                made = accept(session, OPERATOR, identifier, made.revision, now)
        return identifier

    def expect(self, rule: str, *entries: str) -> None:
        """A finding with exactly these entries."""
        self.wanted[rule].append(frozenset(entries))

    def found(self, session: Session) -> dict[str, list[frozenset[str]]]:
        """What the audit finds."""
        found: dict[str, list[frozenset[str]]] = {name: [] for name in NAMES}
        for each in run(session, local_day(self.clock.now())):
            found[each.rule].append(frozenset(each.entries))
        return found


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planted]:
    database = sampled(tmp_path_factory.mktemp("consistency"), ENTRIES)
    from catalog.clock import SystemClock

    clock = FixedClock(SystemClock().now())
    yield Planted(database, clock)
    database.dispose()


def test_the_sample_contradicts_itself_nowhere(sample: Planted) -> None:
    with sample.database.reading() as session:
        assert list(run(session, local_day(sample.clock.now()))) == []


def test_all_that_is_planted_is_found_and_nothing_else(sample: Planted) -> None:
    classes(sample)
    logins(sample)
    elsewhere(sample)
    conditions_and_grounds(sample)
    due(sample)
    with sample.database.reading() as session:
        found = sample.found(session)
    for rule, wanted in sample.wanted.items():
        assert sorted(map(sorted, found[rule])) == sorted(map(sorted, wanted)), rule
        assert len(wanted) >= 2, rule


def classes(plant: Planted) -> None:
    series = [plant.entry(f"关于公布{year}年度夜鹭栖息地巡查结果的公告") for year in (2006, 2007)]
    odd = plant.entry("關於公布二〇〇八年度夜鷺棲息地巡查結果的公告（第2批）", ON_REQUEST)
    plant.expect("class-differs", odd)
    assert series
    pair = [
        plant.entry(f"{place}夜鹭救助联席会议纪要（第{number}期）", how)
        for place, number, how in (("静安区", 3, PROACTIVE), ("徐汇区", "十二", WITHHELD))
    ]
    plant.expect("class-differs", *pair)
    shared = [
        plant.entry(f"夜鹭监测点{year}年", kind="non-document", sharing=sharing)
        for year, sharing in (
            (2006, {"attribute": "unconditional"}),
            (2007, {"attribute": "conditional", "condition": "限用于统计", "audience": "统计部门"}),
        )
    ]
    plant.expect("class-differs", *shared)
    # No contradiction: another level of place, agency, kind, genre, matter; undetermined,
    # explained, proposed only, or gone.
    plant.entry("上海市夜鹭救助联席会议纪要（第4期）", WITHHELD)
    plant.entry("黄浦区夜鹭救助联席会议纪要（第5期）", WITHHELD, agency=DISTRICT)
    plant.entry("夜鹭监测点2008年", WITHHELD)
    plant.entry("关于公布2009年度夜鹭栖息地巡查结果的公告", WITHHELD, genre="announcement")
    plant.entry("PM10夜鹭暴露监测2008年")
    plant.entry("PM25夜鹭暴露监测2008年", ON_REQUEST)
    plant.entry("关于公布2005年度夜鹭栖息地巡查结果的公告", {"attribute": "undetermined"})
    explained = {**SECRET, "reason": "含养殖企业的饲料配方，其他年度没有。"}
    plant.entry("关于公布2004年度夜鹭栖息地巡查结果的公告", explained)
    plant.entry("关于公布2003年度夜鹭栖息地巡查结果的公告", WITHHELD, serve=False)
    gone = plant.entry("关于公布2002年度夜鹭栖息地巡查结果的公告", WITHHELD)
    with plant.database.writing() as session:
        revision = session.get_one(Entry, gone).revision
        withdraw(session, OPERATOR, gone, revision, "重复", plant.clock.now())
    only_proposed = plant.entry("关于公布2001年度夜鹭栖息地巡查结果的公告")
    with plant.database.writing() as session:
        row = session.get_one(Entry, only_proposed)
        values = {"title": "关于公布2001年度夜鹭栖息地巡查结果的公告", "disclosure": WITHHELD}
        revise(session, OPERATOR, row.identifier, values, row.revision, plant.clock.now())


def logins(plant: Planted) -> None:
    def service(url: str = "https://yelu.example/api", **more: str) -> dict[str, str]:
        return {"url": url, "type": "rest-api", **more}

    for place, how in enumerate(
        (
            {"service": service(condition="需实名認證並申请密钥")},
            {"service": service(condition="無需登录；批量下载须接入政务外网")},
            {"service": service("https://yelu.example/sso/login.do?next=data")},
            {"openness": {"open": True, "condition": "实名登录后下载"}},
            {"service": service(condition="Requires an API key")},
        )
    ):
        made = plant.entry(f"鹭鸟名录{'甲乙丙丁戊'[place]}", kind="non-document", **how)
        plant.expect("open-needs-login", made)
    for place, (disclosure, text) in enumerate(
        (
            (PROACTIVE, "无需登录，直接下载"),
            (PROACTIVE, "注明来源"),
            (PROACTIVE, "No account is needed"),
            (ON_REQUEST, "申请后提供密钥"),
        )
    ):
        plant.entry(
            f"鹭鸟图册{'甲乙丙丁'[place]}",
            disclosure,
            kind="non-document",
            service=service(condition=text),
            sharing={"attribute": "conditional", "condition": "登录共享平台", "audience": "各部门"},
        )


def elsewhere(plant: Planted) -> None:
    for number, written in (("沪水务〔2031〕7号", "滬水務[2031]第7号"), ("沪水务〔2031〕8号",) * 2):
        hidden = plant.entry(f"鹭岛围网方案{number[-2]}", SECRET, document_number=number)
        shown = plant.entry(f"{number[-2]}号文（转登）", agency=DISTRICT, document_number=written)
        plant.expect("open-elsewhere", hidden, shown)
    provider = [{"name": "上海市水务局"}, {"name": "上海市静安区人民政府"}]
    hidden = plant.entry("鹭岛水质会商意见", WITHHELD, provider=provider)
    shown = plant.entry("鷺島水質會商意見", ON_REQUEST, DISTRICT, provider=provider[:1])
    plant.expect("open-elsewhere", hidden, shown)
    yearly = {"provider": provider[:1], "kind": "document"}
    plant.entry("鹭岛年度通告", SECRET, document_number="沪水务〔2031〕21号", **yearly)
    plant.entry("鹭岛年度通告", agency=DISTRICT, document_number="沪水务〔2032〕22号", **yearly)
    closed = plant.entry("鹭岛围垦历史档案目录")
    plant.decided_anew(closed, disclosure=WITHHELD)
    plant.expect("open-elsewhere", closed)
    explained = plant.entry("鹭岛投资合同目录")
    plant.decided_anew(explained, disclosure=SECRET)
    items = [{"name": "巢位", "type": "character"}, {"name": "产权人", "type": "character"}]
    parts = [{"part": "items", "item": "产权人", "ground": "privacy", "reason": "涉及个人。"}]
    same = {"kind": "non-document", "index_number": "002420455/2031-00077", "items": items}
    redacted = plant.entry("鹭巢名册", redactions=parts, **same)
    shown = plant.entry("鹭巢花名册", agency=DISTRICT, **same)
    plant.expect("open-elsewhere", redacted, shown)
    plant.entry("鹭岛标志", serve=False, document_number="沪水务〔2031〕9号")
    plant.entry("鹭岛徽标", SECRET, document_number="沪水务〔2031〕9号")


def conditions_and_grounds(plant: Planted) -> None:
    for text in ("", "暂无", "—"):
        made = plant.entry(f"鹭卵计数{text}表", kind="non-document")
        sharing = {"attribute": "conditional", "condition": text, "audience": "各部门"}
        if not text:
            del sharing["condition"]
        plant.expect("condition-missing", plant.as_older_rules_allowed(made, sharing=sharing))
    old = {"attribute": "withheld", "ground": "shanghai-2004-10-4", "reason": "正在处理。"}
    for place, group in enumerate(
        (
            old,
            {"attribute": "withheld", "ground": "on-request-way"},
            {"attribute": "proactive", "ground": "law-forbids"},
        )
    ):
        made = plant.entry(f"鹭群迁飞会商记录{'甲乙丙'[place]}")
        plant.expect("ground-repealed", plant.as_older_rules_allowed(made, disclosure=group))
    plant.entry("鹭群疫病会商记录", {**WITHHELD, "ground": "process-information"})


def due(plant: Planted) -> None:
    today = local_day(plant.clock.now())
    passed, last = (today - timedelta(days=1)).isoformat(), today.isoformat()
    for place, day in enumerate((passed, passed, last)):
        start = {"valid_from": "2020-01-01", "review_by": day}
        made = plant.entry(f"白鹭保护协议{'甲乙丙'[place]}", {**SECRET, **start})
        if day == passed:
            plant.expect("review-due", made)
    now = plant.clock.moment
    for place, days in enumerate((200, 120, 20)):
        plant.clock.moment = now - timedelta(days=days)
        made = plant.entry(f"白鹭种群调查{'甲乙丙'[place]}", {"attribute": "undetermined"})
        plant.clock.moment = now
        if days > 100:
            plant.expect("undetermined-long", made)
    plant.clock.moment = now - timedelta(days=400)
    forgotten = plant.entry("白鹭繁殖档案", SECRET)
    plant.clock.moment = now
    plant.expect("review-due", forgotten)


def test_findings_are_kept_followed_once_and_settle(tmp_path: Path) -> None:
    plant = Planted(sampled(tmp_path, 0), FixedClock())
    first = plant.entry("关于公布2006年鹭岛名录的公告")
    odd = plant.entry("关于公布2007年鹭岛名录的公告", ON_REQUEST)
    before = keeping.conduct(plant.database, plant.clock)
    assert before.counts == {"class-differs": 1}
    with plant.database.reading() as session:
        (seen,) = following.listed(session, REVIEWER).findings
        assert {each.identifier for each in seen.entries} == {first, odd}
        assert seen.askable == 2
        assert following.listed(session, AUDITOR).total == 1
        for other in (NEIGHBOUR, REGISTRAR, PUBLIC):
            assert following.listed(session, other).findings == ()
    with plant.database.writing() as session:
        asked = following.follow(session, REVIEWER, seen.key, plant.clock.now())
    assert asked.keys() == {first, odd}
    with plant.database.writing() as session, pytest.raises(WrongState):
        following.follow(session, REVIEWER, seen.key, plant.clock.now())
    with plant.database.writing() as session, pytest.raises((NotFound, Forbidden)):
        following.follow(session, NEIGHBOUR, seen.key, plant.clock.now())
    keeping.conduct(plant.database, plant.clock)
    with plant.database.reading() as session:
        (again,) = following.listed(session, REVIEWER).findings
        assert {each.request for each in again.entries} == set(asked.values())
    plant.clock.advance(timedelta(days=1))
    plant.decided_anew(odd, disclosure=PROACTIVE)
    keeping.step(plant.database, plant.clock, "test")
    with plant.database.reading() as session:
        assert following.listed(session, AUDITOR).total == 0


def test_a_finding_across_agencies_is_not_for_those_who_may_not_see_all_of_it(
    tmp_path: Path,
) -> None:
    plant = Planted(sampled(tmp_path, 0), FixedClock())
    number = "沪水务〔2031〕7号"
    hidden = plant.entry("鹭岛围网方案", SECRET, document_number=number)
    shown = plant.entry("围网方案", agency=DISTRICT, document_number=number)
    keeping.conduct(plant.database, plant.clock)
    with plant.database.reading() as session:
        assert following.listed(session, NEIGHBOUR).findings == ()
        (seen,) = following.listed(session, REVIEWER).findings
    assert [(each.identifier, each.mine) for each in seen.entries] == [
        (hidden, True),
        (shown, False),
    ]
    with plant.database.writing() as session:
        assert following.follow(session, REVIEWER, seen.key, plant.clock.now()).keys() == {hidden}


def test_the_day_of_a_run_matters(tmp_path: Path) -> None:
    plant = Planted(sampled(tmp_path, 0), FixedClock())
    plant.entry("鹭岛围网方案", SECRET)
    with plant.database.reading() as session:
        assert [each.rule for each in run(session, date(2010, 3, 18))] == []
        assert [each.rule for each in run(session, date(2010, 3, 19))] == ["review-due"]
