"""Whatever the public can ask for is the same with and without an entry that is not for the public.

The addresses are taken from the application itself, so that a new page is tested the day it is
made: each is asked with every argument that could betray the hidden entry.
"""

from __future__ import annotations

import csv
import io
import re
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from werkzeug.routing import Rule

from catalog import entries as catalog_entries
from catalog import sample
from catalog.clock import Clock, FixedClock, SystemClock
from catalog.database import Database
from catalog.elements import claims, keeping
from catalog.identity import keeping as identity
from catalog.registration import Proposal, register, revise
from catalog.review import accept, merge, send_back, withdraw
from catalog.settings import Settings
from catalog.viewers import OPERATOR, PUBLIC
from search.elasticsearch_engine import ElasticsearchEngine
from search.opening import open_engine
from standards.formats import FORMATS
from standards.profile import KINDS
from standards.sample import entries
from tests.directory import follow
from tests.parts import require
from web.app import create_app
from web.feeds.oai import verbs
from web.parts import Parts

ENTRIES = 60
AGENCY = "3100H"
SECRET = "夜鹭栖息"
"""Words of the hidden entry that nothing else holds."""
SHARED = "防汛"
QUERIES = ("", SECRET, SHARED, f'"{SECRET}"', "水务 夜鹭", "yelu", "沪水务〔2031〕77号", "3100H")
BOX = {"west": 121.42, "south": 31.2, "east": 121.48, "north": 31.25}
VOLATILE = (
    re.compile(rb'"took_ms": ?[0-9.]+'),
    re.compile(rb'(name="csrf[^"]*" value=")[^"]*'),
    re.compile(rb"[0-9.]+ ?(ms|\xe6\xaf\xab\xe7\xa7\x92|seconds|\xe7\xa7\x92)"),
)
SKIPPED = {"static", "vendor.leaflet_file", "health.metrics"}
"""Files of the program itself, and what needs an operator's token (tested below)."""
COUNTED = ("/transparency", "/transparency.csv")
"""Where it is published how many entries each agency withholds, and on what ground: the count alone
is told, on purpose, and only of what was decided (tested apart, below)."""
FOLLOWED = ("/federation/changes", "/oai?")
"""Where it is told for good that something once told is not shown any more, and nothing else."""
UNDECIDED = ("draft", "submitted", "returned", "undetermined", "withdrawn unseen")
HEADERS = ("ETag", "Last-Modified", "Location", "Link", "Content-Type", "Cache-Control", "Vary")
"""What else of an answer could tell; the length of a body is compared with the body."""
SEARCHING = ("search", "suggest", "locate", "map", "similar", "agencies", "statistics")
HARVESTED = (
    "verb=Identify",
    "verb=ListSets",
    *(f"verb=ListRecords&metadataPrefix={prefix}" for prefix in ("oai_dc", "mulu")),
    *(
        f"verb=ListIdentifiers&metadataPrefix=oai_dc&{chosen}"
        for chosen in (
            "from=2000-01-01",
            "set=kind:document",
            "set=theme:ZF000",
            "set=agency:31000",
            "set=district:310000",
        )
    ),
)
"""What harvesters ask; pages are short, so that there are tokens to compare."""
BOTH_ENGINES = pytest.mark.parametrize("parts", ["tantivy", "elasticsearch"], indirect=True)
AS_PAGE = {"Accept": "text/html", "Accept-Language": "zh"}
Answers = dict[str, tuple[int, bytes, tuple[str | None, ...]]]

HIDDEN: dict[str, dict[str, Any]] = {
    "draft": {"submit": False},
    "submitted": {},
    "returned": {},
    "withheld": {
        "accept": True,
        "disclosure": {"attribute": "withheld", "ground": "privacy", "third_party": "refused"},
    },
    "undetermined": {"accept": True, "disclosure": {"attribute": "undetermined"}},
    "for agencies": {
        "accept": True,
        "disclosure": {"attribute": "withheld", "ground": "trade-secret", "third_party": "silent"},
        "sharing": {"attribute": "unconditional"},
    },
    "withdrawn unseen": {},
}


