"""Real answers of DCAT and CKAN portals, replayed over HTTP: every record is accounted for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from harvesters.plan import Action
from harvesters.report import Report
from tests.ckan import Portal
from tests.harvesting import Directory, counts, rules
from tests.hostile import Answer, Reply, hostile

FIXTURES = Path(__file__).parents[3] / "shared" / "fixtures"
pytestmark = pytest.mark.skipif(
    not (FIXTURES / "dcat").is_dir(), reason="the recorded answers of portals are not here"
)
MEDIA = {".ttl": "text/turtle", ".jsonld": "application/ld+json", ".json": "application/json"}
UNTITLED, UNDESCRIBED, BROKEN = {"required"}, {"dcat-not-described"}, {"graph-statement-broken"}
BEES = "dcat-ap-3-examples/example-bee-population"


@pytest.fixture
def directory(tmp_path: Path) -> Directory:
    return Directory.made(tmp_path)


def errors(report: Report) -> list[set[str]]:
    """What kept each record out that was rejected."""
    lines = (line for line in report.lines() if line.action is Action.REJECTED)
    return [{each.rule for each in line.problems if each.is_error} for line in lines]


def twice(
    directory: Directory, protocol: str, location: str, **options: Any
) -> tuple[Report, Report]:
    """The reports of two harvests one after the other."""
    options = {"allow_private": True, **options}
    name = directory.source("门户", protocol, location, options=options)
    return directory.harvest(name), directory.harvest(name)


def documents(*names: str) -> dict[str, Answer]:
    """Recorded documents by their paths; what they call themselves is this server."""

    def answer(path: Path) -> Answer:
        headers = {"Content-Type": MEDIA.get(path.suffix, "application/rdf+xml")}
        return lambda _asked: Reply(path.read_bytes(), headers=headers)

    return {f"/{Path(name).name}": answer(FIXTURES / "dcat" / name) for name in names}


@pytest.mark.parametrize(
    ("name", "created", "rejected"),
    [
        (f"{BEES}-2022-2023.ttl", 2, []),
        (f"{BEES}-dataset-frequency.ttl", 0, [UNTITLED]),
        (f"{BEES}-dataset-series-api.ttl", 1, [BROKEN] * 2),
        (f"{BEES}-dataset-series-combined.ttl", 6, [BROKEN] * 2),
        (f"{BEES}-dataset-series-frequency.ttl", 1, [UNTITLED] * 2),
        (f"{BEES}-dataset-series-gea-nha.ttl", 4, []),
        (f"{BEES}-dataset-series-issued.ttl", 3, []),
        (f"{BEES}-dataset-series-life-count.ttl", 2, []),
        (f"{BEES}-dataset-series-modified.ttl", 4, []),
        (f"{BEES}-dataset-series-ordered.ttl", 1, [UNTITLED] * 2),
        (f"{BEES}-dataset-series-spatial-thessaloniki-athens.ttl", 3, []),
        (f"{BEES}-dataset-series-spatial-thessaloniki.ttl", 2, []),
        (f"{BEES}-dataset-series.ttl", 1, [UNTITLED] * 2),
        (f"{BEES}.ttl", 1, []),
        ("dcat-ap-3-examples/example-bee-populaton-2022-2023.ttl", 2, []),
        ("udata/bnodes.jsonld", 3, [UNDESCRIBED]),
        ("udata/bnodes.xml", 4, []),
        ("udata/catalog.xml", 5, []),
        ("udata/datara--5a26b0f6-0ccf-46ad-ac58-734054b91977.rdf.xml", 1, []),
        ("udata/datara--f40c3860-7236-4b30-a141-23b8ae33f7b2.rdf.xml", 1, []),
        ("udata/evian.json", 8, []),
        ("udata/flat.jsonld", 3, []),
        ("udata/geonetwork.xml", 1, []),
        ("udata/nested.jsonld", 1, []),
        ("udata/ods-capatlantique.rdf", 2, []),
        ("udata/series.xml", 3, []),
        ("udata/sig.oreme.rdf", 1, [UNDESCRIBED]),
        ("udata/udata.xml", 3, []),
    ],
)
def test_a_recorded_catalog(
    directory: Directory, name: str, created: int, rejected: list[set[str]]
) -> None:
    with hostile(documents(name)) as server:
        first, again = twice(directory, "dcat", f"{server}/{Path(name).name}")
    assert (counts(first).get("created", 0), errors(first)) == (created, rejected)
    assert (counts(again).get("unchanged", 0), errors(again)) == (created, rejected)
    assert first.complete is (BROKEN not in rejected)


def test_a_recorded_data_json(directory: Directory) -> None:
    with hostile(documents("udata/evian.json")) as server:
        first, again = twice(directory, "data-json", f"{server}/evian.json")
    assert (counts(first), counts(again)) == ({"created": 8}, {"unchanged": 8})
    assert first.complete
    assert {each.rule for each in first.notes} == {"keys-from"}


@pytest.mark.parametrize("name", ["paged-collection", "partial-collection"])
def test_recorded_pages_of_hydra(directory: Directory, name: str) -> None:
    bodies = [
        (FIXTURES / "dcat" / "udata" / f"{name}-{page}.jsonld").read_bytes() for page in (1, 2)
    ]

    def page(asked: dict[str, str], headers: Mapping[str, str]) -> Reply:
        own = f"http://{headers['Host']}".encode()
        return Reply(bodies[int(asked.get("page", "1")) - 1].replace(b"http://data.test.org", own))

    with hostile({"/catalog.jsonld": page}) as server:
        first, again = twice(directory, "dcat", f"{server}/catalog.jsonld")
    assert (counts(first), counts(again)) == ({"created": 4}, {"unchanged": 4})
    assert first.complete


def test_the_recorded_answers_of_an_opendatasoft_portal(directory: Directory) -> None:
    path = FIXTURES / "dcat" / "udata" / "snapshot-ods-capatlantique.json"
    recorded: Mapping[str, Any] = json.loads(path.read_bytes())
    answers = [each["response"] for each in recorded["requests_history"]]
    body, headers = next((each["body"], each["headers"]) for each in reversed(answers))
    kept = {"Content-Type": headers["Content-Type"]}
    with hostile({"/dcat": lambda _asked: Reply(body.encode(), headers=kept)}) as server:
        first, again = twice(directory, "dcat", f"{server}/dcat")
    there = len(recorded["datasets"]) + len(recorded["dataservices"])
    assert (counts(first), counts(again)) == ({"created": there}, {"unchanged": there})


def packages(*names: str) -> list[Any]:
    """What package_show answered; DKAN puts the package into a list."""
    results = [
        json.loads((FIXTURES / "ckan/udata" / name).read_bytes())["result"] for name in names
    ]
    return [each[0] if isinstance(each, list) else each for each in results]


@pytest.mark.parametrize("search", [True, False])
def test_recorded_packages_of_ckan(directory: Directory, search: bool) -> None:
    server = Portal(packages(*(f"ckan-dataset-{at}.json" for at in (1, 2, 3))), search=search)
    with hostile(server.over_http()) as address:
        first, again = twice(directory, "ckan", address)
    assert (counts(first), counts(again)) == ({"created": 3}, {"unchanged": 3})
    assert first.complete


def test_a_recorded_package_of_dkan_that_is_private_is_named_and_not_taken(
    directory: Directory,
) -> None:
    server = Portal(packages("dkan-french-w-license.json"), search=False)
    with hostile(server.over_http()) as address:
        first, _ = twice(directory, "ckan", address)
    assert counts(first) == {"unchanged": 1}
    assert "ckan-not-public" in rules(first)
    server.packages[0]["private"] = False
    with hostile(server.over_http()) as address:
        name = directory.source("公开", "ckan", address, options={"allow_private": True})
        assert counts(directory.harvest(name)) == {"created": 1}


def test_the_search_of_an_opendatasoft_portal_is_no_ckan(directory: Directory) -> None:
    body = (FIXTURES / "ckan/udata/search-ods.json").read_bytes()
    with hostile({"/api/3/action/package_search": lambda _asked: Reply(body)}) as address:
        first, _ = twice(directory, "ckan", address)
    assert first.state == "failed"
    assert "ckan-no-api" in rules(first)
