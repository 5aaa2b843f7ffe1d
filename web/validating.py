"""What the validator page and its API share: who may ask how often, and what was sent as a file
that is gone when it was checked."""

from __future__ import annotations

import tempfile
from pathlib import Path

from flask import Flask, current_app, request
from werkzeug.datastructures import FileStorage

from harvesters.checking import Bounds, Checked
from harvesters.checking_apart import check
from standards.problems import Text
from standards.profile import KINDS, Level
from web.errors import too_many, wrong
from web.limits import RateLimit
from web.security import FORM_LIMIT, LOCAL
from web.uploads import safe_name

NAME = "mulu-validate-limit"
BURST, PER_MINUTE = 10, 10
BOUNDS = Bounds()
MEGABYTES = FORM_LIMIT >> 20
_STARTS = (("<", ".xml"), ("{", ".json"), ("[", ".json"), ("@prefix", ".ttl"))
PASTED = ".csv"


def set_up(app: Flask) -> None:
    """Each address has its share; nobody can keep the processes busy with files."""
    app.extensions[NAME] = RateLimit(burst=BURST, per_minute=PER_MINUTE)


def limited() -> None:
    """Count a request for checking; 429 for who asks too often. This machine may as it likes."""
    address = request.remote_addr or ""
    limit: RateLimit = current_app.extensions[NAME]
    if address not in LOCAL and (wait := limit.wait(address)):
        raise too_many(wait)


def check_sent(sent: FileStorage, kind: str | None, level: Level) -> Checked:
    """Check a file that was sent, under its name; nothing of it is kept."""
    data = sent.stream.read(FORM_LIMIT + 1)
    if len(data) > FORM_LIMIT:
        told = f"最大 {MEGABYTES} MB", f"may have {MEGABYTES} MB at most"
        raise wrong("file", Text(*told), "file-size")
    return _checked(safe_name(sent.filename or "") or f"upload{PASTED}", data, kind, level)


def check_text(text: str, kind: str | None, level: Level) -> Checked:
    """Check what was pasted: XML, JSON or Turtle by how it begins, else the rows of a table."""
    start = text.lstrip("\ufeff \t\r\n")
    suffix = next((suffix for mark, suffix in _STARTS if start.startswith(mark)), PASTED)
    return _checked(f"text{suffix}", start.encode("utf-8", "replace"), kind, level)


def kind_of(given: str | None) -> str | None:
    """The kind that was asked for; 422 for what is none."""
    if given and given not in KINDS:
        raise wrong("kind", Text("没有这种资源类别", "is no kind"))
    return given or None


def level_of(given: str | None) -> Level:
    """The level that was asked for, `core` unless told; 422 for what is none."""
    if given and given not in set(Level):
        raise wrong("level", Text("没有这个等级", "is no level"))
    return Level(given or Level.CORE)


def _checked(name: str, data: bytes, kind: str | None, level: Level) -> Checked:
    with tempfile.TemporaryDirectory(prefix="mulu-check-") as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        return check(path, kind, level, BOUNDS)