@contextmanager
def directory(folder: Path, search_url: str, clock: Clock) -> Iterator[Parts]:
    """A directory with a sample; two of them sign alike."""
    env = {"MULU_DATA_DIR": str(folder), "MULU_DEMO": "1", "MULU_SEARCH_URL": search_url}
    env |= {"MULU_NODE": "leaks", "MULU_NODE_KEY": "A" * 43, "MULU_SECRET_KEY": "s" * 16}
    chosen = Settings.from_environment(env)
    database = Database(chosen.database_url)
    database.migrate()
    sample.load(database, ENTRIES, clock=clock)
    now = FixedClock(clock.now() + timedelta(seconds=1))
    with closing(Parts(chosen, database, open_engine(search_url, folder), now)) as made:
        follow(database, made.engine)
        yield made
        if isinstance(made.engine, ElasticsearchEngine):
            name = search_url.rpartition("/")[2]
            for index in made.engine._client.indices.get(index=f"{name}*").body:
                made.engine._indexes.drop(index)


@pytest.fixture(scope="module")
def parts(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Parts]:
    """A directory with a sample, served over the engine that a test names."""
    url = engine_url(getattr(request, "param", "tantivy"))
    with directory(tmp_path_factory.mktemp("leaks"), url, SystemClock()) as made:
        yield made


def engine_url(name: str) -> str:
    """Where an engine keeps an index that nobody else uses."""
    if name == "elasticsearch":
        return f"{require('elasticsearch')}/leaks-{uuid.uuid4().hex[:8]}"
    return "tantivy:index"


@pytest.fixture(scope="module")
def app(parts: Parts) -> Iterator[Flask]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(verbs, "RECORDS", 20)
        patch.setattr(verbs, "HEADS", 5)
        yield create_app(parts)


def values(hidden: str, number: str, **more: Any) -> dict[str, Any]:
    """A descriptor whose every text is found by one of the queries."""
    chosen = {
        key: value for key, value in HIDDEN[hidden].items() if key in ("disclosure", "sharing")
    }
    return {
        "title": f"关于{SECRET}{SHARED}的通知{number}",
        "abstract": f"{SECRET}湿地的{SHARED}安排。",
        "provider": [{"name": "上海市水务局"}],
        "category": [{"scheme": "theme", "code": "ZGG00"}],
        "keywords": [{"keyword": [SECRET, SHARED]}],
        "document_number": f"沪水务〔2031〕{number}号",
        "genre": "notice",
        "place": {"division": ["310106"], **BOX},
        **chosen,
        **more,
    }


def hide(parts: Parts, hidden: str, number: str) -> str:
    """Bring an entry into the directory that the public must not notice; its identifier."""
    now = parts.clock.now()
    how = {key: value for key, value in HIDDEN[hidden].items() if key in ("submit", "accept")}
    related = [{"type": "basis", "target": each} for each in _public_identifiers(parts)]
    told = values(hidden, number, relations=related)
    with parts.database.writing() as session:
        (made,) = register(session, OPERATOR, [Proposal("document", told, AGENCY, **how)], now)
        assert made.identifier, made.problems
        assert not how.get("accept") or made.state == "published", made.problems
        if hidden == "returned":
            send_back(session, OPERATOR, made.identifier, made.revision, f"请补充{SECRET}", now)
        if hidden == "withdrawn unseen":
            withdraw(session, OPERATOR, made.identifier, made.revision, f"{SECRET}误报", now)
    caught_up(parts)
    return made.identifier


def caught_up(parts: Parts) -> None:
    """Whatever follows the change log knows of what is there."""
    follow(parts.database, parts.engine)
    while identity.step(parts.database, parts.clock, "leaks"):
        pass
    keeping.FOLLOWER.catch_up(parts.database, parts.clock)


