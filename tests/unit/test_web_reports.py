"""The report on pages: what is wrong, where, since when; checked again, shared, taken back; and the
public validator by the same rules."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from catalog import runs, sources
from catalog.sources import AUTOMATIC, SourceSettings
from catalog.viewers import OPERATOR
from harvesters import queue
from harvesters.run import harvest
from standards.profile import Level
from tests.offices import WATER
from tests.pages import Visitor, faults, words
from tests.websites import Website, website

GOOD = "关于防汛的通知,泵站检查,沪水务〔2008〕1号,2008-05-01,主动公开,"
WRONG = "关于河道的通知,河道整治,沪水务〔2008〕2号,2008-02-30,主动公开,"
SECRET = "关于夜鹭的通知,夜鹭栖息地,沪水务〔2008〕3号,2008-05-02,不予公开,国家秘密"
HEADER = "标题,摘要,文号,发布日期,公开属性,不公开依据"
NAME = "water"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Website]:
    with website(tmp_path) as made:
        yield made


def sent(folder: Path, *rows: str) -> Path:
    """The table of the source."""
    path = folder / "water.csv"
    path.write_text("\n".join((HEADER, *rows)) + "\n", encoding="utf-8")
    return path


def harvested(site: Website, path: Path) -> int:
    """The table harvested, by a source that is made where there is none; the run."""
    offices = site.offices
    settings = SourceSettings("spreadsheet", str(path), Level.MINIMAL, AUTOMATIC, "document")
    with offices.database.writing() as session:
        if NAME not in {each.name for each in sources.all(session)}:
            sources.add(session, OPERATOR, NAME, WATER, settings, offices.clock.now())
    return harvest(offices.database, NAME, OPERATOR, offices.clock).run


def signed_in(site: Website, role: str = "administrator", language: str = "zh") -> Visitor:
    visitor = Visitor(site.client)
    visitor.client.set_cookie("lang", language)
    visitor.sign_in(role)
    return visitor


def test_a_run_tells_what_to_do_record_by_record(site: Website, tmp_path: Path) -> None:
    harvested(site, sent(tmp_path, GOOD, WRONG))
    site.offices.clock.moment += timedelta(days=2)
    run = harvested(site, tmp_path / "water.csv")
    for language, since in (
        ("zh", "2009-03-18 起（第 1 次采集）"),
        ("en", "since 2009-03-18 (run 1)"),
    ):
        visitor = signed_in(site, language=language)
        page = visitor.get(f"/runs/{run}")
        assert faults(page) == []
        told = words(page)
        assert since in told
        assert "water.csv!D3" in told
    chosen = signed_in(site).get(f"/runs/{run}?tier=blocks")
    assert [
        each.text_content() for each in chosen.xpath("//ul[contains(@class,'records')]//h3")
    ] == ["water.csv!3 没有登记"]
    table = signed_in(site).client.get(f"/runs/{run}.csv").get_data(as_text=True)
    assert "阻止登记,2009-03-18,issued,发布日期,bad-date" in table
    assert "未尽标准义务" in table, "also what was as before is in the table of the latest run"


def test_chosen_records_are_checked_again(site: Website, tmp_path: Path) -> None:
    run = harvested(site, sent(tmp_path, GOOD, WRONG, WRONG.replace("2号", "4号")))
    sent(tmp_path, GOOD, WRONG.replace("02-30", "02-28"), WRONG.replace("2号", "4号"))
    visitor = signed_in(site, "registrar")
    page = visitor.get(f"/runs/{run}?outcome=rejected")
    keys = page.xpath("//input[@name='key']/@value")
    assert len(keys) == 2
    answer = visitor.post(f"/runs/{run}/again", {"key": keys[0]})
    queue.step(site.offices.database, site.offices.clock)
    again = visitor.get(answer.headers["Location"])
    assert faults(again) == []
    assert len(again.xpath("//input[@name='key'][contains(@value, '4号')]")) == 1
    with site.offices.database.reading() as session:
        assert runs.get(session, run + 1).counts == {"created": 1}
        assert runs.living(session, NAME) == 2
    visitor.post(f"/runs/{run}/again", {})
    auditor = signed_in(site, "auditor")
    auditor.post(f"/runs/{run}/again", {"key": keys[0]}, 403)


def test_the_owner_of_a_source_reads_its_report_without_an_account(
    site: Website, tmp_path: Path
) -> None:
    run = harvested(site, sent(tmp_path, GOOD, WRONG, SECRET))
    visitor = signed_in(site)
    made = visitor.read(visitor.post(f"/runs/{run}/share", {"days": 7}, 200))
    address = made.xpath("//a[contains(@href, '/reports/')]/@href")[0]
    path = "/reports/" + address.rpartition("/")[2]
    outside = Visitor(site.client)
    for language in ("zh", "en"):
        outside.client.set_cookie("lang", language)
        page = outside.get(path)
        assert faults(page) == []
        told = words(page)
        assert "water.csv!D3" in told
        assert "water.csv!" in told
        for hidden in ("夜鹭", "3号", str(tmp_path), "/entries/"):
            assert hidden not in page.text_content(), hidden
    table = outside.client.get(f"{path}/problems.csv")
    assert "2008-02-30" in table.get_data(as_text=True)
    assert "夜鹭" not in table.get_data(as_text=True)
    assert table.headers["X-Robots-Tag"].startswith("noindex")
    assert "no-store" in outside.client.get(path).headers["Cache-Control"]

    later = site.offices.clock
    later.moment += timedelta(days=8)
    outside.get(path, 404)
    later.moment -= timedelta(days=8)
    page = visitor.get(f"/runs/{run}")
    visitor.post(page.xpath("//form[contains(@action, '/revoke')]/@action")[0], {})
    outside.get(path, 404)
    outside.get("/reports/nothing", 404)


XML = """<metadataCollection><metadata kind="document"><resTitle>通知</resTitle>
<pubDate>2008-02-30</pubDate></metadata></metadataCollection>"""


@pytest.mark.parametrize(
    ("name", "content", "place"),
    [
        ("a.csv", f"{HEADER}\n{GOOD}\n{WRONG}\n", "a.csv!D3"),
        ("a.xml", XML, "a.xml/metadataCollection/metadata[1]/pubDate L2"),
        (
            "a.json",
            '[{"kind": "document", "values": {"issued": "2008-02-30"}}]',
            "/0/values/issued",
        ),
    ],
)
def test_anybody_may_have_a_file_checked(
    site: Website, name: str, content: str, place: str
) -> None:
    visitor = Visitor(site.client)
    for language in ("zh", "en"):
        visitor.client.set_cookie("lang", language)
        file = (io.BytesIO(content.encode()), name)
        page = visitor.read(visitor.post("/validate", {"file": file, "kind": "document"}, 200))
        assert faults(page) == []
        assert place in words(page)
    form = {"file": (io.BytesIO(content.encode()), name), "level": "full"}
    answer = site.client.post("/api/v1/validate/file", data=form).get_json()
    found = [each for record in answer["troubled"] for each in record["problems"]]
    assert place in {each["place"] for each in found if each["rule"] == "bad-date"}
    assert answer["rejected"] >= 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.xlsx", b"PK\x03\x04nothing"),
        ("a.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'),
        ("a.json", b"[" * 100_000),
        ("a.exe", b"MZ"),
        ("a.csv", b"\xff\xfe\x00"),
        ("../../a.xml", b""),
    ],
)
def test_hostile_files_give_words(site: Website, name: str, content: bytes) -> None:
    form = {"file": (io.BytesIO(content), name)}
    answer = site.client.post("/api/v1/validate/file", data=form)
    assert answer.status_code == 200, answer.text
    assert answer.get_json()["troubled"][0]["problems"][0]["message"]


def test_a_text_and_a_form_are_checked(site: Website) -> None:
    visitor = Visitor(site.client)
    page = visitor.read(visitor.post("/validate", {"text": XML, "level": "minimal"}, 200))
    assert "text.xml/metadataCollection/metadata[1]/pubDate L2" in words(page)
    assert "请选择一个文件" in words(visitor.read(visitor.post("/validate", {}, 422), 422))
    bare = visitor.read(visitor.post("/validate/document", {"title": "通知"}, 200))
    assert faults(bare) == []
    assert bare.xpath("//*[@id='problems']")
    kept = visitor.read(
        visitor.post("/validate/document", {"title": "通知", "level": "minimal"}, 200)
    )
    assert "没有错误" in words(kept)


def test_nobody_has_files_checked_without_end(site: Website) -> None:
    client = site.app.test_client()
    answers = [
        client.post(
            "/api/v1/validate",
            json={"kind": "document", "values": {}},
            environ_base={"REMOTE_ADDR": "203.0.113.7"},
        ).status_code
        for _ in range(12)
    ]
    assert set(answers[:10]) == {200}
    assert answers[-1] == 429
