"""The registrar's pages: a form from the profile that never loses what was typed."""

from __future__ import annotations

import io
from collections.abc import Iterator
from urllib.parse import unquote

import pytest

from catalog import entries
from catalog.registration import revise
from catalog.viewers import OPERATOR
from standards.profile import KINDS, profile
from tests.offices import WATER, values
from tests.pages import Visitor, faults, words
from tests.websites import PASSWORD, Website, furnish, website

FILLED = {
    "title": "关于加强泵站管理的通知",
    "abstract": "明确了泵站的检查次数和责任。",
    "provider.0.name": "上海市水务局",
    "category.0": "theme|ZGG00",
}


@pytest.fixture
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Website]:
    with website(tmp_path_factory.mktemp("registering")) as made:
        yield made


@pytest.fixture
def registrar(site: Website) -> Visitor:
    visitor = Visitor(site.client)
    visitor.sign_in("registrar")
    return visitor


def stored(site: Website, address: str) -> entries.EntryView:
    with site.parts.database.reading() as db:
        return entries.find(db, OPERATOR, address.rpartition("/")[2])


@pytest.mark.parametrize("kind", KINDS)
def test_the_form_asks_for_everything_that_the_profile_has(registrar: Visitor, kind: str) -> None:
    page = registrar.get(f"/register/{kind}")
    names = {name.replace(".0", "") for name in page.xpath("//@name")}
    for use in profile(kind).elements:
        for path, element in use.element.walk() if not use.assigned else ():
            asked = path in names or path.partition(".")[0] in names
            assert asked or element.children, path
    assert "上海市水务局" in page.xpath("//input[@name='provider.0.name']/@value")


def test_what_a_decision_needs_is_asked_for_after_the_choice_that_needs_it(
    registrar: Visitor,
) -> None:
    page = registrar.get("/register/document")

    def asked(name: str) -> set[str]:
        (field,) = page.xpath(f"//*[@name='{name}']/ancestor::*[@data-when][1]/@data-when")
        return {unquote(choice) for choice in field.split()}

    ground = asked("disclosure.ground")
    assert ground == {"disclosure.attribute=on-request", "disclosure.attribute=withheld"}
    assert "disclosure.ground=个人隐私" in asked("disclosure.third_party")
    assert "disclosure.ground=process-information" in asked("disclosure.discretion")
    assert asked("sharing.audience") == {"sharing.attribute=conditional"}
    assert "disclosure.attribute=withheld" in asked("disclosure.review_by")


def test_a_state_secret_is_refused_and_nothing_of_it_is_kept(
    site: Website, registrar: Visitor
) -> None:
    secret = {"disclosure.attribute": "withheld", "disclosure.ground": "国家秘密"}
    for act in ("submit", "draft"):
        answer = registrar.post("/register/document", {**FILLED, **secret, "act": act}, 422)
        assert "涉密信息台账" in words(registrar.read(answer, 422))
    with site.parts.database.reading() as db:
        assert not [
            view for view in entries.page(db, OPERATOR, served_only=False)
            if view.shown.descriptor.get("title") == FILLED["title"]
        ]  # fmt: skip


def test_submitting_registers_what_was_typed(site: Website, registrar: Visitor) -> None:
    answer = registrar.post("/register/document", {**FILLED, "act": "submit"})
    view = stored(site, answer.headers["Location"])
    assert view.state == "submitted"
    assert view.pending is not None
    kept = view.pending.descriptor.values
    assert kept["title"] == FILLED["title"]
    assert kept["category"][0]["code"] == "ZGG00"
    assert "已提交" in words(registrar.get(answer.headers["Location"]))
    assert FILLED["title"] in words(registrar.get("/my"))


def test_personal_identifiers_are_pointed_out_at_their_field_and_after_saving(
    site: Website, registrar: Visitor
) -> None:
    typed = {**FILLED, "abstract": "请与张三（13812345678）联系。"}
    wrong = registrar.read(
        registrar.post("/register/document", {**typed, "issued": "昨", "act": "submit"}, 422), 422
    )
    (field,) = wrong.xpath("//*[contains(@class, 'field')][.//textarea[@name='abstract']]")
    assert "138****5678" in words(field.xpath(".//*[@class='warned']")[0])
    answer = registrar.post("/register/document", {**typed, "act": "submit"})
    address = answer.headers["Location"]
    (note,) = registrar.get(address).xpath("//*[contains(@class, 'note ask flash')]")
    assert "手机号码：138****5678" in words(note)
    assert "13812345678" not in words(note)
    again = registrar.get(f"{address}/edit")
    assert "138****5678" in words(again.xpath("//*[@class='warned']")[0])