def addresses(app: Flask, identifiers: list[str]) -> list[str]:
    """Every address that answers GET, with every argument that matters; over an engine that is
    far away those alone that ask it.
    """
    arguments: dict[str, list[str]] = {
        "identifier": identifiers,
        "entries.entry": [*identifiers, *(f"{identifiers[0]}{each.suffix}" for each in FORMATS)],
        "code": [AGENCY, "31000"],
        "kind": list(KINDS),
        "name": ["genres", "divisions", "sample"],
        "number": ["1", "2"],
        "run": ["1"],
        "element": ["FR001", "DL005"],
        "one": identifiers[:1],
        "other": identifiers[-1:],
        "year": ["2024"],
        "token": ["x" * 32],
    }
    everything = app.extensions["mulu"].engine.name == "tantivy"
    found: list[str] = []
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint in SKIPPED:
            continue
        if everything or any(word in rule.rule for word in SEARCHING):
            found += [path + query for path in _paths(rule, arguments) for query in _asked(path)]
    return found


def naming(app: Flask, identifier: str) -> list[str]:
    """The addresses that name an entry."""
    return [address for address in addresses(app, [identifier]) if identifier in address]


def _paths(rule: Rule, arguments: dict[str, list[str]]) -> Iterator[str]:
    names = sorted(rule.arguments)
    given = (arguments.get(rule.endpoint) or arguments[name] for name in names)
    for chosen in product(*given):
        path = rule.rule
        for name, value in zip(names, chosen, strict=True):
            path = re.sub(rf"<([^>]*:)?{name}>", value, path)
        yield path


def _asked(path: str) -> list[str]:
    """The queries for an address that searches or lists, or none."""
    if path == "/oai":
        return [f"?{query}" for query in HARVESTED]
    if not any(word in path for word in SEARCHING):
        return [""]
    asked = [f"?q={text}&item={text}" for text in QUERIES]
    asked += ["?division=310106", "?bbox=121.4,31.1,121.5,31.3", f"?q={SHARED}&agency={AGENCY}"]
    asked += [f"?q={SHARED}&sort={sort}" for sort in ("issued", "updated", "title")]
    asked += [f"?state={state}" for state in ("submitted", "draft", "published")]
    return [*asked, "?disclosure=withheld", "?stage=pending", "?audience=agency"]


def outputs(app: Flask, asked: list[str]) -> Answers:
    """What the public is answered, without what differs at every request."""
    client = app.test_client()
    found: Answers = {}
    for address in asked:
        answer = client.get(address)
        assert answer.status_code < 500, address
        body = answer.data
        for pattern in VOLATILE:
            body = pattern.sub(rb"", body)
        told = tuple(answer.headers.get(name) for name in HEADERS)
        found[address] = (answer.status_code, body, told)
    return found


def differing(before: Answers, after: Answers) -> list[str]:
    """The addresses that answer otherwise than before, but for the counts that are published."""
    changed = [address for address in before if before[address] != after[address]]
    return [address for address in changed if address not in COUNTED]


def _public_identifiers(parts: Parts) -> list[str]:
    with parts.database.reading() as session:
        return [view.identifier for view in catalog_entries.page(session, PUBLIC, "", 3)]


@settings(
    max_examples=3,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),  # a smaller case would cost more than it tells
    suppress_health_check=list(HealthCheck),
)
@given(st.lists(st.sampled_from(sorted(HIDDEN)), min_size=1, max_size=3))
def test_hidden_entries_change_nothing_that_the_public_sees(
    parts: Parts, app: Flask, kinds: list[str]
) -> None:
    identifiers = [*_public_identifiers(parts), f"{AGENCY}-999999"]
    asked = addresses(app, identifiers)
    before = outputs(app, asked)
    made = [hide(parts, kind, str(77 + place)) for place, kind in enumerate(kinds)]
    after = outputs(app, asked)
    assert differing(before, after) == []
    unknown = outputs(app, naming(app, f"{AGENCY}-999998"))
    for identifier in made:
        for address, (status, body, told) in outputs(app, naming(app, identifier)).items():
            same = address.replace(identifier, f"{AGENCY}-999998")
            assert status == unknown[same][0], address
            assert [str(each).replace(identifier, f"{AGENCY}-999998") for each in told] == [
                str(each) for each in unknown[same][2]
            ], address
            assert SECRET.encode() not in body or "?" in address, address


