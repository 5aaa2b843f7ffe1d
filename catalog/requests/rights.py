"""Who may decide on a request. Nobody decides on what they proposed, nor twice on the same one;
and there is always somebody who may, since an escalated request is open to administrators too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from catalog.requests.model import WITH_REVIEWERS, Step, barred
from catalog.tables import Request
from catalog.viewers import Grant, Role, Viewer


def deciding_grants(viewer: Viewer, row: Request, path: Sequence[str]) -> list[Grant]:
    """The roles by which the viewer may decide on the request at its present step; none for those
    who are barred, also as deputies of somebody who is.
    """
    step = Step(row.steps[min(row.step, len(row.steps) - 1)])
    return unbarred(viewer, row, path, path if step is Step.AGENCY else path[-1:])


def unbarred(
    viewer: Viewer, row: Request, path: Sequence[str], scope: Sequence[str]
) -> list[Grant]:
    """The roles by which the viewer may decide within a scope, not being barred from the request
    themselves and not as deputies of somebody who is.
    """
    people = barred(row)
    if viewer.name in people:
        return []
    return [
        grant
        for grant in viewer.grants
        if grant.of not in people
        and (
            (grant.role is Role.REVIEWER and grant.covers(scope))
            or (row.escalated and grant.role is Role.ADMINISTRATOR and grant.covers(path))
        )
    ]


def may_decide(viewer: Viewer, row: Request, path: Sequence[str]) -> bool:
    """Whether the viewer is one to decide now."""
    if row.state not in WITH_REVIEWERS:
        return False
    return viewer.operator or bool(deciding_grants(viewer, row, path))


def on_behalf(viewer: Viewer, row: Request, path: Sequence[str]) -> str:
    """Whom the viewer stands in for when deciding; empty where a role of their own suffices."""
    grants = deciding_grants(viewer, row, path)
    return grants[0].of if grants and all(grant.of for grant in grants) else ""


def deciders(viewers: Iterable[Viewer], row: Request, path: Sequence[str]) -> list[str]:
    """Those of the accounts who may decide, by name."""
    return [viewer.name for viewer in viewers if may_decide(viewer, row, path)]
