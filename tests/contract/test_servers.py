"""The real parts themselves: what the other tests take for granted of them."""

from __future__ import annotations

import re

import httpx
import pytest
from playwright.sync_api import Page
from sqlalchemy import create_engine, text

from tests.browser import shoot
from tests.parts import require
from tests.servers import oai_reference, process


def test_postgres_keeps_chinese_text() -> None:
    engine = create_engine(require("postgres"))
    with engine.connect() as connection:
        assert connection.scalar(text("select '目录' || :more"), {"more": "𠮷"}) == "目录𠮷"
    engine.dispose()


def test_elasticsearch_is_a_healthy_cluster() -> None:
    health = httpx.get(f"{require('elasticsearch')}/_cluster/health").json()
    assert health["status"] in {"green", "yellow"}


@pytest.mark.parametrize(("part", "listed", "deleted"), [("oaipmh", 42, 4), ("pycsw", 38, 0)])
def test_source_lists_the_sample_page_by_page(part: str, listed: int, deleted: int) -> None:
    pages = _pages(require(part), repeat_prefix=part == "pycsw")
    assert len(pages) > 3
    whole = "".join(pages)
    assert (
        len(set(re.findall(r"data\.yunze\.example:\w+-\d+(?=</(?:oai:)?ident)", whole))) == listed
    )
    assert whole.count('status="deleted"') == deleted


def test_source_of_a_test_of_its_own_changes_as_the_test_says(tmp_path) -> None:
    require("oaipmh")
    address = process.once(tmp_path, oai_reference.start, page=100)
    try:
        (tmp_path / "records" / "sample.json").write_text("[]")
        answer = httpx.get(address, params={"verb": "ListRecords", "metadataPrefix": "oai_dc"})
        assert "noRecordsMatch" in answer.text
    finally:
        oai_reference.stop(tmp_path)


def test_browser_has_glyphs_for_chinese(desktop: Page) -> None:
    desktop.set_content("<meta charset=utf-8><canvas></canvas><p>政务信息资源目录</p>")
    shoot(desktop, "chinese-glyphs")
    assert desktop.evaluate(DIFFERENT_PICTURES, ["政", "务", "龘", "國"]) == 4


DIFFERENT_PICTURES = """characters => new Set(characters.map(character => {
    const canvas = document.createElement("canvas");
    const pen = canvas.getContext("2d");
    pen.font = "40px sans-serif";
    pen.fillText(character, 10, 60);
    return canvas.toDataURL();
})).size"""


def _pages(address: str, *, repeat_prefix: bool) -> list[str]:
    first = {"verb": "ListRecords", "metadataPrefix": "oai_dc"}
    pages = [httpx.get(httpx.URL(address).copy_merge_params(first)).text]
    while token := re.search(r"<(?:oai:)?resumptionToken[^>]*>([^<0][^<]*)</", pages[-1]):
        more = {"verb": "ListRecords", "resumptionToken": token[1].replace("&amp;", "&")}
        more |= {"metadataPrefix": "oai_dc"} if repeat_prefix else {}
        pages.append(httpx.get(httpx.URL(address).copy_merge_params(more)).text)
    return pages
