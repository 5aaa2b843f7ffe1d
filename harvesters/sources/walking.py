"""Walks through files record by record, so that an interrupted run goes on where it stopped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harvesters import keys
from harvesters.fetched import Fetched, Json, Page, paged
from harvesters.sources.opening import fingerprint


@dataclass
class Walk:
    """A walk through files; a checkpoint counts as long as they are the same, else it is `again`
    from the start. `tally` counts what the keys of the records were made of."""

    paths: list[Path]
    mark: str
    again: bool = False
    files: int = 0
    read: int = 0
    tally: Counter[str] = field(default_factory=Counter)

    @classmethod
    def over(cls, paths: list[Path], checkpoint: Json | None) -> Walk:
        """The walk from the checkpoint on."""
        mark, kept = fingerprint(paths), checkpoint or {}
        if not kept or kept["fingerprint"] != mark:
            return cls(paths, mark, again=bool(kept))
        return cls(paths, mark, False, kept["files"], kept["read"], Counter(kept["keys"]))

    def rest(self) -> Iterator[Path]:
        """The files not read to their end yet."""
        for at in range(self.files, len(self.paths)):
            if at > self.files:
                self.files, self.read = at, 0
            yield self.paths[at]

    def pages(self, records: Callable[[int], Iterator[Fetched]]) -> Iterator[Page]:
        """The file that the walk stands at; `records` gives its records but for the first so many,
        which were read before."""
        return paged(self._counted(records(self.read)), self._checkpoint, self.read)

    def _counted(self, records: Iterator[Fetched]) -> Iterator[Fetched]:
        for record in records:
            self.tally[keys.basis(record.key)] += 1
            yield record

    def _checkpoint(self, read: int) -> dict[str, Any]:
        tally = dict(self.tally)
        return {"fingerprint": self.mark, "files": self.files, "read": read, "keys": tally}
