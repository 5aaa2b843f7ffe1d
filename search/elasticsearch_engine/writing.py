"""Bulk writing with external versions: the server itself refuses what is older than it holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import orjson
from elasticsearch import Elasticsearch

from search.analysis import indexed
from search.batches import Change, settled
from search.card import Card
from search.elasticsearch_engine.schema import document, tombstone
from search.engine import EngineUnavailable

BATCH = 500
_CONFLICT = 409
_MISSING = 404


class MissingIndex(EngineUnavailable):
    """There is no index to write to."""


def write(client: Elasticsearch, alias: str, changes: Iterable[Change]) -> None:
    """Index a batch, not yet findable. Replays and older versions change nothing.

    An alias is demanded, since the server would make an index of a name that is not there.
    """
    for chunk in _chunks(changes):
        batch = settled(chunk)
        held = _held(client, alias, batch.removed)
        operations = [line for change in batch.worth(held) for line in _lines(change)]
        if operations:
            # The client takes lines that are bytes already, which its annotation does not tell.
            answer = client.bulk(
                index=alias,
                operations=operations,  # type: ignore[arg-type]
                require_alias=True,
            )
            _check(answer.body)


def _chunks(changes: Iterable[Change]) -> Iterator[list[Change]]:
    batch: list[Change] = []
    for change in changes:
        batch.append(change)
        if len(batch) == BATCH:
            yield batch
            batch = []
    yield batch


def _held(client: Elasticsearch, index: str, keys: Sequence[str]) -> set[str]:
    """Which of the keys the index knows, cards or tombstones."""
    if not keys:
        return set()
    docs = client.mget(index=index, ids=keys, source=False).body["docs"]
    return {doc["_id"] for doc in docs if doc.get("found")}


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
