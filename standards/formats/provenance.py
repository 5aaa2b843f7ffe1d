"""The way by which a record came, in the `about` of an OAI-PMH record: the provenance guideline of
the Open Archives Initiative, in which the latest origin stands outside and the first innermost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lxml import etree

from standards.formats.xmltext import attribute, escaped

NAMESPACE = "http://www.openarchives.org/OAI/2.0/provenance"
NODE = "urn:mulu:node:"
"""Before the name of a node that is not known by an address."""
_DEEPEST = 16
_DESCRIPTION = f"{{{NAMESPACE}}}originDescription"
Hops = tuple[tuple[str, str], ...]


def text_of(hops: Sequence[tuple[str, str]], stamp: str, namespace: str) -> str:
    """The element for hops of node and identifier, the first the home; ``stamp`` and ``namespace``
    are the record's. Nothing for a record that came from nowhere else."""
    inner = ""
    for node, identifier in hops:
        inner = (
            f'<originDescription harvestDate="{attribute(stamp)}" altered="true">'
            f"<baseURL>{escaped(_address(node))}</baseURL>"
            f"<identifier>{escaped(identifier)}</identifier><datestamp>{escaped(stamp)}</datestamp>"
            f"<metadataNamespace>{escaped(namespace)}</metadataNamespace>{inner}"
            "</originDescription>"
        )
    return f'<provenance xmlns="{NAMESPACE}">{inner}</provenance>' if inner else ""


def read(record: etree._Element) -> Hops:
    """The hops of a record's first provenance, the home first; none if it tells none."""
    outer = next(record.iter(f"{{{NAMESPACE}}}provenance"), None)
    return tuple(reversed(list(_hops(outer)))) if outer is not None else ()


def _hops(outer: etree._Element) -> Iterator[tuple[str, str]]:
    found = outer.find(_DESCRIPTION)
    for _ in range(_DEEPEST):
        if found is None:
            return
        node = (found.findtext(f"{{{NAMESPACE}}}baseURL") or "").strip()
        identifier = (found.findtext(f"{{{NAMESPACE}}}identifier") or "").strip()
        if node:
            yield node.removeprefix(NODE), identifier
        found = found.find(_DESCRIPTION)


def _address(node: str) -> str:
    return node if "://" in node else f"{NODE}{node}"
