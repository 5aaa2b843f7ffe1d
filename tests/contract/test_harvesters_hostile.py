"""What servers do to harvesters, one case each, over real connections: nothing is deleted wrongly,
the run ends within its bounds, and the report says what happened in words for an operator."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from harvesters.fetching import GuardedFetcher
from harvesters.plan import Action
from harvesters.report import Report, as_text
from tests.harvesting import Directory, counts, rules
from tests.hostile import Reply, hostile
from tests.oai import Item, Repository

MANY = 10
PATIENT = 40.0
"""The most seconds that a case may take, on a machine that has other work."""

QUICK = {
    "allow_private": True,
    "attempts": 1,
    "silence": 1,
    "answer_seconds": 2,
    "answer_bytes": 1_000_000,
    "run_seconds": 30,
    "run_records": 60,
}
Flaw = Callable[[dict[str, str]], Reply | None]


@dataclass
class Site:
    """A repository that was honest once; a flaw may replace any answer, seeing what is asked."""

    directory: Directory
    repository: Repository
    address: str
    flaw: list[Flaw] = field(default_factory=list)
    name: str = "对方"

    def source(self, **more: Any) -> None:
        """The source, whose deletions only a fetch not proven complete keeps back."""
        settings = {"options": QUICK, "deletion_limit": 1.0} | more
        self.directory.source(self.name, "oai-pmh", f"{self.address}/oai", **settings)

    def harvest(self, flaw: Flaw | None = None) -> Report:
        """A harvest within the bounds, whatever the server does."""
        self.flaw[:] = [flaw] if flaw else []
        begun = time.monotonic()
        report = self.directory.harvest(self.name, full=True)
        assert time.monotonic() - begun < PATIENT
        return report

    @property
    def living(self) -> int:
        """How many entries the source has."""
        return self.directory.living(self.name)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A source that was harvested once, as it should be."""
    repository = Repository([Item(f"a:{n}", f"关于第{n}号事项的通知") for n in range(MANY)], page=4)
    flaws: list[Flaw] = []

    def answer(asked: dict[str, str]) -> Reply:
        flawed = flaws[0](asked) if flaws else None
        return flawed or Reply(repository.answer(asked))

    with hostile({"/oai": answer}) as address:
        made = Site(Directory.made(tmp_path), repository, address, flaws)
        made.source()
        assert counts(made.harvest()) == {"created": MANY}
        yield made


def told(report: Report, rule: str, zh: str, en: str) -> None:
    """The report names the rule, and says in both languages what an operator has to know."""
    assert rule in rules(report) | {
        each.rule for line in report.lines() for each in line.problems
    }, as_text(report, "en")
    assert zh in as_text(report, "zh"), as_text(report, "zh")
    assert en in as_text(report, "en"), as_text(report, "en")


def failed(site: Site, report: Report) -> None:
    """The run could not read everything, and so has deleted nothing."""
    assert (report.state, report.complete) == ("failed", False)
    assert site.living >= MANY
    told(report, "run-incomplete", "不删除任何条目", "nothing is deleted")


def listing(reply: Callable[[dict[str, str]], Reply | None]) -> Flaw:
    """A flaw of the list alone."""
    return lambda asked: reply(asked) if asked["verb"] == "ListRecords" else None


def second_page(reply: Reply) -> Flaw:
    """A flaw of the second page."""
    return lambda asked: reply if asked.get("resumptionToken") == "/4" else None


def test_empty_but_valid(site: Site) -> None:
    site.repository.items = []
    report = site.harvest()
    assert report.state == "waiting for approval"
    assert site.living == MANY
    told(report, "source-empty", "有效但为空", "valid but empty")


