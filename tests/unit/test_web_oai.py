"""`/oai`, the provider: every detail of the protocol that harvesters stumble over."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from sqlalchemy import event

from catalog import agencies
from catalog.agencies import AgencyView
from catalog.registration import Proposal
from catalog.viewers import OPERATOR
from standards.xmlparser import parse
from tests.offices import CENTRE, PUMPS, WATER, values
from tests.websites import Website, furnish, website
from web.feeds.oai import verbs

OAI = "{http://www.openarchives.org/OAI/2.0/}"
DC_ALL = {"verb": "ListRecords", "metadataPrefix": "oai_dc"}
HEADS = {"verb": "ListIdentifiers", "metadataPrefix": "oai_dc"}


@dataclass
class Told:
    """An answer, read."""

    status: int
    content_type: str
    root: etree._Element

    @property
    def error(self) -> str | None:
        found = self.root.find(f"{OAI}error")
        return None if found is None else found.get("code")

    @property
    def request(self) -> dict[str, str]:
        found = self.root.find(f"{OAI}request")
        assert found is not None
        return dict(found.attrib)

    @property
    def identifiers(self) -> list[str]:
        return [str(each.text) for each in self.root.iter(f"{OAI}identifier") if each.text]

    @property
    def entries(self) -> list[str]:
        return [each.rpartition(":")[2] for each in self.identifiers]

    @property
    def token(self) -> etree._Element | None:
        return next(self.root.iter(f"{OAI}resumptionToken"), None)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Website]:
    told = {"base_url": "https://mulu.example.gov.cn", "admin_email": "oai@example.gov.cn"}
    with website(tmp_path, **told) as made:
        yield made


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Website]:
    """One with a single entry, for whatever changes nothing."""
    with website(tmp_path_factory.mktemp("still")) as made:
        made.offices.published()
        yield made


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of two."""
    for name in ("RECORDS", "HEADS", "SETS"):
        monkeypatch.setattr(verbs, name, 2)


def ask(site: Website, query: dict[str, str] | list[tuple[str, str]] | str) -> Told:
    sent = query if isinstance(query, str) else urlencode(query)
    answer = site.client.get(f"/oai?{sent}")
    return Told(answer.status_code, answer.content_type, parse(answer.data))


def walk(site: Website, query: dict[str, str]) -> Iterator[Told]:
    """All pages of a list."""
    while True:
        told = ask(site, query)
        assert told.error is None
        yield told
        if told.token is None or not told.token.text:
            return
        query = {"verb": query["verb"], "resumptionToken": told.token.text}


def everything(site: Website, query: dict[str, str]) -> list[str]:
    return [entry for told in walk(site, query) for entry in told.entries]


def test_identify_tells_what_harvesters_go_by(site: Website) -> None:
    furnish(site)
    root = ask(site, {"verb": "Identify"}).root
    told = {etree.QName(each).localname: each.text for each in root.iter(etree.Element)}
    assert told["baseURL"] == "https://mulu.example.gov.cn/oai" == told["request"]
    assert (told["protocolVersion"], told["deletedRecord"]) == ("2.0", "persistent")
    assert told["granularity"] == "YYYY-MM-DDThh:mm:ssZ"
    assert told["earliestDatestamp"] == "2009-03-18T09:00:00Z"
    assert told["adminEmail"] == "oai@example.gov.cn"
    assert told["repositoryIdentifier"] == "mulu.example.gov.cn"
    assert b"<OAI-PMH xmlns=" in site.client.get("/oai?verb=Identify").data  # and no prefix


def test_a_list_has_what_the_public_sees_and_what_it_saw(site: Website) -> None:
    made = furnish(site)
    told = ask(site, DC_ALL)
    assert told.entries == [made["served"], made["data"], made["withdrawn"]]
    last = list(told.root.iter(f"{OAI}record"))[-1]
    assert last[0].get("status") == "deleted"
    assert last.find(f"{OAI}metadata") is None
    assert told.token is None
    assert ask(site, HEADS).entries == told.entries


