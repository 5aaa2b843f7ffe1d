"""What every test shares: no proxies, Hypothesis profiles; a directory, an app over it, a browser
for those that ask."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

from tests.browser import browser, desktop, phone

if TYPE_CHECKING:  # what only some tests need is imported by these
    from tests.offices import Offices
    from tests.websites import Website

__all__ = ["browser", "desktop", "phone"]

LONGEST = (
    "tests/contract/test_sample_found_first.py",
    "tests/contract/test_web_api_schemathesis.py",
    "tests/unit/test_catalog_requests_machine.py",
)
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "ftp_proxy")


def pytest_configure(config: pytest.Config) -> None:
    """No proxy for what a test asks of 127.0.0.1; on CI always the same cases."""
    for name in PROXIES:
        os.environ.pop(name, None)
        os.environ.pop(name.upper(), None)
    hypothesis.settings.register_profile("dev", deadline=None, max_examples=40)
    hypothesis.settings.register_profile(
        "ci", deadline=None, max_examples=100, derandomize=True, database=None, print_blob=True
    )
    hypothesis.settings.load_profile("ci" if os.environ.get("CI") == "true" else "dev")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first, so that no process works on it alone in the end."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))


@pytest.fixture
def offices(tmp_path: Path) -> Iterator[Offices]:
    """A small directory of the test's own."""
    from tests.offices import sqlite_offices

    with sqlite_offices(tmp_path) as made:
        yield made


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Website]:
    """The app over a small directory of the test's own."""
    from tests.websites import website

    with website(tmp_path) as made:
        yield made