def test_what_harvesters_ask_has_answers_and_tokens(app: Flask) -> None:
    answers = outputs(app, [f"/oai?{query}" for query in HARVESTED]).values()
    assert not any(b"<error" in body for _, body, _ in answers)
    assert sum(b"</resumptionToken>" in body for _, body, _ in answers) >= 5


def test_every_kind_of_hidden_entry(parts: Parts, app: Flask) -> None:
    asked = addresses(app, _public_identifiers(parts))
    before = outputs(app, asked)
    for kind in HIDDEN:
        hide(parts, kind, "77")
        assert differing(before, outputs(app, asked)) == [], kind


def test_what_is_not_decided_changes_no_published_count(parts: Parts, app: Flask) -> None:
    before = outputs(app, [*COUNTED])
    for kind in UNDECIDED:
        hide(parts, kind, "77")
        assert outputs(app, [*COUNTED]) == before, kind


def test_what_is_decided_changes_published_counts_alone(parts: Parts, app: Flask) -> None:
    def counted() -> Counter[tuple[str, ...]]:
        text = app.test_client().get(COUNTED[1]).get_data(as_text=True)
        rows = csv.reader(io.StringIO(text.lstrip("\ufeff")))
        return Counter({tuple(row[:-1]): int(row[-1]) for row in rows if row[-1].isdigit()})

    before, year = counted(), str(parts.clock.now().year)
    made = [hide(parts, kind, str(91 + place)) for place, kind in enumerate(HIDDEN)]
    more = counted() - before
    own = (AGENCY, "上海市水务局")
    assert more == {
        (*own, "disclosure", "不予公开", "个人隐私", year): 1,
        (*own, "disclosure", "不予公开", "商业秘密", year): 1,
        (*own, "sharing", "无条件共享", "", year): 1,
    }
    for _, body, _ in outputs(app, [*COUNTED, f"/transparency/{year}"]).values():
        for word in (SECRET, SHARED, "湿地", "2031", *made):
            assert word.encode() not in body


@BOTH_ENGINES
def test_all_hidden_entries_together(parts: Parts, app: Flask) -> None:
    asked = addresses(app, _public_identifiers(parts))
    before = outputs(app, asked)
    for kind in HIDDEN:
        hide(parts, kind, "78")
    assert differing(before, outputs(app, asked)) == []


def test_a_pending_change_of_a_public_entry_is_not_seen(parts: Parts, app: Flask) -> None:
    with parts.database.reading() as session:
        views = catalog_entries.some(session, OPERATOR, _public_identifiers(parts))
    view = next(each for each in views if each.kind == "document")
    asked = addresses(app, [view.identifier])
    before = outputs(app, asked)
    with parts.database.writing() as session:
        revise(
            session, OPERATOR, view.identifier, values("submitted", "77"), view.revision,
            parts.clock.now(),
        )  # fmt: skip
    follow(parts.database, parts.engine)
    assert differing(before, outputs(app, asked)) == []


