"""Unfolds a workbook into lines of JSON, in a process of its own whose memory and time are bounded:
a few kilobytes can claim billions of cells, and the parser makes room for all of them at once.

A line is a sheet (an object), a row of cells (a list), or a row that is too large (null).
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Iterator

import orjson
import python_calamine as calamine

from harvesters.sources.sheets import FIELD_LIMIT, as_text

MEMORY = 2 << 30
SECONDS = 240
GREEDY, ENCRYPTED, BROKEN = 3, 4, 5
"""How the process ends when the workbook cannot be read; killed, it was greedy too."""


def main() -> int:
    """Unfold the workbook that the command line names; the exit code says what is wrong with it."""
    for kind, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, MEMORY),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))
    try:
        for line in _lines(sys.argv[1]):
            sys.stdout.buffer.write(orjson.dumps(line) + b"\n")
    except calamine.PasswordError:
        return ENCRYPTED
    except calamine.CalamineError as error:
        sys.stderr.write(str(error))
        return BROKEN
    except MemoryError:
        return GREEDY
    return 0


def _lines(path: str) -> Iterator[dict[str, object] | list[str] | None]:
    """The visible sheets in order, each followed by its rows."""
    book = calamine.load_workbook(path)
    for entry in book.sheets_metadata:
        if entry.visible != calamine.SheetVisibleEnum.Visible:
            continue
        sheet = book.get_sheet_by_name(entry.name)
        yield {"name": entry.name, "first": sheet.start[1] if sheet.start else 0}
        for values in sheet.iter_rows():
            cells = [as_text(value) for value in values]
            yield None if any(len(cell) > FIELD_LIMIT for cell in cells) else cells


if __name__ == "__main__":
    sys.exit(main())
