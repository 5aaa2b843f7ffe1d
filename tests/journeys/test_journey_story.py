"""The whole story of a disclosure, as the people in it live it: proposed, returned, mended,
accepted, found, asked for; and proved afterwards, on another machine, from nothing but a file."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser import opened, shoot
from tests.journeys.conftest import Served
from tests.journeys.people import sign_in, sound, watch

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

TITLE = "关于泵站设备检修资金安排的通知"
REASON = "请在摘要中写明资金用途。"
ROOT = Path(__file__).resolve().parents[2]


def propose(page: Page, served: Served) -> None:
    """A registrar proposes disclosure on request."""
    sign_in(page, served.address, "registrar")
    page.goto(f"{served.address}/register/document")
    page.get_by_label("信息资源名称").fill(TITLE)
    page.get_by_label("信息资源摘要").fill("检修资金的安排。")
    page.locator("select[name='category.0']").select_option("theme|ZGG00")
    page.locator("[name='disclosure.attribute'][value='on-request']").check()
    page.locator("[name='disclosure.ground']").fill("依申请公开的方式")
    page.get_by_role("button", name="提交审核").click()
    assert page.locator("h1").inner_text() == TITLE


def open_request(page: Page, served: Served, username: str) -> None:
    """A reviewer opens what waits."""
    sign_in(page, served.address, username)
    page.goto(f"{served.address}/review?q=检修资金")
    page.get_by_role("link", name=TITLE).first.click()
    page.wait_for_url("**/requests/**")
    assert sound(page) == []


def mend(page: Page, served: Served) -> None:
    """The registrar reads why it came back, and mends it."""
    page.goto(f"{served.address}/my")
    assert REASON in page.locator("main").inner_text()
    page.get_by_role("link", name=TITLE).first.click()
    page.get_by_role("link", name="修改内容").click()
    assert page.locator("[name='disclosure.ground']").input_value()
    page.get_by_label("信息资源摘要").fill("用于四座雨水泵站的汛前检修。")
    page.get_by_role("button", name="提交审核").click()
    assert "等待审核" in page.locator(".flash").inner_text()


def ask(page: Page, served: Served, identifier: str) -> str:
    """Somebody without an account sees the record and asks for the document; the number given."""
    page.goto(f"{served.address}/entries/{identifier}")
    assert page.locator("h1").inner_text() == TITLE
    assert "依申请公开" in page.locator("main").inner_text()
    page.get_by_role("link", name="申请获取").first.click()
    page.locator("#what").fill("检修资金的通知全文。")
    page.get_by_label("电子邮件", exact=True).first.check()
    page.locator("[name='receiving'][value='email']").check()
    page.get_by_label("姓名或者名称").fill("李某")
    page.locator("#paper").select_option(index=1)
    page.get_by_label("证件号码").fill("310101198001010018")
    page.get_by_label("电子邮箱").fill("li@example.org")
    page.get_by_role("button", name="送出申请").click()
    page.locator(".receipt").first.wait_for()
    assert sound(page) == []
    shoot(page, "story-receipt")
    return page.locator(".receipt").first.inner_text()


def elsewhere(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """A command on another machine: no settings, no database, another folder."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("MULU_")}
    command = [sys.executable, "-m", "web.commands", "--lang", "en", "audit", "verify", *arguments]
    return subprocess.run(
        command,
        cwd=folder,
        env={**clean, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_from_a_proposal_to_the_proof(served: Served, browser: Browser, tmp_path: Path) -> None:
    with opened(browser) as registrar, opened(browser) as first, opened(browser) as second:
        wrong = [watch(each) for each in (registrar, first, second)]
        propose(registrar, served)
        identifier = registrar.url.rpartition("/")[2]
        open_request(first, served, "reviewer")
        first.locator("#reason").fill(REASON)
        first.get_by_role("button", name="退回修改").click()
        first.locator(".flash").wait_for()
        mend(registrar, served)
        open_request(second, served, "second")
        assert REASON in second.locator(".timeline").inner_text()
        assert "用于四座雨水泵站的汛前检修。" in second.locator("tr.changed").inner_text()
        shoot(second, "story-request")
        second.keyboard.press("a")
        second.keyboard.press("Enter")
        second.locator(".flash").wait_for()
        assert wrong == [[], [], []]
    with opened(browser) as public:
        number = ask(public, served, identifier)
    with opened(browser) as auditor:
        sign_in(auditor, served.address, "auditor")
        auditor.goto(f"{served.address}/audit?entry={identifier}")
        told = auditor.locator("main").inner_text()
        with auditor.expect_download() as download:
            auditor.get_by_role("link", name="导出全部日志").click()
        file = tmp_path / "audit.jsonl"
        download.value.save_as(file)
    for who in ("registrar", "reviewer", "second"):
        assert who in told
    assert re.fullmatch(r"YS\d{4}-\d{6}", number)

    proved = elsewhere(file.name, "--json", folder=tmp_path)
    assert proved.returncode == 0, proved.stderr
    assert json.loads(proved.stdout)["ok"]
    lines = file.read_bytes().splitlines(keepends=True)
    place = next(i for i, line in enumerate(lines) if b'"returned"' in line)
    assert "李某".encode() not in b"".join(lines), "who asked is in no log"
    lines[place] = lines[place].replace(b'"reviewer"', b'"reviewes"', 1)
    file.write_bytes(b"".join(lines))
    refuted = elsewhere(file.name, "--json", folder=tmp_path)
    assert refuted.returncode == 1
    fault = json.loads(refuted.stdout)
    assert not fault["ok"]
    assert fault["fault"]["line"] == place + 1