def test_get_record(site: Website) -> None:
    made = furnish(site)
    names = {key: f"oai:mulu.example.gov.cn:{entry}" for key, entry in made.items()}
    one = {"verb": "GetRecord", "metadataPrefix": "mulu"}
    assert ask(site, {**one, "identifier": names["served"]}).entries == [made["served"]]
    deleted = ask(site, {**one, "identifier": names["withdrawn"]}).root
    assert next(deleted.iter(f"{OAI}header")).get("status") == "deleted"
    for unknown in (names["withheld"], names["submitted"], made["served"], "oai:other:1", "%20"):
        told = ask(site, {**one, "identifier": unknown})
        assert told.error == "idDoesNotExist"
        assert told.request["identifier"] == unknown
    marc = ask(site, {**one, "identifier": names["served"], "metadataPrefix": "marc21"})
    assert marc.error == "cannotDisseminateFormat"
    formats = {"verb": "ListMetadataFormats"}
    assert ask(site, {**formats, "identifier": names["withheld"]}).error == "idDoesNotExist"
    for query in (formats, {**formats, "identifier": names["served"]}):
        prefixes = ask(site, query).root.iter(f"{OAI}metadataPrefix")
        assert [each.text for each in prefixes] == ["oai_dc", "mulu"]


WRONG = {
    "": "badVerb",
    "verb=": "badVerb",
    "verb=identify": "badVerb",
    "verb=Nothing": "badVerb",
    "verb=Identify&verb=Identify": "badVerb",
    "verb=Identify&verb=ListSets": "badVerb",
    "verb=Identify&x=1": "badArgument",
    "verb=Identify&metadataPrefix=oai_dc": "badArgument",
    "verb=Identify&resumptionToken=x": "badArgument",
    "verb=ListRecords": "badArgument",
    "verb=ListIdentifiers": "badArgument",
    "verb=ListRecords&metadataPrefix=": "badArgument",
    "verb=ListRecords&metadataPrefix=oai%20dc": "badArgument",
    "verb=ListRecords&metadataPrefix=oai_dc&metadataPrefix=oai_dc": "badArgument",
    "verb=ListRecords&metadataPrefix=oai_dc&set=%E6%B0%B4": "badArgument",
    "verb=ListRecords&metadataPrefix=oai_dc&set=a:": "badArgument",
    "verb=ListRecords&metadataPrefix=oai_dc&resumptionToken=x": "badArgument",
    "verb=ListRecords&resumptionToken=x&resumptionToken=x": "badArgument",
    "verb=ListRecords&resumptionToken=x&from=2009-01-01": "badArgument",
    "verb=ListRecords&metadataPrefix=marc21": "cannotDisseminateFormat",
    "verb=ListRecords&resumptionToken=": "badResumptionToken",
    "verb=ListRecords&resumptionToken=junk": "badResumptionToken",
    "verb=ListSets&resumptionToken=%E6%B0%B4": "badResumptionToken",
    "verb=ListRecords&resumptionToken=" + "A" * 5000: "badResumptionToken",
    "verb=GetRecord&metadataPrefix=oai_dc": "badArgument",
    "verb=GetRecord&identifier=oai:x:1": "badArgument",
    "verb=GetRecord&metadataPrefix=oai_dc&identifier=a%01b": "badArgument",
    "verb=GetRecord&metadataPrefix=oai_dc&identifier=%3Cscript%3E": "badArgument",
    "verb=ListRecords&metadataPrefix=oai_dc&set=kind:none": "noRecordsMatch",
    "verb=ListRecords&metadataPrefix=oai_dc&set=planet:mars": "noRecordsMatch",
    "verb=ListRecords&metadataPrefix=oai_dc&until=2001-01-01": "noRecordsMatch",
}


@pytest.mark.parametrize("query", WRONG)
def test_what_is_wrong_is_told_with_200_as_xml(still: Website, query: str) -> None:
    told = ask(still, query)
    assert (told.status, told.error) == (200, WRONG[query])
    assert told.content_type.startswith("text/xml")
    assert (told.request == {}) == (told.error in ("badVerb", "badArgument"))