def test_half_the_records_gone(site: Site) -> None:
    site.name = "另一处"
    site.source(deletion_limit=0.05)
    site.harvest()
    del site.repository.items[: MANY // 2]
    report = site.harvest()
    assert counts(report) == {"unchanged": 5, "waiting": 5}
    assert site.living == MANY
    told(report, "deletions-wait", "将删除 5 条（已有 10 条）", "5 of 10 entries would be deleted")


def test_500_half_way(site: Site) -> None:
    report = site.harvest(second_page(Reply(b"<h1>Oops</h1>", status=500)))
    failed(site, report)
    assert counts(report) == {"unchanged": 4}
    told(report, "http-status", "状态 500", "status 500")


def test_hang(site: Site) -> None:
    def hang(_: dict[str, str]) -> Reply:
        time.sleep(2.5)
        return Reply()

    report = site.harvest(listing(hang))
    failed(site, report)
    told(report, "host-silent", "1 秒没有发来任何数据", "sent nothing for 1 seconds")


def test_slow_drip(site: Site) -> None:
    body = site.repository.answer({"verb": "ListRecords"})
    report = site.harvest(second_page(Reply(body, drip=0.05)))
    failed(site, report)
    told(report, "too-slow", "规定时间内没有答完", "in the time allowed")


def test_endless_token(site: Site) -> None:
    made = [0]

    def more(_: dict[str, str]) -> Reply:
        made[0] += 1
        records = [Item(f"b:{made[0]}:{n}", f"第{made[0]}页第{n}件") for n in range(4)]
        page = Repository(records, sizes=False).listing({"resumptionToken": "/0"})
        token = f"<resumptionToken>{made[0]}</resumptionToken></ListRecords>".encode()
        return Reply(page.replace(b"<resumptionToken>/2</resumptionToken></ListRecords>", token))

    report = site.harvest(listing(more))
    failed(site, report)
    assert report.fetched <= QUICK["run_records"]
    told(report, "run-too-many", "已读取 60 条记录", "has read 60 records")


def test_repeated_token(site: Site) -> None:
    page = site.repository.listing({"resumptionToken": "/4"})
    report = site.harvest(listing(lambda _: Reply(page)))
    failed(site, report)
    told(report, "oai-token-loop", "同一个续传令牌", "the same resumption token again")


def test_redirect_to_a_private_address(site: Site) -> None:
    inside, metadata = "http://10.9.8.7/oai", "http://169.254.169.254/latest/meta-data"
    with GuardedFetcher(permit="127.0.0.1".__eq__) as public:
        site.flaw[:] = [listing(lambda _: Reply(status=302, headers={"Location": inside}))]
        report = site.directory.harvest(site.name, public, full=True)
    failed(site, report)
    told(
        report,
        "address-refused",
        "主机“10.9.8.7”指向内部网络",
        "The host 10.9.8.7 leads to a private",
    )
    report = site.harvest(listing(lambda _: Reply(status=302, headers={"Location": metadata})))
    failed(site, report)
    assert "address-refused" in rules(report), "nor is a source on one's own network led there"


def test_dns_name_of_a_private_address(site: Site) -> None:
    site.name, site.address = "有名字", site.address.replace("127.0.0.1", "localhost")
    site.source(options=QUICK | {"allow_private": False})
    report = site.harvest()
    assert (report.state, report.fetched) == ("failed", 0)
    told(report, "address-refused", "主机“localhost”", "The host localhost")


def test_gzip_bomb(site: Site) -> None:
    bomb = gzip.compress(b"<a>" + b"0" * 50_000_000)
    report = site.harvest(second_page(Reply(bomb, headers={"Content-Encoding": "gzip"})))
    failed(site, report)
    told(report, "answer-too-large", "超过 1,000,000 字节", "exceeds 1,000,000 bytes")


def test_xml_bomb(site: Site) -> None:
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 9))
    bomb = f'<!DOCTYPE a [<!ENTITY a0 "aaaaaaaaaa">{entities}]><OAI-PMH>&a8;</OAI-PMH>'
    report = site.harvest(second_page(Reply(bomb.encode())))
    failed(site, report)
    told(report, "xml-doctype", "带有文档类型声明", "has a document type")


@pytest.mark.parametrize("says", [True, False])
def test_5_gb_body(site: Site, says: bool) -> None:
    length = {"Content-Length": str(5 * 1024**3)} if says else {}
    report = site.harvest(second_page(Reply(b"<a>" * 20_000, times=90_000, headers=length)))
    failed(site, report)
    told(report, "answer-too-large", "超过 1,000,000 字节", "exceeds 1,000,000 bytes")


def test_wrong_charset(site: Site) -> None:
    def garbled(asked: dict[str, str]) -> Reply:
        text = site.repository.answer(asked).decode()
        return Reply(text.encode("gb18030"))

    report = site.harvest(second_page(garbled({"resumptionToken": "/4", "verb": "ListRecords"})))
    assert site.living == MANY
    assert set(counts(report)) <= {"unchanged", "rejected"}
    assert report.count(Action.REJECTED) == 4
    told(report, "undecodable", "文字编码有误", "cannot be decoded")


def test_wrong_dates(site: Site) -> None:
    wrong = b"<datestamp>2023-02-30T99:00:00Z</datestamp>"

    def answer(asked: dict[str, str]) -> Reply:
        body = site.repository.answer(asked)
        body = body.replace(b"<datestamp>2026-01-05T00:00:00Z</datestamp>", wrong)
        body = body.replace(b"2026-03-01T08:00:00Z", "昨天".encode())
        return Reply(body.replace(b"<dc:type>", b"<dc:date>2023-02-30</dc:date><dc:type>"))

    report = site.harvest(answer)
    assert report.complete
    assert site.living == MANY
    assert "2023-02-30" in as_text(report, "zh")


