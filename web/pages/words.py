"""What every template may use: addresses, labels, dates, numbers, and plain words for codes."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import quote

from flask import Flask, current_app
from flask_babel import gettext as _
from markupsafe import Markup

from catalog.viewers import Role
from catalog.visibility import may_write
from search.filters import BY_NAME
from standards.codelists import Code, codelist
from standards.problems import Text
from web.labels import Labels
from web.language import current_language
from web.pages import address, shown
from web.signin import current_viewer, parts

LOCAL = timezone(timedelta(hours=8))
"""All of China, all year: no time zone database is needed."""
TONES = {
    "proactive": "good",
    "on-request": "ask",
    "withheld": "bad",
    "unconditional": "good",
    "conditional": "ask",
    "not-shared": "bad",
    "published": "good",
    "submitted": "ask",
    "in-review": "ask",
    "returned": "bad",
    "accepted": "good",
    "refused": "bad",
    "done": "good",
    "failed": "bad",
    "waiting": "ask",
    "received": "ask",
    "correction": "ask",
    "consulting": "ask",
    "answered": "good",
    "endpoint-ok": "good",
    "endpoint-login": "ask",
    "endpoint-expiring": "ask",
    "endpoint-broken": "bad",
}


def set_up(app: Flask) -> None:
    """Put the words into every template of the app."""
    app.jinja_env.globals.update(
        address=address,
        entry_url=entry_url,
        code_of=code_of,
        told=told,
        name_of=name_of,
        in_full=in_full,
        short_name_of=short_name_of,
        list_label=list_label,
        tone=lambda code: TONES.get(code, ""),
        meaning=meaning,
        role_name=role_name,
        is_demo=is_demo,
        roles=lambda: {grant.role.value for grant in current_viewer().grants},
        audits=audits,
        may_write=lambda path: may_write(current_viewer(), path),
        safe_link=shown.safe_link,
    )
    app.jinja_env.filters.update(day=day, minute=minute, count=count, marked=Markup)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def audits() -> bool:
    """Whether the reader audits the whole directory."""
    viewer = current_viewer()
    return viewer.may(Role.AUDITOR) or viewer.may(Role.ADMINISTRATOR)


def entry_url(identifier: str) -> str:
    """An entry's permanent address."""
    return f"/entries/{quote(identifier, safe='')}"


def is_demo() -> bool:
    """Whether all that is here is sample data."""
    return parts().settings.demo


def told(text: Text | None) -> str:
    """A text of the standard in the reader's language."""
    return text.in_language(current_language()) if text else ""


def labels() -> Labels:
    """The labels of what facets count."""
    found: Labels = current_app.extensions["mulu-labels"]
    return found


def name_of(filter_name: str, value: str) -> str:
    """The label of a filter's value: an agency, a kind, a code."""
    return labels().of(filter_name, value, current_language())


def in_full(filter_name: str, value: str) -> str:
    """The label of a filter's value where it stands alone: English ones need what they are of."""
    name = name_of(filter_name, value)
    return f"{list_label(filter_name)}: {name.lower()}" if current_language() == "en" else name


def short_name_of(list_name: str, value: str) -> str:
    """The name of a code in a list; the value itself when the list has no such code."""
    code = codelist(list_name).get(value)
    return told(code.label) if code else value


def code_of(list_name: str, value: str) -> Code | None:
    """A code of a list, with all that the list knows of it."""
    return codelist(list_name).get(value)


def list_label(filter_name: str) -> str:
    """What a filter is called."""
    return told(BY_NAME[filter_name].label)


def role_name(role: str) -> str:
    """What a role is called."""
    names: dict[str, str] = {
        "registrar": _("编目员"),
        "reviewer": _("审核员"),
        "auditor": _("监督员"),
        "administrator": _("管理员"),
    }
    return names.get(role, role)


def day(moment: datetime | str | None) -> str:
    """A day as everybody reads it: 2009-03-18, of a moment where the readers live."""
    if isinstance(moment, datetime):
        return moment.astimezone(LOCAL).date().isoformat()
    return (moment or "")[:10]


def minute(moment: datetime | None) -> str:
    """A day and a time of day."""
    return moment.astimezone(LOCAL).strftime("%Y-%m-%d %H:%M") if moment else ""


def count(number: Any) -> str:
    """A number with its thousands apart."""
    return f"{int(number):,}"


def meaning(list_name: str, value: str) -> str:
    """What a code of a list comes to for the person who reads it."""
    code = codelist(list_name).get(value)
    return told(code.meaning) if code else ""