DATES = {
    "from=2009-02-30": "badArgument",
    "from=2023-02-29": "badArgument",
    "from=2009-3-1": "badArgument",
    "from=2009": "badArgument",
    "from=2009-03": "badArgument",
    "from=": "badArgument",
    "from=20090301": "badArgument",
    "from=0000-01-01": "badArgument",
    "from=2009-03-18T09:00:00": "badArgument",
    "from=2009-03-18T09:00Z": "badArgument",
    "from=2009-03-18T09:00:00.0Z": "badArgument",
    "from=2009-03-18T25:00:00Z": "badArgument",
    "from=2009-03-18T17:00:00%2B08:00": "badArgument",
    "from=2009-03-18T17:00:00+08:00": "badArgument",
    "from=%D9%A2%D9%A0%D9%A0%D9%A9-01-01": "badArgument",
    "from=2009-03-18&until=2009-03-18T10:00:00Z": "badArgument",
    "from=2009-03-19&until=2009-03-18": "badArgument",
    "until=9999-12-31": None,
    "from=0001-01-01": None,
    "from=2009-03-18&until=2009-03-18": None,
    "from=2009-03-18T09:00:00Z&until=2009-03-18T09:00:00Z": None,
    "until=2009-03-18T09:00:00Z": None,
    "from=2009-03-18T09:00:01Z": "noRecordsMatch",
    "until=2009-03-18T08:59:59Z": "noRecordsMatch",
    "from=2009-03-19": "noRecordsMatch",
    "until=2009-03-17": "noRecordsMatch",
}


@pytest.mark.parametrize("dates", DATES)
def test_both_bounds_are_inclusive_and_of_one_form(still: Website, dates: str) -> None:
    for verb in ("ListRecords", "ListIdentifiers"):
        assert ask(still, f"verb={verb}&metadataPrefix=oai_dc&{dates}").error == DATES[dates]


def test_the_request_is_repeated_as_it_was_sent(still: Website) -> None:
    sent = {**HEADS, "set": "kind:document", "from": "2009-03-18", "until": "2010-01-01"}
    assert ask(still, sent).request == sent
    junk = {"verb": "ListRecords", "resumptionToken": "\"<&>'水"}
    told = ask(still, junk)
    assert (told.error, told.request) == ("badResumptionToken", junk)


def test_post_is_answered_alike(site: Website) -> None:
    furnish(site)
    posted = site.client.post("/oai", data=DC_ALL)
    assert posted.status_code == 200
    assert posted.data == site.client.get("/oai", query_string=DC_ALL).data
    assert b"badVerb" in site.client.post("/oai?verb=Identify", data={"verb": "Identify"}).data


def test_a_long_list_goes_on_by_tokens_that_stand_alone_and_may_be_repeated(
    site: Website, small: None
) -> None:
    made = [str(site.offices.published().identifier) for _ in range(5)]
    pages = list(walk(site, DC_ALL))
    assert [told.entries for told in pages] == [made[:2], made[2:4], made[4:]]
    tokens = [told.token for told in pages]
    assert [each is not None and bool(each.text) for each in tokens] == [True, True, False]
    assert [each.get("cursor") for each in tokens if each is not None] == ["0", "2", "4"]
    assert {each.get("completeListSize") for each in tokens if each is not None} == {"5"}
    assert tokens[0] is not None
    onward = {"verb": "ListRecords", "resumptionToken": str(tokens[0].text)}
    assert ask(site, onward).entries == ask(site, onward).entries == made[2:4]
    assert ask(site, {**onward, "verb": "ListIdentifiers"}).error == "badResumptionToken"
    spoilt = onward["resumptionToken"][:-3] + "AAA"
    assert ask(site, {**onward, "resumptionToken": spoilt}).error == "badResumptionToken"


