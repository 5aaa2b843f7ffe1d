"""Somebody with a spreadsheet of their own: its columns are understood, confirmed, and reported."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from openpyxl import Workbook

from tests.browser import opened, shoot
from tests.journeys.conftest import Served
from tests.journeys.people import sign_in, sound, watch

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROWS = (
    ("公文标题", "文号", "内容概述", "成文时间", "经办人"),
    ("关于泵站汛前检查的通知", "沪水务〔2009〕21号", "检查雨水泵站。", "2009年3月2日", "甲"),
    ("关于泵站汛后总结的通知", "沪水务〔2009〕52号", "总结运行情况。", "2009年十月", "乙"),
    ("", "沪水务〔2009〕53号", "没有标题。", "2009-11-01", "丙"),
)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_foreign_table_is_registered(
    served: Served, browser: Browser, tmp_path: Path, scripts: bool
) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in ROWS:
        sheet.append(row)
    path = tmp_path / f"公文目录-{scripts}.xlsx"
    book.save(path)
    with opened(browser, scripts=scripts) as page:
        wrong = watch(page)
        sign_in(page, served.address, "registrar")
        page.goto(f"{served.address}/register/upload")
        page.get_by_label("文件").set_input_files(path)
        page.get_by_role("button", name="下一步").click()
        assert page.get_by_label("公文标题").input_value() == "title"
        assert page.get_by_label("经办人").input_value() == ""
        assert sound(page) == []
        shoot(page, f"mapping-{scripts}")
        page.get_by_role("button", name="确认并登记").click()
        page.wait_for_url("**/runs/*")
        report = page.locator("main").inner_text()
        assert "没有登记的记录" in report
        assert "!A4" in report
        assert sound(page) == []
        shoot(page, f"report-{scripts}")
        page.get_by_role("link", name="我的登记").click()
        assert "关于泵站汛前检查的通知" in page.locator("main").inner_text()
        assert wrong == []
