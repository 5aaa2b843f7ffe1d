"""Bulk writing with external versions: the server itself refuses what is older than it holds.

A batch goes in pieces that are bounded in cards and bytes. What the cluster has no room for is sent
again after growing pauses, only that; a card that it cannot take stops no other.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from elasticsearch import ApiError, Elasticsearch

from search.analysis import indexed
from search.batches import Change, settled
from search.elasticsearch_engine.schema import document, tombstone
from search.engine import EngineUnavailable, Removal

BATCH = 500
MOST_BYTES = 4 * 1024 * 1024
TIMEOUT = 30.0
PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2)
"""Seconds before what was refused for want of room is sent again. Whoever writes tries anew later,
so they are few."""
_ASKED_BACK = "errors,items.*.status,items.*.error.type,items.*.error.reason"
_CONFLICT = 409
_MISSING = 404
_TOO_LARGE = 413
_BAD = 400
_BUSY = (429, 503)
_BLOCKED = "cluster_block_exception"
_NOT_THE_CARD = "strict_dynamic_mapping_exception"
_LONGEST_REASON = 300
_FEW = 20


class MissingIndex(EngineUnavailable):
    """There is no index to write to."""


@dataclass(frozen=True, slots=True)
class Line:
    """A change as the two lines of a bulk request."""

    key: str
    action: bytes
    source: bytes

    @property
    def size(self) -> int:
        """Its bytes in the request."""
        return len(self.action) + len(self.source) + 2


Refused = dict[str, str]
"""The keys of cards that the server cannot take, and why."""


def write(client: Elasticsearch, alias: str, changes: Iterable[Change]) -> Refused:
    """Index a batch, not yet findable; what was refused of it. Replays and older versions change
    nothing. Raises EngineUnavailable."""
    refused: Refused = {}
    for piece in pieces(client, alias, changes):
        refused |= send(client, alias, piece)
    return refused


def pieces(
    client: Elasticsearch,
    alias: str,
    changes: Iterable[Change],
    before_asking: Callable[[], None] = lambda: None,
) -> Iterator[list[Line]]:
    """The changes worth writing, analysed, in requests of bounded size. What a removal is worth the
    index is asked, which has to hold by then all that was sent before."""
    for chunk in _chunks(changes):
        batch = settled(chunk)
        if batch.removed:
            before_asking()
        held = _held(client, alias, batch.removed)
        yield from _bounded(_line(change) for change in batch.worth(held))


def send(client: Elasticsearch, alias: str, lines: Sequence[Line]) -> Refused:
    """One request, sent again as far as the cluster had no room for it.

    An alias is demanded, since the server would make an index of a name that is not there.
    """
    refused: Refused = {}
    left, why = _sent(client, alias, lines, refused)
    for pause in PAUSES:
        if not left:
            break
        time.sleep(pause)
        left, why = _sent(client, alias, left, refused)
    if left:
        raise EngineUnavailable(f"Elasticsearch has no room: {why}")
    if len(refused) * 2 > len(lines) > _FEW:
        raise EngineUnavailable(
            f"Elasticsearch takes hardly a card: {next(iter(refused.values()))}"
        )
    return refused


def _sent(
    client: Elasticsearch, alias: str, lines: Sequence[Line], refused: Refused
) -> tuple[Sequence[Line], str]:
    """What has to be sent again, and why; what is refused for good is added to the refused."""
    try:
        answer = client.options(request_timeout=TIMEOUT).bulk(
            index=alias,
            # The client takes lines that are bytes already, which its annotation does not tell.
            operations=[part for line in lines for part in (line.action, line.source)],  # type: ignore[misc]
            require_alias=True,
            filter_path=_ASKED_BACK,
        )
    except ApiError as error:
        if error.status_code == _TOO_LARGE:
            return _halved(client, alias, lines, refused)
        if error.status_code in _BUSY:
            return lines, str(error)
        raise
    return _again(answer.body, lines, refused) if answer.body["errors"] else ((), "")


def _halved(
    client: Elasticsearch, alias: str, lines: Sequence[Line], refused: Refused
) -> tuple[Sequence[Line], str]:
    """Something before the server, or itself, takes only smaller requests."""
    if len(lines) == 1:
        refused[lines[0].key] = "the card is larger than a request may be"
        return (), ""
    middle = len(lines) // 2
    first, why = _sent(client, alias, lines[:middle], refused)
    second, also = _sent(client, alias, lines[middle:], refused)
    return [*first, *second], why or also


def _again(
    answer: dict[str, Any], lines: Sequence[Line], refused: Refused
) -> tuple[Sequence[Line], str]:
    left: list[Line] = []
    why = ""
    for line, item in zip(lines, answer["items"], strict=True):
        told = item["index"]
        status, error = told["status"], told.get("error", {})
        if status < _BAD or status == _CONFLICT:  # a conflict: what is held is newer
            continue
        kind = error.get("type", "")
        reason = f"{kind}: {error.get('reason', '')}"[:_LONGEST_REASON]
        if status == _MISSING:
            raise MissingIndex(reason)
        if status in _BUSY and kind != _BLOCKED:
            left.append(line)
            why = reason
        elif status == _BAD and kind != _NOT_THE_CARD:
            refused[line.key] = reason
        else:
            raise EngineUnavailable(f"Elasticsearch takes no cards: {reason}")
    return left, why


def _chunks(changes: Iterable[Change]) -> Iterator[list[Change]]:
    batch: list[Change] = []
    for change in changes:
        batch.append(change)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _bounded(lines: Iterable[Line]) -> Iterator[list[Line]]:
    piece: list[Line] = []
    size = 0
    for line in lines:
        if piece and size + line.size > MOST_BYTES:
            yield piece
            piece, size = [], 0
        piece.append(line)
        size += line.size
    if piece:
        yield piece


def _held(client: Elasticsearch, index: str, keys: Sequence[str]) -> set[str]:
    """Which of the keys the index knows, cards or tombstones."""
    if not keys:
        return set()
    docs = client.mget(index=index, ids=keys, source=False).body["docs"]
    for doc in docs:
        check_got(doc)
    return {doc["_id"] for doc in docs if doc.get("found")}


def check_got(doc: dict[str, Any]) -> None:
    """What could not be read is not what is not there. Raises MissingIndex, EngineUnavailable."""
    error = doc.get("error", {}).get("type")
    if error == "index_not_found_exception":
        raise MissingIndex(error)
    if error:
        raise EngineUnavailable(f"Elasticsearch cannot read {doc['_id']}: {error}")


def _line(change: Change) -> Line:
    made = tombstone(change) if isinstance(change, Removal) else document(indexed(change))
    action = {"_id": change.key, "version": change.version, "version_type": "external_gte"}
    return Line(change.key, orjson.dumps({"index": action}), orjson.dumps(made))
