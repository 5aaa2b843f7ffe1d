"""Uploaded files, each in a folder of its own under the data folder, for its account alone."""

from __future__ import annotations

import re
import secrets
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from werkzeug.datastructures import FileStorage

from catalog.errors import NotFound
from harvesters.sources import readable
from standards.problems import Text
from web.errors import wrong

LONGEST_STEM = 180
KEPT_SECONDS = 7 * 86_400
UNSAFE = re.compile(r"[^\w.()（）〔〕-]+")
TICKET = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Upload:
    """A kept file; its ticket is of no use to other accounts."""

    ticket: str
    path: Path


def keep(folder: Path, account: int | None, sent: FileStorage) -> Upload:
    """Keep a file under a safe name; 422 for what nothing here can read."""
    name = safe_name(sent.filename or "")
    if Path(name).suffix.lower() not in readable():
        listed = ", ".join(readable())
        raise wrong("file", Text(f"只能读取：{listed}", f"can be one of {listed}"), "file-readable")
    own = folder / "uploads" / str(account)
    _sweep(own)
    upload = Upload(secrets.token_hex(8), own)
    place = own / upload.ticket
    place.mkdir(parents=True)
    sent.save(place / name)
    return Upload(upload.ticket, place / name)


def find(folder: Path, account: int | None, ticket: str) -> Upload:
    """A file that this account has sent; raises NotFound."""
    if TICKET.fullmatch(ticket):
        for path in (folder / "uploads" / str(account) / ticket).glob("*"):
            return Upload(ticket, path)
    raise NotFound(f"upload {ticket}")


def safe_name(given: str) -> str:
    """The name without what a file system or a shell takes for more, and not too long for either:
    a Chinese character counts for three there.
    """
    name = Path(UNSAFE.sub("_", Path(given).name).strip("._"))
    return name.stem.encode()[:LONGEST_STEM].decode(errors="ignore") + name.suffix


def _sweep(own: Path) -> None:
    """Forget files that nobody needed for a week."""
    for place in own.glob("*"):
        if time.time() - place.stat().st_mtime > KEPT_SECONDS:
            shutil.rmtree(place, ignore_errors=True)
