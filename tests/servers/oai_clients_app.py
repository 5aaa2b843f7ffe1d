"""Harvests everything from the address given with three foreign clients; each tells what it got as
JSON: identifiers with their states, times, sets and metadata, then the sets. Runs in an environment
of its own.
"""

from __future__ import annotations

import hashlib
import json
import sys
from typing import Any

from lxml import etree

PREFIXES = ("oai_dc", "mulu")


def digest(element: Any) -> str:
    """What the metadata say, whatever prefixes stand before their names."""
    if element is None:
        return ""
    whole = etree.tostring(element, method="c14n", exclusive=True)
    plain = etree.fromstring(whole)
    told = [(each.tag, each.text, sorted(each.attrib.items())) for each in plain.iter()]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def first(element: Any) -> Any:
    """The metadata within their wrapper."""
    found = element.find(".//{*}metadata") if element is not None else None
    return found[0] if found is not None and len(found) else None


def told(header: Any, element: Any) -> list[Any]:
    return [
        header.identifier,
        bool(header.deleted),
        str(header.datestamp),
        sorted(header.setSpecs),
        digest(first(element)),
    ]


def by_sickle(address: str, method: str) -> dict[str, Any]:
    from sickle import Sickle

    client = Sickle(address, http_method=method)
    found: dict[str, Any] = {
        prefix: [told(each.header, each.xml) for each in client.ListRecords(metadataPrefix=prefix)]
        for prefix in PREFIXES
    }
    heads = client.ListIdentifiers(metadataPrefix="oai_dc")
    found["heads"] = [each.identifier for each in heads]
    found["sets"] = [each.setSpec for each in client.ListSets()]
    found["name"] = client.Identify().repositoryName
    return found


def by_scythe(address: str) -> dict[str, Any]:
    from oaipmh_scythe import Scythe

    with Scythe(address) as client:
        found: dict[str, Any] = {
            prefix: [
                told(each.header, each.xml) for each in client.list_records(metadata_prefix=prefix)
            ]
            for prefix in PREFIXES
        }
        heads = client.list_identifiers(metadata_prefix="oai_dc")
        found["heads"] = [each.identifier for each in heads]
        found["sets"] = [each.setSpec for each in client.list_sets()]
        found["name"] = client.identify().repositoryName
    return found


class OlderLxml:
    """What pyoai's client asks of lxml, where evaluators had a method of their own."""

    class XPathEvaluator:
        def __init__(self, *arguments: Any, **named: Any) -> None:
            self.evaluate = etree.XPathEvaluator(*arguments, **named)

    def __getattr__(self, name: str) -> Any:
        return getattr(etree, name)


def by_pyoai(address: str) -> dict[str, Any]:
    """It posts by itself."""
    import oaipmh.client
    from oaipmh.client import Client
    from oaipmh.metadata import MetadataRegistry

    oaipmh.client.etree = OlderLxml()

    registry = MetadataRegistry()
    for prefix in PREFIXES:
        registry.registerReader(prefix, lambda element: element)
    client = Client(address, registry)
    found: dict[str, Any] = {
        prefix: [
            [
                head.identifier(),
                bool(head.isDeleted()),
                head.datestamp().strftime("%Y-%m-%dT%H:%M:%SZ"),
                sorted(head.setSpec()),
                digest(body[0] if body is not None else None),
            ]
            for head, body, _about in client.listRecords(metadataPrefix=prefix)
        ]
        for prefix in PREFIXES
    }
    heads = client.listIdentifiers(metadataPrefix="oai_dc")
    found["heads"] = [each.identifier() for each in heads]
    found["sets"] = [spec for spec, _name, _about in client.listSets()]
    found["name"] = client.identify().repositoryName()
    return found


def main() -> None:
    address = sys.argv[1]
    harvests = {
        "sickle": lambda: by_sickle(address, "GET"),
        "sickle, posting": lambda: by_sickle(address, "POST"),
        "scythe": lambda: by_scythe(address),
        "pyoai": lambda: by_pyoai(address),
    }
    json.dump({name: harvest() for name, harvest in harvests.items()}, sys.stdout)


if __name__ == "__main__":
    main()
