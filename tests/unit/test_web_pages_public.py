"""The public's pages: the known document first, facets, empty answers, the way to the resource."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from catalog import agencies
from catalog.viewers import OPERATOR
from search.engine import EngineUnavailable
from search.memory import MemoryEngine
from tests.offices import WATER
from tests.pages import Visitor, words
from tests.websites import Website, furnish, website


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Website, dict[str, str]]]:
    with website(tmp_path_factory.mktemp("public")) as made:
        yield made, furnish(made)


@pytest.fixture
def public(site: tuple[Website, dict[str, str]]) -> Visitor:
    return Visitor(site[0].client)


def test_a_number_typed_anyhow_leads_to_its_document(
    site: tuple[Website, dict[str, str]], public: Visitor
) -> None:
    for typed in ("沪水务〔2008〕12号", "沪水务[2008]12号", "沪水务2008 12"):
        page = public.get(f"/search?q={typed}")
        first = page.xpath("//ol[@class='results']/li[1]//a/@href")[0]
        assert first == f"/entries/{site[1]['served']}"


def test_the_answer_is_told_in_a_sentence_with_each_filter(public: Visitor) -> None:
    page = public.get("/search?q=防汛&disclosure=proactive&agency=310A7")
    assert "在 2 条中找到 1 条" in words(page)
    chips = [words(each) for each in page.xpath("//ul[@class='chips']/li/a")]
    assert any("部门：上海市水务局" in chip for chip in chips)
    assert any("公开属性：主动公开" in chip for chip in chips)


def test_words_found_are_marked_and_never_markup(public: Visitor) -> None:
    page = public.get("/search?q=防汛")
    assert page.xpath("//h2/a/mark/text()") == ["防汛"]
    page = public.get("/search?q=<script>alert(1)</script>")
    assert not page.xpath("//main//script")
    assert set(page.xpath("//input[@name='q']/@value")) == {"<script>alert(1)</script>"}


def test_a_facet_puts_its_value_in_and_takes_it_out(public: Visitor) -> None:
    page = public.get("/search")
    link = page.xpath("//*[@class='facet']//a[contains(@href, 'kind=non-document')]/@href")[0]
    page = public.get(link)
    assert "找到 1 条" in words(page)
    chosen = page.xpath("//*[@class='facet']//a[@aria-current]/@href")
    assert chosen == ["/search"]


def test_an_empty_answer_says_what_to_try(public: Visitor) -> None:
    page = public.get("/search?q=月球采矿许可")
    assert "没有找到符合条件的条目" in words(page)
    assert page.xpath("//main//a[starts-with(@href, '/locate')]")
    assert page.xpath("//main//a[@href='/agencies']")


def test_hidden_entries_are_nowhere(site: tuple[Website, dict[str, str]], public: Visitor) -> None:
    for path in ("/", "/search", "/search?q=干部考察材料", "/agencies", f"/agencies/{WATER}"):
        assert "干部考察材料" not in words(public.get(path)).replace("检索：干部考察材料", "")
    assert site[1]["withheld"] not in public.client.get("/search?q=干部考察材料").text


def test_an_entry_leads_to_its_endpoint_and_formats(
    site: tuple[Website, dict[str, str]], public: Visitor
) -> None:
    page = public.get(f"/entries/{site[1]['data']}")
    assert "https://example.gov.cn/pumps" in page.xpath("//aside//a/@href")
    assert page.xpath("//table//a/text()") == ["泵站名称", "设计流量"]
    for address in page.xpath("//nav//ul[@class='ways']//a/@href"):
        assert public.client.get(address).status_code == 200, address


def test_who_holds_a_datum_is_told_by_agency(public: Visitor) -> None:
    page = public.get("/locate?item=设计流量")
    assert [words(each) for each in page.xpath("//section//h2")] == ["上海市水务局"]
    assert page.xpath("//section//mark/text()")
    assert "https://example.gov.cn/pumps" in page.xpath("//section//a/@href")


def test_map_form_and_list_give_the_same(
    site: tuple[Website, dict[str, str]], public: Visitor
) -> None:
    found = f"/entries/{site[1]['served']}"
    asked = ("/map?division=310106", "/map?west=121.4&south=31.1&east=121.5&north=31.3",
             "/map?bbox=121.4,31.1,121.5,31.3")  # fmt: skip
    for path in asked:
        assert found in public.get(path).xpath("//ol[@class='results']//h3/a/@href"), path
    assert not public.get("/map?bbox=100,20,101,21").xpath("//ol[@class='results']/li")


def test_places_may_be_near_a_point_or_wholly_within_a_box(
    site: tuple[Website, dict[str, str]], public: Visitor
) -> None:
    found = f"/entries/{site[1]['served']}"
    results = "//ol[@class='results']//h3/a/@href"
    whole = "/map?west=121.46&south=31.1&east=121.5&north=31.3&relation=within"
    assert found not in public.get(whole).xpath(results), "it reaches beyond"
    assert found in public.get("/map?within=120,30,123,33").xpath(results)
    point = "/map?longitude=121.45&latitude=31.22&kilometres="
    assert found in public.get(f"{point}2").xpath(results)
    (chip,) = public.get(f"{point}2").xpath("//ul[@class='chips']/li/a/@href")
    assert "longitude" not in chip, "the condition goes with its fields"
    assert not public.get("/map?near=100,20,9000").xpath("//ol[@class='results']/li")
    page = public.get(f"{point}", status=422)
    assert page.xpath("//*[@role='alert']//a/@href") == ["#longitude"]
    assert page.xpath("//input[@id='latitude']/@value") == ["31.22"], "what was typed is kept"


def test_the_language_is_kept_and_the_page_too(public: Visitor) -> None:
    page = public.get("/search?q=防汛")
    other = page.xpath("//a[@hreflang='en']/@href")[0]
    assert "lang=en" in other
    assert "1 found among 2 entries" in words(public.get(other))
    assert "About this directory" in words(public.get("/about"))


class Broken(MemoryEngine):
    """An engine out of reach."""

    def search(self, query: object) -> object:  # type: ignore[override]
        raise EngineUnavailable("down")

    def similar(self, *_: object, **__: object) -> object:  # type: ignore[override]
        raise EngineUnavailable("down")


def test_without_the_engine_pages_say_so_and_entries_still_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with website(tmp_path) as made:
        entries = furnish(made)
        monkeypatch.setattr(made.parts.engine, "search", Broken().search)
        monkeypatch.setattr(made.parts.engine, "similar", Broken().similar)
        public = Visitor(made.client)
        assert "检索服务暂时不可用" in words(public.get("/"))
        assert "上海市水务局" in words(public.get("/agencies"))
        assert "检索服务暂不可用" in words(public.get("/search?q=防汛", 503))
        assert "怎样取得" in words(public.get(f"/entries/{entries['data']}"))
        public.sign_in("reviewer")
        assert "关于河道整治的请示" in words(public.get("/review"))


def test_what_is_wrong_with_an_address_is_told_once(public: Visitor) -> None:
    page = public.get("/search?issued_from=abc", 422)
    assert words(page.xpath("//main")[0]).count("应为日期") == 1


def test_what_a_query_may_mean_is_offered_beside_its_results(public: Visitor) -> None:
    page = public.get("/search?q=水务局 2009 防汛")
    assert not page.xpath("//nav[@class='offers']//a[contains(., '2009')]")  # finds nothing
    page = public.get("/search?q=水务局的防汛")
    (offer,) = page.xpath("//nav[@class='offers']//li/a[1]")
    assert words(offer) == "按部门“上海市水务局”查找“防汛”"
    found = public.get(offer.get("href"))
    assert "找到 1 条" in words(found)
    page = public.get("/search?q=静安 防汛")
    leads = page.xpath("//nav[@class='offers']//li[1]/a/@href")
    assert [lead.split("?")[0] for lead in leads] == ["/search", "/map"]
    assert "找到 1 条" in words(public.get(leads[1]))


def test_a_number_is_marked_where_it_is_the_entrys_own(public: Visitor) -> None:
    page = public.get("/search?q=沪水务2008 12")
    assert words(page.xpath("//ol[@class='results']/li[1]/p")[0]).strip() == "编号相符"
    assert not public.get("/search?q=防汛").xpath("//p[@class='named']")


def test_an_empty_answer_offers_what_finds_something(public: Visitor) -> None:
    page = public.get("/search?q=防汛&issued_from=1990&issued_to=1991")
    (offer,) = page.xpath("//nav[@class='offers']//li/a[1]")
    assert words(offer) == "不限发布日期"
    assert "找到 1 条" in words(public.get(offer.get("href")))
    page = public.get("/search?q=防汛 月球")
    assert "只查“防汛”" in words(page.xpath("//nav[@class='offers']")[0])


def test_an_agency_is_known_by_the_name_it_had(tmp_path: Path) -> None:
    with website(tmp_path) as made:
        furnish(made)
        with made.parts.database.writing() as session:
            now = made.offices.clock.now()
            agencies.rename(session, OPERATOR, WATER, "上海市海洋和水资源局", ["市水资源局"], now)
        made.follow()
        page = Visitor(made.client).get("/search?q=上海市水务局 防汛")
        (offer,) = page.xpath("//nav[@class='offers']//li/a[1]")
        assert words(offer) == "按部门“上海市海洋和水资源局”查找“防汛”"


def test_a_typing_error_is_told_with_what_was_meant(public: Visitor) -> None:
    page = public.get("/search?q=防台应鸡预案")
    (note,) = page.xpath("//p[@class='note ask']")
    assert words(note).startswith("您是不是要找 防台应急预案？没有条目含有您输入的“防台应鸡预案”")
    assert "找到 1 条" in words(public.get(note.xpath("a/@href")[0]))
    assert set(page.xpath("//input[@name='q']/@value")) == {"防台应鸡预案"}


@pytest.mark.parametrize(
    "typed", ["“夜鹭栖息”", '"', "-防汛", "“防汛” -预案", "的", "<b>", "〔", "～"]
)
def test_whatever_is_typed_the_page_stands(public: Visitor, typed: str) -> None:
    for more in ("", "&kind=document", "&issued_from=1990&issued_to=1991"):
        public.get(f"/search?q={quote(typed)}{more}")
