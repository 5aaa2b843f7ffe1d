"""The findings and the figures as people see them: pages, files, the command."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner

from catalog.consistency import keeping
from catalog.registration import Proposal
from catalog.viewers import OPERATOR
from tests.offices import HEALTH, WATER, values
from tests.pages import Visitor, faults, words
from tests.websites import Website
from web.commands import main


def contradict(site: Website) -> None:
    """Two entries of one series, one open and one on request, and the audit that finds them."""
    site.offices.published(title="泵站检查通报（第1期）")
    site.offices.published(title="泵站检查通报（第2期）", disclosure="on-request")
    keeping.conduct(site.parts.database, site.parts.clock)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_shows_findings_and_follows_them_once(site: Website, language: str) -> None:
    contradict(site)
    visitor = Visitor(site.client)
    visitor.client.set_cookie("lang", language)
    visitor.sign_in("auditor")
    page = visitor.get("/review/consistency?rule=class-differs")
    assert faults(page) == []
    (key,) = page.xpath("//input[@name='finding']/@value")
    visitor.post("/review/consistency/follow", {"finding": key})
    page = visitor.get("/review/consistency")
    assert not page.xpath("//input[@name='finding']")
    assert ("已转办（申请" if language == "zh" else "Asked (request") in words(page)
    visitor.post("/review/consistency/follow", {"finding": key})
    visitor.post("/review/consistency/follow", {"finding": "class-differs:0"}, 404)
    visitor.post("/review/consistency/run", {})
    assert visitor.get("/review/consistency").xpath("//button[@disabled]")
    keeping.step(site.parts.database, site.parts.clock, "worker")
    assert not visitor.get("/review/consistency").xpath("//button[@disabled]")


def test_findings_are_a_file_that_runs_no_formula(site: Website) -> None:
    site.offices.published(title="=1+1 泵站检查通报（第1期）")
    site.offices.published(title="=1+1 泵站检查通报（第2期）", disclosure="on-request")
    keeping.conduct(site.parts.database, site.parts.clock)
    answer = site.get("/review/consistency.csv?rule=class-differs", "auditor")
    lines = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff"))))
    assert [line["title"] for line in lines] == [
        "'=1+1 泵站检查通报（第1期）",
        "'=1+1 泵站检查通报（第2期）",
    ]
    assert site.get("/review/consistency.csv", "registrar").status_code == 403


def test_the_figures_tell_counts_and_nothing_else(site: Website) -> None:
    site.offices.published(title="夜鹭通报", disclosure="withheld")
    site.offices.published(title="防汛通报")
    data = values("血库数据", disclosure="on-request")
    site.offices.register(Proposal("non-document", data, HEALTH, accept=True), actor=OPERATOR)
    secret = values("夜鹭案卷")
    secret["disclosure"] = {"attribute": "withheld", "ground": "《夜鹭保护办法》第三条"}
    site.offices.register(Proposal("document", secret, WATER, accept=True), actor=OPERATOR)
    year = site.parts.clock.now().year
    answer = site.get("/transparency.csv")
    text = answer.get_data(as_text=True)
    lines = [[row[0], *row[3:7]] for row in csv.reader(io.StringIO(text.lstrip("\ufeff")))]
    for agency, value, ground in (
        (WATER, "不予公开", "内部事务信息"),
        (WATER, "不予公开", "其他文件规定的依据"),
        (HEALTH, "依申请公开", "依申请公开的方式"),
    ):
        assert [agency, value, ground, str(year), "1"] in lines
    page = words(Visitor(site.client).get("/transparency"))
    assert "夜鹭" not in page + text
    assert site.get("/transparency/1999").status_code == 404
    report = words(Visitor(site.client).get(f"/transparency/{year}"))
    assert re.search("本年新公开 ?1 ?年末公开总数 ?1", report)


def test_the_command_keeps_and_prints_findings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, site: Website
) -> None:
    contradict(site)
    monkeypatch.setenv("MULU_DEMO", "1")
    monkeypatch.setenv("MULU_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("MULU_DATABASE_URL", str(site.parts.database.url))
    monkeypatch.setenv("MULU_SEARCH_URL", "memory:")
    run = CliRunner().invoke(main, ["review", "consistency", "--rule", "class-differs", "--json"])
    assert run.exit_code == 1
    (found,) = orjson.loads(run.stdout)["findings"]
    assert found["rule"] == "class-differs"
    assert len(found["entries"]) == 2
    file = tmp_path / "found.csv"
    run = CliRunner().invoke(main, ["review", "consistency", "--csv", str(file)])
    assert run.exit_code == 1
    assert "泵站检查通报" in file.read_text(encoding="utf-8")
