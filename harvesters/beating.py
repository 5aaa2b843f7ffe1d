"""The heart of a run: it beats from a thread of its own while a slow server is waited for, so that
nobody takes the run over, and hears whether somebody cancelled it."""

from __future__ import annotations

import threading
from types import TracebackType

from catalog import steering
from catalog.clock import Clock
from catalog.database import Database
from catalog.errors import Unavailable
from catalog.runs import RunView
from harvesters.budget import Budget
from harvesters.faults import fault

EVERY = 5.0


class Heart:
    """Beats while the block lasts; stops the budget of a run that is cancelled or lost."""

    def __init__(self, database: Database, run: RunView, clock: Clock, budget: Budget) -> None:
        self._database, self._run, self._clock, self._budget = database, run, clock, budget
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True, name=f"run {run.id}")

    def __enter__(self) -> Heart:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._end.set()
        self._thread.join()

    def _work(self) -> None:
        while not self._end.wait(EVERY):
            try:
                self._beat()
            except Unavailable:
                continue  # the next beat may be heard

    def _beat(self) -> None:
        with self._database.writing() as session:
            by = steering.beat(session, self._run.id, self._run.owner, self._clock.now())
        if by is None:
            self._budget.stop(fault("run-lost"))
        elif by:
            self._budget.stop(fault("run-cancelled", value=by))
