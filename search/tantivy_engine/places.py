"""The folder of the embedded index: which sub-folder is the live one, told by a pointer file that
is only ever replaced whole."""

from __future__ import annotations

import fcntl
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import orjson

from search.engine import EngineUnavailable
from search.tantivy_engine.schema import LAYOUT

_POINTER = "current"
_PREFIX = "index-"


@dataclass(frozen=True, slots=True)
class Pointer:
    """``whole`` is false for an index that was begun empty and never rebuilt from the record."""

    folder: str
    whole: bool
    layout: int = LAYOUT


def read_pointer(home: Path) -> Pointer | None:
    """The live index; None when there is none that this version can read."""
    try:
        told = orjson.loads((home / _POINTER).read_bytes())
        pointer = Pointer(str(told["folder"]), bool(told["whole"]), int(told["layout"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    named = pointer.folder.startswith(_PREFIX) and "/" not in pointer.folder
    return pointer if named and pointer.layout == LAYOUT else None


def write_pointer(home: Path, pointer: Pointer) -> None:
    """Replace the pointer at once and durably: a crash leaves the old one or the new one."""
    told = {"folder": pointer.folder, "whole": pointer.whole, "layout": pointer.layout}
    temporary = home / f".{_POINTER}-{uuid.uuid4().hex}"
    with temporary.open("wb") as file:
        file.write(orjson.dumps(told))
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(home / _POINTER)
    folder = os.open(home, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def signature(home: Path, folder: str | None) -> tuple[object, ...]:
    """Changes whenever the pointer or the committed state of the live index does."""
    return (_stamp(home / _POINTER), _stamp(home / folder / "meta.json") if folder else None)


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_ino, found.st_mtime_ns, found.st_size)


def new_folder(home: Path) -> Path:
    """An empty folder for an index to be."""
    folder = home / f"{_PREFIX}{uuid.uuid4().hex[:12]}"
    folder.mkdir(parents=True)
    return folder


def sweep(home: Path, keep: str | None) -> None:
    """Remove indexes that nobody points to. Only for the holder of the rebuild lock."""
    for folder in home.glob(f"{_PREFIX}*"):
        if folder.name != keep:
            shutil.rmtree(folder, ignore_errors=True)
    for leftover in home.glob(f".{_POINTER}-*"):
        with suppress(OSError):
            leftover.unlink()


@contextmanager
def locked(home: Path, name: str, *, wait: bool = True) -> Iterator[None]:
    """Hold a lock between processes; the kernel lets it go when the holder dies.

    Raises EngineUnavailable when another holds it and we do not wait, or the folder is read-only.
    """
    try:
        home.mkdir(parents=True, exist_ok=True)
        handle = os.open(home / f"{name}.lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise EngineUnavailable(f"the index folder cannot be written: {error}") from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except OSError as error:
            raise EngineUnavailable(f"another process holds the {name} lock") from error
        yield
    finally:
        os.close(handle)
