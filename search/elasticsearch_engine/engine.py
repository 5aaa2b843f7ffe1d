"""The Elasticsearch engine, put together of its questions, its writes and its indexes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from elasticsearch import ApiError, NotFoundError, TransportError

from search import cursors
from search.analysis import prefix as beginning_of
from search.card import Card
from search.clauses import Clause
from search.cluster import ClusterOptions, addressed
from search.condition import Condition
from search.elasticsearch_engine.asking import Asking, hit
from search.elasticsearch_engine.condition import condition
from search.elasticsearch_engine.connecting import Gate, connect
from search.elasticsearch_engine.indexes import Indexes
from search.elasticsearch_engine.querying import Body, compiled
from search.elasticsearch_engine.reading import LONGEST, TIMEOUT, Answer, patiently
from search.elasticsearch_engine.rebuilding import ElasticsearchRebuild, fingerprints
from search.elasticsearch_engine.schema import order_field
from search.elasticsearch_engine.writing import MissingIndex, Refused, check_got, write
from search.encoding import decode
from search.engine import CardsRefused, EngineUnavailable, Fingerprint, Removal
from search.fields import BEGINNINGS, check
from search.query import Hit, Query, Result
from search.ranking import plan
from search.resemblance import resembling
from search.window import page
from standards.problems import Text


class ElasticsearchEngine:
    """An alias of a cluster. Any number of processes read and write it."""

    name = "elasticsearch"

    def __init__(self, url: str, options: ClusterOptions | None = None) -> None:
        """Raises ValueError for an address that is none."""
        address, chosen = addressed(url), options or ClusterOptions()
        self._client = connect(address, chosen)
        self._indexes = Indexes(self._client, address.alias, chosen)
        self._gate = Gate()
        self._shards = 0
        """Of the live index, when it was last looked at."""

    def apply(self, changes: Sequence[Card | Removal]) -> None:
        with self._gate.reached():
            try:
                refused = self._written(changes)
            except (MissingIndex, NotFoundError):
                self._indexes.begin()
                refused = self._written(changes)
        if refused:
            raise CardsRefused(refused)

    def search(self, query: Query) -> Result:
        check(query)
        after = cursors.read(query)
        ranked = plan(query.words, query.sort)
        asking = Asking(self._asked, query, ranked)
        return asking.result(page(query, ranked, after, asking.run))

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
        try:
            with self._gate.reached():
                answer = self._client.options(request_timeout=TIMEOUT).mget(
                    index=self._indexes.alias, ids=list(keys)
                )
                for doc in answer.body["docs"]:
                    check_got(doc)
        except MissingIndex:
            return {}
        bodies = (doc.get("_source", {}).get("body") for doc in answer.body["docs"])
        cards = (decode(body) for body in bodies if body)
        return {card.key: card for card in cards}

    def fingerprints(self) -> Iterator[Fingerprint]:
        yield from fingerprints(self._client, self._gate, self._indexes.alias)

    def rebuild(self, cards: int = 0) -> ElasticsearchRebuild:
        return ElasticsearchRebuild(self._client, self._gate, self._indexes, cards)

    def refresh(self) -> None:
        with self._gate.reached():
            self._client.indices.refresh(index=self._indexes.alias, ignore_unavailable=True)

    def ready(self) -> bool:
        return self.condition().searches

    def condition(self) -> Condition:
        """Asked even while nobody else is let through: the cluster may be back."""
        try:
            found = condition(self._client, self._indexes.alias)
        except (ApiError, TransportError) as error:
            told = Text(
                f"Elasticsearch 没有应答：{error}", f"Elasticsearch does not answer: {error}"
            )
            return Condition(searches=False, troubles=(told,))
        self._gate.open()
        return found

    def needs_rebuild(self) -> bool:
        with self._gate.reached():
            return not self._indexes.whole()

    def close(self) -> None:
        self._client.close()

    def _beginning(self, field: str, typed: str, visibility: Clause, size: int) -> list[Hit]:
        answer = self._asked(
            {
                "query": {"bool": {"filter": [compiled(visibility), {"prefix": {field: typed}}]}},
                "sort": [{order_field("issued"): "asc"}],
                "size": size,
                "_source": ["body"],
                "track_total_hits": False,
            }
        )
        return [hit(found) for found in answer["hits"]["hits"]] if answer else []

    def _asked(self, request: Body) -> Answer | None:
        """The whole answer of the one index that is live; None when there is none."""
        client = self._client.options(request_timeout=TIMEOUT)
        body = {**request, "timeout": f"{LONGEST:g}s"}

        def ask() -> Answer:
            found: Answer = client.search(
                index=self._indexes.alias, body=body, allow_partial_search_results=False
            ).body
            return found

        try:
            with self._gate.reached():
                answer = patiently(ask)
                if answer["_shards"]["total"] != self._shards:
                    self._shards = self._indexes.trusted()
                return answer
        except EngineUnavailable as error:
            if isinstance(error.__cause__, NotFoundError):
                return None
            raise

    def _written(self, changes: Sequence[Card | Removal]) -> Refused:
        refused = write(self._client, self._indexes.writing, changes)
        self._client.indices.refresh(index=self._indexes.writing, ignore_unavailable=True)
        return refused
