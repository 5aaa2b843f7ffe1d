"""Interfaces, web services and layers as resources: what is made of their descriptions, and what
hostile ones come to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog import entries
from catalog.viewers import OPERATOR
from harvesters.fetched import Job
from harvesters.fetching import FakeFetcher
from harvesters.report import Report
from harvesters.sources import known
from standards.formats import capabilities, openapi, wsdl
from standards.formats.described import NotUnderstood
from standards.xmlparser import XmlFault
from tests.descriptions import OPENAPI, SLUICES, SWAGGER, WFS, WMS, WSDL
from tests.harvesting import Directory, counts, rules
from tests.hostile import Reply, always, hostile


@dataclass
class Office:
    """A directory, and a folder in which descriptions lie."""

    directory: Directory
    folder: Path
    made: int = 0
    remarks: set[str] = field(default_factory=set)

    def harvest(self, protocol: str, content: str | bytes, **options: Any) -> Report:
        """Harvest one description from a file of its own."""
        self.made += 1
        path = self.folder / f"{self.made}.txt"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return self.at(protocol, str(path), **options)

    def at(self, protocol: str, location: str, **options: Any) -> Report:
        """Harvest a location, twice: the second time nothing may change."""
        name = f"source-{protocol}-{self.made}"
        self.directory.source(name, protocol, location, options=options)
        report = self.directory.harvest(name)
        again = counts(self.directory.harvest(name, full=True))
        assert set(again) <= {"unchanged", "rejected"}, again
        self.remarks = {told.rule for _, told in report.remarks}
        return report

    def served(self) -> dict[str, dict[str, Any]]:
        """The values of every entry by its title, as its agency sees them."""
        with self.directory.database.reading() as session:
            views = entries.page(session, OPERATOR, "", 500)
        found = (dict(view.served.descriptor.values) for view in views if view.served)
        return {each["title"]: each for each in found}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(Directory.made(tmp_path), tmp_path)
    yield made
    made.directory.database.dispose()


def test_an_operation_becomes_a_resource_with_items_endpoint_and_condition(office: Office) -> None:
    assert counts(office.harvest("openapi", json.dumps(OPENAPI))) == {"created": 2}
    assert "reference-foreign" in office.remarks
    made = office.served()
    query = made["查询泵站"]
    assert query["abstract"] == "按名称查询泵站。\n泵站数据接口 2: GET /pumps"
    assert query["keywords"] == [{"keyword": ["泵站", "防汛"]}]
    assert query["service"] == {
        "url": "https://pumps.example/v2/pumps",
        "type": "rest-api",
        "condition": "需要访问密钥（请求头 X-Key）；或者需要访问令牌（HTTP Bearer）",
    }
    assert query["items"] == [
        {
            "name": "name",
            "type": "character",
            "length": 60,
            "definition": "泵站名称",
            "column": "name",
        },
        {"name": "设计排水能力", "type": "numeric", "column": "capacity"},
        {"name": "founded", "type": "date", "column": "founded"},
        {"name": "place.x", "type": "numeric", "column": "place.x"},
        {"name": "next", "type": "general", "column": "next"},
        {"name": "keeper", "column": "keeper"},
    ]
    removal = made["deletePump"]
    assert removal["service"] == {
        "url": "https://pumps.example/v2/pumps/%7Bid%7D",
        "type": "rest-api",
    }
    assert [item["name"] for item in removal["items"]] == ["id"]


def test_an_older_description_in_yaml_and_gb18030(office: Office) -> None:
    assert counts(office.harvest("openapi", SWAGGER.encode("gb18030"))) == {"created": 1}
    levels = office.served()["查询水位"]
    assert levels["service"]["url"] == "https://levels.example/api/levels"
    assert levels["service"]["condition"] == "需要用户名和口令（HTTP Basic）"
    assert levels["format"] == {"class": "service", "type": ["rest", "xml"]}
    assert [(each["name"], each["type"]) for each in levels["items"]] == [
        ("station", "character"),
        ("level", "double"),
        ("at", "datetime"),
    ]


def test_what_is_no_longer_described_is_deleted_after_approval(office: Office) -> None:
    path = office.folder / "a.json"
    path.write_text(json.dumps(OPENAPI))
    office.at("openapi", str(path))
    fewer = {**OPENAPI, "paths": {"/pumps": OPENAPI["paths"]["/pumps"]}}
    path.write_text(json.dumps(fewer))
    assert counts(office.directory.harvest("source-openapi-0")) == {"unchanged": 1, "deleted": 1}


def test_a_relative_server_is_joined_to_the_address_of_the_description(office: Office) -> None:
    told = {key: each for key, each in OPENAPI.items() if key != "servers"}
    with hostile({"/api/v1/openapi.json": always(json.dumps(told).encode())}) as address:
        office.at("openapi", f"{address}/api/v1/openapi.json", allow_private=True)
        assert office.served()["查询泵站"]["service"]["url"] == f"{address}/pumps"
    office.harvest("openapi", json.dumps(told))
    assert "endpoint-unknown" in office.remarks


def test_a_web_service_by_its_wsdl(office: Office) -> None:
    assert counts(office.harvest("wsdl", WSDL)) == {"created": 2}
    made = office.served()
    query = made["许可服务：query"]
    assert query["abstract"] == "按企业查询\n排污许可证查询服务\nPermitPort.query"
    assert query["service"] == {"url": "https://permits.example/soap", "type": "soap"}
    assert [tuple(each.values()) for each in query["items"]] == [
        ("permit.number", "character", 18, "许可证编号", "permit.number"),
        ("permit.valid", "date", "permit.valid"),
        ("permit.renews", "permit.renews"),
        ("permit.owner", "permit.owner"),
        ("permit.active", "logical", "permit.active"),
    ]
    assert "reference-foreign" in office.remarks
    assert [each["name"] for each in made["许可服务：count"]["items"]] == ["总数"]


def test_the_layers_of_a_map_service(office: Office) -> None:
    assert counts(office.harvest("ogc-capabilities", WMS)) == {"created": 2}
    rivers = office.served()["河道"]
    assert rivers["place"] == {"west": 120.8, "south": 30.7, "east": 122.0, "north": 31.9}
    assert rivers["abstract"] == "市管河道中心线\n水务地图\nrivers"
    assert rivers["service"] == {
        "url": "https://maps.example/wms?",
        "type": "wms",
        "condition": "限政务外网",
    }
    assert rivers["format"] == {"class": "service", "type": ["ogc", "png", "jpg"]}
    assert "box-odd" in office.remarks, "an empty layer has no place"


def test_a_feature_service_is_asked_for_its_fields(office: Office) -> None:
    def answer(asked: dict[str, str]) -> Reply:
        if asked.get("request") == "DescribeFeatureType":
            known = asked["typeNames"] == "w:sluices"
            return Reply(SLUICES.encode()) if known else Reply(b"<ExceptionReport/>")
        return Reply(WFS.replace("{address}", address).encode())

    with hostile({"/wfs": answer}) as address:
        report = office.at("ogc-capabilities", f"{address}/wfs", allow_private=True)
    assert counts(report) == {"created": 2}
    sluices = office.served()["水闸"]
    assert sluices["service"] == {"url": f"{address}/wfs", "type": "wfs"}
    assert [(each["name"], each["type"]) for each in sluices["items"]] == [
        ("闸名", "character"),
        ("宽度", "double"),
        ("geom", "general"),
    ]
    assert "fields-unknown" in office.remarks


def bomb() -> str:
    levels = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9))
    return f"a0: &a0 [x]\n{levels}openapi: 3.0.0\n"


def merged() -> str:
    levels = "".join(
        f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 10)}]}}\n" for n in range(1, 9)
    )
    return f"a0: &a0 {{x: 1}}\n{levels}openapi: 3.0.0\n"


def circular() -> str:
    return json.dumps(
        {
            "openapi": "3.0.0",
            "paths": {
                "/x": {
                    "get": {
                        "summary": "循环",
                        "responses": {
                            "200": {"content": {"a/json": {"schema": {"$ref": "#/s/a"}}}}
                        },
                    }
                }
            },
            "s": {"a": {"$ref": "#/s/b"}, "b": {"$ref": "#/s/a"}},
        }
    )


LAYERS = "ogc-capabilities"
DOCTYPE = '<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("protocol", "content", "rule"),
    [
        ("openapi", bomb(), "structure-swollen"),
        ("openapi", merged(), "structure-swollen"),
        ("openapi", "a: &a [*a]\nopenapi: 3.0.0", "structure-endless"),
        ("openapi", "[" * 100_000, "structure-broken"),
        ("openapi", '{"a":' * 100_000, "structure-swollen"),
        ("openapi", "".join(f"{' ' * n}a:\n" for n in range(200)), "structure-swollen"),
        ("openapi", "!!python/object/apply:os.system [id]", "structure-broken"),
        ("openapi", "<html><title>登录</title></html>", "openapi-unknown"),
        ("openapi", '{"openapi": "4.0"}', "openapi-unknown"),
        ("openapi", b"\xff\xfe\x00\xd8", "not-text"),
        ("openapi", '{"openapi": "3.0.0", "paths": {}}', "records-none"),
        ("wsdl", f"{DOCTYPE}<definitions>&x;</definitions>", "not-well-formed"),
        ("wsdl", "<html/>", "wsdl-unknown"),
        (LAYERS, f"{DOCTYPE}<WMS_Capabilities>&x;</WMS_Capabilities>", "not-well-formed"),
        (LAYERS, "<ServiceException>停机</ServiceException>", "capabilities-unknown"),
    ],
)  # fmt: skip
def test_a_hostile_description_is_refused_in_words(
    office: Office, protocol: str, content: str | bytes, rule: str
) -> None:
    report = office.harvest(protocol, content)
    assert rule in rules(report)
    assert report.state == "failed"


def test_references_in_a_circle_are_given_up(office: Office) -> None:
    assert counts(office.harvest("openapi", circular())) == {"created": 1}
    assert "reference-endless" in office.remarks


def test_of_equal_operations_in_a_folder_each_counts(office: Office) -> None:
    folder = office.folder / "all"
    folder.mkdir()
    for name in ("a.json", "b.json"):
        (folder / name).write_text(json.dumps(OPENAPI))
    (folder / "c.yaml").write_text("openapi: [")
    report = office.at("openapi", str(folder))
    assert counts(report) == {"created": 4}
    assert not report.complete, "one file could not be read"


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_bytes_are_read_or_refused_in_words(content: bytes) -> None:
    for read in (openapi.read, wsdl.read, lambda data: capabilities.read(data).layers):
        with suppress(NotUnderstood, XmlFault):  # both hold a problem, with its words
            list(read(content))


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["get", "responses", "200", "schema", "properties", "$ref", "items", "type"]
            )
            | st.sampled_from(
                ["allOf", "parameters", "content", "security", "servers", "url", "name"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=15,
)


@given(_JSON, _JSON, _JSON)
def test_any_shape_of_a_description_is_borne(paths: Any, components: Any, told: Any) -> None:
    document = {"openapi": "3.0.0", "paths": {"/x": paths, "/y": {"get": told}}, "servers": told}
    document |= {"components": components, "security": told, "info": components}
    for described in openapi.read(json.dumps(document).encode(), "https://x.example/"):
        assert described.said["title"]


def test_a_foreign_fetcher_is_never_asked_for_references() -> None:
    fetcher = FakeFetcher({"https://x.example/o": json.dumps(OPENAPI).encode()})
    list(known()["openapi"].pages(Job("https://x.example/o", None, fetcher)))
    assert fetcher.asked == ["https://x.example/o"]
