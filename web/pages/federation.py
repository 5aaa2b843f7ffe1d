"""The nodes that this directory follows: who they are, what of theirs is here, how late it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from catalog.exposure import Tier
from catalog.federation import keys, nodes
from catalog.federation.keys import PublicKey
from catalog.federation.nodes import NodeView
from catalog.viewers import Viewer
from standards.problems import Text
from web.signin import current_viewer, parts

pages = Blueprint("federation", __name__)


@dataclass(frozen=True, slots=True)
class Shown:
    """A node as it is shown. How many turns it is ahead is told to whom all of these turns are
    told; what exactly is wrong, to those who hold a role."""

    source: str
    name: str
    entries: int
    contact: datetime | None
    lag: int | None
    behind: int | None
    fingerprint: str
    failing: bool
    told: tuple[Text, ...]


@pages.get("/federation")
def page() -> ResponseReturnValue:
    """Every node, and how others know this one."""
    viewer, now, settings = current_viewer(), parts().clock.now(), parts().settings
    with parts().database.reading() as db:
        found = nodes.every(db)
        counts = nodes.entries(db, viewer)
    return render_template(
        "federation.html",
        nodes=[_shown(each, counts.get(each.source, 0), viewer, now) for each in found],
        name=keys.node_name(settings),
        key=keys.ring(settings).public,
    )


def _shown(node: NodeView, entries: int, viewer: Viewer, now: datetime) -> Shown:
    lag = node.lag(now)
    open_turns = viewer.signed_in or node.tier == Tier.PUBLIC
    wrong = [node.fault, node.alarm] if viewer.signed_in else []
    return Shown(
        source=node.source,
        name=node.name,
        entries=entries,
        contact=node.contact,
        lag=None if lag is None else int(lag),
        behind=node.behind if open_turns else None,
        fingerprint=PublicKey(node.key).fingerprint if node.key else "",
        failing=node.fault is not None,
        told=tuple(Text(**each["message"]) for each in wrong if each),
    )
