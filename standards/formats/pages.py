"""Government web pages and the texts of papers as documents: from their <meta> elements, the table
of labels and values beside the text, and, where these are silent, from the text itself."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from lxml import etree, html

from standards.endpoints import asks_for_password
from standards.formats import papers
from standards.formats.described import address, bearer, number_path
from standards.headings import gather, path_of
from standards.identifiers import document_number
from standards.problems import Problem
from standards.profile import profile
from standards.rules import problem

KIND = "document"
CLAUSE = "政府网站发展指引 (2017) 附件2"
MOST_BYTES = 8 << 20
_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,40})""", re.I)
_SMALLER = {"gb2312", "gbk", "x-gbk", "cp936", "gb_2312-80"}
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BEARERS = ("td", "th", "dt", "li", "p", "span", "div", "b", "strong", "label")
_HOLDERS = frozenset({"td", "th", "dt", "li", "p", "div", "tr", "table"})
_CELLS = frozenset({"td", "th", "dt"})
_NEXT_LABEL = re.compile(r"\s(\S{2,16}?)：")
_LONGEST_LABEL, _LONGEST_VALUE, _MOST_LINES = 16, 500, 5000
_SITE = re.compile(r"\s*[-_|–—]+\s*[^-_|–—]{2,40}$")
_DOCUMENT_NUMBER = "document-number"
Node = etree._Element


@dataclass
class Page:
    """A document as a page or a paper tells it; the first claim for a path stands."""

    claims: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def claim(self, path: str, value: Any, *, guess: bool = False) -> None:
        """Take a value for a path that has none yet; that it is a guess is said."""
        if not path or not value or path in self.claims:
            return
        self.claims[path] = value
        if guess:
            shown = value if isinstance(value, str) else "、".join(map(str, value))
            told = problem("taken-from-text", path=path, clause="GB/T 9704-2012", value=shown)
            self.problems.append(told)

    def finish(self, form: str, link: str) -> None:
        """Add what is known of the file itself: its format, and where it can be read."""
        formats = bearer(KIND, "formats", True)
        self.claim(formats.path if formats else "", form)
        self.claim(_path("links"), address(link) if link else "")

    @property
    def raw(self) -> dict[str, Any]:
        """The raw values."""
        return gather(KIND, self.claims.items())

    @property
    def number(self) -> str:
        """The document's number as it is written there."""
        return str(self.claims.get(number_path(KIND, _DOCUMENT_NUMBER), ""))

    @property
    def numbers(self) -> frozenset[str]:
        """The match keys of the document's number."""
        return document_number.keys(self.number)


def read_html(data: bytes, charset: str = "") -> Page:
    """What a web page says; `charset` is what the server declared."""
    page = Page()
    root = _parsed(_decoded(data, charset, page))
    if root is None:
        page.problems.append(problem("page-empty", path="", clause=CLAUSE))
        return page
    declared = len(page.claims)
    for role, text in _metas(root):
        page.claim(_path(role), [text] if role == "keywords" else text)
    for path, text in _labelled(root):
        page.claim(path, text)
    told = len(page.claims) > declared
    lines = _lines(_content(root))
    heading = next((_flat(node) for node in root.iter("h1") if _flat(node)), "")
    page.claim(_path("title"), heading if papers.is_title(heading) else "", guess=True)
    _guess(page, lines)
    named = _SITE.sub("", next((_flat(node) for node in root.iter("title")), ""))
    page.claim(_path("title"), heading or named, guess=True)
    if not told and not page.numbers and asks_for_password(data):
        page.problems.append(problem("login-page", path="", clause=CLAUSE, value=heading or named))
    return page


def read_text(lines: list[str], name: str = "") -> Page:
    """What the text of a paper says; without a title that of its file serves."""
    page = Page()
    _guess(page, lines[:_MOST_LINES])
    page.claim(_path("title"), name, guess=True)
    return page


