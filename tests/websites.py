"""A small directory and its app in the test's own process, with a token for each role."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from catalog import accounts
from catalog.identity import keeping as identity
from catalog.registration import Proposal
from catalog.settings import Settings
from catalog.viewers import OPERATOR, Grant, Role
from search.engine import Engine
from search.memory import MemoryEngine
from tests.directory import follow
from tests.offices import WATER, Offices, sqlite_offices, values
from web.app import create_app
from web.parts import Parts

TOKENS: dict[str, str] = {}
"""By role, of the directory that every website is a copy of."""
PASSWORD = "很长的口令-2009"
SECRET = "s" * 32
BOX = {"west": 121.42, "south": 31.2, "east": 121.48, "north": 31.25}
PEOPLE = {
    "registrar": Grant(Role.REGISTRAR, WATER),
    "reviewer": Grant(Role.REVIEWER),
    "second": Grant(Role.REVIEWER),
    "auditor": Grant(Role.AUDITOR),
    "administrator": Grant(Role.ADMINISTRATOR),
}


@dataclass
class Website:
    """The app over a small directory. ``tokens`` go by role."""

    offices: Offices
    parts: Parts
    app: Flask
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def client(self) -> FlaskClient:
        """A browser without cookies."""
        return self.app.test_client()

    def follow(self) -> None:
        """Bring the index up to date."""
        follow(self.parts.database, self.parts.engine)

    def headers(self, role: str = "", **more: str) -> dict[str, str]:
        """What a program of this role sends."""
        token = {"Authorization": f"Bearer {self.tokens[role]}"} if role else {}
        return {**token, **{name.replace("_", "-"): value for name, value in more.items()}}

    def get(self, path: str, role: str = "", **more: str) -> TestResponse:
        """Ask for an address."""
        return self.client.get(path, headers=self.headers(role, **more))

    def post(self, path: str, body: Any, role: str = "", **more: str) -> TestResponse:
        """Send JSON."""
        return self.client.post(path, json=body, headers=self.headers(role, **more))

    def put(self, path: str, body: Any, role: str = "", **more: str) -> TestResponse:
        """Send other JSON in the place of what is there."""
        return self.client.put(path, json=body, headers=self.headers(role, **more))


def settings(folder: Path, **more: Any) -> Settings:
    """The settings of a test."""
    env = {"MULU_DATA_DIR": str(folder), "MULU_SECRET_KEY": SECRET, "MULU_SEARCH_URL": "memory:"}
    return replace(Settings.from_environment(env), **more)


@contextmanager
def website(folder: Path, engine: Engine | None = None, **more: Any) -> Iterator[Website]:
    """The small directory with somebody in each role, served over the engine in memory or one that
    the caller closes."""
    with sqlite_offices(folder, _staffed) as offices:
        chosen = settings(folder, **more)
        parts = Parts(chosen, offices.database, engine or MemoryEngine(), offices.clock)
        yield Website(offices, parts, create_app(parts), dict(TOKENS))


def _staffed(offices: Offices) -> Offices:
    """With somebody in each role; done once, since hashing passwords takes its time."""
    offices.prepare()
    now = offices.clock.now()
    with offices.database.writing() as session:
        for name, grant in PEOPLE.items():
            owner = accounts.create(session, OPERATOR, name, name, PASSWORD, now, [grant])
            TOKENS[name] = accounts.issue_token(session, owner, "test", now)
    return offices


def furnish(site: Website) -> dict[str, str]:
    """One entry of every sort; their identifiers."""
    offices = site.offices
    served = offices.published(
        title="上海市防汛防台应急预案",
        document_number="沪水务〔2008〕12号",
        category=[{"scheme": "theme", "code": "ZGG00"}],
        place={"division": ["310106"], **BOX},
    )
    data = Proposal(
        "non-document",
        values(
            "雨水泵站基本信息",
            items=[{"name": "泵站名称", "type": "string"}, {"name": "设计流量", "type": "number"}],
            service={"url": "https://example.gov.cn/pumps", "type": "rest"},
        ),
        WATER,
        accept=True,
    )
    made = {
        "served": served,
        "data": offices.register(data, actor=OPERATOR)[0],
        "withheld": offices.published(title="干部考察材料", disclosure="withheld"),
        "submitted": offices.submitted(title="关于河道整治的请示"),
        "withdrawn": offices.withdraw(offices.published(title="重复登记的通知")),
    }
    site.follow()
    return {name: outcome.identifier or "" for name, outcome in made.items()}


def dispute(site: Website) -> str:
    """An entry of which a person corrected what its source then changed; its identifier."""
    offices, key = site.offices, "disputed"
    whole = {
        "provider": [{"name": "上海市水务局"}],
        "category": [{"scheme": "theme", "code": "ZGG00"}],
        "keywords": [{"keyword": ["泵站"]}],
    }
    made = offices.sent(key, title="排水泵站一览", **whole)
    more = [{"keyword": ["泵站", "排涝"]}]
    proposed = offices.revise(
        made, title="全市排水泵站一览（2009年）", **{**whole, "keywords": more}
    )
    offices.accept(proposed)
    offices.sent(key, title="排水泵站一览表", **whole)
    site.follow()
    return str(made.identifier)


def double(site: Website) -> str:
    """Two entries that look like one another; the way to both."""
    number = "沪水务〔2007〕3号"
    made = [
        site.offices.published(title=title, document_number=number)
        for title in ("关于印发《河道保洁办法》的通知", "河道保洁办法")
    ]
    while identity.step(site.parts.database, site.parts.clock, "test"):
        pass
    site.follow()
    return "/".join(str(each.identifier) for each in made)
