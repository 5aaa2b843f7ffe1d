"""Harvests OpenAPI descriptions: each operation of an interface becomes a resource."""

from __future__ import annotations

from collections.abc import Iterator

from harvesters.fetched import Job, Page
from harvesters.options import Option
from harvesters.sources import descriptions
from standards.formats import openapi
from standards.problems import Text


class OpenApi:
    """The source `openapi`: the location is a description, a folder of them, or an address."""

    name = "openapi"
    label = Text("OpenAPI 接口描述", "OpenAPI description")
    suffixes = ()  # a JSON or YAML file may be anything: it is never guessed to be this
    options = (
        Option(
            "server",
            Text("服务器地址", "Server"),
            explanation=Text(
                "描述文件里没有写完整地址时，接口所在的服务器。",
                "Where the interface is, if the description does not give a full address.",
            ),
        ),
    )

    def pages(self, job: Job) -> Iterator[Page]:
        """The operations in pages."""
        yield from descriptions.pages(job, (".json", ".yaml", ".yml"), openapi.read)
