"""The outside parts a test may need. A missing part skips the test and says why; on CI it fails."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SETTINGS = {
    "postgres": "MULU_TEST_POSTGRES",
    "elasticsearch": "MULU_TEST_ELASTICSEARCH",
    "oaipmh": "MULU_TEST_OAIPMH",
    "pycsw": "MULU_TEST_PYCSW",
    "pygeoapi": "MULU_TEST_PYGEOAPI",
    "oai-clients": "MULU_TEST_OAI_CLIENTS",
    "chromium": "MULU_TEST_CHROMIUM",
}


def missing(reason: str) -> None:
    """Skip the test with the reason, or fail it where nothing may be missing (CI=true)."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"on CI nothing may be missing: {reason}")
    pytest.skip(reason)


def require(part: str) -> str:
    """The address of an outside part, e.g. ``require("postgres")`` -> a database URL."""
    address = os.environ.get(SETTINGS[part], "")
    if not address:
        missing(f"{part} is not here: {SETTINGS[part]} is not set")
    return address


def fixtures() -> Path:
    """The folder of real records kept beside the checkout, never in it."""
    default = Path(__file__).resolve().parents[2] / "shared" / "fixtures"
    folder = Path(os.environ.get("MULU_FIXTURES", default))
    if not folder.is_dir():
        missing(f"the real records are not here: MULU_FIXTURES={folder}")
    return folder