def decode(data: bytes) -> str:
    """Text by its mark, else as UTF-8, else as GB18030; what does not fit is marked U+FFFD."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return data.decode(name, "replace").lstrip("\ufeff")
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("gb18030", "replace")


def undecodable(text: str) -> tuple[Problem, ...]:
    """The warning of characters that could not be read."""
    if "\ufffd" not in text:
        return ()
    count = str(text.count("\ufffd"))
    return (problem("characters-lost", path="", clause="GB 18030-2022", value=count),)


def _guess(page: Page, lines: list[str]) -> None:
    paper = papers.read(lines)
    page.claim(number_path(KIND, _DOCUMENT_NUMBER), paper.number, guess=True)
    for role, text in paper.said.items():
        page.claim(_path(role), text, guess=True)
    page.claim(_path("abstract"), papers.text_of(lines, paper.begins), guess=True)


def _decoded(data: bytes, charset: str, page: Page) -> str:
    """The text of a page by what the server, a mark or the page itself declares."""
    declared = _CHARSET.search(data[:4096])
    names = [name for mark, name in _MARKS if data.startswith(mark)]
    names += [charset, declared.group(1).decode("ascii") if declared else ""]
    chosen = next((_known(name) for name in names if _known(name)), "")
    text = data.decode(chosen, "replace") if chosen else decode(data)
    page.problems.extend(undecodable(text))
    return text.lstrip("\ufeff").replace("\x00", "")


def _known(name: str) -> str:
    lower = name.strip().strip("\"'").lower()
    if lower in _SMALLER:
        return "gb18030"
    try:
        found = codecs.lookup(lower)
    except (LookupError, ValueError):
        return ""
    return found.name if found._is_text_encoding else ""


def _parsed(text: str) -> Node | None:
    parser = html.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True
    )
    try:
        root = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None
    etree.strip_elements(root, "script", "style", "noscript", "template", with_tail=False)
    return root


def _metas(root: Node) -> Iterator[tuple[str, str]]:
    known = {name.lower(): role for name, role in papers.words()["meta"].items()}
    for node in root.iter("meta"):
        name = (node.get("name") or node.get("property") or "").strip().lower()
        text = " ".join((node.get("content") or "").split())
        if name in known and text:
            yield known[name], text


def _labelled(root: Node) -> Iterator[tuple[str, str]]:
    """Values that stand beside a label that we know: in the next cell, or after a colon."""
    for node in root.iter(*_BEARERS):
        if any(each.tag in _HOLDERS for each in node.iterdescendants()):
            continue  # what is inside speaks for itself
        text = _flat(node, _LONGEST_VALUE)
        label, colon, value = text.replace(":", "：", 1).partition("：")
        path = _meant(label)
        if path and path in _allowed():
            beside = value.strip() or (_beside(node) if colon or node.tag in _CELLS else "")
            value = _first_value(beside)
            if value and not _meant(value.rstrip("：:")):
                yield path, value


def _meant(label: str) -> str | None:
    return path_of(KIND, label) if 0 < len(label) <= _LONGEST_LABEL else None


def _beside(node: Node) -> str:
    """What follows a label: the text after it, else the next element."""
    tail = " ".join((node.tail or "").split())
    following = node.getnext()
    return tail or (_flat(following, _LONGEST_VALUE) if following is not None else "")


def _first_value(text: str) -> str:
    """The text up to the next label in it; nothing where it is far too long for a value."""
    for found in _NEXT_LABEL.finditer(text):
        if _meant(found[1]):
            text = text[: found.start()]
            break
    return text.strip() if len(text) <= _LONGEST_VALUE else ""


@cache
def _allowed() -> frozenset[str]:
    """The paths that a label may fill: those of the roles in pages.yaml, numbers and dates."""
    roles = set(papers.words()["labels"])
    return frozenset(
        path
        for path, element in profile(KIND).walk()
        if element.card in roles
        or ("." not in path and (bool(element.scheme) or element.type == "date"))
    )


def _content(root: Node) -> Node:
    """The element that holds the text: by its id or class, else the body without what is around."""
    wanted = frozenset(papers.words()["content"])
    marked = [
        node for node in root.iter("div", "td", "article", "section") if wanted & _names(node)
    ]
    best = max(marked, key=lambda node: len(_flat(node, 100_000)), default=None)
    if best is not None:
        return best
    body = root.find("body")
    etree.strip_elements(root, *papers.words()["silent"], with_tail=False)
    return root if body is None else body


def _names(node: Node) -> set[str]:
    """The id and classes of an element."""
    return set(f"{node.get('id', '')} {node.get('class', '')}".lower().split())


def _lines(node: Node) -> list[str]:
    """The text as lines, one for each block."""
    blocks = frozenset(papers.words()["blocks"])
    pieces: list[str] = []
    for event, each in etree.iterwalk(node, events=("start", "end")):
        if not isinstance(each.tag, str):
            continue
        if each.tag in blocks:
            pieces.append("\n")
        if event == "start":
            pieces.append(each.text or "")
        elif each is not node:
            pieces.append(each.tail or "")
    return "".join(pieces).split("\n")[:_MOST_LINES]


def _flat(node: Node, most: int = 1000) -> str:
    pieces, length = [], 0
    for piece in node.itertext():
        pieces.append(str(piece))
        length += len(piece)
        if length > most * 4:
            break
    return " ".join("".join(pieces).split())[: most + 1]


def _path(role: str) -> str:
    element = bearer(KIND, role, False)
    return element.path if element else ""
