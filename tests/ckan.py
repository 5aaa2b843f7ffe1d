"""A CKAN portal in memory that misbehaves as a test tells it; over HTTP with tests/hostile.py."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import httpx

from harvesters.faults import fault
from harvesters.fetching import ANYTHING, Answer
from tests.hostile import Answer as HttpAnswer
from tests.hostile import Reply

API = "/api/3/action"
SITE = "http://ckan.example"


def package(number: int, **more: Any) -> dict[str, Any]:
    """A sound package of CKAN."""
    made = {
        "id": f"{number:08d}-aaaa",
        "name": f"set-{number}",
        "title": f"第{number}号数据集",
        "notes": "各区泵站的名称、位置和排水能力。",
        "state": "active",
        "private": False,
        "metadata_modified": f"2026-01-01T00:00:{number % 60:02d}.120000",
        "metadata_created": "2025-12-01T08:00:00.000001",
        "organization": {"title": "上海市水务局", "name": "water"},
        "tags": [{"name": "pump", "display_name": "泵站"}],
        "resources": [{"name": "表", "format": "CSV", "url": f"{SITE}/files/{number}.csv"}],
    }
    return made | more


@dataclass
class Portal:
    """The packages of a portal, and its faults: `cap` on rows, an announced `count`, packages over
    which it fails, `before` each search, and no search at all."""

    packages: list[Any]
    cap: int = 1000
    count: int | None = None
    poison: frozenset[str] = frozenset()
    search: bool = True
    listed: list[str] | None = None
    ignores_start: bool = False
    before: Callable[[Portal], None] = lambda _portal: None
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def get(
        self,
        url: str,
        params: Mapping[str, str] | None = None,
        *,
        accept: str = ANYTHING,
        conditional: bool = False,
    ) -> Answer:
        """The answer to a fetcher."""
        reply = self.reply(httpx.URL(url).path.removeprefix(f"{API}/"), dict(params or {}))
        if reply.status != 200:
            raise fault("http-status", place=url, value=str(reply.status))
        return Answer(url, reply.body, "application/json")

    def over_http(self) -> dict[str, HttpAnswer]:
        """The answers of a server on loopback."""
        actions = ("package_search", "package_list", "package_show")
        return {f"{API}/{name}": partial(self.reply, name) for name in actions}

    def reply(self, action: str, asked: dict[str, str]) -> Reply:
        """What it says to an action."""
        self.asked.append((action, asked))
        if action == "package_search" and not self.search:
            return Reply(status=404)
        found = getattr(self, f"_{action}")(asked)
        return found if isinstance(found, Reply) else _json({"success": True, "result": found})

    def _package_search(self, asked: dict[str, str]) -> Any:
        self.before(self)
        start = 0 if self.ignores_start else int(asked["start"])
        good = [each for each in self.packages if not isinstance(each, Mapping) or _in(each, asked)]
        rows = good[start : start + min(int(asked["rows"]), self.cap)]
        if any(isinstance(each, Mapping) and str(each.get("id")) in self.poison for each in rows):
            return Reply(status=500)
        return {"count": len(good) if self.count is None else self.count, "results": rows}

    def _package_list(self, _asked: dict[str, str]) -> Any:
        return self.listed if self.listed is not None else [each["name"] for each in self.packages]

    def _package_show(self, asked: dict[str, str]) -> Any:
        found = next(each for each in self.packages if asked["id"] in (each["id"], each["name"]))
        return Reply(status=500) if found["id"] in self.poison else found


def _in(package: Mapping[str, Any], asked: Mapping[str, str]) -> bool:
    since = asked.get("fq", "").partition("metadata_modified:[")[2].partition(" TO")[0]
    return str(package.get("metadata_modified", "")) >= since.rstrip("Z")


def _json(data: Any) -> Reply:
    headers = {"Content-Type": "application/json"}
    return Reply(json.dumps(data, ensure_ascii=False).encode(), headers=headers)
