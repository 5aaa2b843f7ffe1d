"""Harvests WSDL descriptions: each operation of a web service becomes a resource."""

from __future__ import annotations

from collections.abc import Iterator

from harvesters.fetched import Job, Page
from harvesters.sources import descriptions
from standards.formats import wsdl
from standards.problems import Text


class Wsdl:
    """The source `wsdl`: the location is a description, a folder of them, or an address."""

    name = "wsdl"
    label = Text("WSDL 服务描述", "WSDL description")
    suffixes = ()  # in a folder only those called .wsdl are read
    options = ()

    def pages(self, job: Job) -> Iterator[Page]:
        """The operations in pages."""
        yield from descriptions.pages(job, (".wsdl",), wsdl.read)
