"""The guarded fetcher over a real connection: what it refuses, bounds, repeats and gives up."""

from __future__ import annotations

import gzip
import time

import pytest

from harvesters.addresses import anywhere, is_public
from harvesters.faults import HarvestFault, rules
from harvesters.fetching import GuardedFetcher, Limits
from tests.hostile import Reply, always, hostile, in_turn

QUICK = Limits(attempts=3, backoff=0.01, seconds=5, silence=2, size=1_000_000)


def fetched(address: str, limits: Limits = QUICK, **options: object) -> bytes:
    with GuardedFetcher(limits, permit=anywhere, **options) as fetcher:
        return fetcher.get(address).body


def rule(address: str, limits: Limits = QUICK, **options: object) -> str:
    with GuardedFetcher(limits, **options) as fetcher, pytest.raises(HarvestFault) as caught:
        fetcher.get(address)
    return caught.value.problem.rule


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("169.254.169.254", False),
        ("0.0.0.0", False),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1", False),
        ("fd00::1", False),
        ("::ffff:10.0.0.1", False),
        ("64:ff9b::a00:1", False),
        ("2002:0a00:0001::1", False),
        ("101.226.4.6", True),
        ("2408:80f0::1", True),
        ("64:ff9b::65e2:406", True),
    ],
)
def test_private_networks_are_told_from_the_public_one(address: str, public: bool) -> None:
    assert is_public(address) is public


def test_a_loopback_address_is_refused_unless_allowed() -> None:
    with hostile({"/x": always(b"inside")}) as address:
        assert rule(f"{address}/x") == "address-refused"
        assert fetched(f"{address}/x") == b"inside"


def test_a_name_that_is_partly_private_is_refused() -> None:
    found = ("101.226.4.6", "127.0.0.1")
    assert rule("http://data.example/", resolver=lambda host, port: found) == "address-refused"


def test_the_address_is_asked_once_and_pinned() -> None:
    asked: list[str] = []

    def resolver(host: str, port: int) -> tuple[str, ...]:
        asked.append(host)
        return ("127.0.0.1",) if len(asked) == 1 else ("10.0.0.1",)

    with hostile({"/x": always(b"yes")}) as address:
        port = address.rpartition(":")[2]
        assert fetched(f"http://data.example:{port}/x", resolver=resolver) == b"yes"
    assert asked == ["data.example"]


def test_a_redirect_into_the_private_network_is_refused() -> None:
    moved = {"/x": always(b"", status=302, headers={"Location": "http://10.9.8.7/secret"})}
    with hostile(moved) as address:
        assert rule(f"{address}/x", permit="127.0.0.1".__eq__) == "address-refused"


@pytest.mark.parametrize(
    "address", ["file:///etc/passwd", "ftp://a.example/x", "http://u:p@a.example/", "http://", "x"]
)
def test_only_plain_http_addresses_are_taken(address: str) -> None:
    assert rule(address) == "address-invalid"


def test_redirects_are_followed_so_far_and_no_further() -> None:
    with hostile(
        {
            "/once": always(b"", status=301, headers={"Location": "/here"}),
            "/here": always(b"found"),
            "/loop": always(b"", status=302, headers={"Location": "/loop"}),
        }
    ) as address:
        assert fetched(f"{address}/once") == b"found"
        assert rule(f"{address}/loop", permit=anywhere) == "too-many-redirects"


def test_a_gzip_bomb_is_stopped_at_the_limit() -> None:
    bomb = gzip.compress(b"\0" * 60_000_000)
    headers = {"Content-Encoding": "gzip"}
    with hostile(
        {
            "/bomb": always(bomb, headers=headers),
            "/fine": always(gzip.compress("目录".encode()), headers=headers),
            "/cut": always(gzip.compress(b"x" * 1000)[:-9], headers=headers),
            "/odd": always(b"x", headers={"Content-Encoding": "zstd"}),
            "/lie": always(b"not gzip", headers=headers),
        }
    ) as address:
        assert rule(f"{address}/bomb", permit=anywhere) == "answer-too-large"
        assert fetched(f"{address}/fine").decode() == "目录"
        assert rule(f"{address}/cut", permit=anywhere) == "connection-lost"
        assert rule(f"{address}/odd", permit=anywhere) == "encoding-unknown"
        assert rule(f"{address}/lie", permit=anywhere) == "encoding-broken"


def test_retry_after_is_honoured_up_to_the_patience() -> None:
    slept: list[float] = []
    busy = Reply(status=503, headers={"Retry-After": "7"})
    with hostile(
        {"/busy": in_turn(busy, Reply(b"now")), "/never": always(b"", status=429)}
    ) as address:
        assert fetched(f"{address}/busy", sleep=slept.append) == b"now"
        assert slept == [7.0]
        assert rule(f"{address}/never", permit=anywhere, sleep=slept.append) == "http-status"
    with hostile({"/x": always(b"", status=503, headers={"Retry-After": "86400"})}) as address:
        slept.clear()
        assert rule(f"{address}/x", permit=anywhere, sleep=slept.append) == "host-busy"
        assert slept == []


def test_a_broken_connection_is_tried_again_with_growing_pauses() -> None:
    slept: list[float] = []
    broken, whole = Reply(b"x" * 1000, cut=10), Reply(b"whole")
    with hostile({"/x": in_turn(broken, broken, whole)}) as address:
        assert fetched(f"{address}/x", sleep=slept.append) == b"whole"
    assert slept == sorted(slept)
    assert len(slept) == 2


def test_a_server_that_drips_is_cut_off_at_the_deadline() -> None:
    slow = Limits(attempts=1, seconds=0.5, silence=0.4)
    with hostile({"/x": always(b"x" * 100, drip=0.1)}) as address:
        begun = time.monotonic()
        assert rule(f"{address}/x", slow, permit=anywhere) in ("too-slow", "connection-lost")
        assert time.monotonic() - begun < 3


def test_a_refusal_is_not_repeated() -> None:
    asked: list[int] = []

    def answer(_: dict[str, str]) -> Reply:
        asked.append(1)
        return Reply(status=404)

    with hostile({"/x": answer}) as address:
        assert rule(f"{address}/x", permit=anywhere) == "http-status"
    assert len(asked) == 1


def test_every_rule_speaks_both_languages() -> None:
    for name, each in rules().items():
        assert each.clause, name
        assert each.message.zh, name
        assert each.message.en, name
        assert each.message.zh != each.message.en, name
