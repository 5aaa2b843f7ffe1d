"""Records that are only read when they were sent otherwise than the last time: what came word for
word as before, to the same reader, reads as before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import blake2b
from pathlib import Path

import standards
from catalog import record_problems, runs
from catalog.ledger import Session
from catalog.record_problems import Troubled
from catalog.sources import SourceView
from harvesters.fetched import Fetched
from harvesters.noting import problems_of
from standards.problems import Problem

_READERS = (Path(standards.__file__).parent, Path(__file__).parent)
_SUFFIXES = frozenset({".py", ".yaml"})


@dataclass(frozen=True, slots=True)
class Opened:
    """A page of records in their order: each read, or left unread for being the ``same``."""

    records: tuple[Fetched, ...]
    same: frozenset[str] = frozenset()
    """The keys of those that came as they did before; their entries live."""
    sent: Mapping[str, str] = field(default_factory=dict)
    """By key, the digest of what was sent, for those that were read now."""
    troubled: Mapping[str, Troubled] = field(default_factory=dict)

    def still(self, key: str) -> tuple[Problem, ...]:
        """What was wrong with one of the same, and so still is."""
        held = self.troubled.get(key)
        return problems_of(held) if held else ()


def opened(session: Session, source: SourceView, records: Sequence[Fetched]) -> Opened:
    """Read what has to be read."""
    unread = [each for each in records if each.unread]
    # of equal keys the first counts, so it is put in last
    told = {each.key: _digest(each.raw, source) for each in reversed(unread)}
    if not told:
        return Opened(tuple(records))
    before = runs.last_sent(session, source.name, told)
    alike = {key for key, digest in told.items() if before.get(key) == digest}
    troubled = record_problems.held(session, source.name, alike)
    # where a record has moved in its source, so have the places of what is wrong with it
    moved = {each.key for each in records if _elsewhere(each, troubled.get(each.key))}
    same = frozenset(alike - moved)
    return Opened(
        tuple(each if each.key in same else each.read() for each in records),
        same,
        {key: digest for key, digest in told.items() if key not in same},
        troubled,
    )


def _elsewhere(record: Fetched, held: Troubled | None) -> bool:
    return held is not None and held.place != record.place


def read(records: Iterable[Fetched]) -> tuple[Fetched, ...]:
    """All of them read, whatever was sent before."""
    return tuple(each.read() for each in records)


def _digest(raw: str, source: SourceView) -> str:
    """Of what was sent and of all that decides how it reads: our code and data, the settings."""
    made = blake2b(_reader(), digest_size=16)
    made.update(source.updated.isoformat().encode())
    made.update(raw.encode("utf-8", "surrogatepass"))
    return made.hexdigest()


@cache
def _reader() -> bytes:
    """A digest of the code and data by which records are read."""
    made = blake2b(digest_size=16)
    for folder in _READERS:
        for path in sorted(folder.rglob("*")):
            if path.suffix in _SUFFIXES:
                made.update(path.read_bytes())
    return made.digest()
