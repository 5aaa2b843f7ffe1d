"""The formats that a record can be had in: one module each, listed here."""

from __future__ import annotations

from standards.formats import dcat, dublin_core, national_xml, plain_json, schema_org
from standards.formats.records import Format, Parsed, Record
from standards.problems import Text

FORMATS: tuple[Format, ...] = (
    Format("json", "application/json", "json", Text("JSON", "JSON"), plain_json.write),
    Format(
        "national-xml",
        "application/xml",
        "xml",
        Text("国家标准 XML", "National XML"),
        national_xml.write,
    ),
    Format(
        "dublin-core",
        "application/vnd.oai.dc+xml",
        "dc.xml",
        Text("都柏林核心", "Dublin Core"),
        dublin_core.write,
    ),
    Format(
        "json-ld",
        "application/ld+json",
        "jsonld",
        Text("DCAT JSON-LD", "DCAT JSON-LD"),
        dcat.json_ld,
    ),
    Format("turtle", "text/turtle", "ttl", Text("DCAT Turtle", "DCAT Turtle"), dcat.turtle),
    Format(
        "rdf-xml", "application/rdf+xml", "rdf", Text("DCAT RDF/XML", "DCAT RDF/XML"), dcat.rdf_xml
    ),
    Format(
        "schema-org",
        "application/vnd.schemaorg.ld+json",
        "schema.json",
        Text("schema.org", "schema.org"),
        schema_org.write,
    ),
)

__all__ = ["FORMATS", "Format", "Parsed", "Record"]
