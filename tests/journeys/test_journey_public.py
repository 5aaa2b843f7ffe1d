"""A member of the public types a few words and reaches the document; also by phone, by keyboard
alone and without scripts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.browser import PHONE, opened, shoot
from tests.journeys.conftest import Served
from tests.journeys.people import fits, sound, watch

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PAGES = ("/", "/search", "/search?q=防汛", "/agencies", "/locate?item=泵站名称", "/about")


def test_the_document_is_first_and_leads_to_its_source(served: Served, desktop: Page) -> None:
    wrong = watch(desktop)
    desktop.goto(served.address)
    desktop.get_by_role("combobox").fill("沪水务2008 12号")
    desktop.get_by_role("button", name="检索").click()
    first = desktop.locator(".results li").first
    first.get_by_role("link").first.click()
    assert desktop.url.endswith(f"/entries/{served.entries['served']}")
    assert desktop.locator("h1").inner_text() == "上海市防汛防台应急预案"
    desktop.goto(f"{served.address}/search?q=泵站")
    desktop.get_by_role("link", name="雨水泵站基本信息").click()
    link = desktop.get_by_role("link", name="前往提供系统")
    assert link.get_attribute("href") == "https://example.gov.cn/pumps"
    assert sound(desktop) == []
    shoot(desktop, "entry")
    assert wrong == []


def test_suggestions_are_chosen_by_keyboard_alone(served: Served, desktop: Page) -> None:
    wrong = watch(desktop)
    desktop.goto(served.address)
    desktop.keyboard.press("Tab")
    assert desktop.evaluate("document.activeElement.textContent") == "跳到主要内容"
    box = desktop.get_by_role("combobox")
    box.focus()
    desktop.keyboard.type("上海市防")
    desktop.get_by_role("listbox").get_by_role("option").first.wait_for()
    assert box.get_attribute("aria-expanded") == "true"
    desktop.keyboard.press("ArrowDown")
    active = box.get_attribute("aria-activedescendant")
    assert desktop.locator(f"#{active}").get_attribute("aria-selected") == "true"
    desktop.keyboard.press("Enter")
    desktop.wait_for_url("**/entries/**")
    desktop.go_back()
    box = desktop.get_by_role("combobox")
    box.fill("shsfx")
    desktop.get_by_role("listbox").get_by_role("option").first.wait_for()
    desktop.keyboard.press("Escape")
    assert box.get_attribute("aria-expanded") == "false"
    assert wrong == []


def test_on_a_phone_everything_fits_and_filters_are_folded(served: Served, phone: Page) -> None:
    wrong = watch(phone)
    for path in PAGES:
        phone.goto(served.address + path)
        assert fits(phone), path
    phone.goto(f"{served.address}/search")
    facet = phone.get_by_role("link", name=re.compile("非公文类"))
    assert not facet.is_visible()
    phone.get_by_text("缩小范围").first.click()
    facet.click()
    assert phone.locator("h1").inner_text() == "在 2 条中找到 1 条"
    shoot(phone, "search-phone")
    assert wrong == []


@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
def test_without_scripts_the_same_can_be_done(
    served: Served, browser: Browser, locale: str
) -> None:
    with opened(browser, PHONE, locale=locale, scripts=False) as page:
        page.goto(served.address)
        page.locator("#q").fill("防汛")
        page.locator("#q").press("Enter")
        page.locator(".results a").first.click()
        assert page.locator("h1").inner_text() == "上海市防汛防台应急预案"
        page.goto(f"{served.address}/map")
        page.locator("#division").select_option("310106")
        page.locator("#places button").click()
        assert page.locator("#results .results li").count() == 1
        other = {"zh-CN": "English", "en-GB": "中文"}[locale]
        page.get_by_role("link", name=other).click()
        assert page.locator("#results .results li").count() == 1


def test_the_map_can_be_used_by_mouse_and_by_form(served: Served, desktop: Page) -> None:
    wrong = watch(desktop)
    desktop.goto(f"{served.address}/map?west=121.4&south=31.1&east=121.5&north=31.3")
    desktop.locator(".leaflet-container path").first.wait_for()
    assert desktop.locator("#results .results li").count() == 1
    desktop.get_by_role("button", name="查找图中范围").click()
    desktop.wait_for_url("**west=**")
    assert desktop.locator("#results .results li").count() == 1
    assert sound(desktop) == []
    assert wrong == []


def test_the_map_is_used_by_keyboard_alone(served: Served, desktop: Page) -> None:
    desktop.goto(f"{served.address}/map")
    districts = desktop.locator("path[role=link]")
    districts.first.wait_for(state="attached")
    names = [each.get_attribute("aria-label") for each in districts.all()]
    assert len(names) == len({*names} - {None, ""}) > 9, "every district says which it is"
    stops = set()
    for _ in range(len(names) + 20):
        desktop.keyboard.press("Tab")
        stops.add(desktop.evaluate("document.activeElement.getAttribute('aria-label')"))
    assert stops >= set(names)
    districts.nth(2).focus()
    desktop.keyboard.press("Enter")
    desktop.wait_for_url("**/map?division=*")
