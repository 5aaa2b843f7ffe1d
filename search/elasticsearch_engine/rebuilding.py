"""A rebuild: a new index filled beside the live one, made live by one change of the aliases."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress

from elasticsearch import Elasticsearch, NotFoundError

from search.batches import Change
from search.elasticsearch_engine.connecting import Gate
from search.elasticsearch_engine.indexes import Indexes, filling
from search.elasticsearch_engine.querying import live
from search.elasticsearch_engine.reading import whole
from search.elasticsearch_engine.writing import MissingIndex, Refused, pieces, send
from search.encoding import decode, digest
from search.engine import CardsRefused, EngineUnavailable, Fingerprint

PAGE = 2_000
SENDERS = 2
"""Requests under way while the next cards are analysed; more only wait for the cluster."""


class ElasticsearchRebuild:
    """Of two rebuilds at a time the later one wins. What is applied is sent while the next batch is
    made, so a fault is told with a later batch, or when all is read or swapped in."""

    def __init__(self, client: Elasticsearch, gate: Gate, indexes: Indexes, cards: int) -> None:
        self._client, self._gate = client, gate
        self._indexes = indexes
        self._senders = ThreadPoolExecutor(SENDERS, thread_name_prefix="bulk")
        self._under_way: deque[Future[Refused]] = deque()
        self._refused: Refused = {}
        with gate.reached():
            indexes.sweep()
            self._name = indexes.create(cards)

    def apply(self, changes: Iterable[Change]) -> None:
        alias = filling(self._name)
        with self._writing():
            for piece in pieces(self._client, alias, changes, self._wait):
                self._wait(SENDERS)
                self._under_way.append(self._senders.submit(send, self._client, alias, piece))
        self._tell()

    def fingerprints(self) -> Iterator[Fingerprint]:
        self._settle()
        with self._gate.reached():
            self._client.indices.refresh(index=self._name)
        return fingerprints(self._client, self._gate, self._name)

    def swap(self) -> None:
        self._settle()
        with self._gate.reached():
            self._indexes.promote(self._name)
        self._senders.shutdown()

    def abandon(self) -> None:
        self._senders.shutdown(cancel_futures=True)
        with self._gate.reached():
            # The answer to a swap that went well may have been lost on the way.
            if self._name not in self._indexes.live():
                self._indexes.drop(self._name)

    def _settle(self) -> None:
        with self._writing():
            self._wait()
        self._tell()

    def _wait(self, most: int = 0) -> None:
        """Until no more than so many requests are under way."""
        while len(self._under_way) > most:
            self._refused |= self._under_way.popleft().result()

    def _tell(self) -> None:
        refused, self._refused = self._refused, {}
        if refused:
            raise CardsRefused(refused)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            with self._gate.reached():
                yield
        except MissingIndex:
            raise EngineUnavailable("this rebuild is over") from None


def fingerprints(client: Elasticsearch, gate: Gate, index: str) -> Iterator[Fingerprint]:
    """Every live card of one state of an index."""
    try:
        with gate.reached():
            point = client.open_point_in_time(index=index, keep_alive="2m").body["id"]
    except EngineUnavailable as error:
        if isinstance(error.__cause__, NotFoundError):
            return
        raise
    after: list[object] | None = None
    try:
        while True:
            with gate.reached():
                answer = client.search(
                    pit={"id": point, "keep_alive": "2m"},
                    query=live(),
                    sort=[{"_shard_doc": "asc"}],
                    size=PAGE,
                    search_after=after,
                    source_includes=["body"],
                    track_total_hits=False,
                )
            hits = whole(answer.body)["hits"]["hits"]
            for hit in hits:
                body = hit["_source"]["body"]
                card = decode(body)
                yield Fingerprint(card.key, card.version, digest(body.encode()))
            if len(hits) < PAGE:
                return
            after = hits[-1]["sort"]
    finally:
        with suppress(EngineUnavailable), gate.reached():
            client.close_point_in_time(id=point)
