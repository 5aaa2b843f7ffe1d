"""Bulk writing with external versions: the server itself refuses what is older than it holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import orjson
from elasticsearch import Elasticsearch

from search.analysis import indexed
from search.card import Card
from search.elasticsearch_engine.schema import document, tombstone
from search.engine import EngineUnavailable, Removal

Change = Card | Removal
BATCH = 500
_CONFLICT = 409
_MISSING = 404


class MissingIndex(EngineUnavailable):
    """There is no index to write to."""


def write(client: Elasticsearch, index: str, changes: Iterable[Change], *, alias: bool) -> None:
    """Index a batch, not yet findable. Replays and older versions change nothing."""
    for batch in _batches(changes):
        operations = [line for change in _worth(client, index, batch) for line in _lines(change)]
        if operations:
            answer = client.bulk(index=index, body=operations, require_alias=alias)
            _check(answer.body)


def _batches(changes: Iterable[Change]) -> Iterator[list[Change]]:
    batch: list[Change] = []
    for change in changes:
        batch.append(change)
        if len(batch) == BATCH:
            yield batch
            batch = []
    yield batch


def _worth(client: Elasticsearch, index: str, batch: Sequence[Change]) -> list[Change]:
    """Without the removals of what is not held: those need no memory."""
    removed = [change.key for change in batch if isinstance(change, Removal)]
    if not removed:
        return list(batch)
    coming = {change.key for change in batch if isinstance(change, Card)}
    answer = client.mget(index=index, ids=removed, source=False).body
    held = {doc["_id"] for doc in answer["docs"] if doc.get("found")}
    return [change for change in batch if change.key in held or change.key in coming]


def _lines(change: Change) -> tuple[bytes, bytes]:
    made = document(indexed(change)) if isinstance(change, Card) else tombstone(change)
    action = {"_id": change.key, "version": change.version, "version_type": "external_gte"}
    return orjson.dumps({"index": action}), orjson.dumps(made)


def _check(answer: dict[str, Any]) -> None:
    if not answer["errors"]:
        return
    for item in answer["items"]:
        told = item["index"]
        if told["status"] == _MISSING:
            raise MissingIndex
        if told["status"] >= 400 and told["status"] != _CONFLICT:  # a conflict: held is newer
            raise EngineUnavailable(f"Elasticsearch refused {told['_id']}: {told['error']}")
