"""DCAT and data.json as real portals write them: what is wrong with them, and what is kept."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_socket import SocketBlockedError

from catalog import entries
from catalog.viewers import PUBLIC
from harvesters.faults import HarvestFault, fault
from harvesters.fetched import Job
from harvesters.fetching import ANYTHING, Answer, FakeFetcher
from harvesters.plan import Action
from harvesters.report import Report
from harvesters.sources.data_json import DataJson
from standards.formats import dcat_graph, rdf
from tests.harvesting import Directory, counts, rules

URL = "http://dcat.example/catalog"
PREFIXES = (
    "@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .\n"
)
CONTEXT = {"dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/"}


@pytest.fixture
def directory(tmp_path: Path) -> Directory:
    return Directory.made(tmp_path)


@dataclass
class Web:
    """Documents by address, with the Link header of each."""

    bodies: dict[str, str]
    links: dict[str, str] = field(default_factory=dict)

    def get(
        self,
        url: str,
        params: Any = None,
        *,
        accept: str = ANYTHING,
        conditional: bool = False,
    ) -> Answer:
        if url not in self.bodies:
            raise fault("http-status", place=url, value="404")
        return Answer(url, self.bodies[url].encode(), link=self.links.get(url, ""))


def harvest(directory: Directory, body: str, protocol: str = "dcat") -> Report:
    name = directory.source("目录", protocol, URL)
    return directory.harvest(name, Web({URL: body}))


def only(directory: Directory) -> dict[str, Any]:
    """The values of the one entry that is served."""
    (identifier,) = directory.served()
    with directory.database.reading() as session:
        view = entries.find(session, PUBLIC, identifier)
    assert view.served is not None
    return dict(view.served.descriptor.values)


def refused(report: Report) -> list[tuple[str, set[str]]]:
    return [
        (line.place, {each.rule for each in line.problems})
        for line in report.lines()
        if line.action is Action.REJECTED
    ]


def errors(report: Report) -> set[str]:
    """The rules that kept a record out."""
    lines = (line for line in report.lines() if line.action is Action.REJECTED)
    return {each.rule for line in lines for each in line.problems if each.is_error}


def dataset(number: int, more: str = "") -> str:
    return f'<http://d/{number}> a dcat:Dataset ; dct:title "第{number}号"@zh {more} .\n'


def test_a_turtle_catalog_with_blank_nodes_services_and_languages(directory: Directory) -> None:
    body = (
        PREFIXES
        + """
        [] a dcat:Catalog ; dcat:dataset [
          dct:title "Pumps"@en, "泵站"@zh, "Pompes"@fr ;
          dct:description "<p>Stations</p>"@en ;
          dct:publisher [ <http://xmlns.com/foaf/0.1/name> "上海市水务局" ] ;
          dct:accrualPeriodicity <http://eu/resource/authority/frequency/ANNUAL> ;
          dct:spatial [ dcat:bbox "POLYGON((121 31, 122 31, 122 32, 121 32, 121 31))" ] ;
          dct:temporal [ dcat:startDate "2020-01-01" ; dcat:endDate "2021-12-31" ] ;
          dcat:landingPage <http://d/a page> ;
          dcat:distribution [ dct:format "CSV" ; dcat:accessService [
              a dcat:DataService ; dct:title "接口" ;
              dcat:endpointURL <http://d/wfs> ; dct:conformsTo "WFS" ] ] ] .
        """
    )
    report = harvest(directory, body)
    assert counts(report) == {"created": 2}, "the dataset and its service"
    titles = directory.titles()
    assert titles == ["接口", "泵站"]
    identifier = next(key for key, title in directory.served().items() if title == "泵站")
    with directory.database.reading() as session:
        view = entries.find(session, PUBLIC, identifier)
    assert view.served is not None
    values = view.served.descriptor.values
    assert values["abstract"] == "Stations"
    assert values["provider"] == [{"name": "上海市水务局"}]
    assert values["update_cycle"] == "P1Y"
    assert values["place"] == {"west": 121, "south": 31, "east": 122, "north": 32}
    assert values["period"] == {"begin": "2020-01-01", "end": "2021-12-31"}
    assert values["online"] == ["http://d/a%20page"]
    assert values["service"] == {"url": "http://d/wfs", "type": "wfs"}
    assert values["format"]["type"] == ["csv"]
    assert counts(directory.harvest("目录", Web({URL: body}))) == {"unchanged": 2}


def test_well_known_prefixes_are_assumed_and_a_broken_statement_is_named(
    directory: Directory,
) -> None:
    body = dataset(1) + dataset(2, "; ex:odd 3") + "\n" + dataset(3)
    report = harvest(directory, body)
    assert counts(report) == {"created": 2, "rejected": 1}
    assert refused(report) == [("catalog L2", {"graph-statement-broken"})]
    assert {"graph-prefixes-assumed", "run-incomplete"} <= rules(report)


def test_templates_and_bad_dates_are_left_out_with_a_warning(directory: Directory) -> None:
    body = (
        PREFIXES
        + dataset(1, '; dct:issued "jeudi" ; dct:description "{{description}}"')
        + '<http://d/2> a dcat:Dataset ; dct:title "{{title}}" .'
    )
    report = harvest(directory, body)
    assert counts(report) == {"created": 1, "rejected": 1}
    ((place, said),) = refused(report)
    assert place == "catalog [2] http://d/2"
    assert "unfilled" in said
    assert errors(report) == {"required"}
    assert not {"issued", "abstract"} & only(directory).keys()


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ("<!doctype html><html><body>login</body></html>", "graph-not-rdf"),
        ("  ", "graph-empty"),
        ("[" * 5000, "graph-too-deep"),
        ("{" + '"a":{' * 500, "graph-broken"),
        ('{"a":' * 300 + "1" + "}" * 300, "graph-too-deep"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><rdf:RDF>&b;</rdf:RDF>', "graph-broken"),
        ("<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><a>", "graph-broken"),
        ("@prefix dcat <x> . no turtle at all", "graph-broken"),
    ],
)  # fmt: skip
def test_what_is_no_catalog_is_told_in_words(directory: Directory, body: str, rule: str) -> None:
    report = harvest(directory, body)
    assert report.state == "failed"
    assert rule in rules(report) or "graph-statement-broken" in rules(report)
    assert not report.complete


def test_nothing_that_json_ld_refers_to_is_fetched(directory: Directory) -> None:
    context = "http://evil.example/context.jsonld"
    body = {
        "@context": [context, {"@import": context, "x": {"@id": "dct:x", "@context": context}}],
        "@type": "dcat:Dataset",
        "dct:title": {"@language": "zh", "@value": "泵站"},
        "keyword": ["水"],
    }
    report = harvest(directory, json.dumps(body))
    assert counts(report) == {"created": 1}
    (note,) = [each for each in report.notes if each.rule == "graph-context-unknown"]
    assert context in (note.value or "")
    assert only(directory)["keywords"] == [{"keyword": ["水"]}]


def test_known_contexts_are_our_own(directory: Directory) -> None:
    body = {
        "@context": "https://project-open-data.cio.gov/v1.1/schema/catalog.jsonld",
        "@type": "dcat:Catalog",
        "dataset": [{"@type": "dcat:Dataset", "identifier": "A-1", "title": "泵站"}],
    }
    report = harvest(directory, json.dumps(body))
    assert counts(report) == {"created": 1}
    assert "graph-context-unknown" not in rules(report)


def test_rdf_xml_as_real_servers_write_it(directory: Directory) -> None:
    body = """<?xml version="1.0" encoding="GB18030"?>
    <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
      xmlns:dcat="http://www.w3.org/ns/dcat#" xmlns:dct="http://purl.org/dc/terms/">
      <dcat:Dataset rdf:about="http://d/1 2"><dct:title>泵站</dct:title>
        <dcat:theme rdf:resource="http://t/hy">水文</dcat:theme></dcat:Dataset>
      <dcat:Catalog rdf:about="http://d/"><dcat:dataset rdf:resource="http://d/9"/></dcat:Catalog>
    </rdf:RDF>"""
    name = directory.source("目录", "dcat", URL)
    report = directory.harvest(name, FakeFetcher({URL: body.encode("gb18030")}))
    assert counts(report) == {"created": 1, "rejected": 1}
    assert refused(report) == [("catalog [3] http://d/9", {"dcat-not-described"})]
    values = only(directory)
    assert values["title"] == "泵站"
    assert values["category"][0]["name"] == "水文"


def hydra(number: int, following: str, total: int, sets: str) -> str:
    link = f'; <http://www.w3.org/ns/hydra/core#next> "{following}"' if following else ""
    view = f"<http://h/{number}> <http://www.w3.org/ns/hydra/core#totalItems> {total} {link} .\n"
    return PREFIXES + view + sets


@pytest.mark.parametrize(
    ("pages", "outcome", "rule"),
    [
        ({"": ("?p=2", 3), "?p=2": ("", 3)}, {"created": 3}, None),
        ({"": ("?p=2", 3), "?p=2": (URL, 3)}, {"created": 3}, None),
        ({"": ("?p=2", 9), "?p=2": (URL, 9)}, {"created": 3}, "dcat-pages-loop"),
        ({"": ("?p=2", 9), "?p=2": ("", 9)}, {"created": 3}, "dcat-total-differs"),
        ({"": ("?p=2", 1), "?p=2": ("", 1)}, {"created": 3}, None),
        ({"": ("?p=3", 3)}, {"created": 2}, "http-status"),
    ],
    ids=["sound", "odd end", "loop", "too few", "too many", "page missing"],
)
def test_hydra_pages(
    directory: Directory, pages: dict[str, tuple[str, int]], outcome: Any, rule: str | None
) -> None:
    sets = {"": dataset(1) + dataset(2), "?p=2": dataset(3)}
    bodies = {URL + at: hydra(1, to, total, sets[at]) for at, (to, total) in pages.items()}
    name = directory.source("目录", "dcat", URL)
    report = directory.harvest(name, Web(bodies))
    assert counts(report) == outcome
    assert report.complete is (rule is None)
    assert rule is None or rule in rules(report)


def test_pages_by_link_headers(directory: Directory) -> None:
    bodies = {URL: PREFIXES + dataset(1), f"{URL}/2": PREFIXES + dataset(2)}
    links = {URL: f'<{URL}>; rel="self", <{URL}/2>; rel="last next"'}
    name = directory.source("目录", "dcat", URL)
    assert counts(directory.harvest(name, Web(bodies, links))) == {"created": 2}


def test_what_a_dataset_may_not_mean_is_not_assumed() -> None:
    body = json.dumps({"dataset": [
        {"identifier": "1", "title": "甲", "accessLevel": "public", "license": "No rights"},
        {"identifier": "2", "title": "乙", "accessLevel": "non-public"},
    ]})  # fmt: skip
    (first, second) = records(body)
    assert "disclosure" not in first.values
    assert "openness" not in first.values
    assert second.values["disclosure"] == {"attribute": "undetermined"}


@pytest.mark.parametrize(
    "spatial",
    [
        "121,31,122,32",
        "ENVELOPE(121, 122, 32, 31)",
        "northlimit=32; southlimit=31; eastlimit=122; westlimit=121",
        {"type": "Polygon", "geometry": '{"type":"Point","coordinates":[[121,31],[122,32]]}'},
        {"bbox": "POLYGON((121 31, 122 31, 122 32, 121 32, 121 31))"},
    ],
)
def test_boxes_in_several_spellings(spatial: Any) -> None:
    (record,) = records(json.dumps({"dataset": [{"title": "甲", "spatial": spatial}]}))
    assert record.values["place"] == {"west": 121, "south": 31, "east": 122, "north": 32}


def records(body: str) -> list[Any]:
    pages = DataJson().pages(Job(URL, None, Web({URL: body})))
    return [record for page in pages for record in page.records]


def test_data_json_with_a_mark_garbage_and_repetitions(directory: Directory) -> None:
    sets = [{"identifier": each, "title": f"数据{each}"} for each in "ABA"]
    body = "\ufeff" + json.dumps({"conformsTo": "x", "dataset": [*sets, 7]}) + "<!-- cached -->"
    report = harvest(directory, body, "data-json")
    assert counts(report) == {"created": 2, "rejected": 2}
    assert refused(report) == [
        ("catalog dataset[2]", {"duplicate-key"}),
        ("catalog dataset[3]", {"json-no-record"}),
    ]
    assert "json-trailing" in rules(report)
    assert report.complete


@pytest.mark.parametrize(
    ("body", "rule", "outcome"),
    [
        ('{"dataset": [{"title": "甲", "identifier": "1"}, {"tit', "json-broken", {"created": 1}),
        ("<html>login</html>", "json-not", {}),
        ('{"datasets": []}', "json-no-catalog", {}),
        ('{"dataset": [' + "[" * 100_000, "json-broken", {}),
    ],
)
def test_a_data_json_that_breaks_deletes_nothing(
    directory: Directory, body: str, rule: str, outcome: Any
) -> None:
    report = harvest(directory, body, "data-json")
    assert counts(report) == outcome
    assert rule in rules(report)
    assert not report.complete


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)
NAMES = st.sampled_from(
    ("title", "publisher", "spatial", "temporal", "distribution", "keyword", "identifier", "@id")
)


@settings(max_examples=50, deadline=None)
@given(st.lists(JSON | st.dictionaries(NAMES, JSON), max_size=4))
def test_any_json_gives_records_or_a_fault_in_words(items: list[Any]) -> None:
    found = records(json.dumps({"dataset": items}))
    assert len(found) == len(items)
    assert all(each.key.encode() and each.raw.encode() for each in found)


@settings(max_examples=50, deadline=None)
@given(
    JSON | st.dictionaries(NAMES | st.just("@context") | st.just("@type"), JSON),
    st.text(max_size=40),
)
def test_any_document_gives_a_graph_or_a_fault(data: Any, text: str) -> None:
    for body in (json.dumps(data), PREFIXES + text, f"<a>{text}</a>"):
        with contextlib.suppress(rdf.RdfFault, HarvestFault, SocketBlockedError):
            list(dcat_graph.resources(rdf.read(body.encode("utf-8", "replace"), "", URL).graph))
