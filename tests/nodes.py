"""Nodes in the test's own process, each with its app, that follow each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
from flask import Flask

from catalog import agencies, entries, origins, registration, sources
from catalog.agencies import AgencyView
from catalog.clock import FixedClock
from catalog.database import Database
from catalog.entries import EntryView
from catalog.federation import keys, nodes
from catalog.federation.nodes import NodeView
from catalog.proposals import Outcome, Proposal
from catalog.settings import Settings
from catalog.sources import AUTOMATIC, NODE, SourceSettings, SourceView
from catalog.viewers import OPERATOR, PUBLIC, Viewer
from harvesters.fetching import ANYTHING, Answer
from harvesters.nodes.following import catch_up
from harvesters.run import harvest
from search.memory import MemoryEngine
from tests.offices import sqlite_offices, values
from tests.websites import settings
from web.app import create_app
from web.parts import Parts

CITY = "310A0"


@dataclass
class Link:
    """A fetcher over another node's app; ``meddle`` alters what comes back."""

    app: Flask
    token: str = ""
    meddle: Callable[[str, bytes], bytes] = lambda _, body: body
    asked: list[str] = field(default_factory=list)

    def get(
        self,
        url: str,
        params: Mapping[str, str] | None = None,
        *,
        accept: str = ANYTHING,
        conditional: bool = False,
    ) -> Answer:
        """As a fetcher."""
        address = httpx.URL(url).copy_merge_params(params or {})
        headers = {"Accept": accept}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        self.asked.append(str(address))
        answer = self.app.test_client().get(address.raw_path.decode(), headers=headers)
        assert answer.status_code == 200, answer.text
        return Answer(str(address), self.meddle(str(address), answer.data), answer.mimetype)


@dataclass
class NodeSite:
    """One node: its directory, its app and its keys."""

    name: str
    parts: Parts
    clock: FixedClock

    @property
    def database(self) -> Database:
        """Its database."""
        return self.parts.database

    @property
    def settings(self) -> Settings:
        """Its settings."""
        return self.parts.settings

    @cached_property
    def app(self) -> Flask:
        """What it serves."""
        return create_app(self.parts)

    @property
    def key(self) -> str:
        """Its public key."""
        return keys.ring(self.settings).public.text

    def register(self, agency: str, actor: Viewer = OPERATOR, **more: Any) -> Outcome:
        """A served entry of an agency."""
        with self.database.writing() as session:
            proposal = Proposal("document", values(**more), agency, accept=True)
            (made,) = registration.register(session, actor, [proposal], self.clock.now())
        return made

    def follows(self, other: NodeSite, agency: str, **options: Any) -> str:
        """Let it follow another node for an agency."""
        chosen = {"key": other.key, "create_agencies": True, "allow_private": True, **options}
        kept = SourceSettings(NODE, f"http://{other.name}.test", options=chosen)
        with self.database.writing() as session:
            sources.add(session, OPERATOR, other.name, agency, kept, self.clock.now())
        return other.name

    def harvests(self, other: NodeSite, agency: str, prefix: str) -> None:
        """Let it harvest another node by OAI-PMH, as it would any server."""
        chosen = SourceSettings(
            "oai-pmh", f"http://{other.name}.test/oai", acceptance=AUTOMATIC, kind="document",
            options={"prefix": prefix}, defaults={"disclosure": {"attribute": "proactive"}},
        )  # fmt: skip
        with self.database.writing() as session:
            sources.add(session, OPERATOR, other.name, agency, chosen, self.clock.now())
        harvest(self.database, other.name, OPERATOR, self.clock, fetcher=Link(other.app))

    def catch_up(self, other: NodeSite, link: Link | None = None, full: bool = False) -> NodeView:
        """Ask the other node for what is new."""
        fetcher, source = link or Link(other.app), self.source(other)
        return catch_up(self.database, source, OPERATOR, self.clock, fetcher, full=full)

    def source(self, other: NodeSite) -> SourceView:
        """The source of the other node here."""
        with self.database.reading() as session:
            return sources.get(session, other.name)

    def standing(self, other: NodeSite) -> NodeView:
        """How the other node stands here."""
        with self.database.reading() as session:
            return nodes.standing(session, other.name, other.key)

    def revision(self, identifier: str) -> int:
        """The entry's latest revision."""
        return self.find(identifier, OPERATOR).revision

    def find(self, identifier: str | None, viewer: Viewer = PUBLIC) -> EntryView:
        """The entry, as somebody sees it."""
        assert identifier
        with self.database.reading() as session:
            return entries.find(session, viewer, identifier)

    def shown(self, viewer: Viewer = PUBLIC) -> list[str]:
        """What is served to somebody."""
        with self.database.reading() as session:
            return [view.identifier for view in entries.page(session, viewer, "", 500)]


@contextmanager
def node(folder: Path, name: str, *organs: AgencyView, **more: Any) -> Iterator[NodeSite]:
    """A node with these agencies."""
    folder = folder / name
    folder.mkdir()
    with sqlite_offices(folder, bare) as offices:
        chosen = settings(folder, node=name, **more)
        parts = Parts(chosen, offices.database, MemoryEngine(), offices.clock)
        now = offices.clock.now()
        with offices.database.writing() as session:
            origins.introduce(session, [keys.node_name(chosen)], now)
            for organ in organs:
                agencies.add(session, OPERATOR, organ, now)
        yield NodeSite(name, parts, offices.clock)


def bare(offices: Any) -> Any:
    offices.database.migrate()
    return offices
