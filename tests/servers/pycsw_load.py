"""Runs in the venv of ``pycsw``: FOLDER. Loads FOLDER/records.json; prints the seconds it took."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from pycsw_app import lay, load


def main(folder: Path) -> None:
    records = folder / "records"
    lay(folder / "records.json", records)
    began = time.perf_counter()
    load(f"sqlite:///{folder / 'pycsw.db'}", records)
    print(time.perf_counter() - began)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
