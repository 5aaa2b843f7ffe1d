"""Every page, in both languages and for every role: complete, labelled, in order, translated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from tests.elements import contest
from tests.offices import WATER
from tests.pages import Visitor, faults, words
from tests.websites import Website, dispute, double, furnish, website

WEB = Path(__file__).resolve().parents[2] / "web"
METHODS = [("pages/**.py", "python"), ("templates/**.html", "jinja2")]
PUBLIC = (
    "/",
    "/search",
    "/search?q=防汛",
    "/search?q=没有这样的东西&kind=document",
    "/search?q=防汛&agency=310A7&disclosure=proactive&issued_from=2008",
    "/agencies",
    f"/agencies/{WATER}",
    "/locate",
    "/locate?item=泵站名称",
    "/locate?item=没有这个",
    "/locate?item=公民身份号码",
    "/elements",
    "/elements?q=名称",
    "/elements/RK001",
    "/map",
    "/map?division=310106",
    "/map?west=120&south=30&east=122&north=32",
    "/map?west=120&south=30&east=122&north=32&relation=within",
    "/map?longitude=121.47&latitude=31.23&kilometres=20",
    "/about",
    "/reference/document",
    "/reference/non-document",
    "/reference/codes/genres",
    "/statistics",
    "/transparency",
    "/transparency/2009",
    "/sign-in",
    "/entries/{served}",
    "/entries/{data}",
    "/entries/{data}/ask",
    "/access",
    "/validate",
    "/validate/document",
)
ROLES = {
    "registrar": (
        "/register",
        "/register/document",
        "/register/non-document",
        "/register/upload",
        "/my",
        "/curations",
        "/curations?state=conflict&source=water-automatic",
        "/entries/{disputed}",
        "/entries/{disputed}/edit",
        "/entries/{served}",
        "/entries/{served}/edit",
        "/entries/{served}/history",
        "/entries/{submitted}/edit",
    ),
    "auditor": (
        "/review/consistency",
        "/review/consistency?rule=review-due",
        "/audit",
        "/audit?entry={withheld}&from=2001-01-01",
        "/audit?actor=nobody",
    ),
    "reviewer": (
        "/review",
        "/review?q=河道",
        "/requests/1",
        "/duplicates",
        "/duplicates?kind=number&state=distinct",
        "/duplicates/{pair}",
        "/elements/RK001",
        "/elements/claims",
        "/elements/claims/{claim}",
        "/elements/duplicates",
        "/elements/RK001/duplicates",
        "/entries/{served}/attributes",
        "/entries/{served}/withdraw",
        "/entries/{served}/merge",
        "/my/deputies",
        "/search",
        "/access/queue",
    ),
    "administrator": (
        "/elements/new",
        "/elements/RK001/edit",
        "/review/steps",
        "/sources",
        "/sources/water-automatic",
    ),
}
ERRORS = {
    "/entries/310A7-999999": 404,
    "/entries/{withheld}": 404,
    "/entries/{withdrawn}": 410,
    "/search?size=x": 422,
    "/search?issued_from=soon": 422,
    "/map?west=x&south=1&east=2&north=3": 422,
    "/map?longitude=121&latitude=31": 422,
    "/search?cursor=nonsense": 422,
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Website, dict[str, str]]]:
    with website(tmp_path_factory.mktemp("pages")) as made:
        yield (
            made,
            furnish(made)
            | {
                "disputed": dispute(made),
                "pair": double(made),
                "claim": contest(made.offices),
            },
        )


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("path", PUBLIC)
def test_public_pages_are_sound(
    site: tuple[Website, dict[str, str]], path: str, language: str
) -> None:
    visitor = Visitor(site[0].client)
    visitor.client.set_cookie("lang", language)
    page = visitor.get(path.format(**site[1]))
    assert faults(page) == []
    assert page.getroottree().getroot().get("lang") == ("en" if language == "en" else "zh-Hans")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("role", ROLES)
def test_pages_of_a_role_are_sound(
    site: tuple[Website, dict[str, str]], role: str, language: str
) -> None:
    visitor = Visitor(site[0].client)
    visitor.client.set_cookie("lang", language)
    visitor.sign_in(role)
    for path in ROLES[role]:
        assert (path, faults(visitor.get(path.format(**site[1])))) == (path, [])


@pytest.mark.parametrize("path", ERRORS)
def test_errors_are_pages_with_a_way_on(site: tuple[Website, dict[str, str]], path: str) -> None:
    page = Visitor(site[0].client).get(path.format(**site[1]), ERRORS[path])
    assert faults(page) == []
    assert page.xpath("//main//a[@href='/'] | //main//form")


def test_a_tombstone_tells_when_and_why(site: tuple[Website, dict[str, str]]) -> None:
    made, entries = site
    page = Visitor(made.client).get(f"/entries/{entries['withdrawn']}", 410)
    assert made.parts.clock.now().date().isoformat() in words(page)
    assert "撤销理由" in words(page)


@pytest.mark.parametrize("role", ["registrar", "reviewer", "auditor", "administrator"])
def test_pages_of_a_role_ask_others_to_sign_in(
    site: tuple[Website, dict[str, str]], role: str
) -> None:
    for path in ROLES[role]:
        if path.startswith(
            ("/entries/{served}", "/entries/{disputed}", "/search", "/elements/RK001")
        ) and not path.endswith(("edit", "/duplicates")):
            continue
        answer = site[0].client.get(path.format(**site[1]), headers={"Accept": "text/html"})
        assert answer.status_code in (302, 303), path
        assert answer.headers["Location"].startswith("/sign-in?next=/")


def test_no_page_asks_another_site_for_anything(site: tuple[Website, dict[str, str]]) -> None:
    for path in PUBLIC:
        page = Visitor(site[0].client).get(path.format(**site[1]))
        for address in page.xpath("//script/@src | //link/@href | //img/@src | //form/@action"):
            assert re.match(r"/[^/]|/$", address), address


def _messages() -> set[str]:
    found = extract_from_dir(WEB, METHODS, keywords={"_": None, "gettext": None})
    return {message if isinstance(message, str) else message[0] for _, _, message, _, _ in found}


def test_every_text_has_its_english() -> None:
    catalog = WEB / "translations" / "en" / "LC_MESSAGES" / "messages"
    with catalog.with_suffix(".po").open("rb") as file:
        english = {_first(message.id): message for message in read_po(file) if message.id}
    with catalog.with_suffix(".mo").open("rb") as file:
        compiled = {_first(each.id): _told(each) for each in read_mo(file) if each.id}
    assert _messages() - {key for key, message in english.items() if message.string} == set()
    assert english.keys() - _messages() == set(), "no longer used"
    assert compiled == {key: _told(message) for key, message in english.items()}, "not compiled"
    for key, message in english.items():
        assert set(re.findall(r"%\(\w+\)s", str(message.id))) == set(
            re.findall(r"%\(\w+\)s", str(message.string))
        ), key


def _first(identifier: object) -> str:
    """What a message is known by; one with a plural, by its singular."""
    return identifier if isinstance(identifier, str) else identifier[0]  # type: ignore[index]


def _told(message: Message) -> tuple[str, ...]:
    """The wording, or the wordings of its numbers."""
    said = message.string
    return (said,) if isinstance(said, str) else tuple(said)


def test_files_are_kept_by_browsers_until_they_change(
    site: tuple[Website, dict[str, str]],
) -> None:
    visitor = Visitor(site[0].client)
    visitor.sign_in("registrar")
    page = visitor.get("/map")
    files = page.xpath("//script/@src | //link[@rel='stylesheet']/@href")
    assert len(files) == 5
    for address in files:
        answer = visitor.client.get(address)
        assert "?v=" in address
        assert answer.status_code == 200
        assert "max-age=31536000" in answer.headers["Cache-Control"]
        answer.close()