def test_a_draft_may_lack_what_is_mandatory(site: Website, registrar: Visitor) -> None:
    answer = registrar.post("/register/document", {"title": "泵站", "act": "draft"})
    assert stored(site, answer.headers["Location"]).state == "draft"


def test_every_error_is_told_at_once_and_nothing_is_lost(registrar: Visitor) -> None:
    typed = {
        "title": "关于泵站的通知",
        "issued": "二月三十日",
        "disclosure.attribute": "withheld",
        "keywords.0.keyword": "泵站；防汛",
        "act": "submit",
    }
    page = registrar.read(registrar.post("/register/document", typed, 422), 422)
    assert faults(page) == []
    links = page.xpath("//*[@id='problems']//a/@href")
    assert {"#f-issued", "#f-disclosure-ground", "#f-abstract", "#f-provider"} <= set(links)
    assert all(page.xpath(f"//*[@id='{link[1:]}']") for link in links)
    assert page.xpath("//input[@name='title']/@value") == [typed["title"]]
    assert page.xpath("//input[@name='issued']/@value") == [typed["issued"]]
    assert page.xpath("//input[@name='keywords.0.keyword']/@value") == ["泵站；防汛"]
    assert page.xpath("//input[@name='disclosure.attribute'][@checked]/@value") == ["withheld"]
    assert "条例" in words(page.xpath("//*[contains(@class, 'wrong')]")[-1])


def test_rows_are_added_and_taken_away_without_scripts(registrar: Visitor) -> None:
    typed = {"items.0.name": "泵站名称", "items.1.name": "设计流量"}
    answer = registrar.post("/register/non-document", {**typed, "act": "add:items"}, 200)
    page = registrar.read(answer)
    assert page.xpath(
        "//input[starts-with(@name, 'items.') and contains(@name, '.name')]/@value"
    ) == [
        "泵站名称",
        "设计流量",
        "",
    ]
    answer = registrar.post("/register/non-document", {**typed, "act": "remove:items:0"}, 200)
    page = registrar.read(answer)
    assert page.xpath("//input[@name='items.0.name']/@value") == ["设计流量"]
    assert not page.xpath("//input[@name='items.1.name']")


def test_a_form_survives_the_end_of_the_session(site: Website) -> None:
    stranger = Visitor(site.client)
    answer = stranger.client.post("/register/document", data={**FILLED, "act": "submit"})
    page = stranger.read(answer)
    assert "都还在" in words(page)
    form = page.xpath("//main//form[.//input[@type='password']]")[0]
    assert form.get("action") == "/register/document"
    held = {each.get("name"): each.text.lstrip("\n") for each in form.xpath(".//textarea")}
    assert held == FILLED
    token = form.xpath(".//input[@name='csrf_token']/@value")[0]
    sent = {**held, "sign-in-username": "registrar", "sign-in-password": "falsch"}
    sent["csrf_token"] = token
    sent["csrf_token"] = form.xpath(".//input[@name='csrf_token']/@value")[0]
    page = stranger.read(stranger.client.post("/register/document", data=sent), 401)
    assert "不正确" in words(page)
    sent["sign-in-password"] = PASSWORD
    page = stranger.read(stranger.client.post("/register/document", data=sent))
    assert page.xpath("//input[@name='title']/@value") == [FILLED["title"]]
    assert page.xpath("//select[@name='category.0']//option[@selected]/@value") == ["theme|ZGG00"]
    token = page.xpath("//form[@id='form']//input[@name='csrf_token']/@value")[0]
    answer = stranger.client.post(
        "/register/document", data={**FILLED, "act": "submit", "csrf_token": token}
    )
    assert answer.status_code == 303


def test_a_form_with_an_old_token_comes_back_and_writes_nothing(
    site: Website, registrar: Visitor
) -> None:
    data = {**FILLED, "act": "submit", "csrf_token": "old"}
    page = registrar.read(registrar.client.post("/register/document", data=data))
    assert page.xpath("//input[@name='title']/@value") == [FILLED["title"]]
    assert FILLED["title"] not in words(registrar.get("/my"))


