"""Reading pages as a person or a screen reader would: what is on them, and whether it is sound."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from flask.testing import FlaskClient
from lxml import html
from werkzeug.test import TestResponse

from tests.websites import PASSWORD

LABELLED = "//input[not(@type='hidden')] | //select | //textarea"
HEADINGS = "//h1 | //h2 | //h3 | //h4 | //h5"
NAMED = "aria-label", "aria-labelledby"


@dataclass
class Visitor:
    """Somebody with a browser: follows links, fills in forms, needs no scripts."""

    client: FlaskClient

    def get(self, path: str, status: int = 200) -> html.HtmlElement:
        """A page."""
        return self.read(self.client.get(path, headers={"Accept": "text/html"}), status)

    def post(self, path: str, data: dict[str, object], status: int = 303) -> TestResponse:
        """Send a form with the token that the page before gave."""
        answer = self.client.post(
            path, data={"csrf_token": self.token(), **data}, headers={"Accept": "text/html"}
        )
        assert answer.status_code == status, answer.text
        return answer

    def read(self, answer: TestResponse, status: int = 200) -> html.HtmlElement:
        """The page of an answer."""
        assert answer.status_code == status, answer.text
        return html.document_fromstring(answer.text)

    def token(self) -> str:
        """The token of this session."""
        page = self.get("/sign-in")
        return str(page.xpath("//input[@name='csrf_token']/@value")[0])

    def sign_in(self, username: str, password: str = PASSWORD) -> None:
        """Begin a session."""
        self.post("/sign-in", {"sign-in-username": username, "sign-in-password": password})


def words(page: html.HtmlElement) -> str:
    """Everything that is written on a page, its blanks made single."""
    for script in page.xpath("//script | //style"):
        script.drop_tree()
    return re.sub(r"\s+", " ", page.text_content())


def faults(page: html.HtmlElement) -> list[str]:
    """What a screen reader or a strict content policy would stumble over."""
    return [
        *_ids(page),
        *_labels(page),
        *_headings(page),
        *_frame(page),
        *(f"inline: {each.tag}" for each in page.xpath("//*[@style or @onclick] | //style")),
    ]


def _ids(page: html.HtmlElement) -> list[str]:
    counted = Counter(page.xpath("//@id"))
    found = [f"id twice: {each}" for each, count in counted.items() if count > 1]
    for name in ("for", "aria-labelledby", "aria-describedby", "list", "aria-controls"):
        for value in page.xpath(f"//@{name}"):
            found += [
                f"{name} leads nowhere: {each}" for each in value.split() if each not in counted
            ]
    return found


def _labels(page: html.HtmlElement) -> list[str]:
    labelled = set(page.xpath("//label/@for"))
    found = []
    for control in page.xpath(LABELLED):
        inside = control.xpath("ancestor::label")
        if not (inside or control.get("id") in labelled or any(control.get(n) for n in NAMED)):
            found.append(f"no label: {control.get('name')}")
    found += ["empty button" for each in page.xpath("//button") if not each.text_content().strip()]
    for link in page.xpath("//a[@href]"):
        if not (link.text_content().strip() or link.get("aria-label")):
            found.append(f"empty link: {link.get('href')}")
    tables = page.xpath("//table[not(caption)]")
    return found + ["table without a caption" for _ in tables]


def _headings(page: html.HtmlElement) -> list[str]:
    levels = [int(each.tag[1]) for each in page.xpath(HEADINGS)]
    found = [] if levels.count(1) == 1 else [f"{levels.count(1)} h1"]
    steps = zip([0, *levels], levels, strict=False)
    return found + [f"h{low} then h{high}" for low, high in steps if high > low + 1]


def _frame(page: html.HtmlElement) -> list[str]:
    root = page.getroottree().getroot()
    wanted = ("//main", "//header", "//footer", "//nav", "//title", "//a[@class='skip']")
    found = [f"no {each}" for each in wanted if not page.xpath(each)]
    return found if root.get("lang") in ("zh-Hans", "en") else [*found, "no language"]
