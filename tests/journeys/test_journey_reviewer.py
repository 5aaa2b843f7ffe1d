"""A reviewer clears the queue with the law at hand; the public sees what was decided, at once."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tests.browser import DESKTOP, opened, shoot
from tests.journeys.conftest import Served
from tests.journeys.people import sign_in, sound, watch

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


def waiting(served: Served, title: str) -> str:
    """A fresh entry in the queue."""
    outcome = served.site.offices.submitted(title=title)
    return outcome.identifier or ""


def found(page: Page, served: Served, title: str) -> bool:
    """Whether the public finds it within some seconds."""
    for _ in range(30):
        page.goto(f"{served.address}/search?q={title}")
        if page.get_by_role("link", name=title).count():
            return True
        time.sleep(0.1)
    return False


def open_waiting(page: Page, served: Served, title: str) -> None:
    """Through the queue to the entry."""
    for _ in range(30):
        page.goto(f"{served.address}/review?q={title}")
        if page.locator(".results a").count():
            break
        time.sleep(0.1)
    page.get_by_role("link", name=title).first.click()


def test_accepted_by_keyboard_and_found_by_everybody(
    served: Served, browser: Browser, desktop: Page
) -> None:
    waiting(served, "关于水闸调度的通知")
    wrong = watch(desktop)
    sign_in(desktop, served.address, "reviewer")
    open_waiting(desktop, served, "关于水闸调度的通知")
    assert sound(desktop) == []
    shoot(desktop, "ruling")
    desktop.keyboard.press("a")
    desktop.keyboard.press("Enter")
    desktop.wait_for_url("**/review?**")
    assert "已通过" in desktop.locator(".flash").inner_text()
    with opened(browser, DESKTOP) as public:
        assert found(public, served, "关于水闸调度的通知")
    assert wrong == []


def test_three_keys_return_with_a_reason_and_open_the_next(served: Served, desktop: Page) -> None:
    for title in ("关于甲闸的通知", "关于乙闸的通知", "关于丙闸的通知"):
        waiting(served, title)
    wrong = watch(desktop)
    sign_in(desktop, served.address, "reviewer")
    desktop.goto(f"{served.address}/review?q=闸的通知")
    for key in ("j", "j", "x", "k", "Enter"):
        desktop.keyboard.press(key)
    desktop.wait_for_url("**/requests/**")
    assert "关于甲闸的通知" in desktop.locator("h1").inner_text()
    desktop.keyboard.press("?")
    assert desktop.locator("#keys dl").is_visible()
    for key in ("r", "2", "Enter"):
        desktop.keyboard.press(key)
    desktop.locator(".flash").wait_for()
    assert "已退回：关于甲闸的通知" in desktop.locator(".flash").inner_text()
    assert "关于乙闸的通知" in desktop.locator("h1").inner_text()
    desktop.locator("#reason").fill("a n j")
    assert "关于乙闸的通知" in desktop.locator("h1").inner_text()
    desktop.locator("h1").click()
    desktop.keyboard.press("n")
    desktop.locator("h1", has_text="关于丙闸的通知").wait_for()
    for key in ("a", "Enter"):
        desktop.keyboard.press(key)
    desktop.locator(".flash").wait_for()
    assert "关于丙闸的通知" in desktop.locator(".flash").inner_text()
    assert wrong == []


def test_withheld_on_a_legal_ground_and_seen_by_nobody(
    served: Served, browser: Browser, desktop: Page
) -> None:
    identifier = waiting(served, "关于人员调整的内部通知")
    sign_in(desktop, served.address, "reviewer")
    open_waiting(desktop, served, "关于人员调整的内部通知")
    desktop.get_by_text("公开、共享与可见范围").click()
    desktop.locator("[name='disclosure.attribute'][value='withheld']").check()
    ground = desktop.locator("[name='disclosure.ground']")
    desktop.get_by_text("法定依据原文").click()
    assert desktop.get_by_text("人事管理、后勤管理").first.is_visible()
    desktop.get_by_role("button", name="通过并发布").click()
    assert desktop.locator("#problems").is_visible()
    ground.select_option("internal-affairs")
    desktop.locator("[name='disclosure.discretion']").fill("只涉及内部安排，公开没有益处。")
    desktop.get_by_role("button", name="通过并发布").click()
    desktop.locator(".flash").wait_for()
    with opened(browser, DESKTOP) as public:
        answer = public.goto(f"{served.address}/entries/{identifier}")
        assert answer is not None
        assert answer.status == 404


def test_returned_with_a_reason_and_sent_again(
    served: Served, browser: Browser, desktop: Page
) -> None:
    waiting(served, "关于河道的通知")
    sign_in(desktop, served.address, "reviewer")
    open_waiting(desktop, served, "关于河道的通知")
    desktop.get_by_label("名称看不出资源的内容").check()
    desktop.get_by_role("button", name="退回修改").click()
    desktop.locator(".flash").wait_for()
    with opened(browser, DESKTOP) as page:
        sign_in(page, served.address, "registrar")
        page.goto(f"{served.address}/my")
        assert "名称看不出资源的内容" in page.locator("main").inner_text()
        page.get_by_role("link", name="关于河道的通知").click()
        page.get_by_role("link", name="修改内容").click()
        page.get_by_label("信息资源名称").fill("关于苏州河疏浚工程的通知")
        page.locator("[name='provider.0.name']").fill("上海市水务局")
        page.locator("select[name='category.0']").select_option("theme|ZGG00")
        page.get_by_role("button", name="提交审核").click()
        assert page.locator("h1").inner_text() == "关于苏州河疏浚工程的通知"
