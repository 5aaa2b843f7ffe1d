"""A rebuild: a new index filled beside the live one, made live by one change of the alias."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from elasticsearch import Elasticsearch, NotFoundError

from search.batches import Change
from search.elasticsearch_engine.indexes import Indexes, filling, reached
from search.elasticsearch_engine.querying import live
from search.elasticsearch_engine.writing import MissingIndex, write
from search.encoding import decode, digest
from search.engine import EngineUnavailable, Fingerprint

PAGE = 2_000


class ElasticsearchRebuild:
    """Of two rebuilds at a time the later one wins."""

    def __init__(self, client: Elasticsearch, indexes: Indexes) -> None:
        self._client = client
        self._indexes = indexes
        with reached():
            indexes.sweep()
            self._name = indexes.create()

    def apply(self, changes: Iterable[Change]) -> None:
        try:
            with reached():
                write(self._client, filling(self._name), changes)
        except MissingIndex:
            raise EngineUnavailable("this rebuild is over") from None

    def fingerprints(self) -> Iterator[Fingerprint]:
        with reached():
            self._client.indices.refresh(index=self._name)
        yield from fingerprints(self._client, self._name)

    def swap(self) -> None:
        with reached():
            self._indexes.promote(self._name)

    def abandon(self) -> None:
        with reached():
            # The answer to a swap that went well may have been lost on the way.
            if self._name not in self._indexes.live():
                self._indexes.drop(self._name)


def fingerprints(client: Elasticsearch, index: str) -> Iterator[Fingerprint]:
    """Every live card of one state of an index."""
    try:
        with reached():
            point = client.open_point_in_time(index=index, keep_alive="2m").body["id"]
    except EngineUnavailable as error:
        if isinstance(error.__cause__, NotFoundError):
            return
        raise
    after: list[object] | None = None
    try:
        while True:
            with reached():
                answer = client.search(
                    pit={"id": point, "keep_alive": "2m"},
                    query=live(),
                    sort=[{"_shard_doc": "asc"}],
                    size=PAGE,
                    search_after=after,
                    source_includes=["body"],
                    track_total_hits=False,
                )
            hits = answer.body["hits"]["hits"]
            for hit in hits:
                body = hit["_source"]["body"]
                card = decode(body)
                yield Fingerprint(card.key, card.version, digest(body.encode()))
            if len(hits) < PAGE:
                return
            after = hits[-1]["sort"]
    finally:
        with reached():
            client.close_point_in_time(id=point)
