"""Documents of a folder and of a site: what is taken from them, and what does no harm."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog import entries, runs
from catalog.viewers import OPERATOR
from harvesters import keys
from harvesters.fetched import Job
from harvesters.fetching import FakeFetcher, GuardedFetcher, Limits
from harvesters.report import Report
from harvesters.sources import known
from standards.formats import pages
from tests.harvesting import Directory, counts, rules
from tests.hostile import Reply, always, hostile
from tests.papers import JOINT, LOGIN, PAPER, docx, packed, page, pdf, poisoned


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[Directory]:
    made = Directory.made(tmp_path)
    yield made
    made.database.dispose()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "files"
    path.mkdir()
    return path


def harvest(directory: Directory, location: str, **options: Any) -> Report:
    directory.source("公文", "documents", location, options=options)
    return directory.harvest("公文")


def served(directory: Directory) -> dict[str, dict[str, Any]]:
    with directory.database.reading() as session:
        views = entries.page(session, OPERATOR, "", 500)
    found = (dict(view.served.descriptor.values) for view in views if view.served)
    return {each["title"]: each for each in found}


def refusals(directory: Directory, report: Report) -> dict[str, str]:
    """The rule that each rejected record broke, by its place."""
    with directory.database.reading() as session:
        rows = [row for _, row in runs.records(session, report.run, after=0, size=500)]
    said = {row.place: row.problems for row in rows if row.action == "rejected"}
    errors = {place: [p for p in each if p["severity"] == "error"] for place, each in said.items()}
    return {place: each[0]["rule"] for place, each in errors.items()}


def guesses(report: Report) -> set[str]:
    return {told.path for _, told in report.remarks if told.rule == "taken-from-text"}


def test_a_page_tells_by_its_meta_elements_and_its_table(
    directory: Directory, folder: Path
) -> None:
    (folder / "a.html").write_bytes(page(36, "gb2312"))
    report = harvest(directory, str(folder))
    assert counts(report) == {"created": 1}
    made = served(directory)["关于加强2009年防汛工作的通知"]
    assert made["document_number"] == "沪水务〔2009〕36号"
    assert made["index_number"] == "002420455/2009-00017"
    assert made["issued"] == "2009-03-20"
    assert made["written"] == "2009-03-18"
    assert made["provider"] == [{"name": "上海市水务局"}]
    assert made["keywords"] == [{"keyword": ["防汛", "水务"]}]
    assert made["format"] == {"class": "file", "type": ["html"]}
    assert guesses(report) == {"written", "abstract"}, "the rest is told by the page itself"


def test_a_paper_tells_by_its_form(directory: Directory, folder: Path) -> None:
    (folder / "b.txt").write_bytes(PAPER.encode("gb18030"))
    (folder / "c.docx").write_bytes(docx(PAPER.replace("41号", "42号").replace("河道", "泵站")))
    (folder / "d.pdf").write_bytes(pdf("HSF[2009]12"))
    (folder / "e.ofd").write_bytes(b"x")
    report = harvest(directory, str(folder))
    assert counts(report) == {"created": 3}
    assert "files-unread" in rules(report)
    made = served(directory)
    rivers, pumps = (made[f"关于印发《2009年{each}整治要点》的通知"] for each in ("河道", "泵站"))
    assert rivers["document_number"] == "沪水务〔2009〕41号"
    assert rivers["written"] == "2009-04-02"
    assert rivers["provider"] == [{"name": "上海市水务局"}]
    assert pumps["document_number"] == "沪水务〔2009〕42号"
    assert made["d"]["document_number"] == "HSF〔2009〕12号"
    assert {"title", "document_number", "written", "abstract"} <= guesses(report)
    assert counts(directory.harvest("公文")) == {"unchanged": 3}


def test_an_announcement_of_several_agencies_and_what_stands_around_its_text(
    directory: Directory, folder: Path
) -> None:
    (folder / "a.docx").write_bytes(docx(JOINT))
    harvest(directory, str(folder))
    made = served(directory)["上海市水务局关于公布2010年度规范性文件清理结果的公告"]
    assert made["document_number"] == "沪水务〔2010〕7号"
    assert made["written"] == "2010-05-06"
    assert [each["name"] for each in made["provider"]] == ["上海市水务局", "上海市环境保护局"]
    assert made["abstract"].startswith("根据有关规定")


def test_of_two_files_with_one_number_the_first_counts(directory: Directory, folder: Path) -> None:
    (folder / "a.html").write_bytes(page(36))
    (folder / "b.html").write_bytes(page(36))
    report = harvest(directory, str(folder))
    assert counts(report) == {"created": 1, "rejected": 1}
    assert refusals(directory, report) == {"b.html": "identifier-twice"}
    line = next(line for line in report.lines() if line.place == "b.html")
    assert any("沪水务〔2009〕36号" in each.message.zh for each in line.problems)
    assert any("a.html" in each.message.zh for each in line.problems)


def test_a_poisoned_archive_harms_nothing(
    directory: Directory, folder: Path, tmp_path: Path
) -> None:
    poisoned(folder / "all.zip")
    (folder / "b.zip").write_bytes(packed({"x.txt": b"x"})[:-30])
    (folder / "link.txt").symlink_to("/etc/hostname")
    before = sorted(tmp_path.rglob("*"))
    report = harvest(directory, str(folder))
    assert counts(report) == {"created": 1, "rejected": 8}
    assert refusals(directory, report) == {
        "all.zip!/../outside.txt": "entry-outside",
        "all.zip!//etc/passwd.txt": "entry-outside",
        "all.zip!/C:/windows/a.txt": "entry-outside",
        "all.zip!/a/../../b.txt": "entry-outside",
        "all.zip!/link.txt": "entry-link",
        "all.zip!/bomb.txt": "entry-swollen",
        "all.zip!/swollen.txt": "entry-swollen",
        "link.txt": "file-outside",
    }
    assert "document-broken" in rules(report)
    assert not report.complete
    grown = set(tmp_path.rglob("*")) - set(before)
    assert {path.suffix for path in grown} <= {".db-shm", ".db-wal"}


def test_broken_bytes_and_broken_files_are_reported(directory: Directory, folder: Path) -> None:
    (folder / "a.html").write_bytes(page(36).replace("认真".encode(), b"\xff\xfe\xff"))
    (folder / "b.docx").write_bytes(b"PK\x03\x04 nothing")
    (folder / "c.pdf").write_bytes(b"%PDF-1.4 nothing")
    (folder / "d.html").write_bytes(b"")
    (folder / "e.html").write_bytes(LOGIN.encode())
    report = harvest(directory, str(folder))
    assert counts(report) == {"created": 1, "rejected": 4}
    assert refusals(directory, report) == {
        "b.docx": "document-broken",
        "c.pdf": "document-broken",
        "d.html": "page-empty",
        "e.html": "login-page",
    }
    assert "characters-lost" in {told.rule for _, told in report.remarks}


def test_names_and_texts_that_no_database_takes(directory: Directory, folder: Path) -> None:
    (folder / os.fsdecode(b"\xff.txt")).write_bytes(b"x")
    (folder / "a.txt").write_bytes("关于某\0事的通知".encode())
    report = harvest(directory, str(folder))
    assert counts(report) == {"created": 2}
    assert directory.titles() == [".txt", "关于某事的通知"]
    assert keys.bounded("file", "a\0b\udcff") == "file:ab"


def test_an_interrupted_run_goes_on_where_it_stopped(folder: Path) -> None:
    for number in range(600):
        (folder / f"{number:03}.txt").write_text(f"关于第{number}号事项的通知", encoding="utf-8")
    source = known()["documents"]
    first = next(source.pages(Job(str(folder), None, FakeFetcher({}))))
    rest = Job(str(folder), None, FakeFetcher({}), checkpoint=first.checkpoint)
    read = [record.key for page in source.pages(rest) for record in page.records]
    assert len(first.records) + len(read) == 600
    assert not {record.key for record in first.records} & set(read)


def sitemap(*urls: str, root: str = "urlset") -> bytes:
    listed = "".join(f"<url><loc>{url}</loc><lastmod>2009-03-20</lastmod></url>" for url in urls)
    return f'<{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{listed}</{root}>'.encode()


def visit(directory: Directory, answers: dict[str, Any], **options: Any) -> Report:
    """Harvest a site that may only be reached on this machine."""
    limits = Limits(attempts=1, seconds=5, silence=2)
    with hostile(answers) as address, GuardedFetcher(limits, permit="127.0.0.1".__eq__) as fetcher:
        directory.source("公文", "documents", f"{address}/index.xml", options=options)
        return directory.harvest("公文", fetcher)


def test_the_pages_of_a_site(directory: Directory) -> None:
    html = {"headers": {"Content-Type": "text/html; charset=GBK"}}
    listed = ("/1.html", "/2.html", "/2.png", "/3.html", "/gone.html", "/hidden/4.html", "/1.html")
    leads = ("/inward", "http://10.9.8.7/secret", "https://elsewhere.example/x", "http://[::1", "")
    report = visit(
        directory,
        {
            "/index.xml": always(sitemap("/index.xml", "/a.xml.gz", "/b.xml", root="sitemapindex")),
            "/a.xml.gz": always(gzip.compress(sitemap(*listed, *leads))),
            "/b.xml": always(sitemap("/index.xml", root="sitemapindex")),
            "/robots.txt": always(b"User-agent: *\nDisallow: /hidden/\n"),
            "/1.html": always(page(36, "gb2312").replace(b"gb2312", b"utf-8"), **html),
            "/2.html": always(page(37, "gb2312"), **html),
            "/2.png": always(b"x", headers={"Content-Type": "image/png"}),
            "/3.html": always(LOGIN.encode(), headers={"Content-Type": "text/html"}),
            "/inward": always(b"", status=302, headers={"Location": "http://10.9.8.7/secret"}),
        },
    )
    assert counts(report) == {"created": 2, "rejected": 4}
    assert {"sitemap-foreign", "robots-disallow"} <= rules(report)
    told = {place.rpartition("/")[2]: rule for place, rule in refusals(directory, report).items()}
    assert told == {
        "2.png": "page-kind",
        "3.html": "login-page",
        "gone.html": "http-status",
        "inward": "address-refused",
    }
    with directory.database.reading() as session:
        found = [view.served for view in entries.page(session, OPERATOR, "", 9) if view.served]
    numbers = {each.descriptor.values["document_number"] for each in found}
    assert numbers == {"沪水务〔2009〕36号", "沪水务〔2009〕37号"}, (
        "the server's charset counts first"
    )
    assert all(each.descriptor.values["online"] for each in found)


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        (LOGIN.encode(), "sitemap-unknown"),
        (gzip.compress(b"<urlset>", mtime=0)[:-9], "sitemap-unknown"),
        (gzip.compress(b" " * (80 << 20), mtime=0), "sitemap-too-large"),
        (sitemap(), "records-none"),
    ],
)
def test_a_sitemap_that_is_none(directory: Directory, body: bytes, rule: str) -> None:
    report = visit(directory, {"/index.xml": always(body)})
    assert rule in rules(report)
    assert report.state == "failed"


def test_sitemaps_without_end_are_given_up(directory: Directory) -> None:
    deeper = [
        (f"/{n}.xml", always(sitemap(f"/{n + 1}.xml", root="sitemapindex"))) for n in range(20)
    ]
    start = {"/index.xml": always(sitemap("/0.xml", root="sitemapindex"))}
    report = visit(directory, {**start, **dict(deeper)})
    assert "sitemap-too-large" in rules(report)
    assert not report.complete


def test_a_site_that_fails_all_the_time_is_given_up(directory: Directory) -> None:
    asked: list[str] = []

    def failing(_: dict[str, str]) -> Reply:
        asked.append("page")
        return Reply(status=500)

    pages_ = {f"/{n}.html": failing for n in range(50)}
    report = visit(directory, {"/index.xml": always(sitemap(*pages_)), **pages_})
    assert report.state == "failed"
    assert len(asked) <= 20


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_bytes_are_a_page_or_refused_in_words(content: bytes) -> None:
    for read in (pages.read_html(content), pages.read_text(pages.decode(content).splitlines())):
        assert all(each.message.zh for each in read.problems)


@given(st.text(alphabet="<>/=\"'：:〔〕号年月日索引发文字关于的通知 \ntdrpiv&#x;29", max_size=200))
def test_any_markup_is_read(content: str) -> None:
    assert isinstance(pages.read_html(content.encode()).raw, dict)