def test_opening_and_saving_an_entry_changes_nothing(site: Website, registrar: Visitor) -> None:
    entry = furnish(site)["data"]
    page = registrar.get(f"/entries/{entry}/edit")
    form = page.forms[[each.get("id") for each in page.forms].index("form")]
    before = stored(site, entry).shown.descriptor.values
    sent = _multi([*form.form_values(), ("act", "draft")])
    answer = registrar.client.post(f"/entries/{entry}/edit", data=sent)
    assert answer.status_code == 303, answer.text
    pending = stored(site, entry).pending
    assert pending is not None
    assert pending.descriptor.values == before


def _multi(pairs: list[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def test_two_people_at_one_entry_lose_nothing(site: Website, registrar: Visitor) -> None:
    entry = furnish(site)["served"]
    page = registrar.get(f"/entries/{entry}/edit")
    revision = page.xpath("//input[@name='revision']/@value")[0]
    view = stored(site, entry)
    with site.parts.database.writing() as db:
        now = site.parts.clock.now()
        revise(db, OPERATOR, entry, values("别人改的名称"), view.revision, now)
    mine = {**FILLED, "title": "我改的名称", "revision": revision, "act": "submit"}
    page = registrar.read(registrar.post(f"/entries/{entry}/edit", mine, 409), 409)
    assert "信息资源标识符" not in words(page), "what nobody types does not differ"
    assert faults(page) == []
    assert "别人改的名称" in words(page.xpath("//table")[0])
    assert page.xpath("//input[@name='title']/@value") == ["我改的名称"]
    again = {**mine, "revision": page.xpath("//input[@name='revision']/@value")[0]}
    registrar.post(f"/entries/{entry}/edit", again)
    pending = stored(site, entry).pending
    assert pending is not None
    assert pending.descriptor.values["title"] == "我改的名称"


def test_a_table_is_shown_confirmed_and_reported(site: Website, registrar: Visitor) -> None:
    rows = (
        "公文标题,文号,内容概述,来路",
        "关于泵站的通知,沪水务〔2009〕7号,检查,甲",
        ",沪水务〔2009〕8号,无,乙",
    )
    table = "\n".join(rows)
    sent = {"file": (io.BytesIO(table.encode("gb18030")), "目录.csv"), "kind": "document"}
    page = registrar.read(registrar.post("/register/upload", sent, 200))
    assert faults(page) == []
    ticket = page.xpath("//main//form/@action")[0]
    meanings = [row.xpath(".//option[@selected]/@value") for row in page.xpath("//tbody/tr")]
    assert meanings[:2] == [["title"], ["document_number"]]
    headings = page.xpath("//input[@name='heading']/@value")
    confirmed = {
        "heading": headings,
        "meaning": [(each or [""])[0] for each in meanings],
        "kind": "document",
        "agency": WATER,
        "act": "import",
    }
    answer = registrar.post(ticket, confirmed)
    page = registrar.get(answer.headers["Location"])
    assert faults(page) == []
    assert "没有登记的记录" in words(page)
    listed = registrar.client.get(f"{answer.headers['Location']}.csv")
    assert "title" in listed.text
    assert "关于泵站的通知" in words(registrar.get("/my"))


def test_a_file_of_another_kind_is_refused_in_words(registrar: Visitor) -> None:
    sent = {"file": (io.BytesIO(b"%PDF"), "目录.pdf")}
    page = registrar.read(registrar.post("/register/upload", sent, 422), 422)
    assert "文件没有读入" in words(page)
    page = registrar.read(registrar.post("/register/upload", {}, 422), 422)
    assert "选择一个文件" in words(page)


def test_the_empty_table_can_be_had(registrar: Visitor) -> None:
    for kind in KINDS:
        answer = registrar.client.get(f"/register/template-{kind}.xlsx")
        assert answer.data[:2] == b"PK"


def test_an_error_is_told_once_at_its_field(registrar: Visitor) -> None:
    sent = {"title": "关于泵站的通知", "act": "submit"}
    page = registrar.read(registrar.post("/register/document", sent, 422), 422)
    told = [words(each) for each in page.xpath("//p[@class='problem']")]
    assert len(told) == len(set(told)) == len(page.xpath("//*[@id='problems']//li"))
    assert not page.xpath("//p[@class='warned']")


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("document", {"document_number", "online"}),
        ("non-document", {"items.0.name", "service.url"}),
    ],
)
def test_what_is_looked_for_most_is_asked_for_in_sight(
    registrar: Visitor, kind: str, names: set[str]
) -> None:
    page = registrar.get(f"/register/{kind}")
    folded = set(page.xpath("//details//@name"))
    assert names <= set(page.xpath("//main//@name"))
    assert not names & folded
    assert "internal-affairs" not in words(page), "an example is a name, not a code"
