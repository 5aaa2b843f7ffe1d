"""Every kind of answer of the provider is valid by the protocol's own schemas and by ours."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from lxml import etree

from standards.formats import mulu_xsd
from tests.parts import fixtures
from tests.websites import Website, furnish, website
from web.feeds.oai import verbs

IMPORTS = {
    "http://www.openarchives.org/OAI/2.0/": "OAI-PMH.xsd",
    "http://www.openarchives.org/OAI/2.0/oai_dc/": "oai_dc.xsd",
    "http://www.openarchives.org/OAI/2.0/oai-identifier": "oai-identifier.xsd",
}
IDENTIFIER = "oai:mulu.example.gov.cn:"
ANSWERS = (
    "verb=Identify",
    "verb=ListMetadataFormats",
    "verb=ListSets",
    "verb=ListRecords&metadataPrefix=oai_dc",
    "verb=ListRecords&metadataPrefix=mulu&from=2009-01-01&until=2030-01-01&set=agency",
    "verb=ListIdentifiers&metadataPrefix=oai_dc&from=2009-03-18T09:00:00Z",
    "verb=GetRecord&metadataPrefix=mulu&identifier=" + IDENTIFIER + "{served}",
    "verb=GetRecord&metadataPrefix=mulu&identifier=" + IDENTIFIER + "{data}",
    "verb=GetRecord&metadataPrefix=oai_dc&identifier=" + IDENTIFIER + "{withdrawn}",
    "verb=GetRecord&metadataPrefix=oai_dc&identifier=" + IDENTIFIER + "{withheld}",
    "verb=GetRecord&metadataPrefix=marc&identifier=" + IDENTIFIER + "{served}",
    "verb=GetRecord&metadataPrefix=oai_dc&identifier=%3Cjunk%3E",
    "verb=GetRecord&metadataPrefix=oai_dc&identifier=%5Bjunk%5D%23%23",
    "verb=ListRecords&metadataPrefix=oai_dc&set=kind:none",
    "verb=ListRecords&resumptionToken=%00%0B%3C%26%22".replace("%00", ""),
    "verb=ListRecords&metadataPrefix=oai_dc&from=2009-02-30",
    "verb=Nothing",
    "",
)


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> etree.XMLSchema:
    """All of the schemas as one."""
    folder, ours = fixtures() / "schemas" / "oaipmh", tmp_path_factory.mktemp("xsd") / "mulu.xsd"
    ours.write_bytes(mulu_xsd.schema())
    places = {name: folder / file for name, file in IMPORTS.items()}
    imports = "".join(
        f'<import namespace="{name}" schemaLocation="{place.as_uri()}"/>'
        for name, place in {**places, "urn:mulu:entry:1": ours}.items()
    )
    whole = f'<schema xmlns="http://www.w3.org/2001/XMLSchema">{imports}</schema>'
    return etree.XMLSchema(etree.fromstring(whole.encode()))


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Website, dict[str, str]]]:
    folder = tmp_path_factory.mktemp("oai")
    with website(folder, base_url="https://mulu.example.gov.cn") as site:
        site.offices.published(title="甲\x0b乙\ufffe]]>&<\"'\r\n丙")
        yield site, furnish(site)


@pytest.mark.parametrize("query", ANSWERS)
def test_every_kind_of_answer_is_valid(
    schema: etree.XMLSchema, asked: tuple[Website, dict[str, str]], query: str
) -> None:
    site, made = asked
    root = etree.fromstring(site.get(f"/oai?{query.format_map(made)}").data)
    assert schema.validate(root), schema.error_log


def test_lists_that_go_on_are_valid(
    schema: etree.XMLSchema,
    asked: tuple[Website, dict[str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site, _ = asked
    for name, size in {"RECORDS": 2, "HEADS": 2, "SETS": 100}.items():
        monkeypatch.setattr(verbs, name, size)
    for query in ("ListRecords&metadataPrefix=mulu", "ListIdentifiers&metadataPrefix=oai_dc"):
        assert _pages(site, query, schema) == 2
    assert _pages(site, "ListSets", schema) > 2


def _pages(site: Website, query: str, schema: etree.XMLSchema) -> int:
    """How many pages a list has, each of them valid."""
    verb, count = query.partition("&")[0], 0
    while query:
        root = etree.fromstring(site.get(f"/oai?verb={query}").data)
        assert schema.validate(root), schema.error_log
        token = root.findtext(".//{*}resumptionToken")
        query, count = f"{verb}&resumptionToken={token}" if token else "", count + 1
    return count


def test_our_own_schema_lies_where_it_is_said(asked: tuple[Website, dict[str, str]]) -> None:
    site, _ = asked
    root = etree.fromstring(site.get("/oai?verb=ListMetadataFormats").data)
    address = [str(each.text) for each in root.iter("{*}schema")][-1]
    assert address.startswith("https://mulu.example.gov.cn/")
    answer = site.get(address.removeprefix("https://mulu.example.gov.cn"))
    assert etree.XMLSchema(etree.fromstring(answer.data))
    assert answer.content_type.startswith("application/xml")
