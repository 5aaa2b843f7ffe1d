"""Formats: what is written is read back the same, and foreign files are read record by record."""

from __future__ import annotations

import io
import json
import warnings
from datetime import UTC, datetime
from functools import cache

import pytest
from hypothesis import given, settings
from lxml import etree
from rdflib import Graph, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import DCAT, DCTERMS, FOAF, RDF

from standards.descriptor import Descriptor
from standards.formats import FORMATS, Record, dcat, dublin_core, mulu_xml, mulu_xsd, national_xml
from standards.profile import KINDS
from standards.validation import validate
from standards.xmlparser import XmlFault
from tests.parts import fixtures
from tests.strategies import descriptors
from tests.unit.test_standards_summary import RESOURCE
from tests.unit.test_standards_validation import DOCUMENT

URL = "https://mulu.example.gov.cn/entries/310A7-000001"
CATALOG = "https://mulu.example.gov.cn/catalog"
MOMENT = datetime(2009, 6, 30, 8, tzinfo=UTC)


def record(kind: str, raw: object) -> Record:
    descriptor = validate(kind, raw).descriptor
    return Record("310A7-000001", URL, descriptor, "上海市水务局", MOMENT, CATALOG)


def read(data: bytes) -> list[national_xml.Parsed]:
    return list(national_xml.read(io.BytesIO(data)))


EXAMPLES = {"document": DOCUMENT, "non-document": RESOURCE}


@given(descriptors())
@settings(max_examples=200, deadline=None)
def test_national_xml_reads_what_it_writes(made):
    kind, values = made
    (parsed,) = read(national_xml.write(Record("x", URL, Descriptor(kind, values))))
    assert parsed.kind == kind
    assert parsed.problems == ()
    assert dict(validate(kind, parsed.raw).descriptor.values) == values


@given(descriptors())
@settings(max_examples=70, deadline=None)
def test_mulu_xml_reads_what_it_writes_and_is_valid(made):
    kind, values = made
    descriptor = Descriptor(kind, values)
    hops = (("pudong", "31500-000001"), ("https://city.example.gov.cn/", "甲"))
    told = Record("310A7-000001", URL, descriptor, "水务局", MOMENT, "", "310A7", hops)
    root = etree.fromstring(mulu_xml.write(told))
    assert mulu_schema().validate(root), mulu_schema().error_log
    parsed = mulu_xml.read(root)
    again = validate(parsed.kind or "", parsed.raw).descriptor
    assert again == descriptor
    assert again.digest == root.get("digest")
    assert mulu_xml.origins(root) == hops


@cache
def mulu_schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.fromstring(mulu_xsd.schema()))


def test_many_records_are_one_file_and_come_back_in_order():
    records = [record(kind, EXAMPLES[kind]) for kind in KINDS for _ in range(3)]
    parsed = read(b"".join(national_xml.write_all(records)))
    assert [each.kind for each in parsed] == [each.descriptor.kind for each in records]
    for before, after in zip(records, parsed, strict=True):
        assert validate(after.kind or "", after.raw).descriptor == before.descriptor


def test_short_names_are_read_in_any_case_and_namespace():
    data = b"""<m:MetaData xmlns:m="urn:x"><m:RESTITLE>T</m:RESTITLE>
        <m:IdPoC><m:RpOrgName>A</m:RpOrgName></m:IdPoC></m:MetaData>"""
    (parsed,) = read(data)
    found = validate("document", parsed.raw)
    assert found.descriptor.values == {"title": "T", "provider": [{"name": "A"}]}


def test_a_value_of_our_own_is_never_taken_apart():
    raw = {"title": "好", "keywords": [{"keyword": ["甲；乙", "丙"]}]}
    (parsed,) = read(national_xml.write(record("document", raw)))
    assert validate("document", parsed.raw).descriptor.values == raw


