"""Harvests documents as they lie: the pages of a site's sitemap, or the files of a folder, from
which title, number, date and agency are taken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

import orjson

from catalog.words import storable
from harvesters import keys
from harvesters.faults import HarvestFault, fault, problem
from harvesters.fetched import Fetched, Job, paged
from harvesters.fetched import Page as Batch
from harvesters.fetching import Answer
from harvesters.options import Option
from harvesters.sources import archives, document_files, sitemaps
from harvesters.sources.halving import ELSEWHERE
from harvesters.sources.sitemaps import Listed, Sitemap
from harvesters.sources.walking import Walk
from standards.formats.pages import KIND, Page
from standards.problems import Problem, Text
from standards.reading.dates import iso

ZIP = ".zip"
_SUFFIXES = frozenset(document_files.READERS)
_LONGEST_RAW = 20_000
_GIVEN_UP = 10  # pages one after another that cannot be had: the site is down
_MEDIA = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "application/pdf": ".pdf",
    "text/plain": ".txt",
}


class Documents:
    """The source `documents`: the location is the address of a sitemap, or a folder."""

    name = "documents"
    label = Text("网页和文件", "Pages and documents")
    suffixes = ()
    options = (
        Option(
            "incremental",
            Text("只读新改的网页", "Only pages that changed"),
            kind="flag",
            default=False,
            explanation=Text(
                "按站点地图的 lastmod；这样采集时不判断删除。",
                "By the sitemap's lastmod; deletions are not inferred then.",
            ),
        ),
        Option(
            "pages",
            Text("网页数上限", "Most pages"),
            kind="integer",
            default=sitemaps.MOST_PAGES,
            least=1,
            most=1_000_000,
            explanation=Text("站点地图里最多读多少页。", "So many pages of a sitemap at most."),
        ),
    )

    def pages(self, job: Job) -> Iterator[Batch]:
        """The documents in pages."""
        if job.location.startswith(("http://", "https://")):
            yield from _site(job)
        else:
            yield from _folder(job)


@dataclass
class _Met:
    """The document numbers that occurred, and where: of two files with one the first counts."""

    first: dict[str, str] = field(default_factory=dict)

    def twin(self, page: Page, place: str) -> tuple[Problem, ...]:
        """What to say of a number that occurred before."""
        for key in page.numbers:
            if (first := self.first.setdefault(key, place)) != place:
                return (problem("identifier-twice", value=page.number, first=first),)
        return ()


def _record(key: str, place: str, page: Page, met: _Met, name: str, link: str = "") -> Fetched:
    said = (*page.problems, *met.twin(page, place))
    page.finish(PurePosixPath(name).suffix.lstrip(".").lower(), link)
    raw = orjson.dumps(page.raw).decode()[:_LONGEST_RAW]
    return Fetched(key, page.raw, KIND, place, problems=said, raw=raw)


def _refused(key: str, place: str, told: Problem) -> Fetched:
    return Fetched(key, {}, KIND, place, problems=(told,))


def _folder(job: Job) -> Iterator[Batch]:
    folder = Path(job.location)
    if not folder.is_dir():
        raise fault("file-missing", value=job.location)
    found = sorted(each for each in folder.rglob("*") if _wanted(each))
    walk = Walk.over([each for each in found if _inside(each, folder)], job.checkpoint)
    if walk.again:
        yield Batch(again=True)
    broken: list[Problem] = []

    def records(done: int) -> Iterator[Fetched]:
        return islice(_files(folder, found, broken), done, None)

    yield from walk.pages(records)
    yield Batch(notes=(*broken, *_unread(folder)))
    if broken:
        raise HarvestFault(broken[0])
    if not walk.tally:
        raise fault("records-none", value=job.location)


def _wanted(path: Path) -> bool:
    hidden = path.name.startswith((".", "~$"))
    return not hidden and path.suffix.lower() in {*_SUFFIXES, ZIP} and path.is_file()


def _inside(path: Path, folder: Path) -> bool:
    """Whether a file lies in the folder, also when links are followed."""
    return path.resolve().is_relative_to(folder.resolve())


def _unread(folder: Path) -> Iterator[Problem]:
    others = sorted(e.name for e in folder.rglob("*") if e.is_file() and not _wanted(e))
    if others:
        count = len(others)
        yield problem("files-unread", value=storable(others[0]), count=count, severity="warning")


def _files(folder: Path, paths: list[Path], broken: list[Problem]) -> Iterator[Fetched]:
    """Every document of a folder, archives opened; an archive that cannot be is noted."""
    met = _Met()
    for path in paths:
        name = storable(path.relative_to(folder).as_posix())
        if not _inside(path, folder):
            told = problem("file-outside", value=name)
            yield _refused(keys.bounded("file", name), name, told)
        elif path.suffix.lower() == ZIP:
            try:
                yield from _packed(path, name, met)
            except HarvestFault as error:
                broken.append(error.problem)
        else:
            yield _read(path.read_bytes(), name, met)


def _packed(path: Path, name: str, met: _Met) -> Iterator[Fetched]:
    for entry in archives.entries(path, _SUFFIXES):
        inside = storable(f"{name}!/{entry.name}")
        if entry.refused is not None:
            yield _refused(keys.bounded("file", inside), inside, entry.refused)
        else:
            yield _read(entry.data, inside, met)


def _read(data: bytes, name: str, met: _Met) -> Fetched:
    key = keys.bounded("file", name)
    try:
        page = document_files.read(data, name)
    except HarvestFault as error:
        return _refused(key, name, error.problem)
    return _record(key, name, page, met, name)


def _site(job: Job) -> Iterator[Batch]:
    moment = datetime.now(UTC)
    sitemap = Sitemap(job.fetcher, job.location, int(job.options.get("pages", sitemaps.MOST_PAGES)))
    listed = sitemap.pages()
    since = job.since if job.options.get("incremental") else None
    if since is not None:
        listed = [each for each in listed if _changed(each, since)]
    mark, kept = sitemaps.fingerprint(listed), job.checkpoint or {}
    start = int(kept["read"]) if kept.get("mark") == mark else 0
    facts = {"moment": moment.isoformat(), "incremental": since is not None}
    yield Batch(again=bool(kept) and not start, facts=facts, notes=tuple(sitemap.notes))

    def state(read: int) -> dict[str, Any]:
        return {"mark": mark, "read": read}

    yield from paged(_visited(job, listed[start:]), state, start)
    if sitemap.fault is not None:
        raise sitemap.fault
    if not listed and since is None:
        raise fault("records-none", value=job.location)


def _changed(page: Listed, since: datetime) -> bool:
    """Whether a page changed since; one that does not say when may have."""
    day = iso(page.changed[:10])
    return day is None or day >= since.date().isoformat()


def _visited(job: Job, listed: list[Listed]) -> Iterator[Fetched]:
    """Each page of a site; after many in a row that cannot be had the site is given up."""
    met, failed = _Met(), 0
    for each in listed:
        key = keys.bounded("address", each.url)
        try:
            answer = job.fetcher.get(each.url)
        except HarvestFault as error:
            failed += 1
            ends = error.problem.rule in ELSEWHERE - {"address-refused", "host-unknown"}
            if ends or failed >= _GIVEN_UP:
                raise
            yield _refused(key, each.url, error.problem)
            continue
        failed = 0
        yield _page(key, each.url, answer, met)


def _page(key: str, url: str, answer: Answer, met: _Met) -> Fetched:
    if urlsplit(answer.url).netloc.lower() != urlsplit(url).netloc.lower():
        return _refused(key, url, problem("page-elsewhere", value=answer.url))
    suffix = PurePosixPath(unquote(urlsplit(url).path)).suffix.lower()
    suffix = _MEDIA.get(answer.media_type.strip().lower(), suffix)
    if suffix not in _SUFFIXES:
        return _refused(key, url, problem("page-kind", value=answer.media_type or suffix or "∅"))
    name = PurePosixPath(unquote(urlsplit(url).path)).stem + suffix
    try:
        page = document_files.read(answer.body, name, answer.charset)
    except HarvestFault as error:
        return _refused(key, url, error.problem)
    return _record(key, url, page, met, name, url)
