"""Catalogue services (CSW), OGC API Records and ISO 19139 against servers that are not ours: every
record is created and then unchanged, or rejected with a reason that names its defect."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from catalog import entries
from catalog.viewers import PUBLIC
from harvesters.fetched import Job
from harvesters.fetching import GuardedFetcher
from harvesters.plan import Action
from harvesters.report import Report, as_text
from harvesters.sources.csw import Csw
from standards.descriptor import Descriptor
from standards.formats import iso
from standards.places import part_at, within
from standards.summary import summarize
from standards.xmlparser import parse
from tests.harvesting import Directory, counts
from tests.parts import fixtures, require

ALLOWED = {"allow_private": True}
UNTITLED = {
    f"urn:uuid:{key}": "required"
    for key in (
        "1ef30a8b-876d-4828-9246-c37ab4510bbd",
        "88247b56-4cbc-4df9-9860-db3f8042e357",
        "ab42a8c4-95e8-4630-bf79-33e59241605a",
    )
}
TOO_LONG = {"NS06agg": "too-long"}
NO_ADDRESS = {"S2B_MSIL2A_20200902T090559_N0214_R050_T34SFG_20200902T113910.SAFE": "bad-uri"}
HELD: Mapping[str, tuple[int, Mapping[str, str]]] = {
    "cite": (12, UNTITLED),
    "iso": (18, TOO_LONG),
    "sample": (38, {}),
    "state-council": (60, {}),
}
"""How many records each collection holds, and which have what defect."""

WAYS: Mapping[str, tuple[str, str, str, Mapping[str, Any]]] = {
    "CSW 2.0.2, csw:Record": ("csw", "pycsw", "/{}", {"version": "2.0.2", "schema": "csw"}),
    "CSW 2.0.2, ISO 19139": ("csw", "pycsw", "/{}", {"version": "2.0.2"}),
    "CSW 3.0, csw:Record": ("csw", "pycsw", "/{}", {"version": "3.0.0", "schema": "csw"}),
    "CSW 3.0, ISO 19139": ("csw", "pycsw", "/{}", {}),
    "OAI-PMH, oai_dc": ("oai-pmh", "pycsw", "/{}?mode=oaipmh", {}),
    "OAI-PMH, ISO 19139": ("oai-pmh", "pycsw", "/{}?mode=oaipmh", {"prefix": "iso19139"}),
    "OGC API Records": ("ogc-records", "pygeoapi", "/collections/{}", {"page": 7}),
}


@pytest.fixture
def directory(tmp_path: Path) -> Directory:
    return Directory.made(tmp_path)


def source(directory: Directory, way: str, collection: str) -> str:
    protocol, part, path, options = WAYS[way]
    address = require(part).partition("/sample")[0] + path.format(collection)
    kind = "document" if collection == "state-council" else ""
    return directory.source("真", protocol, address, options=ALLOWED | options, kind=kind)


def rejected(report: Report) -> dict[str, set[str]]:
    """The errors of the rejected records, by key."""
    return {
        line.key: {each.rule for each in line.problems if each.is_error}
        for line in report.lines()
        if line.action is Action.REJECTED
    }


@pytest.mark.parametrize(
    ("way", "collection"),
    [
        *((way, collection) for way in WAYS for collection in ("cite", "iso", "state-council")),
        ("CSW 3.0, ISO 19139", "sample"),
        ("OGC API Records", "sample"),
    ],
)
def test_every_record_is_accounted_for(directory: Directory, way: str, collection: str) -> None:
    if collection != "sample":
        fixtures()
    name = source(directory, way, collection)
    held, bad = HELD[collection]
    if collection == "iso" and way.endswith("ISO 19139"):  # Dublin Core has no typed addresses
        bad = {**bad, **NO_ADDRESS}
    report = directory.harvest(name)
    assert (report.state, report.complete) == ("done", True), as_text(report, "en")
    assert rejected(report).keys() == bad.keys()
    assert all(rule in rejected(report)[key] for key, rule in bad.items())
    outcome = {"created": held - len(bad), "rejected": len(bad)}
    assert counts(report) == {name: number for name, number in outcome.items() if number}
    before = directory.served()
    again = directory.harvest(name, full=True)
    assert again.count(Action.UNCHANGED) == held - len(bad)
    assert rejected(again).keys() == bad.keys()
    assert directory.served() == before


def test_a_catalogue_is_asked_for_its_changes_only(directory: Directory) -> None:
    fixtures()
    protocol, part, path, _ = WAYS["CSW 2.0.2, ISO 19139"]
    address = require(part).partition("/sample")[0] + path.format("iso")
    options = ALLOWED | {"incremental": "always"}
    name = directory.source("真", protocol, address, options=options)
    assert directory.harvest(name).fetched == 18
    again = directory.harvest(name)
    assert (again.state, again.fetched) == ("done", 0)
    assert directory.living(name) == 16


def test_what_people_look_for_stands_where_they_expect_it(directory: Directory) -> None:
    fixtures()
    directory.harvest(source(directory, "CSW 3.0, ISO 19139", "iso"))
    with directory.database.reading() as session:
        views = entries.page(session, PUBLIC, "", 50)
    served: dict[str, Descriptor] = {}
    for view in views:
        assert view.served is not None
        served[summarize(view.served.descriptor).title] = view.served.descriptor
    photos, viewer = summarize(served["Aerial Photos"]), summarize(served["test Title"])
    assert photos.abstract == "Aerial Photos"
    assert list(photos.keywords) == ["Orthoimagery"]
    assert photos.box is not None
    assert viewer.issued == "2011-04-19"
    assert viewer.box is not None
    assert (viewer.box.west, viewer.box.north) == (19.37, 41.75)
    assert viewer.endpoint is not None
    assert viewer.endpoint.url == "http://aiolos.survey.ntua.gr/geoserver/wms"


@pytest.mark.parametrize("way", ["CSW 3.0, ISO 19139", "OGC API Records"])
def test_documents_stand_in_their_class(directory: Directory, way: str) -> None:
    fixtures()
    directory.harvest(source(directory, way, "state-council"))
    with directory.database.reading() as session:
        served = [each.served for each in entries.page(session, PUBLIC, "", 100)]
    themes = [bool(summarize(each.descriptor).themes) for each in served if each]
    assert (len(themes), sum(themes)) == (60, 60)


def test_owslib_reads_the_same() -> None:
    from owslib.iso import MD_Metadata

    files = sorted((fixtures() / "iso" / "pycsw-apiso").glob("*.xml"))
    assert len(files) == 18
    for file in files:
        root = parse(file.read_bytes())
        ours, theirs = iso.read(root), MD_Metadata(root)
        about = theirs.identification[0]
        assert ours.key == theirs.identifier
        assert ours.raw.get("title") == about.title
        assert ours.raw.get("abstract") == about.abstract
        assert ours.raw.get("metadata_updated") == (theirs.datestamp or theirs.datetimestamp)
        place = ours.raw.get("place", {})
        box = about.bbox
        sides = (box.minx, box.miny, box.maxx, box.maxy) if box else (None,) * 4
        assert tuple(place.get(side) for side in ("west", "south", "east", "north")) == sides
        assert sorted(_words(ours.raw.get("keywords"))) == sorted(
            {word.name for group in about.keywords for word in group.keywords}
        )


def _words(keywords: Any) -> set[str]:
    """All keywords, however they are grouped."""
    if isinstance(keywords, Mapping):
        return _words(keywords["keyword"])
    if isinstance(keywords, list):
        return set().union(*map(_words, keywords))
    return {keywords} if keywords else set()


@pytest.mark.parametrize("version", ["2.0.2", "3.0.0"])
def test_chosen_records_are_asked_for_alone(directory: Directory, version: str) -> None:
    fixtures()
    address = require("pycsw").partition("/sample")[0] + "/iso"
    with GuardedFetcher(permit=lambda _: True) as fetcher:
        job = Job(address, None, fetcher, options={"version": version})
        pages = list(Csw().some(job, ["3e9a8c05", "nobody", "NS06agg"]))
    keys = [[each.key for each in page.records] for page in pages]
    assert keys == [["3e9a8c05"], [], ["NS06agg"]]
    (viewer,) = pages[0].records
    assert within(viewer.place, part_at(viewer.places, "keywords[1].keyword")).startswith(
        "GetRecordById(3e9a8c05)/identificationInfo/SV_ServiceIdentification/descriptiveKeywords[2]"
    )
