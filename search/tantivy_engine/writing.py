"""Writing to an index folder. Tantivy lets one process write; it takes the lock at its first write
and keeps it, and the kernel frees it when the process dies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from tantivy import Index, IndexWriter

from search.analysis import indexed
from search.batches import Batch, Change, settled
from search.engine import EngineUnavailable, Removal
from search.tantivy_engine.places import Pointer, locked, new_folder, read_pointer, write_pointer
from search.tantivy_engine.reading import Reader, open_index, working
from search.tantivy_engine.schema import document, schema, tombstone

HEAP = 96_000_000
APPLYING = "apply"


def write(writer: IndexWriter, batch: Batch, held: Mapping[str, int]) -> None:
    """Put changes newer than what is held into the index, uncommitted."""
    for change in batch.worth(held):
        version = held.get(change.key)
        if version is not None and version > change.version:
            continue
        if version is not None:
            writer.delete_documents_by_term("key", change.key)
        made = tombstone(change) if isinstance(change, Removal) else document(indexed(change))
        writer.add_document(made)


def create(folder: Path) -> Index:
    """A new, empty index on disk."""
    index = Index(schema(), str(folder), reuse=False)
    index.config_reader("manual")
    return index


def open_writer(index: Index) -> IndexWriter:
    """The writer of an index; raises EngineUnavailable when another process has it."""
    with working():
        return index.writer(HEAP, 1)


class LiveWriter:
    """Writes to whatever index is the live one."""

    def __init__(self, home: Path, reader: Reader) -> None:
        self._home = home
        self._reader = reader
        self._folder: str | None = None
        self._writer: IndexWriter | None = None

    def apply(self, changes: Iterable[Change]) -> None:
        """Commit a batch, or nothing of it."""
        batch = settled(changes)
        if not batch.changes:
            return
        with locked(self._home, APPLYING):
            try:
                with working():
                    writer = self._current()
                    view = self._reader.view()
                    write(writer, batch, view.versions(list(batch.changes)))
                    writer.commit()
            except EngineUnavailable:
                self.close()  # what was half written goes with the writer
                raise

    def close(self) -> None:
        """Let others write."""
        self._writer = self._folder = None

    def _current(self) -> IndexWriter:
        folder = self._reader.view().folder
        if self._writer is None or folder is None or self._folder != folder:
            self.close()
            self._writer, self._folder = self._opened(folder)
        return self._writer

    def _opened(self, folder: str | None) -> tuple[IndexWriter, str]:
        """The writer of the live index; begins one where it is missing or damaged."""
        if folder is not None:
            return open_writer(open_index(self._home / folder)), folder
        path = new_folder(self._home)
        writer = open_writer(create(path))
        write_pointer(self._home, Pointer(path.name, whole=False))
        return writer, path.name


def pointed(home: Path) -> str | None:
    """The folder of the live index."""
    pointer = read_pointer(home)
    return pointer.folder if pointer else None
