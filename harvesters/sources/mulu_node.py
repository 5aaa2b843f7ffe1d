"""The source `mulu`: a node like this one, whose signed changes are followed all the time."""

from __future__ import annotations

from collections.abc import Iterator

from catalog.federation.nodes import KEY, NodeView
from catalog.sources import NODE
from harvesters.fetched import Fetched, Job, Page
from harvesters.nodes.asking import Asking
from harvesters.nodes.reading import Change
from harvesters.nodes.taking import CREATE
from harvesters.options import Option
from standards.problems import Text


class MuluNode:
    """The source `mulu`: the location is the base address of the node.

    Its changes are taken in by `harvesters.nodes.following`; these pages, which begin at the first
    turn and end at the latest, are for a look at them beforehand.
    """

    name = NODE
    label = Text("Mulu 节点", "Mulu node")
    suffixes = ()
    options = (
        Option(
            KEY,
            Text("公钥", "Public key"),
            explanation=Text(
                "对方节点的公钥；请先与对方核对指纹。",
                "The node's public key; compare its fingerprint with its keepers first.",
            ),
        ),
        Option(
            CREATE,
            Text("可新建部门", "May create agencies"),
            kind="flag",
            default=False,
            explanation=Text(
                "对方的部门在本目录没有时，建在采集源的部门之下。",
                "Agencies that are not here are made, below that of the source.",
            ),
        ),
    )

    def pages(self, job: Job) -> Iterator[Page]:
        """The pages of what the node shows, and of what it shows no more."""
        pinned = str(job.options.get(KEY, ""))
        asking = Asking(job.fetcher, job.location, NodeView("", pinned=pinned, key=pinned))
        after = int((job.checkpoint or {}).get("turn", 0))
        while True:
            said, _ = asking.changes(after)
            records = tuple(_fetched(each) for each in said.changes)
            after = said.last or after
            yield Page(records, {"turn": after}, {"incremental": True})
            if after >= said.head:
                return


def _fetched(change: Change) -> Fetched:
    if change.record:
        return change.record
    key = change.departure.key if change.departure else ""
    return Fetched(key, {}, None, f"turn {change.turn}", deleted=True)
