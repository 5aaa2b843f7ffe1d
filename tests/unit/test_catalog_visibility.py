"""The one policy: SQL, search and single entries agree on who sees what, whoever asks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import literal, select, union_all

from catalog import visibility
from catalog.cards import cards
from catalog.registration import Proposal
from catalog.tables import Entry, Version
from catalog.viewers import OPERATOR, PUBLIC, Grant, Role, Viewer
from catalog.visibility import audience_of, compiled, holds
from search.analysis import indexed
from search.card import Audience, Card, Stage
from search.clauses import Any_, Clause, Every, Not, Overlaps, Term
from search.memory import MemoryEngine, matches
from search.query import Query
from standards.profile import profile
from standards.summary import Box, Summary
from tests.offices import (
    CENTRE,
    EVERYBODY,
    HEALTH,
    NEIGHBOUR,
    NOBODY,
    PUMPS,
    REGISTRAR,
    WATER,
    Offices,
    sqlite_offices,
    values,
)

PATHS = {
    CENTRE: (CENTRE,),
    WATER: (WATER, CENTRE),
    HEALTH: (HEALTH, CENTRE),
    PUMPS: (PUMPS, WATER, CENTRE),
}
roles = st.sampled_from(Role)
grants = st.builds(Grant, roles, st.none() | st.sampled_from([*PATHS, "310ZZ"]))
viewers = st.just(PUBLIC) | st.builds(
    Viewer, st.just(1), st.just("wang"), st.lists(grants, max_size=3).map(tuple)
)
stages, audiences = st.sampled_from(Stage), st.sampled_from(Audience)
agencies_ = st.sampled_from(list(PATHS))


def card(stage: Stage, audience: Audience, agency: str) -> Card:
    return Card("k", 1, "k", stage, audience, "document", "题", agency, agency, PATHS[agency])


@given(viewers, stages, audiences, agencies_)
def test_single_entries_and_search_agree(
    viewer: Viewer, stage: Stage, audience: Audience, agency: str
) -> None:
    seen = visibility.visible(viewer, stage, audience, PATHS[agency])
    assert seen == matches(indexed(card(stage, audience, agency)), visibility.clause(viewer))
    if not viewer.signed_in:
        assert seen == (stage is Stage.SERVED and audience is Audience.PUBLIC)
    if any(grant.covers(PATHS[agency]) for grant in viewer.grants):
        assert seen


@pytest.fixture(scope="module")
def offices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Offices]:
    """Entries of each agency, audience and stage."""
    with sqlite_offices(tmp_path_factory.mktemp("policy")) as made:
        shared = {"sharing": {"attribute": "unconditional"}}
        for agency in PATHS:
            for accept in (True, False):
                made.register(
                    Proposal("document", values(), agency, accept=accept),
                    Proposal("document", values(disclosure="withheld"), agency, accept=accept),
                    Proposal(
                        "document", values(disclosure="withheld", **shared), agency, accept=accept
                    ),
                    actor=OPERATOR,
                )
        yield made


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(viewer=viewers)
def test_sql_and_search_find_the_same(offices: Offices, viewer: Viewer) -> None:
    engine = MemoryEngine()
    with offices.database.reading() as session:
        engine.apply(cards(session, list(session.scalars(select(Entry.identifier)))))
        found = {
            f"{identifier}{suffix}"
            for stage, column, suffix in (
                (Stage.SERVED, Entry.served, ""),
                (Stage.PENDING, Entry.pending, "~pending"),
            )
            for identifier in session.scalars(
                select(Entry.identifier)
                .join(Version, (Version.entry == Entry.identifier) & (Version.number == column))
                .where(visibility.condition(viewer, stage))
            )
        }
    result = engine.search(Query(visibility.clause(viewer), size=100))
    assert {hit.card.key for hit in result.hits} == found


FIELDS = ("stage", "audience", "agency_path")
terms = st.builds(
    Term, st.sampled_from(FIELDS), st.lists(st.sampled_from("abc"), max_size=2).map(tuple)
)
clauses: st.SearchStrategy[Clause] = st.recursive(
    terms,
    lambda inner: (
        st.builds(Every, st.lists(inner, max_size=3).map(tuple))
        | st.builds(Any_, st.lists(inner, max_size=3).map(tuple))
        | st.builds(Not, inner)
    ),
    max_leaves=6,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    clause=clauses, fields=st.fixed_dictionaries({name: st.sampled_from("abc") for name in FIELDS})
)
def test_any_clause_means_the_same_in_sql(
    offices: Offices, clause: Clause, fields: dict[str, str]
) -> None:
    row = union_all(
        select(*(literal(value).label(name) for name, value in fields.items()))
    ).subquery()
    condition = compiled(clause, lambda term: row.c[term.field].in_(term.values))
    with offices.database.reading() as session:
        held = session.execute(select(literal(1)).select_from(row).where(condition)).first()
    told = {name: (value,) for name, value in fields.items()}
    assert (held is not None) == holds(clause, told)


def test_a_policy_of_anything_else_is_refused() -> None:
    with pytest.raises(ValueError, match="no part of a policy"):
        holds(Overlaps(Box(0, 0, 1, 1)), {})


@pytest.mark.parametrize(
    ("disclosure", "sharing", "audience"),
    [
        ("proactive", "not-shared", "public"),
        ("on-request", "undetermined", "public"),
        ("withheld", "unconditional", "agencies"),
        ("undetermined", "conditional", "agencies"),
        ("withheld", "not-shared", "agency"),
        ("undetermined", "undetermined", "agency"),
        ("something new", "something new", "agency"),
    ],
)
def test_what_is_not_decided_stays_with_the_agency(
    disclosure: str, sharing: str, audience: str
) -> None:
    assert audience_of(Summary("document", disclosure=disclosure, sharing=sharing)) == audience


def test_elements_kept_from_the_public_are_seen_by_agencies_only(offices: Offices) -> None:
    kept = [
        path for path, element in profile("non-document").walk() if element.audience == "agencies"
    ]
    assert kept, "the profile keeps something from the public"
    items = [{"name": "泵站名称", "column": "PUMP_NAME"}]
    made = offices.register(
        Proposal("non-document", values(items=items), WATER, accept=True), actor=OPERATOR
    )[0]
    assert "PUMP_NAME" not in offices.find(made.identifier, PUBLIC).shown.descriptor.json()
    assert "PUMP_NAME" not in offices.find(made.identifier, NOBODY).shown.descriptor.json()
    assert "PUMP_NAME" in offices.find(made.identifier, NEIGHBOUR).shown.descriptor.json()


def test_the_public_cannot_tell_that_something_is_pending(offices: Offices) -> None:
    made = offices.published(title="甲")
    before = offices.find(made.identifier)
    offices.revise(made, actor=REGISTRAR, title="乙")
    assert offices.find(made.identifier) == before
    assert len({repr(offices.find(made.identifier, viewer)) for viewer in EVERYBODY[:2]}) == 1