@BOTH_ENGINES
def test_a_withheld_entry_vanishes_when_a_served_one_is_withheld(parts: Parts, app: Flask) -> None:
    """What was public and is withheld later is gone from every output, as if never registered."""
    now = parts.clock.now()
    asked = addresses(app, _public_identifiers(parts))
    before = outputs(app, asked)
    open_values = values("submitted", "78", disclosure={"attribute": "proactive"})
    with parts.database.writing() as session:
        (made,) = register(
            session, OPERATOR, [Proposal("document", open_values, AGENCY, accept=True)], now
        )
    follow(parts.database, parts.engine)
    assert made.identifier
    assert differing(before, outputs(app, asked))
    withheld = values("submitted", "78", disclosure=HIDDEN["withheld"]["disclosure"])
    with parts.database.writing() as session:
        again = revise(session, OPERATOR, made.identifier, withheld, made.revision, now)
        while again.state != "published":  # a step at a time
            again = accept(session, OPERATOR, made.identifier, again.revision, now)
    follow(parts.database, parts.engine)
    after = outputs(app, asked)
    changed = differing(before, after)
    assert [each for each in changed if not each.startswith(FOLLOWED)] == []
    for address in changed:
        assert SECRET.encode() not in after[address][1]


def test_an_entry_merged_into_a_hidden_one_does_not_lead_there(parts: Parts, app: Flask) -> None:
    now = parts.clock.now()
    open_values = values("submitted", "79", disclosure={"attribute": "proactive"})
    hidden = hide(parts, "withheld", "80")
    with parts.database.writing() as session:
        (made,) = register(
            session, OPERATOR, [Proposal("document", open_values, AGENCY, accept=True)], now
        )
        assert made.identifier
        merge(session, OPERATOR, made.identifier, hidden, made.revision, "重复", now)
    follow(parts.database, parts.engine)
    for path in (f"/entries/{made.identifier}", f"/api/v1/entries/{made.identifier}"):
        answer = app.test_client().get(path)
        assert answer.status_code == 410
        assert hidden not in answer.get_data(as_text=True) + str(answer.headers)


def test_a_hidden_holder_and_source_of_a_data_element_is_not_told(parts: Parts, app: Flask) -> None:
    caught_up(parts)
    places = ("locate", "elements", "relations")
    asked = [each for each in addresses(app, _public_identifiers(parts))
             if any(place in each for place in places)]  # fmt: skip
    asked += [f"{path}?item={item}" for path in ("/locate", "/api/v1/locate")
              for item in ("经度", "DL005", "jingdu", SECRET)]  # fmt: skip
    before = outputs(app, asked)
    assert any(b"DL005" in body for _, body, _ in before.values())
    items = [{"name": "经度"}, {"name": f"{SECRET}坐标", "data_element": "DL005"}]
    told = {**values("withheld", "77"), "items": items}
    told = {name: each for name, each in told.items() if name not in ("document_number", "genre")}
    now = parts.clock.now()
    with parts.database.writing() as session:
        proposal = Proposal("non-document", told, AGENCY, accept=True)
        (made,) = register(session, OPERATOR, [proposal], now)
        assert made.identifier, made.problems
    caught_up(parts)
    with parts.database.writing() as session:
        number = claims.make(session, OPERATOR, "DL005", made.identifier, "", SECRET, now)
        claims.decide(session, OPERATOR, number, True, SECRET, now)
    assert differing(before, outputs(app, asked)) == []


