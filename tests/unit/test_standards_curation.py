"""Corrections of a source's values: told as differences, laid over what it says next."""

from __future__ import annotations

from typing import Any

import pytest

from standards.curation import Correction, Mode, changed, corrected, laid

KIND = "document"


def _keywords(*words: str, thesaurus: str = "") -> dict[str, Any]:
    return {"keyword": list(words)} | ({"thesaurus": thesaurus} if thesaurus else {})


@pytest.mark.parametrize(
    ("said", "wanted", "next_", "served"),
    [
        ("甲", "乙", "丙", "乙"),
        (None, "乙", "丙", "乙"),
        ("甲", None, "丙", None),
    ],
)
def test_a_corrected_element_stays_as_it_was_made(
    said: str | None, wanted: str | None, next_: str, served: str | None
) -> None:
    before = {"abstract": said} if said else {}
    after = {"abstract": wanted} if wanted else {}
    correction = corrected(KIND, before, after, "abstract")
    assert correction
    assert laid(KIND, {"abstract": next_}, [correction]).get("abstract") == served
    assert correction.disputed(said, next_)
    assert not correction.disputed(said, said)
    assert not correction.disputed(said, wanted)


@pytest.mark.parametrize(
    ("said", "wanted", "next_", "served"),
    [
        (
            [_keywords("防汛")],
            [_keywords("防汛", "泵站")],
            [_keywords("排水", "防汛")],
            [_keywords("排水", "防汛", "泵站")],
        ),
        (
            [_keywords("防汛", thesaurus="水利")],
            [_keywords("防汛", thesaurus="水利"), _keywords("泵站")],
            [_keywords("泵站")],
            [_keywords("泵站")],
        ),
        ([], [_keywords("泵站")], [_keywords("防汛")], [_keywords("防汛", "泵站")]),
    ],
)
def test_what_was_added_joins_whatever_the_source_lists(
    said: Any, wanted: Any, next_: Any, served: Any
) -> None:
    correction = corrected(KIND, {"keywords": said}, {"keywords": wanted}, "keywords")
    assert correction
    assert correction.mode is Mode.ADD
    assert laid(KIND, {"keywords": next_}, [correction])["keywords"] == served
    assert not correction.disputed(said, next_)


def test_a_list_of_which_something_was_taken_is_corrected_as_a_whole() -> None:
    said, wanted = [{"name": "甲局"}, {"name": "乙局"}], [{"name": "乙局"}, {"name": "丙局"}]
    correction = corrected(KIND, {"provider": said}, {"provider": wanted}, "provider")
    assert correction == Correction("provider", Mode.SET, wanted)
    first = [{"name": "丙局"}, *said]  # who comes first answers for the resource
    turned = corrected(KIND, {"provider": said}, {"provider": first}, "provider")
    assert turned == Correction("provider", Mode.SET, first)


def test_what_the_directory_assigns_and_what_a_kind_lacks_is_no_correction() -> None:
    assert changed(KIND, {"metadata_identifier": "1"}, {"metadata_identifier": "2"}) == []
    assert laid(KIND, {"title": "甲"}, [Correction("items", Mode.SET, [])]) == {"title": "甲"}
    assert corrected(KIND, {"title": "甲"}, {"title": "甲"}, "title") is None
