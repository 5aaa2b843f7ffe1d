"""An installation's own words, in a file that may be edited while it serves."""

from __future__ import annotations

from pathlib import Path

from search.thesaurus.reading import LONGEST_FILE, Group, Malformed, read
from search.thesaurus.terms import built_in
from search.vocabulary import Vocabulary, standard
from standards.problems import Text

_UNREADABLE = Text("文件无法读取", "the file cannot be read")
Stamp = tuple[int, int]


class OwnWords:
    """The vocabulary with the words of one file; without a file, what comes with Mulu.

    ``malformed`` tells the lines that could not be used; the others are.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self.malformed: tuple[Malformed, ...] = ()
        self._read: tuple[Stamp | None, Vocabulary] | None = None

    def vocabulary(self) -> Vocabulary:
        """As the file stands now: it is read again when it has changed."""
        stamp = self._stamp()
        if self._read is None or self._read[0] != stamp:
            self._read = (stamp, standard() if stamp is None else self._made())
        return self._read[1]

    def _stamp(self) -> Stamp | None:
        try:
            told = self.path.stat() if self.path else None
        except OSError:
            told = None
        if told is None:
            self.malformed = ()
            return None
        return told.st_mtime_ns, told.st_size

    def _made(self) -> Vocabulary:
        groups, malformed = self._groups()
        self.malformed = tuple(malformed)
        return Vocabulary(built_in().extended(groups))

    def _groups(self) -> tuple[list[Group], list[Malformed]]:
        try:
            with self.path.open(encoding="utf-8-sig") as file:  # type: ignore[union-attr]
                return read(file.read(LONGEST_FILE + 1))
        except (OSError, UnicodeDecodeError):
            return [], [Malformed(1, "", _UNREADABLE)]
