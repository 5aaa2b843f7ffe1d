"""What people do in a browser, in their own words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import html

from tests.pages import faults
from tests.websites import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Page


def watch(page: Page) -> list[str]:
    """Everything that goes wrong on the page from now on: script errors, a policy broken, another
    site asked. A refused form is an answer, not a fault.
    """
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: _note(wrong, message.type, message.text))
    page.on("request", lambda request: _foreign(wrong, request.url))
    return wrong


def sign_in(page: Page, address: str, username: str) -> None:
    """Sign in by the form."""
    page.goto(f"{address}/sign-in")
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="登录").first.click()


def sound(page: Page) -> list[str]:
    """What a screen reader would stumble over in the page as it stands, scripts applied."""
    document = html.document_fromstring(page.content())
    return [each for each in faults(document) if not each.startswith("inline")]


def fits(page: Page) -> bool:
    """Whether nothing has to be scrolled sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def _note(wrong: list[str], kind: str, text: str) -> None:
    if kind == "error" and "Failed to load resource" not in text:
        wrong.append(text)


def _foreign(wrong: list[str], url: str) -> None:
    if not url.startswith(("http://127.0.0.1:", "data:", "about:")):
        wrong.append(f"asked {url}")
