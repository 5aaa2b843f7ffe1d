"""Probes exchange endpoints in turn: whether they can be reached, how long their certificate lasts,
whether they want a login, and whether they describe themselves as before."""

from __future__ import annotations

import hashlib
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import structlog

from catalog import leases
from catalog.clock import Clock
from catalog.database import Database
from catalog.endpoints import judging
from catalog.endpoints.judging import BROKEN, Due, Sighting
from catalog.errors import Unavailable
from catalog.processes import new_owner
from harvesters.addresses import Permit, anywhere, is_public
from harvesters.faults import HarvestFault, problem
from harvesters.looking import Look, Looker
from search.card import UNKNOWN
from standards.consistency import login_address
from standards.endpoints import asks_for_password, description_address, lasting
from standards.problems import Problem

LEASE = "probing"
POLL = 5.0
BATCH = 64
HOSTS = 8
"""Hosts that are asked at the same time; each of them one question at a time."""
PAUSE = 0.5
SOON = timedelta(days=21)
"""A certificate that ends within this time is called expiring."""
_LOGIN = frozenset({401, 403, 407})
_ANSWERS = frozenset({400, 405, 406, 411, 412, 415, 422, 426, 428})
"""Of a service that is there, but wants to be asked in another way."""
_BUSY = frozenset({408, 425, 429, 503})
_OUT_OF_REACH = frozenset({"address-refused", "address-invalid"})
log = structlog.get_logger("mulu.probing")

See = Callable[[str], Look]


@dataclass(frozen=True, slots=True)
class Prober:
    """Probes what is due. ``every`` is how often each endpoint is looked at."""

    database: Database
    clock: Clock
    every: timedelta
    permit: Permit = is_public
    pause: float = PAUSE

    def step(self, owner: str, stop: threading.Event | None = None) -> int:
        """Probe what is due now, unless another process does; how many endpoints that were."""
        if not leases.acquire(self.database, LEASE, owner, self.clock.now()):
            return 0
        with self.database.reading() as session:
            waiting = judging.due(session, self.clock.now(), BATCH)
        hosts: defaultdict[str, list[Due]] = defaultdict(list)
        for each in waiting:
            hosts[urlsplit(each.url).netloc.lower()].append(each)
        halt = stop or threading.Event()
        with ThreadPoolExecutor(HOSTS, "probe") as pool:
            done = pool.map(lambda some: self._host(some, halt), hosts.values())
            return sum(done)

    def _host(self, some: Iterable[Due], stop: threading.Event) -> int:
        """Probe the endpoints of one host, one after another."""
        done = 0
        looker = Looker(permit=self.permit)
        for each in some:
            if done and stop.wait(self.pause):
                break
            try:
                seen = sighting(each, looker.look, self.clock.now())
            except Exception:  # the prober outlives whatever one endpoint does to it
                log.exception("probe failed", url=_shown(each.url))
                seen = Sighting(UNKNOWN)
            with self.database.writing() as session:
                state = judging.record(session, each.key, seen, self.clock.now(), self.every)
            if state:
                log.info("endpoint changed", url=_shown(each.url), state=state)
            done += 1
        return done


def work(
    database: Database, clock: Clock, stop: threading.Event, hours: int, private: bool
) -> None:
    """Probe each endpoint every so many hours until told to stop; 0 hours: never."""
    if not hours:
        return
    permit = anywhere if private else is_public
    prober, owner = Prober(database, clock, timedelta(hours=hours), permit), new_owner()
    while not stop.is_set():
        try:
            probed = prober.step(owner, stop)
        except Unavailable as away:
            log.warning("waiting", reason=str(away))
            probed = 0
        if probed < BATCH:
            stop.wait(POLL)


def sighting(endpoint: Due, see: See, now: datetime) -> Sighting:
    """What one look at an endpoint says of it."""
    try:
        look = see(endpoint.url)
    except HarvestFault as failure:
        reachable = failure.problem.rule not in _OUT_OF_REACH
        return Sighting(BROKEN if reachable else UNKNOWN, failure.problem)
    asked = description_address(endpoint.protocol, endpoint.url)
    told = _description(asked, see) if asked else None
    return _judged(look, told, now)


def _judged(look: Look, told: Look | None, now: datetime) -> Sighting:
    until, description = look.certificate_until, _digest(told)
    if look.status in _BUSY:
        return Sighting(UNKNOWN, _said("http-status", look, value=str(look.status)))
    if _wants_login(look):
        return Sighting("login", _said("endpoint-login", look), until, description)
    served = look.status < 400 or look.status in _ANSWERS or bool(description)
    if not served:
        return Sighting(BROKEN, _said("http-status", look, value=str(look.status)), until)
    if until and until - now < SOON:
        ends = _said("certificate-ends", look, value=until.date().isoformat())
        return Sighting("expiring", ends, until, description)
    return Sighting("ok", None, until, description)


def _wants_login(look: Look) -> bool:
    if look.status in _LOGIN or login_address(look.url):
        return True
    return look.status < 400 and "html" in look.media_type and asks_for_password(look.body)


def _description(address: str, see: See) -> Look | None:
    try:
        told = see(address)
    except HarvestFault:
        return None
    return told if told.status == 200 and "html" not in told.media_type else None


def _digest(told: Look | None) -> str:
    """The digest of a description that was read whole; of a part nothing can be said."""
    if told is None or not told.whole or not told.body.strip():
        return ""
    return hashlib.sha256(lasting(told.body)).hexdigest()


def _said(rule: str, look: Look, value: str = "") -> Problem:
    return problem(rule, place=look.url, value=value, severity="warning")


def _shown(url: str) -> str:
    """An address without what may be a key in it."""
    return url.partition("?")[0]
