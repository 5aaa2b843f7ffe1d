"""A rebuild: a new index in a folder of its own, made live by one rename."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path

from tantivy import IndexWriter

from search.batches import Change, settled
from search.engine import EngineUnavailable, Fingerprint
from search.tantivy_engine.places import Pointer, locked, new_folder, sweep, write_pointer
from search.tantivy_engine.reading import View, working
from search.tantivy_engine.writing import APPLYING, create, open_writer, pointed, write

REBUILDING = "rebuild"
COMMIT_AFTER = 20_000
"""Changes; seldom, since nobody reads the new index before it is whole."""


class TantivyRebuild:
    """Holds the rebuild lock until it is swapped in or abandoned, or its process dies."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._held = ExitStack()
        self._held.enter_context(locked(home, REBUILDING, wait=False))
        self._sweep()
        self._folder = new_folder(home)
        self._index = create(self._folder)
        self._writer: IndexWriter | None = open_writer(self._index)
        self._versions: dict[str, int] = {}
        self._uncommitted = 0

    def apply(self, changes: Iterable[Change]) -> None:
        writer = self._open()
        batch = settled(changes)
        with working():
            write(writer, batch, self._versions)
            self._uncommitted += len(batch.changes)
            if self._uncommitted >= COMMIT_AFTER:
                self._commit(writer)
        for change in batch.worth(self._versions):
            known = self._versions.get(change.key, change.version)
            self._versions[change.key] = max(known, change.version)

    def fingerprints(self) -> Iterator[Fingerprint]:
        if self._uncommitted:
            self._commit(self._open())
        self._index.reload()
        yield from View(self._index.searcher(), self._folder.name, None, True, ()).fingerprints()

    def swap(self) -> None:
        """The lock on applying keeps a batch from going into an index that is just leaving."""
        writer = self._open()
        with working():
            self._commit(writer)
            writer.wait_merging_threads()
        self._writer = None
        with locked(self._home, APPLYING):
            write_pointer(self._home, Pointer(self._folder.name, whole=True))
        self._sweep()
        self._held.close()

    def abandon(self) -> None:
        self._writer = None
        self._sweep()
        self._held.close()

    def _sweep(self) -> None:
        """Under the lock on applying too, for that may begin an index and point to it."""
        with locked(self._home, APPLYING):
            sweep(self._home, keep=pointed(self._home))

    def _open(self) -> IndexWriter:
        if self._writer is None:
            raise EngineUnavailable("this rebuild is over")
        return self._writer

    def _commit(self, writer: IndexWriter) -> None:
        writer.commit()
        self._uncommitted = 0
