"""Whether this process lives, whether it can answer, and the numbers behind it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask import Blueprint, Response, current_app

from catalog import follower, statistics
from catalog.federation import nodes
from catalog.federation.nodes import NodeView
from catalog.follower import Lag
from catalog.viewers import Role
from web.jsonio import answer
from web.metrics import page
from web.signin import demand, parts

pages = Blueprint("health", __name__)


@pages.get("/healthz")
def alive() -> Response:
    """The process answers."""
    return answer({"status": "ok"})


@pages.get("/readyz")
def ready() -> Response:
    """The database answers; 503 until it does. Without the search engine all but searching goes on,
    so it is told and is no reason to send people elsewhere."""
    database, search = parts().database.ready(), parts().engine.ready()
    status = ("ready" if search else "degraded") if database else "waiting"
    told = {"status": status, "database": database, "search": search}
    return answer(told, 200 if database else 503)


@pages.get("/metrics")
def metrics() -> Response:
    """Prometheus' text: counters of all processes, and the state of the directory now.

    They tell of what is not public too, so the scraper sends an auditor's token.
    """
    demand(Role.AUDITOR, Role.ADMINISTRATOR)
    with parts().database.reading() as db:
        gauges = {
            **_index(follower.status(db), parts().clock.now()),
            **_federation(nodes.every(db), parts().clock.now()),
            **{
                f"mulu_entries_{state}": (f"Entries in the state {state}", float(count))
                for state, count in statistics.states(db).items()
            },
        }
    condition = parts().engine.condition()
    gauges |= {
        "mulu_search_ready": ("Whether searches are answered", float(condition.searches)),
        "mulu_search_troubles": (
            "What is wrong with the engine; `mulu index status` tells it",
            float(len(condition.troubles)),
        ),
    }
    return page(current_app.extensions["mulu-metrics"], gauges)


def _index(lag: Lag, now: datetime) -> dict[str, tuple[str, float]]:
    """How far the index is behind."""
    waiting = (now - lag.since).total_seconds() if lag.since else 0.0
    return {
        "mulu_index_lag_changes": ("Changes that the index has not seen yet", float(lag.behind)),
        "mulu_index_lag_seconds": ("How long the first of them has waited", max(waiting, 0.0)),
        "mulu_index_refused_cards": ("Cards that the engine cannot take", float(lag.refused)),
    }


def _federation(found: Sequence[NodeView], now: datetime) -> dict[str, tuple[str, float]]:
    """How the nodes stand, all together; `mulu federation status` tells of each."""
    lags = [each.lag(now) or 0.0 for each in found]
    return {
        "mulu_nodes": ("Nodes that are followed", float(len(found))),
        "mulu_nodes_failing": (
            "Nodes that do not answer as they should",
            float(sum(each.fault is not None for each in found)),
        ),
        "mulu_node_alarms": (
            "Nodes that withdrew more than their limit",
            float(sum(each.alarm is not None for each in found)),
        ),
        "mulu_node_behind_turns": (
            "Turns of nodes that are not here yet",
            float(sum(each.behind for each in found)),
        ),
        "mulu_node_lag_seconds": ("The longest lag of a node", max(lags, default=0.0)),
    }
