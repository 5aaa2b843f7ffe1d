"""Harvests the capabilities of map and feature services: each layer becomes a resource; for the
data items of a feature type the service is asked once more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from harvesters.faults import HarvestFault, problem
from harvesters.fetched import Job, Page
from harvesters.options import Option
from harvesters.sources import descriptions
from standards.formats import capabilities
from standards.formats.capabilities import Service
from standards.formats.described import Described
from standards.formats.xsd_fields import XsdFields, local
from standards.problems import Text
from standards.xmlparser import XmlFault, parse

DESCRIBED = 200
_TYPE_NAMES = {"2": "typeNames"}


class OgcCapabilities:
    """The source `ogc-capabilities`: the location is the address of a service's capabilities (or a
    file of them, or a folder)."""

    name = "ogc-capabilities"
    label = Text("WMS、WFS 能力文件", "WMS or WFS capabilities")
    suffixes = ()  # in a folder the .xml files are read
    options = (
        Option(
            "describe",
            Text("询问字段的图层数", "Layers asked for their fields"),
            kind="integer",
            default=DESCRIBED,
            least=0,
            most=5000,
            explanation=Text(
                "WFS 每个要素类型多一次请求，最多问这么多个。",
                "A WFS is sent one more request for a feature type, so many at most.",
            ),
        ),
    )

    def pages(self, job: Job) -> Iterator[Page]:
        """The layers in pages."""
        most = int(job.options.get("describe", DESCRIBED))

        def read(data: bytes, location: str) -> Iterator[Described]:
            service = capabilities.read(data, location)
            asking = _Asking(job, service)
            for count, layer in enumerate(service.layers):
                asks = service.describe and location and count < most
                yield asking.completed(layer) if asks else layer

        yield from descriptions.pages(job, (".xml",), read)


@dataclass(frozen=True, slots=True)
class _Asking:
    """Asks a feature service for the fields of its types."""

    job: Job
    service: Service

    def completed(self, layer: Described) -> Described:
        """The layer with its data items; without them, and with a warning, if it does not tell."""
        name = layer.key.partition(":")[2]
        try:
            answer = self.job.fetcher.get(self.service.describe, self._question(name))
            root = parse(answer.body)
        except (HarvestFault, XmlFault) as error:
            return self._silent(layer, str(error))
        fields = XsdFields([root]).of_local(name.rpartition(":")[2])
        if local(root) != "schema" or not fields:
            return self._silent(layer, local(root))
        return replace(layer, fields=fields)

    def _question(self, name: str) -> dict[str, str]:
        version = self.service.version
        return {
            "service": "WFS",
            "version": version,
            "request": "DescribeFeatureType",
            _TYPE_NAMES.get(version[:1], "typeName"): name,
        }

    def _silent(self, layer: Described, said: str) -> Described:
        told = problem("fields-unknown", value=said, severity="warning")
        return replace(layer, problems=(*layer.problems, told))
