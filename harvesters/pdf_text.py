"""Prints the text of a PDF's first pages and its last, in a process of its own whose memory and
time are bounded, since a few kilobytes can unfold to anything."""

from __future__ import annotations

import io
import logging
import resource
import sys

from pypdf import PdfReader
from pypdf.errors import PyPdfError

MEMORY = 1 << 30
SECONDS = 30
FIRST = 2
MOST_CHARACTERS = 200_000
BROKEN = 5


def main() -> int:
    """Read the PDF from standard input; the exit code says whether it could be read."""
    for kind, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS)):
        resource.setrlimit(kind, (most, most))
    logging.disable()
    try:
        reader = PdfReader(io.BytesIO(sys.stdin.buffer.read()))
        count = len(reader.pages)
        chosen = dict.fromkeys([*range(min(FIRST, count)), count - 1]) if count else {}
        text = "\n".join(reader.pages[at].extract_text() for at in chosen)
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        sys.stderr.write(f"{type(error).__name__}: {error}")
        return BROKEN
    sys.stdout.buffer.write(text[:MOST_CHARACTERS].encode("utf-8", "replace"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