WITHHELD: dict[str, dict[str, Any]] = {
    "document": {
        "abstract": f"{SECRET}湿地的{SHARED}安排。",
        "keywords": [{"keyword": [SECRET, SHARED]}],
        "document_number": "沪水务〔2031〕77号",
        "related": [f"{SECRET}巡查记录"],
        "relations": [{"type": "basis", "target": f"{SECRET}办法"}],
        "issued": "2031-05-04",
        "written": "2031-05-03",
        "online": ["https://yelu.example.gov.cn/77"],
        "place": {"division": ["310106"], **BOX},
        "genre": "notice",
        "validity": "in-force",
    },
    "non-document": {
        "abstract": f"{SECRET}湿地的{SHARED}数据。",
        "keywords": [{"keyword": [SECRET, SHARED]}],
        "index_number": "002420455/2031-00077",
        "service": {"url": "https://yelu.example.gov.cn/api", "type": "rest-api"},
        "period": {"begin": "2031-01-01"},
        "place": {"division": ["310106"], **BOX},
        "update_cycle": "P1M",
        "format": {"class": "database", "type": ["oracle"]},
    },
}
"""What is withheld of entries that are open for the rest."""
OTHERWISE: dict[str, dict[str, Any]] = {
    "document": {
        "abstract": "另一份摘要。",
        "keywords": [{"keyword": ["别的"]}],
        "document_number": "沪绿容〔2001〕1号",
        "related": ["别的记录"],
        "relations": [{"type": "replaces", "target": "别的办法"}],
        "issued": "2001-01-01",
        "written": "2000-12-31",
        "online": ["https://other.example.gov.cn/1"],
        "place": {"division": ["310115"]},
        "genre": "letter",
        "validity": "repealed",
    },
    "non-document": {
        "abstract": "另一份摘要。",
        "keywords": [{"keyword": ["别的"]}],
        "index_number": "002420455/2001-00001",
        "service": {"url": "https://other.example.gov.cn/api", "type": "web-page"},
        "period": {"begin": "2001-01-01"},
        "place": {"division": ["310115"]},
        "update_cycle": "P1Y",
        "format": {"class": "spreadsheet", "type": ["xlsx"]},
    },
}
"""The same entries with something quite different in the same parts."""


def open_in_part(kind: str, secret: bool) -> dict[str, Any]:
    """A public entry whose parts are withheld, with the secret in them or without it."""
    parts = [{"part": name, "ground": "privacy", "reason": SECRET} for name in WITHHELD[kind]]
    values = {
        "title": f"{SHARED}情况",
        "provider": [{"name": "上海市水务局"}],
        "category": [{"scheme": "theme", "code": "ZGG00"}],
        "disclosure": {"attribute": "proactive", "third_party": "refused"},
        **(WITHHELD if secret else OTHERWISE)[kind],
    }
    if kind == "non-document":
        item = f"{SECRET}数量" if secret else "另外一项"
        parts.append({"part": "items", "item": item, "ground": "trade-secret"})
        values["items"] = [
            {"name": "观测日期", "type": "date"},
            {
                "name": item,
                "type": "numeric",
                "definition": SECRET if secret else "其他",
                "data_element": "DL005" if secret else "DL006",
            },
        ]
        values["related"] = [item]  # withheld wherever it is a member of a list
    return {**values, "redactions": parts}


@pytest.mark.parametrize("engine", ["tantivy", "elasticsearch"])
def test_what_is_withheld_of_an_open_entry_changes_nothing(tmp_path: Path, engine: str) -> None:
    """Two directories that differ only in what is withheld: the public cannot tell them apart."""
    clock = FixedClock()
    answers: list[Answers] = []
    for secret in (True, False):
        folder = tmp_path / str(secret)
        folder.mkdir()
        with directory(folder, engine_url(engine), clock) as parts:
            proposals = [
                Proposal(kind, open_in_part(kind, secret), AGENCY, accept=True) for kind in KINDS
            ]
            with parts.database.writing() as session:
                made = register(session, OPERATOR, proposals, parts.clock.now())
            caught_up(parts)
            app = create_app(parts)
            identifiers = [str(each.identifier) for each in made]
            answers.append(outputs(app, addresses(app, identifiers)))
            page = app.test_client().get(f"/entries/{identifiers[1]}", headers=AS_PAGE)
            assert "1 项信息项不予公开" in page.text
            assert "第15条" in page.text
    for address, (_, body, _) in answers[0].items():
        assert SECRET.encode() not in body or "?" in address, address
    assert differing(*answers) == []


def test_the_numbers_of_the_operator_need_a_token(app: Flask) -> None:
    assert app.test_client().get("/metrics").status_code in (401, 403)


def test_the_sample_is_what_the_test_believes() -> None:
    assert not any(SECRET in str(entry.values) for entry in entries(ENTRIES))