def test_a_list_of_whole_pages_ends_with_an_empty_token(site: Website, small: None) -> None:
    for _ in range(4):
        site.offices.published()
    pages = list(walk(site, HEADS))
    assert [len(told.entries) for told in pages] == [2, 2]
    assert pages[-1].token is not None
    assert not pages[-1].token.text


def test_no_record_is_missed_or_comes_twice_while_entries_change(
    site: Website, small: None
) -> None:
    offices = site.offices
    made = [offices.sent(f"k{n}") for n in range(6)]
    pages = walk(site, DC_ALL)
    first = next(pages).entries
    offices.sent("k0", title="改了")
    offices.sent("k5", title="也改了")
    offices.sent("k4", disclosure="withheld")
    offices.sent("new")
    rest = [entry for told in pages for entry in told.entries]
    assert [*first, *rest] == [str(each.identifier) for each in made]


def test_what_changed_is_told_by_its_second(site: Website, small: None) -> None:
    offices, clock = site.offices, site.offices.clock
    for n in range(5):
        offices.sent(f"k{n}")
    clock.advance(timedelta(seconds=90))
    changed = [offices.sent("k3", title="改了"), offices.sent("k1", title="改了")]
    gone = offices.sent("k4", disclosure="withheld")
    since = {**HEADS, "from": "2009-03-18T09:01:30Z"}
    assert sorted(everything(site, since)) == sorted(
        str(each.identifier) for each in (*changed, gone)
    )
    assert len(everything(site, {**HEADS, "until": "2009-03-18T09:01:29Z"})) == 2


