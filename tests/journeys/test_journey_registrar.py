"""A registrar in a small office finishes an entry untrained, and never loses what was typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser import opened, shoot
from tests.journeys.conftest import Served
from tests.journeys.people import sign_in, sound, watch

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


def fill(page: Page, title: str) -> None:
    """The least that can be submitted."""
    page.get_by_label("信息资源名称").fill(title)
    page.get_by_label("信息资源摘要").fill("明确了泵站的检查次数和责任。")
    page.locator("select[name='category.0']").select_option("theme|ZGG00")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_first_entry_from_error_to_submission(
    served: Served, browser: Browser, scripts: bool
) -> None:
    title = f"关于加强泵站管理的通知（{'甲' if scripts else '乙'}）"
    with opened(browser, scripts=scripts) as page:
        wrong = watch(page)
        sign_in(page, served.address, "registrar")
        page.get_by_role("link", name="登记", exact=True).click()
        page.get_by_role("link", name="公文类", exact=True).first.click()
        page.get_by_label("信息资源名称").fill(title)
        page.locator("[name='issued']").fill("二月三十日")
        page.get_by_role("button", name="提交审核").click()
        summary = page.locator("#problems")
        assert summary.is_visible()
        if scripts:
            assert page.evaluate("document.activeElement.id") == "problems"
        assert page.get_by_label("信息资源名称").input_value() == title
        assert sound(page) == []
        shoot(page, f"form-errors-{scripts}")
        summary.get_by_role("link").first.click()
        fill(page, title)
        page.locator("[name='issued']").fill("2009年2月28日")
        page.get_by_role("button", name="提交审核").click()
        assert page.locator("h1").inner_text() == title
        assert "已提交，等待审核。" in page.locator(".flash").inner_text()
        page.get_by_role("link", name="我的登记").click()
        assert page.get_by_role("link", name=title).is_visible()
        assert wrong == []


def test_rows_appear_and_values_stay(served: Served, desktop: Page) -> None:
    sign_in(desktop, served.address, "registrar")
    desktop.goto(f"{served.address}/register/document")
    desktop.get_by_label("信息资源名称").fill("联合发文")
    desktop.locator("#f-provider").get_by_role("button", name="再加一条").click()
    desktop.locator("[name='provider.1.name']").fill("上海市卫生局")
    assert desktop.get_by_label("信息资源名称").input_value() == "联合发文"
    desktop.get_by_role("button", name="保存草稿").click()
    assert "上海市水务局、上海市卫生局" in desktop.locator(".title-block").inner_text()


def test_a_ground_is_asked_for_only_when_something_is_withheld(
    served: Served, desktop: Page
) -> None:
    sign_in(desktop, served.address, "registrar")
    desktop.goto(f"{served.address}/register/document")
    ground = desktop.locator("[name='disclosure.ground']")
    assert not ground.is_visible()
    desktop.locator("[name='disclosure.attribute'][value='withheld']").check()
    assert ground.is_visible()
    desktop.locator("[name='disclosure.attribute'][value='proactive']").check()
    assert not ground.is_visible()


def test_what_was_typed_is_there_after_the_browser_was_closed(
    served: Served, desktop: Page
) -> None:
    sign_in(desktop, served.address, "registrar")
    desktop.goto(f"{served.address}/register/document")
    fill(desktop, "写到一半的通知")
    desktop.get_by_text("已在本机暂存").wait_for()
    desktop.goto(served.address)
    desktop.goto(f"{served.address}/register/document")
    assert desktop.get_by_label("信息资源名称").input_value() == ""
    desktop.get_by_role("button", name="恢复").click()
    assert desktop.get_by_label("信息资源名称").input_value() == "写到一半的通知"
    assert desktop.locator("select[name='category.0']").input_value() == "theme|ZGG00"
    desktop.get_by_role("button", name="保存草稿").click()
    desktop.locator(".flash").wait_for()
    desktop.goto(f"{served.address}/register/document")
    assert not desktop.get_by_role("button", name="恢复").is_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_an_expired_session_costs_nothing(served: Served, browser: Browser, scripts: bool) -> None:
    title = f"过期之后的通知（{'甲' if scripts else '乙'}）"
    with opened(browser, scripts=scripts) as page:
        sign_in(page, served.address, "registrar")
        page.goto(f"{served.address}/register/document")
        fill(page, title)
        page.context.clear_cookies()
        page.get_by_role("button", name="提交审核").click()
        assert "都还在" in page.locator("main").inner_text()
        page.get_by_label("用户名").fill("registrar")
        page.get_by_label("密码").fill("很长的口令-2009")
        page.locator("main").get_by_role("button", name="登录").first.click()
        assert page.get_by_label("信息资源名称").input_value() == title
        page.get_by_role("button", name="提交审核").click()
        assert page.locator("h1").inner_text() == title
