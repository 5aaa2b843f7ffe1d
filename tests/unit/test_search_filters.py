"""Filters: parameters in, clauses and sentences out; and requests as queries."""

from __future__ import annotations

import pytest

from search.clauses import EVERYTHING, Any_, Overlaps, Range, Term
from search.fields import FACETED
from search.filters import BY_NAME, FILTERS
from search.finding import clauses, find, to_query
from search.memory import MemoryEngine
from search.moments import number
from search.query import BadQuery
from search.request import SearchRequest
from standards.summary import Box
from tests.cards import many


def test_filters_have_names_parameters_and_facets_of_their_own() -> None:
    assert len(BY_NAME) == len(FILTERS)
    parameters = [name for each in FILTERS for name in each.parameters]
    assert len(set(parameters)) == len(parameters)
    assert all(each.field in FACETED for each in FILTERS if each.field)
    assert all(each.label.zh and each.label.en for each in FILTERS)


def test_values_become_clauses() -> None:
    made = clauses(
        {
            "kind": ["document"],
            "agency": ["A", "B", "A"],
            "issued_from": ["2008"],
            "bbox": ["120.5,30,122,32"],
            "ground": ["trade-secret"],
            "submitted_before": ["2009-03-01"],
            "unknown": ["x"],
            "genre": [],
        }
    )
    assert made["kind"] == Term("kind", ("document",))
    assert made["agency"] == Term("agency_path", ("A", "B"))
    assert made["issued"] == Range("issued", "2008", None)
    assert made["bbox"] == Overlaps(Box(120.5, 30, 122, 32))
    assert isinstance(made["ground"], Any_)
    assert set(made) == {"kind", "agency", "issued", "bbox", "ground", "age"}


@pytest.mark.parametrize("upper", ["2008", "2008-06", "2008-6-30"])
def test_an_upper_date_takes_in_the_whole_of_it(upper: str) -> None:
    clause = clauses({"issued_to": [upper]})["issued"]
    assert isinstance(clause, Range)
    assert number("2008-06-30T23:59:59.999Z") <= number(clause.upper or "")
    assert number("2009-01-01") > number(clause.upper or "")


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("issued_from", "yesterday"),
        ("issued_to", "2008-13"),
        ("written_from", "2008-02-31"),
        ("submitted_before", "0000"),
        ("submitted_before", "二〇〇八"),
        ("issued_from", "２００８"),
        ("bbox", "1,2,3"),
        ("bbox", "a,b,c,d"),
        ("bbox", "nan,0,1,1"),
        ("bbox", "0,10,1,5"),
        ("bbox", "0,0,1,91"),
        ("bbox", "-181,0,1,1"),
    ],
)
def test_a_wrong_value_is_told_with_its_parameter(parameter: str, value: str) -> None:
    with pytest.raises(BadQuery) as told:
        clauses({parameter: [value]})
    assert told.value.field == parameter


def test_sentences_in_both_languages() -> None:
    genre = BY_NAME["genre"]
    assert genre.sentence({"genre": ["notice", "letter"]}, "zh") == "公文种类：通知、函"
    assert genre.sentence({"genre": ["notice"]}, "en") == "Genre: Notice"
    assert BY_NAME["agency"].sentence({"agency": ["X1"]}, "zh") == "部门：X1"
    issued = BY_NAME["issued"].sentence({"issued_from": ["2008"], "issued_to": ["2009"]}, "zh")
    assert issued == "发布日期：2008 – 2009"
    assert genre.sentence({}, "zh") == ""


def test_a_request_tells_what_is_wrong_with_it() -> None:
    engine = MemoryEngine()
    wrong = {
        "sort": SearchRequest("", EVERYTHING, sort="price"),
        "size": SearchRequest("", EVERYTHING, size=-1),
        "facets": SearchRequest("", EVERYTHING, facets=("issued",)),
        "cursor": SearchRequest("", EVERYTHING, cursor="x"),
        "bbox": SearchRequest("", EVERYTHING, filters={"bbox": ["x"]}),
    }
    for field, request in wrong.items():
        with pytest.raises(BadQuery) as told:
            find(engine, request)
        assert told.value.field == field


def test_facets_go_by_the_names_of_filters() -> None:
    engine = MemoryEngine()
    engine.apply(list(many(50)))
    found = find(engine, SearchRequest("", EVERYTHING, facets=("agency", "topic")))
    assert set(found.facets) == {"agency", "topic"}
    assert found.facets["agency"][0].value == "SH000"
    assert found.facets["agency"][0].count == 50
    assert to_query(SearchRequest("", EVERYTHING, facets=("topic",))).facets == ("themes",)
