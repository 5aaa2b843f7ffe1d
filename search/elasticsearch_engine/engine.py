"""The Elasticsearch engine, put together of its questions, its writes and its indexes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import unquote, urlsplit

from elasticsearch import Elasticsearch, NotFoundError

from search import cursors
from search.analysis import prefix as beginning_of
from search.card import Card
from search.clauses import Clause
from search.elasticsearch_engine.asking import answered, asked, hit
from search.elasticsearch_engine.indexes import Indexes, reached
from search.elasticsearch_engine.querying import compiled
from search.elasticsearch_engine.rebuilding import ElasticsearchRebuild, fingerprints
from search.elasticsearch_engine.schema import order_field
from search.elasticsearch_engine.writing import MissingIndex, write
from search.encoding import decode
from search.engine import EngineUnavailable, Fingerprint, Removal
from search.fields import BEGINNINGS, check
from search.query import Hit, Query, Result
from search.ranking import Plan, plan
from search.resemblance import resembling

TIMEOUT = 10.0
RETRIES = 2


def connect(url: str) -> tuple[Elasticsearch, str]:
    """The client for ``http(s)://[user:password@]host[:port][/alias]`` and the alias, ``mulu``."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 9200)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    login = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
    client = Elasticsearch(
        f"{parts.scheme}://{host}:{port}",
        basic_auth=login,
        request_timeout=TIMEOUT,
        max_retries=RETRIES,
        retry_on_timeout=True,
    )
    return client, parts.path.strip("/") or "mulu"


class ElasticsearchEngine:
    """An alias of a cluster. Any number of processes read and write it."""

    name = "elasticsearch"

    def __init__(self, url: str) -> None:
        self._client, alias = connect(url)
        self._indexes = Indexes(self._client, alias)

    def apply(self, changes: Sequence[Card | Removal]) -> None:
        alias = self._indexes.alias
        with reached():
            try:
                write(self._client, alias, changes)
            except (MissingIndex, NotFoundError):
                self._indexes.begin()
                write(self._client, alias, changes)
            self._client.indices.refresh(index=alias, ignore_unavailable=True)

    def search(self, query: Query) -> Result:
        check(query)
        after = cursors.read(query)
        ranked = plan(query.words)
        if query.sort != "relevance":
            ranked = Plan(ranked.matches)
        request = asked(query, ranked, after)
        try:
            with reached():
                answer = self._client.search(index=self._indexes.alias, body=request)
        except EngineUnavailable as error:
            if isinstance(error.__cause__, NotFoundError):
                return Result(0, (), dict.fromkeys(query.facets, ()))
            raise
        return answered(query, ranked, after, answer.body)

    def suggest(self, prefix: str, visibility: Clause, size: int = 8) -> list[Hit]:
        typed = beginning_of(prefix)
        found: dict[str, Hit] = {}
        for field in BEGINNINGS if typed else ():
            for each in self._beginning(field, typed, visibility, size):
                found.setdefault(each.card.key, each)
            if len(found) >= size:
                break
        return list(found.values())[:size]

    def similar(self, key: str, visibility: Clause, size: int = 5) -> list[Hit]:
        card = self.get([key]).get(key)
        return [] if card is None else resembling(self.search, card, visibility, size)

    def get(self, keys: Sequence[str]) -> dict[str, Card]:
        if not keys:
            return {}
        with reached():
            try:
                answer = self._client.mget(index=self._indexes.alias, ids=list(keys))
            except NotFoundError:
                return {}
        bodies = (doc.get("_source", {}).get("body") for doc in answer.body["docs"])
        cards = (decode(body) for body in bodies if body)
        return {card.key: card for card in cards}

    def fingerprints(self) -> Iterator[Fingerprint]:
        yield from fingerprints(self._client, self._indexes.alias)

    def rebuild(self) -> ElasticsearchRebuild:
        return ElasticsearchRebuild(self._client, self._indexes)

    def refresh(self) -> None:
        with reached():
            self._client.indices.refresh(index=self._indexes.alias, ignore_unavailable=True)

    def ready(self) -> bool:
        try:
            with reached():
                health = self._client.cluster.health(timeout="1s").body
        except EngineUnavailable:
            return False
        return bool(health["status"] != "red")

    def needs_rebuild(self) -> bool:
        with reached():
            return not self._indexes.whole()

    def close(self) -> None:
        self._client.close()

    def _beginning(self, field: str, typed: str, visibility: Clause, size: int) -> list[Hit]:
        try:
            with reached():
                answer = self._client.search(
                    index=self._indexes.alias,
                    query={"bool": {"filter": [compiled(visibility), {"prefix": {field: typed}}]}},
                    sort=[{order_field("issued"): "asc"}],
                    size=size,
                    source_includes=["body"],
                    track_total_hits=False,
                )
        except EngineUnavailable as error:
            if isinstance(error.__cause__, NotFoundError):
                return []
            raise
        return [hit(found) for found in answer.body["hits"]["hits"]]
