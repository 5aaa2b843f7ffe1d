"""Reads one document whatever it is written in: HTML, plain text, DOCX or PDF."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath

from harvesters import pdf_text
from harvesters.faults import fault
from standards.formats import pages
from standards.formats.pages import Page
from standards.xmlparser import XmlFault, parse

MOST_BYTES = 32 << 20
_MOST_TEXT = 16 << 20
_PATIENCE = 60.0
_BODY = "word/document.xml"
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def read(data: bytes, name: str, charset: str = "") -> Page:
    """What a document says of itself; `name` is that of its file. Raises HarvestFault."""
    suffix = f".{name.rpartition('.')[2].lower()}"
    if len(data) > MOST_BYTES:
        raise fault("document-too-large", place=name, value=str(len(data)))
    return READERS[suffix](data, name, charset)


def _html(data: bytes, _: str, charset: str) -> Page:
    return pages.read_html(data[: pages.MOST_BYTES], charset)


def _plain(data: bytes, name: str, _: str) -> Page:
    text = pages.decode(data)
    page = pages.read_text(text.splitlines(), PurePosixPath(name).stem)
    page.problems.extend(pages.undecodable(text))
    return page


def _docx(data: bytes, name: str, _: str) -> Page:
    try:
        with (
            zipfile.ZipFile(io.BytesIO(data)) as archive,
            archive.open("word/document.xml") as part,
        ):
            body = part.read(_MOST_TEXT + 1)
        if len(body) > _MOST_TEXT:
            raise fault("file-swollen", place=name, value=f"> {_MOST_TEXT}")
        root = parse(body)
    except (zipfile.BadZipFile, KeyError, OSError, RuntimeError, NotImplementedError) as error:
        raise fault("document-broken", place=name, value=str(error)) from None
    except XmlFault as error:
        raise fault("document-broken", place=name, value=error.message) from None
    paragraphs = root.iter(f"{_WORD}p")
    lines = ["".join(t.text or "" for t in each.iter(f"{_WORD}t")) for each in paragraphs]
    return pages.read_text(lines, PurePosixPath(name).stem)


def _pdf(data: bytes, name: str, _: str) -> Page:
    command = (sys.executable, "-m", pdf_text.__name__)
    try:
        done = subprocess.run(  # noqa: S603  our own module
            command, input=data, capture_output=True, timeout=_PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        raise fault("file-greedy", place=name) from None
    if done.returncode == pdf_text.BROKEN:
        said = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise fault("document-broken", place=name, value=said)
    if done.returncode:
        raise fault("file-greedy", place=name)
    lines = done.stdout.decode(errors="replace").splitlines()
    return pages.read_text(lines, PurePosixPath(name).stem)


READERS: Mapping[str, Callable[[bytes, str, str], Page]] = {
    ".html": _html,
    ".htm": _html,
    ".shtml": _html,
    ".txt": _plain,
    ".docx": _docx,
    ".pdf": _pdf,
}
"""How a document is read, by the suffix of its file."""