def test_many_changes_are_found_like_few(
    site: Website, small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from catalog import listing

    made = furnish(site)
    for n in range(7):
        site.offices.sent(f"k{n}")
    for query in ({**HEADS, "from": "2009-01-01"}, {**HEADS, "set": "theme"}):
        few = everything(site, query)
        with monkeypatch.context() as patch:
            for name, value in {"FEW": 1, "NARROWEST": 1, "WIDEST": 2}.items():
                patch.setattr(listing, name, value)
            assert everything(site, query) == few
    assert few == [made["served"]]


def test_sets_are_trees_whose_inner_sets_include_all_below(site: Website) -> None:
    pumps = Proposal("document", values("泵站"), PUMPS, accept=True)
    made = furnish(site)
    below = site.offices.register(pumps, actor=OPERATOR)[0].identifier
    specs = {
        str(each.findtext(f"{OAI}setSpec")): str(each.findtext(f"{OAI}setName"))
        for each in ask(site, {"verb": "ListSets"}).root.iter(f"{OAI}set")
    }
    assert all(spec.isascii() for spec in specs)
    assert {spec.rpartition(":")[0] for spec in specs if ":" in spec} <= specs.keys()
    assert specs[f"agency:{CENTRE}:{WATER}"] == "上海市水务局"
    shown = [made["served"], made["data"], made["withdrawn"], str(below)]
    for spec, expected in {
        "agency": shown,
        f"agency:{CENTRE}": shown,
        f"agency:{CENTRE}:{WATER}:{PUMPS}": shown[3:],
        "kind": shown,
        "kind:non-document": [made["data"]],
        "theme": [made["served"]],
        "theme:ZG000": [made["served"]],
        "theme:ZG000:ZGG00": [made["served"]],
    }.items():
        assert everything(site, {**HEADS, "set": spec}) == expected
    for head in ask(site, HEADS).root.iter(f"{OAI}header"):
        assert {each.text for each in head.iter(f"{OAI}setSpec")} <= specs.keys()
    for spec in (f"agency:{WATER}", "agency:nobody", "theme:ZGG00", "kind:document:more"):
        assert ask(site, {**HEADS, "set": spec}).error == "noRecordsMatch"


def test_a_set_is_in_ascii_whatever_the_code(site: Website) -> None:
    now = site.offices.clock.now()
    with site.offices.database.writing() as session:
        for code, division in (("水~1", "310115"), ("W 2", "no:division")):
            agency = AgencyView(code, f"{code}局", division=division)
            agencies.add(session, OPERATOR, agency, now)
    for code in ("水~1", "W 2"):
        proposal = Proposal("document", values("题"), code, accept=True)
        made = site.offices.register(proposal, actor=OPERATOR)[0]
        told = ask(site, {**HEADS, "from": "2009-01-01"})
        head = list(told.root.iter(f"{OAI}header"))[-1]
        for spec in head.iter(f"{OAI}setSpec"):
            assert str(spec.text).isascii()
            found = ask(site, {**HEADS, "set": str(spec.text)}).identifiers
            assert head.findtext(f"{OAI}identifier") in found
        assert made.identifier
    assert len(everything(site, {**HEADS, "set": "district:310000:310115"})) == 1
    assert len(everything(site, {**HEADS, "set": "district"})) == 2


def test_sets_are_listed_page_by_page(site: Website, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = [each.text for each in ask(site, {"verb": "ListSets"}).root.iter(f"{OAI}setSpec")]
    monkeypatch.setattr(verbs, "SETS", 100)
    pages = list(walk(site, {"verb": "ListSets"}))
    assert [each.text for told in pages for each in told.root.iter(f"{OAI}setSpec")] == whole
    assert len(pages) == len(whole) // 100 + 1
    assert pages[-1].token is not None
    assert all(before.token is not None for before, _ in pairwise(pages))


def test_no_character_breaks_a_page(site: Website) -> None:
    odd = "甲\x0b\x01乙\ufffe]]>&<\"'\r\n丙"
    made = site.offices.published(title=odd, abstract=odd)
    for prefix in ("oai_dc", "mulu"):
        told = ask(site, {**DC_ALL, "metadataPrefix": prefix})
        assert told.entries == [made.identifier]
        text = "".join(map(str, told.root.itertext()))
        assert "]]>&<\"'" in text


def test_what_is_withheld_of_an_entry_is_in_no_format(site: Website) -> None:
    site.offices.published(
        abstract="夜鹭栖息地的坐标",
        redactions=[{"part": "abstract", "ground": "internal-affairs", "reason": "内部安排"}],
    )
    for prefix in ("oai_dc", "mulu"):
        body = site.get(f"/oai?verb=ListRecords&metadataPrefix={prefix}", "reviewer").text
        assert "夜鹭" not in body
        assert "雨水泵站" in body


def test_a_page_takes_few_queries(site: Website) -> None:
    for n in range(30):
        site.offices.sent(f"k{n}")
    asked: list[str] = []
    with site.offices.database.reading() as session:
        engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    for query, most in (
        (DC_ALL, 5),
        ({**DC_ALL, "metadataPrefix": "mulu", "from": "2009-01-01"}, 7),
        ({**HEADS, "set": f"agency:{CENTRE}"}, 7),
    ):
        asked.clear()
        assert len(ask(site, query).entries) == 30
        assert len([told for told in asked if told.startswith("SELECT")]) <= most, asked


def test_an_answer_is_compressed_for_those_who_can_read_it(site: Website) -> None:
    furnish(site)
    plain = site.client.get("/oai?verb=ListSets")
    packed = site.client.get("/oai?verb=ListSets", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert "Accept-Encoding" in plain.headers["Vary"]


arguments = st.lists(
    st.tuples(
        st.sampled_from(["verb", "metadataPrefix", "set", "from", "until", "identifier", "水"])
        | st.just("resumptionToken"),
        st.sampled_from(["ListRecords", "GetRecord", "oai_dc", "kind", "2009-01-01"])
        | st.text(max_size=20).filter(lambda text: "\0" not in text),
    ),
    max_size=5,
)


@given(arguments)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
def test_whatever_is_asked_the_answer_is_oai_pmh(
    still: Website, query: list[tuple[str, str]]
) -> None:
    sent = [(name, text.encode("utf-8", "replace")) for name, text in query]
    told = ask(still, urlencode(sent))
    assert (told.status, told.root.tag) == (200, f"{OAI}OAI-PMH")
