"""Debian's Chromium, driven by Playwright: fixtures ``desktop`` and ``phone``, and ``shoot``.

Nothing of the network but loopback is there; a page that asks for more shows it as an error.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.parts import require

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, ViewportSize

DESKTOP: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}
# As root there is no sandbox; the rest keeps Chromium from calling home.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for the tests of a module; ended after it, for it occupies the event loop."""
    from playwright.sync_api import sync_playwright

    executable = require("chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=executable, headless=True, args=list(FLAGS)
        )
        yield chromium
        chromium.close()


@pytest.fixture
def desktop(browser: Browser) -> Iterator[Page]:
    """A fresh page, in Chinese, as wide as a desk's screen."""
    with opened(browser, DESKTOP) as page:
        yield page


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A fresh page, in Chinese, as narrow as a phone."""
    with opened(browser, PHONE, mobile=True) as page:
        yield page


@contextmanager
def opened(
    browser: Browser,
    size: ViewportSize = DESKTOP,
    *,
    locale: str = "zh-CN",
    scripts: bool = True,
    mobile: bool = False,
) -> Iterator[Page]:
    """A page with cookies of its own: for a second user, another language, or without scripts."""
    context = browser.new_context(
        viewport=size,
        locale=locale,
        timezone_id="Asia/Shanghai",
        java_script_enabled=scripts,
        is_mobile=mobile,
        has_touch=mobile,
    )
    context.set_default_timeout(10_000)
    try:
        yield context.new_page()
    finally:
        context.close()


def shoot(page: Page, name: str) -> Path | None:
    """Keep a picture of the whole page as NAME.png in MULU_SHOTS; nothing without that folder."""
    folder = os.environ.get("MULU_SHOTS")
    if not folder:
        return None
    picture = Path(folder) / f"{name}.png"
    page.screenshot(path=picture, full_page=True, animations="disabled")
    return picture
