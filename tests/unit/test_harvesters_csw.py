"""Catalogue services (CSW): what they say of their pages is not believed but proven, and one record
that cannot be had does not spoil the others."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harvesters.faults import HarvestFault
from harvesters.fetched import Fetched, Job
from harvesters.plan import Action
from harvesters.sources.csw import Csw
from tests.catalogues import Arguments, Catalogue, exception, page, record, server_error
from tests.harvesting import Directory, counts, rules

KEYS = [f"k{number:03d}" for number in range(1, 24)]


def fetched(catalogue: Catalogue, **options: object) -> tuple[list[Fetched], str]:
    """All records that come, and the rule of the fault that ends them."""
    job = Job("http://csw.example/csw", None, catalogue, options={"page": 5} | options)
    found: list[Fetched] = []
    try:
        for each in Csw().pages(job):
            found += each.records
    except HarvestFault as error:
        return found, error.problem.rule
    return found, ""


def good(found: list[Fetched]) -> list[str]:
    return [each.key for each in found if not each.problems]


def asked_for(arguments: Arguments) -> range:
    start = int(arguments.get("startPosition", 0))
    return range(start, start + int(arguments.get("maxRecords", 0)))


@given(number=st.integers(0, 23), cap=st.integers(1, 30), size=st.integers(1, 30))
def test_all_records_come_once_in_order(number: int, cap: int, size: int) -> None:
    catalogue = Catalogue(KEYS[:number], cap)
    found, ended = fetched(catalogue, page=size)
    assert (good(found), ended) == (KEYS[:number], "")


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(poison=st.sets(st.integers(1, 23), max_size=3), size=st.integers(1, 30))
def test_poisoned_records_are_left_out_and_told_by_their_position(
    poison: set[int], size: int
) -> None:
    def flaw(asked: Arguments) -> HarvestFault | None:
        return server_error() if poison & set(asked_for(asked)) else None

    found, ended = fetched(Catalogue(KEYS, flaw=flaw), page=size)
    if size == 1 and poison:  # a page of one record cannot be halved
        return
    assert good(found) == [key for at, key in enumerate(KEYS, 1) if at not in poison]
    bad = {each.place for each in found if each.problems}
    assert bad == {f"GetRecords[{at}]" for at in poison}
    assert ended == ("csw-left-out" if poison else "")


def test_a_record_that_breaks_the_page_is_rejected_and_the_others_come() -> None:
    whole = page("".join(map(record, KEYS[:3])), numberOfRecordsMatched=3, nextRecord=0)
    broken = whole.replace("资源k002".encode(), "甲 & 乙".encode())
    undecodable = broken.replace("资源k003".encode(), b"\xe7\xac2")

    def flaw(asked: Arguments) -> bytes | None:
        return undecodable if asked["request"] == "GetRecords" else None

    found, ended = fetched(Catalogue(KEYS[:3], flaw=flaw))
    assert ended == ""
    assert {each.key: [told.rule for told in each.problems] for each in found} == {
        "k001": [],
        "k002": ["xml-broken"],
        "k003": ["undecodable"],
    }


def test_gb18030_is_decoded_by_its_declaration() -> None:
    body = page(record("k001"), numberOfRecordsMatched=1, nextRecord=0).decode()
    body = body.replace('encoding="UTF-8"', 'encoding="gb2312"').replace("资源", "㐂业𠮷")

    def flaw(asked: Arguments) -> bytes | None:
        return body.encode("gb18030") if asked["request"] == "GetRecords" else None

    (only,), ended = fetched(Catalogue(KEYS[:1], flaw=flaw))
    assert (only.values["title"], ended) == ("㐂业𠮷k001", "")


def lying(**said: object) -> Catalogue:
    """A catalogue whose pages say something else of themselves."""
    catalogue = Catalogue(KEYS)
    catalogue.flaw = lambda asked: (
        catalogue.page(int(asked["startPosition"]), int(asked["maxRecords"]), **said)
        if asked["request"] == "GetRecords"
        else None
    )
    return catalogue


@pytest.mark.parametrize(
    ("said", "ended"),
    [
        ({"numberOfRecordsReturned": 0}, ""),
        ({"nextRecord": 0}, ""),
        ({"nextRecord": 1}, ""),
        ({"nextRecord": None}, ""),
        ({"nextRecord": 9999}, ""),
        ({"numberOfRecordsMatched": "?"}, ""),
        ({"numberOfRecordsMatched": 40}, "csw-ends-early"),
        ({"numberOfRecordsMatched": None, "nextRecord": None}, "csw-ends-early"),
    ],
)
def test_counts_are_proven(said: dict[str, object], ended: str) -> None:
    found, told = fetched(lying(**said))
    assert good(found) == KEYS
    assert told == ended


def test_a_server_that_gives_one_page_for_ever_is_noticed() -> None:
    catalogue = Catalogue(KEYS)
    catalogue.flaw = lambda asked: (
        catalogue.page(1, 5, nextRecord=6) if asked["request"] == "GetRecords" else None
    )
    found, ended = fetched(catalogue)
    assert (good(found), ended) == (KEYS[:5], "csw-repeats")


def test_a_record_that_is_withheld_is_told_by_its_position() -> None:
    catalogue = Catalogue(KEYS)

    def flaw(asked: Arguments) -> bytes | None:
        positions = asked_for(asked)
        if 8 not in positions:
            return None
        keys = [KEYS[at - 1] for at in positions if at != 8 and at <= len(KEYS)]
        said = {"numberOfRecordsMatched": 23, "nextRecord": positions.stop}
        return page("".join(map(record, keys)), **said)

    catalogue.flaw = flaw
    found, ended = fetched(catalogue)
    assert good(found) == KEYS[:7] + KEYS[8:]
    assert [each.place for each in found if each.problems] == ["GetRecords[8]"]
    assert ended == "csw-left-out"


def test_records_removed_meanwhile_leave_the_harvest_unproven() -> None:
    catalogue = Catalogue(list(KEYS))

    def flaw(asked: Arguments) -> bytes | None:
        if asked.get("startPosition") == "6":
            catalogue.keys = catalogue.keys[1:]
        return None

    catalogue.flaw = flaw
    found, ended = fetched(catalogue)
    assert (len(good(found)), ended) == (22, "csw-moved")


def test_records_added_meanwhile_come_once() -> None:
    catalogue = Catalogue(list(KEYS))

    def flaw(asked: Arguments) -> bytes | None:
        if asked.get("startPosition") == "6":
            catalogue.keys = ["k000", *KEYS]
        return None

    catalogue.flaw = flaw
    found, ended = fetched(catalogue)
    assert (good(found), ended) == (KEYS, "")


@pytest.mark.parametrize(
    ("answer", "rule"),
    [
        (b"<!DOCTYPE html><html><title>login</title></html>", "csw-not-xml"),
        (b'{"a": 1}', "csw-not-xml"),
        (b"", "csw-not-xml"),
        (exception("MissingParameterValue"), "csw-exception"),
        (b"<GetRecordsResponse/>", "csw-not-xml"),
        (
            b'<!DOCTYPE a [<!ENTITY b "c">]><GetRecordsResponse>&b;</GetRecordsResponse>',
            "xml-broken",
        ),
    ],
)
def test_what_is_no_page_is_told_in_words(answer: bytes, rule: str) -> None:
    def flaw(asked: Arguments) -> bytes | None:
        return answer if asked["request"] == "GetRecords" else None

    assert fetched(Catalogue(KEYS, flaw=flaw)) == ([], rule)


def test_versions_schemas_and_sorting_are_agreed_upon() -> None:
    gmd = "http://www.isotc211.org/2005/gmd"
    mdb = "http://standards.iso.org/iso/19115/-3/mdb/2.0"

    def flaw(asked: Arguments) -> bytes | None:
        if "acceptVersions" in asked or asked.get("version") == "3.0.0":
            return exception("VersionNegotiationFailed")
        return exception("InvalidParameterValue") if "sortBy" in asked else None

    catalogue = Catalogue(
        KEYS, schemas=("http://www.opengis.net/cat/csw/2.0.2", gmd, mdb), flaw=flaw
    )
    assert fetched(catalogue)[1] == ""
    last = catalogue.asked[-1]
    assert (last["version"], last["outputSchema"]) == ("2.0.2", mdb)
    assert "sortBy" not in last
    assert fetched(Catalogue(KEYS), schema="iso19139")[1] == "csw-schema"
    assert fetched(Catalogue(KEYS, version="1.0.0"))[1] == "csw-version"


@pytest.fixture
def directory(tmp_path: Path) -> Directory:
    return Directory.made(tmp_path)


def test_what_a_complete_harvest_misses_is_gone_and_what_is_left_out_is_not(
    directory: Directory,
) -> None:
    name = directory.source(
        "目录", "csw", "http://csw.example/csw", options={"page": 5}, deletion_limit=1.0
    )
    assert counts(directory.harvest(name, Catalogue(KEYS))) == {"created": 23}
    poisoned = Catalogue(KEYS, flaw=lambda asked: server_error() if 9 in asked_for(asked) else None)
    report = directory.harvest(name, poisoned)
    assert counts(report) == {"unchanged": 22, "rejected": 1}
    assert {"csw-left-out", "run-incomplete"} <= rules(report)
    assert directory.living(name) == 23
    assert counts(directory.harvest(name, Catalogue(KEYS[:20]))) == {"unchanged": 20, "deleted": 3}


def test_changes_only_are_asked_for_by_date_and_delete_nothing(directory: Directory) -> None:
    name = directory.source(
        "目录", "csw", "http://csw.example/csw", options={"incremental": "always"}
    )
    assert counts(directory.harvest(name, Catalogue(KEYS))) == {"created": 23}
    catalogue = Catalogue(KEYS[:2])
    report = directory.harvest(name, catalogue)
    assert "2026-02-28" in catalogue.asked[-1]["constraint"]
    assert counts(report) == {"unchanged": 2}
    assert directory.living(name) == 23
    full = Catalogue(KEYS, queryables=())
    assert directory.harvest(name, full).count(Action.UNCHANGED) == 23
    assert "constraint" not in full.asked[-1]


def test_a_killed_harvest_goes_on_where_it_was() -> None:
    catalogue = Catalogue(KEYS)
    job = Job("http://csw.example/csw", None, catalogue, options={"page": 5})
    first = next(Csw().pages(job))
    catalogue.asked.clear()
    rest = list(
        Csw().pages(Job(job.location, None, catalogue, job.options, checkpoint=first.checkpoint))
    )
    assert [each.key for page in (first, *rest) for each in page.records] == KEYS
    assert catalogue.starts() == [6, 11, 16, 21]