def test_all_identifiers_changed(site: Site) -> None:
    before = site.directory.served()
    for item in site.repository.items:
        item.key = item.key.replace("a:", "https://new.example/")
    report = site.harvest()
    assert counts(report) == {"renamed": MANY, "unchanged": MANY}
    assert site.directory.served() == before, "the permanent identifiers are the same"
    assert "换号 10" in as_text(report, "zh")


def test_one_record_with_35_000_keywords(site: Site) -> None:
    words = "".join(f"<dc:subject>词{n}</dc:subject>" for n in range(35_000))
    site.repository.items[3].more += words
    site.directory.source(
        "大", "oai-pmh", f"{site.address}/oai", options=QUICK | {"answer_bytes": 10_000_000}
    )
    site.name = "大"
    report = site.harvest()
    assert counts(report) == {"created": MANY - 1, "rejected": 1}
    told(report, "record-too-many", "35,000 次", "35,000 times")
    assert "record_children" in as_text(report)


def test_html_with_status_200(site: Site) -> None:
    page = "<!DOCTYPE html><html><head><title>系统维护</title></head><p>a & b</html>".encode()
    report = site.harvest(lambda _: Reply(page, headers={"Content-Type": "text/html"}))
    failed(site, report)
    told(report, "oai-not-xml", "系统维护", "系统维护")


def test_a_connection_that_breaks_leaves_the_good_half(site: Site) -> None:
    body = site.repository.answer({"verb": "ListRecords"})
    report = site.harvest(second_page(Reply(body, cut=200)))
    failed(site, report)
    assert counts(report) == {"unchanged": 4}
    told(report, "connection-lost", "连接中断", "The connection broke")


def test_a_run_has_its_time_and_its_bytes(site: Site) -> None:
    for bound, rule in (
        ({"run_seconds": 0.4}, "run-too-slow"),
        ({"run_bytes": 3000}, "run-too-large"),
    ):
        site.name = rule
        site.source(options=QUICK | bound)
        report = site.harvest(lambda _: time.sleep(0.2))
        assert rule in rules(report), as_text(report, "en")
        assert not report.complete


def test_a_host_that_only_gives_faults_is_left_alone(site: Site) -> None:
    site.name = "坏"
    site.source(options=QUICK | {"faults": 3, "rest": 60})
    broken = Reply(status=502)
    asked: list[int] = []

    def answer(_: dict[str, str]) -> Reply:
        asked.append(1)
        return broken

    for _ in range(3):
        site.harvest(answer)
    before = len(asked)
    report = site.harvest(answer)
    assert len(asked) == before, "it is not asked at all"
    told(report, "host-resting", "连续故障 3 次", "3 faults one after another")
    assert "状态 502" in as_text(report)
    report = site.directory.harvest(site.name, insist=True)
    assert len(asked) > before, "a person tries at once"
    site.flaw.clear()
    assert counts(site.directory.harvest(site.name, insist=True)) == {"created": MANY}
    assert site.harvest().state == "done", "the circuit is closed again"


# And what good servers say


def test_what_has_not_changed_is_not_sent_again(tmp_path: Path) -> None:
    directory = Directory.made(tmp_path)
    asked: list[str | None] = []
    table = ["编号,标题\n1,甲\n2,乙\n"]

    def answer(_: dict[str, str], headers: Mapping[str, str]) -> Reply:
        etag = f'"{len(table[0])}"'
        asked.append(headers.get("If-None-Match"))
        if asked[-1] == etag:
            return Reply(status=304)
        return Reply(table[0].encode(), headers={"ETag": etag, "Content-Type": "text/csv"})

    with hostile({"/a.csv": answer}) as address:
        name = directory.source("表", "spreadsheet", f"{address}/a.csv", options=QUICK)
        assert counts(directory.harvest(name)) == {"created": 2}
        same = directory.harvest(name)
        assert (same.state, same.complete, same.fetched) == ("done", True, 0)
        told(same, "source-unchanged", "没有重新读取", "was not read again")
        assert asked == [None, '"14"']
        table[0] += "3,丙\n"
        assert counts(directory.harvest(name)) == {"created": 1, "unchanged": 2}
        assert directory.harvest(name, full=True).count(Action.UNCHANGED) == 3
        assert directory.harvest(name).fetched == 0
        assert directory.living(name) == 3
