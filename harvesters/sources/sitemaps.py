"""The pages that a site lists in its sitemap: bounded in number, depth and size, of this site only,
and none that its robots.txt forbids."""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit
from urllib.robotparser import RobotFileParser

from lxml import etree

from harvesters.faults import HarvestFault, fault, problem
from harvesters.fetching import AGENT, Fetcher
from standards.problems import Problem
from standards.xmlparser import XmlFault, parse

MOST_SITEMAPS = 1000
DEEPEST = 4
MOST_BYTES = 64 << 20
MOST_PAGES = 50_000
_GZIP = b"\x1f\x8b"
_REFUSED = re.compile(r"4\d\d")


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of a sitemap, and when it was changed last, as written there."""

    url: str
    changed: str = ""


@dataclass
class Sitemap:
    """What a sitemap and those below it list; `notes` say what was left out and why."""

    fetcher: Fetcher
    location: str
    most: int = MOST_PAGES
    notes: list[Problem] = field(default_factory=list)
    fault: HarvestFault | None = None
    """Why the list is not whole, if it is not."""

    def pages(self) -> list[Listed]:
        """The pages in the order of the site, each once. Raises HarvestFault where even the first
        sitemap cannot be read."""
        robots = self._robots()
        found: dict[str, Listed] = {}
        foreign: list[str] = []
        forbidden: list[str] = []
        for each in self._listed():
            if _site(each.url) != _site(self.location):
                foreign.append(each.url)
            elif robots is not None and not robots.can_fetch(AGENT, each.url):
                forbidden.append(each.url)
            else:
                found.setdefault(each.url, each)
            if len(found) > self.most:
                self.fault = fault("sitemap-too-large", value=str(len(found)))
                break
        self._note("sitemap-foreign", foreign)
        self._note("robots-disallow", forbidden)
        return list(found.values())[: self.most]

    def _note(self, rule: str, urls: list[str]) -> None:
        if urls:
            count = len(urls)
            self.notes.append(problem(rule, value=urls[0], count=count, severity="warning"))

    def _listed(self) -> Iterator[Listed]:
        """The entries of the sitemap and of those that it leads to, each sitemap once."""
        waiting, seen = [(self.location, 0)], {self.location}
        while waiting:
            url, depth = waiting.pop(0)
            try:
                below, listed = _entries(self.fetcher.get(url).body, url)
            except HarvestFault as error:
                if url == self.location:
                    raise
                self.fault = error
                self.notes.append(error.problem)
                continue
            yield from listed
            fresh = [each for each in below if each not in seen and _site(each) == _site(url)]
            if fresh and (depth >= DEEPEST or len(seen) + len(fresh) > MOST_SITEMAPS):
                self.fault = fault("sitemap-too-large", place=url, value=str(len(seen)))
                self.notes.append(self.fault.problem)
                continue
            seen.update(fresh)
            waiting.extend((each, depth + 1) for each in fresh)

    def _robots(self) -> RobotFileParser | None:
        """What the site allows; everything where it has no such file."""
        url = urljoin(self.location, "/robots.txt")
        try:
            body = self.fetcher.get(url).body
        except HarvestFault as error:
            refused = _REFUSED.fullmatch(error.problem.value or "")
            if error.problem.rule == "http-status" and refused:
                return None
            raise
        robots = RobotFileParser(url)
        robots.parse(body[: 1 << 19].decode("utf-8", "replace").splitlines())
        return robots


def fingerprint(pages: list[Listed]) -> str:
    """A digest of what is listed."""
    digest = hashlib.blake2b(digest_size=16)
    for each in pages:
        digest.update(f"{each.url}\n".encode("utf-8", "replace"))
    return digest.hexdigest()


def _entries(body: bytes, url: str) -> tuple[list[str], list[Listed]]:
    """The sitemaps and the pages that one sitemap lists."""
    try:
        root = parse(_unpacked(body, url))
    except XmlFault as error:
        raise fault("sitemap-unknown", place=url, value=error.message) from None
    name = etree.QName(root).localname
    if name not in ("urlset", "sitemapindex"):
        raise fault("sitemap-unknown", place=url, value=name)
    told = [{_local(part): _text(part) for part in each} for each in root]
    listed = [Listed(urljoin(url, each["loc"]), each.get("lastmod", "")) for each in _located(told)]
    good = [each for each in listed if urlsplit(each.url).scheme in ("http", "https")]
    return ([each.url for each in good], []) if name == "sitemapindex" else ([], good)


def _located(told: list[dict[str, str]]) -> Iterator[dict[str, str]]:
    for each in told:
        try:
            if each.get("loc") and urlsplit(each["loc"]) is not None:
                yield each
        except ValueError:  # no address at all
            continue


def _unpacked(body: bytes, url: str) -> bytes:
    """The sitemap as it is, or out of its gzip."""
    if not body.startswith(_GZIP):
        return body
    inflate = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        text = inflate.decompress(body, MOST_BYTES + 1)
    except zlib.error as error:
        raise fault("sitemap-unknown", place=url, value=str(error)) from None
    if len(text) > MOST_BYTES:
        raise fault("sitemap-too-large", place=url, value=f"> {MOST_BYTES}")
    return text


def _site(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.lower()


def _local(node: Any) -> str:
    return etree.QName(node).localname if isinstance(node.tag, str) else ""


def _text(node: Any) -> str:
    return (node.text or "").strip()
