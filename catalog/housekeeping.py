"""What falls due by itself: jobs that the worker does every minute, one process at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from catalog import leases
from catalog.access import keeping
from catalog.clock import Clock
from catalog.database import Database
from catalog.endpoints import keeping as endpoints
from catalog.errors import Unavailable
from catalog.processes import new_owner
from catalog.requests import sweeping

EVERY = 60.0
LEASE = "housekeeping"
log = structlog.get_logger("mulu.housekeeping")


@dataclass(frozen=True, slots=True)
class Job:
    """Something to do in one transaction; gives how much there was, and is called again until
    there is nothing more.
    """

    name: str
    run: Callable[[Session, datetime], int]


JOBS: tuple[Job, ...] = (
    Job("purge applicants", keeping.purge),
    Job("sweep requests", sweeping.sweep),
    Job("follow endpoints", endpoints.follow),
)


def work(database: Database, clock: Clock, stop: threading.Event) -> None:
    """Do every job each minute until told to stop; a database that is away is waited for."""
    owner = new_owner()
    while not stop.is_set():
        try:
            step(database, clock, owner)
        except Unavailable as away:
            log.warning("waiting", reason=str(away))
        stop.wait(EVERY)


def step(database: Database, clock: Clock, owner: str, jobs: tuple[Job, ...] = JOBS) -> int:
    """Do every job once, unless another process does; how much there was to do."""
    if not leases.acquire(database, LEASE, owner, clock.now()):
        return 0
    try:
        return sum(_done(database, clock, job) for job in jobs)
    finally:
        leases.release(database, LEASE, owner)


def _done(database: Database, clock: Clock, job: Job) -> int:
    """How much a job did; one that fails is told in the log and keeps no other from its turn."""
    total = 0
    try:
        while True:
            with database.writing() as session:
                done = job.run(session, clock.now())
            if not done:
                break
            total += done
    except Unavailable:
        raise
    except Exception:  # the worker outlives a faulty job
        log.exception("job failed", job=job.name)
    if total:
        log.info("job done", job=job.name, count=total)
    return total
