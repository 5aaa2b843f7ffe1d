"""The sources that can be harvested: each one file and one line here. Others come by the entry
point group `mulu.sources`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from harvesters import plugins
from harvesters.fetched import Source
from harvesters.plugins import Plugins
from harvesters.sources.ckan import Ckan
from harvesters.sources.csw import Csw
from harvesters.sources.data_json import DataJson
from harvesters.sources.dcat import Dcat
from harvesters.sources.documents import Documents
from harvesters.sources.mulu_node import MuluNode
from harvesters.sources.national_xml import NationalXml
from harvesters.sources.oai_pmh import OaiPmh
from harvesters.sources.ogc_capabilities import OgcCapabilities
from harvesters.sources.ogc_records import OgcRecords
from harvesters.sources.openapi import OpenApi
from harvesters.sources.opening import files_of
from harvesters.sources.schema import DatabaseSchema
from harvesters.sources.spreadsheet import Spreadsheet
from harvesters.sources.wsdl import Wsdl

SOURCES: tuple[Source, ...] = (
    NationalXml(),
    Spreadsheet(),
    OaiPmh(),
    Csw(),
    OgcRecords(),
    OpenApi(),
    Wsdl(),
    OgcCapabilities(),
    DatabaseSchema(),
    Dcat(),
    DataJson(),
    Ckan(),
    Documents(),
    MuluNode(),
)


@cache
def known() -> dict[str, Source]:
    """Every source by its name: ours, then those of third parties."""
    return {each.name: each for each in (*SOURCES, *others().sources)}


@cache
def others() -> Plugins:
    """The sources of third parties, and which of them cannot be used."""
    return plugins.found(each.name for each in SOURCES)


def reader_of(path: Path) -> Source:
    """The first source that reads a file, or anything in a folder, by its suffix; what is called
    otherwise is taken for a spreadsheet."""
    readers = (each for each in known().values() if files_of(path, each.suffixes))
    return next(readers, Spreadsheet())


def readable() -> tuple[str, ...]:
    """The suffixes of the files that can be read."""
    return tuple(sorted({suffix for each in known().values() for suffix in each.suffixes}))
