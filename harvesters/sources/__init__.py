"""The sources that can be harvested: each one file and one line here. Others come by the entry
point group `mulu.sources`."""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points

from harvesters.fetched import Source
from harvesters.sources.national_xml import NationalXml
from harvesters.sources.oai_pmh import OaiPmh
from harvesters.sources.spreadsheet import Spreadsheet

SOURCES: tuple[Source, ...] = (Spreadsheet(), NationalXml(), OaiPmh())
GROUP = "mulu.sources"


@cache
def known() -> dict[str, Source]:
    """Every source by its name; those of third parties may not take a name that is ours."""
    found = {each.load()() for each in entry_points(group=GROUP)}
    return {each.name: each for each in (*found, *SOURCES)}
