"""The auditor's page: who did what and who saw what, and the log to take away and prove."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from catalog import audit
from catalog.audit import Event
from catalog.viewers import Role
from web import auditing
from web.pages import deeds
from web.signin import current_viewer, demand, parts, requires

pages = Blueprint("auditing", __name__)
ROLES = (Role.AUDITOR, Role.ADMINISTRATOR)
FILTERS = ("actor", "action", "entry", "from", "to")


@pages.get("/audit")
@requires(*ROLES)
def log() -> ResponseReturnValue:
    """The events, newest first, by person, deed, entry and day."""
    demand(*ROLES)
    audited = auditing.look(request.args)
    return render_template(
        "audit.html",
        audited=audited,
        events=[
            (each, deeds.deed(each.action), deeds.details(each)) for each in audited.page.events
        ],
        deeds=sorted(deeds.known().items(), key=lambda pair: pair[1]),
        filtered=any(request.args.get(name, "").strip() for name in FILTERS),
    )


@pages.get("/audit/export")
@requires(*ROLES)
def export() -> ResponseReturnValue:
    """The whole log as a file that proves itself; that it was taken is its last event."""
    demand(*ROLES)
    viewer, now, database = current_viewer(), parts().clock.now(), parts().database
    with database.writing() as db:
        count, head = audit.head(db)
        taken = Event("log exported", None, {"count": count, "head": head})
        audit.append(db, viewer.name, [taken], now)
    name = f"audit-{now.date().isoformat()}.jsonl"
    answered = Response(audit.export(database, now), content_type="application/x-ndjson")
    answered.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answered
