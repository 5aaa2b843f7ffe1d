"""The documents in a ZIP archive, read in memory one at a time: nothing is ever written to disk,
and an entry that is not what it seems is refused in words."""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from catalog.words import storable
from harvesters.faults import fault, problem
from standards.problems import Problem

MOST_ENTRIES = 10_000
MOST_BYTES = 32 << 20
MOST_RATIO = 200
_SMALL = 1 << 20
_UTF8, _ENCRYPTED = 0x800, 0x1


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of an archive: its content, or why it was refused."""

    name: str
    data: bytes = b""
    refused: Problem | None = None


def entries(path: Path, suffixes: frozenset[str]) -> Iterator[Entry]:
    """The documents in an archive in its order. Raises HarvestFault for one that is broken."""
    try:
        with zipfile.ZipFile(path) as archive:
            listed = archive.infolist()
            if len(listed) > MOST_ENTRIES:
                raise fault("archive-too-full", place=path.name, value=str(len(listed)))
            for each in listed:
                name = _named(each)
                if each.is_dir():
                    continue
                if reason := _reason(each, name):
                    yield Entry(name, refused=_refusal(name, reason))
                elif PurePosixPath(name).suffix.lower() in suffixes:
                    yield _read(archive, each, name)
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise fault("document-broken", place=path.name, value=str(error)) from None


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> Entry:
    """The content of an entry, never more than is allowed whatever it claims to be."""
    try:
        with archive.open(entry) as stream:
            data = stream.read(MOST_BYTES + 1)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError) as error:
        return Entry(name, refused=problem("document-broken", place=name, value=str(error)))
    if len(data) > MOST_BYTES:
        return Entry(name, refused=_refusal(name, "too-large"))
    return Entry(name, data)


def _reason(entry: zipfile.ZipInfo, name: str) -> str:
    """Why an entry is refused; empty for one that is good."""
    parts = PurePosixPath(name).parts
    mode = entry.external_attr >> 16
    swollen = entry.file_size > _SMALL and entry.file_size > MOST_RATIO * entry.compress_size
    checks = (
        ("outside", name.startswith("/") or ".." in parts or "\0" in name),
        ("outside", bool(parts) and parts[0][1:2] == ":"),
        ("link", stat.S_ISLNK(mode)),
        ("device", stat.S_IFMT(mode) not in (0, stat.S_IFREG)),
        ("encrypted", bool(entry.flag_bits & _ENCRYPTED)),
        ("swollen", swollen),
        ("too-large", entry.file_size > MOST_BYTES),
    )
    return next((reason for reason, wrong in checks if wrong), "")


def _named(entry: zipfile.ZipInfo) -> str:
    """The name with slashes; what is not marked as UTF-8 was mostly written in GBK here."""
    name = entry.orig_filename or entry.filename
    if not entry.flag_bits & _UTF8:
        raw = name.encode("cp437", "replace")
        name = next((raw.decode(code) for code in ("utf-8", "gb18030") if _fits(raw, code)), name)
    return name.replace("\\", "/")


def _fits(raw: bytes, encoding: str) -> bool:
    try:
        raw.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _refusal(name: str, reason: str) -> Problem:
    shown = storable(name)
    return problem(f"entry-{reason}", place=shown, value=shown)