def test_chinese_names_are_read_as_generously_as_a_spreadsheet():
    data = """<目录><信息><标题>甲</标题><发文机关>国务院、中央军委</发文机关>
        <关键词>水务；节水</关键词><成文日期>二〇〇九年三月一日</成文日期><神秘>x</神秘></信息></目录>"""
    (parsed,) = read(data.encode())
    found = validate(parsed.kind or "", parsed.raw)
    assert list(found.descriptor.all("provider.name")) == ["国务院", "中央军委"]
    assert found.descriptor.get("keywords.keyword") == "水务"
    assert found.descriptor.get("written") == "2009-03-01"
    assert ("神秘", "unknown-element") in {(each.path, each.rule) for each in found.warnings}


def test_a_bad_record_does_not_stop_the_rest():
    data = "<目录><信息><标题>一 & 二</标题></信息><信息><标题>三</标题></信息></目录>".encode()
    bad, good = read(data)
    assert [each.rule for each in bad.problems] == ["not-well-formed"]
    assert bad.place == "/目录/信息[1] L1"
    assert good.problems == ()
    assert good.raw == {"title": "三"}


def test_a_cut_file_is_told_after_its_good_records():
    stream = io.BytesIO("<目录><信息><标题>一</标题></信息><信息><标题>三".encode())
    seen = []
    with pytest.raises(XmlFault):
        seen.extend(each.raw["title"] for each in _until_fault(stream, seen))
    assert seen[0] == "一"


def _until_fault(stream, seen):
    for each in national_xml.read(stream):
        seen.append(each.raw["title"])
        yield each


@pytest.mark.parametrize("suffix", ["", ".gb18030"])
def test_the_state_councils_records_are_read_in_chinese_names(suffix):
    path = fixtures() / "xml-national" / f"state-council-zh-elements{suffix}.xml"
    with path.open("rb") as stream:
        parsed = list(national_xml.read(stream))
    assert len(parsed) == 60
    assert {each.kind for each in parsed} == {"document"}
    for each in parsed:
        found = validate("document", each.raw)
        assert found.errors == ()
        assert {problem.rule for problem in found.warnings} <= {"required"}
        for path_ in (
            "title",
            "provider.name",
            "written",
            "issued",
            "index_number",
            "category.code",
        ):
            assert found.descriptor.get(path_), path_


def test_the_state_councils_json_and_xml_say_the_same():
    path = fixtures() / "xml-national" / "state-council-zh-elements.xml"
    with path.open("rb") as stream:
        titles = [each.raw["title"] for each in national_xml.read(stream)]
    told = json.loads((fixtures() / "zh" / "state-council" / "documents.json").read_bytes())
    rows = told if isinstance(told, list) else next(v for v in told.values() if isinstance(v, list))
    assert len(rows) == len(titles)


@given(descriptors())
@settings(max_examples=60, deadline=None)
def test_every_format_writes_every_descriptor(made):
    kind, values = made
    given_record = Record("310A7-000001", URL, Descriptor(kind, values), "局", None, CATALOG)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for each in FORMATS:
            assert each.write(given_record)


def test_formats_can_be_told_apart():
    for key in ("name", "media_type", "suffix"):
        assert len({getattr(each, key) for each in FORMATS}) == len(FORMATS)


@pytest.mark.parametrize("kind", KINDS)
def test_dublin_core_comes_back(kind):
    before = record(kind, EXAMPLES[kind] | {"disclosure": "依申请公开"})
    root = etree.fromstring(dublin_core.write(before))
    parsed = dublin_core.read(root)
    assert parsed.kind == kind
    after = validate(kind, parsed.raw)
    assert after.errors == ()
    for path in ("title", "abstract", "issued", "index_number", "category", "disclosure.attribute"):
        if path == "issued" and kind == "non-document":
            continue
        assert after.descriptor.get(path) == before.descriptor.get(path), path
    assert set(after.descriptor.all("provider.name")) == set(before.descriptor.all("provider.name"))
    assert URL in after.descriptor.all("online")


