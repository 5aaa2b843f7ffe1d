"""What every test shares: no proxies, Hypothesis profiles, and a browser for those that ask."""

from __future__ import annotations

import os

import hypothesis
import pytest

from tests.browser import browser, desktop, phone

__all__ = ["browser", "desktop", "phone"]

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
