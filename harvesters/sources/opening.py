"""A source's location as files on this machine: a path as it is, an address fetched into a file."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from harvesters.faults import fault
from harvesters.fetching import Fetcher

_PIECE = 1 << 20
_LONGEST_NAME = 60  # of a file made here; its end says what it is


@contextmanager
def opened(location: str, fetcher: Fetcher, suffixes: tuple[str, ...]) -> Iterator[list[Path]]:
    """The files of a location, sorted by name; of a folder those with one of the suffixes. Raises
    Unchanged where the server says that there is nothing new."""
    if location.startswith(("http://", "https://")):
        with tempfile.TemporaryDirectory() as folder:
            name = PurePosixPath(unquote(urlsplit(location).path)).name.replace("\0", "")
            path = Path(folder) / (name[-_LONGEST_NAME:].strip(".") or "download")
            path.write_bytes(fetcher.get(location, conditional=True).body)
            yield [path]
        return
    path = Path(location)
    if path.is_dir():
        yield files_in(path, suffixes)
    elif path.is_file():
        yield [path]
    else:
        raise fault("file-missing", value=location)


def files_in(folder: Path, suffixes: tuple[str, ...]) -> list[Path]:
    """The files of a folder and all below it that have one of the suffixes, by name."""
    found = (each for each in folder.rglob("*") if each.suffix.lower() in suffixes)
    return sorted(each for each in found if each.is_file() and not each.name.startswith("~$"))


def files_of(path: Path, suffixes: tuple[str, ...]) -> list[Path]:
    """The files at a path that have one of the suffixes: itself, or those in the folder."""
    if path.is_dir():
        return files_in(path, suffixes)
    return [path] if path.suffix.lower() in suffixes else []


def fingerprint(paths: list[Path]) -> str:
    """A digest over names and content: the same files give the same one."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(os.fsencode(f"{path.name}\n{path.stat().st_size}\n"))
        with path.open("rb") as stream:
            while piece := stream.read(_PIECE):
                digest.update(piece)
    return digest.hexdigest()
