"""A circuit breaker for each host, shared by all processes: a host that only gives faults is left
alone for a while, then tried once; while it stays faulty it rests twice as long."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from catalog import hosts
from catalog.clock import Clock
from catalog.database import Database
from harvesters.faults import HarvestFault, fault
from standards.clocks import CHINA
from standards.problems import Problem


class Circuits(Protocol):
    """What is known of hosts that give faults."""

    def check(self, host: str) -> None:
        """Raise the fault of a host that rests."""
        ...

    def failed(self, host: str, problem: Problem) -> bool:
        """Count a fault; whether the host rests from now on."""
        ...

    def succeeded(self, host: str) -> None:
        """The host works."""
        ...


class Closed:
    """Lets everything through."""

    def check(self, host: str) -> None:
        """Nothing rests."""

    def failed(self, host: str, problem: Problem) -> bool:
        """Nothing is counted."""
        return False

    def succeeded(self, host: str) -> None:
        """Nothing to forget."""


@dataclass
class SharedCircuits:
    """Those that the database keeps. A person who harvests by hand (`insist`) is not refused: what
    they try is the trial."""

    database: Database
    clock: Clock
    limit: int
    rest: float
    insist: bool = False

    def check(self, host: str) -> None:
        """Raise the fault of a host that rests; the one trial at its end is let through."""
        with self.database.reading() as session:
            resting = hosts.resting(session, host)
        if resting is None or self.insist:
            return
        now = self.clock.now()
        if resting.until <= now:
            with self.database.writing() as session:
                if hosts.claim_trial(session, host, resting, now):
                    return
        raise _resting(host, resting)

    def failed(self, host: str, problem: Problem) -> bool:
        """Count a fault."""
        with self.database.writing() as session:
            told, now = problem.as_dict(), self.clock.now()
            return hosts.fault(session, host, told, now, self.limit, self.rest)

    def succeeded(self, host: str) -> None:
        """Forget the faults of a host, if it had any."""
        with self.database.reading() as session:
            faulty = hosts.known(session, host)
        if faulty:
            with self.database.writing() as session:
                hosts.forget(session, host)


def _resting(host: str, resting: hosts.Resting) -> HarvestFault:
    problem = Problem.from_dict(resting.told)
    return fault(
        "host-resting",
        value=host,
        faults=resting.faults,
        until=f"{resting.until.astimezone(CHINA):%m-%d %H:%M}",
        zh=problem.message.zh,
        en=problem.message.en,
    )