def test_dublin_core_numbers_and_addresses_are_recognised():
    data = b"""<dc xmlns:dc="http://purl.org/dc/elements/1.1/">
        <dc:title>T</dc:title><dc:creator>A</dc:creator>
        <dc:identifier>http://www.gov.cn/a</dc:identifier>
        <dc:identifier>000014349/2018-00228</dc:identifier>
        <dc:identifier>%s</dc:identifier>
        <dc:date>2018-12-21T00:00:00Z</dc:date><dc:date>2017</dc:date>
        <dc:description>one</dc:description><dc:description>two</dc:description>
        <dc:language>chi</dc:language><dc:format>nonsense</dc:format>
        </dc>""" % "国办发(2013)106号".encode()
    parsed = dublin_core.read(etree.fromstring(data))
    assert parsed.kind == "document"
    found = validate("document", parsed.raw)
    assert found.errors == ()
    assert found.descriptor.values == {
        "title": "T",
        "provider": [{"name": "A"}],
        "online": ["http://www.gov.cn/a"],
        "index_number": "000014349/2018-00228",
        "document_number": "国办发〔2013〕106号",
        "issued": "2018-12-21",
        "abstract": "one\ntwo",
        "language": "zh",
    }


def test_a_dublin_core_dataset_is_no_document():
    data = b"<dc><title>T</title><type>Dataset</type></dc>"
    assert dublin_core.read(etree.fromstring(data)).kind == "non-document"
    assert dublin_core.read(etree.fromstring(b"<dc><title>T</title></dc>")).kind is None
    assert dublin_core.read(etree.fromstring(b"<dc><title>T</title></dc>"), "document").raw


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # rdflib's own JSON-LD parser
@pytest.mark.parametrize("kind", KINDS)
def test_the_three_syntaxes_hold_the_same_graph(kind):
    made = record(kind, EXAMPLES[kind])
    graphs = [
        Graph().parse(data=write(made), format=syntax)
        for write, syntax in (
            (dcat.turtle, "turtle"),
            (dcat.json_ld, "json-ld"),
            (dcat.rdf_xml, "xml"),
        )
    ]
    assert isomorphic(graphs[0], graphs[1])
    assert isomorphic(graphs[0], graphs[2])


def test_dcat_says_what_a_harvester_asks_for():
    graph = dcat.graph(record("non-document", RESOURCE))
    dataset, described = URIRef(URL), URIRef(f"{URL}#record")
    assert (dataset, RDF.type, DCAT.Dataset) in graph
    assert str(graph.value(dataset, DCTERMS.title)) == "雨水泵站基本信息"
    publishers = {
        str(graph.value(agent, FOAF.name)) for agent in graph.objects(dataset, DCTERMS.publisher)
    }
    assert publishers == {"上海市水务局", "上海市海洋局"}
    rights = "http://publications.europa.eu/resource/authority/access-right/NON_PUBLIC"
    assert graph.value(dataset, DCTERMS.accessRights) == URIRef(rights)
    offered = graph.value(dataset, DCAT.distribution)
    service = graph.value(offered, DCAT.accessService)
    assert graph.value(service, DCAT.endpointURL) == URIRef("https://x.gov.cn/api")
    assert graph.value(offered, DCAT.accessURL) == URIRef("http://www.gov.cn/a")
    assert "POLYGON" in str(graph.value(graph.value(dataset, DCTERMS.spatial), DCAT.bbox))
    assert (described, RDF.type, DCAT.CatalogRecord) in graph
    assert (described, FOAF.primaryTopic, dataset) in graph
    assert str(graph.value(described, DCTERMS.identifier)) == "310A7-000001"
    assert (URIRef(CATALOG), DCAT.dataset, dataset) in graph
    assert len(list(graph.objects(dataset, DCAT.theme))) == 1


def test_schema_org_is_what_search_engines_read():
    (write,) = [each.write for each in FORMATS if each.name == "schema-org"]
    made = json.loads(write(record("non-document", RESOURCE)))
    assert made["@context"] == "https://schema.org"
    assert made["@type"] == "Dataset"
    assert made["name"] == "雨水泵站基本信息"
    assert made["temporalCoverage"] == "2008/2009"
    assert made["publisher"][0]["@type"] == "GovernmentOrganization"
    assert json.loads(write(record("document", DOCUMENT)))["@type"] == "Legislation"


def test_json_gives_the_values_that_the_api_takes():
    (write,) = [each.write for each in FORMATS if each.name == "json"]
    made = json.loads(write(record("document", DOCUMENT)))
    assert made["kind"] == "document"
    assert made["updated"] == "2009-06-30T08:00:00Z"
    assert validate("document", made["values"]).descriptor.values == made["values"]
