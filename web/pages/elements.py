"""Data elements: the registry, one of them with who holds it, and its administration."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from catalog.elements import claims, linking, registry, scopes
from catalog.elements.recognising import recognise
from catalog.elements.registry import FIELDS
from catalog.errors import Conflict, Invalid, NotFound
from catalog.viewers import Role
from search.folding import fold
from standards.codelists import Code, codelist
from standards.data_elements import ACTIVE, SUBJECTS, TYPES, DataElement
from standards.problems import Text
from web import searching, seeing
from web.pages.signing_in import keeping
from web.pages.words import told
from web.signin import current_viewer, parts, requires

pages = Blueprint("elements", __name__)
STATES = (linking.CONFIRMED, linking.REFUSED, linking.PROPOSED)


@dataclass(frozen=True, slots=True)
class Group:
    """A subject area with its elements."""

    name: Text
    elements: tuple[DataElement, ...]


@pages.get("/elements")
def listing() -> ResponseReturnValue:
    """All data elements by subject area, or those that a word may mean."""
    asked = searching.one(request.args, "q")
    with parts().database.reading() as db:
        known = registry.registry(db)
    shown = [each for each in known.elements.values() if not asked or _has(each, asked)]
    if asked and not shown:
        meant = recognise(known, asked)
        shown = [*((meant.element,) if meant.element else ()), *meant.offers]
    groups = [
        Group(code.label, tuple(each for each in shown if each.subject == code.code))
        for code in codelist(SUBJECTS).codes
    ]
    return render_template(
        "elements.html",
        asked=asked,
        groups=[each for each in groups if each.elements],
        count=len(shown),
        may_change=current_viewer().may(Role.ADMINISTRATOR),
    )


@pages.get("/elements/<element>")
def one(element: str) -> ResponseReturnValue:
    """What an element is, who answers for it, and for those with a role the items that carry it."""
    viewer = current_viewer()
    with parts().database.reading() as db:
        found = registry.registry(db).get(element)
        standing = claims.standing(db, viewer, element)
        links = linking.of_element(db, viewer, element) if viewer.signed_in else []
        contests = claims.listed(db, viewer, code=element) if viewer.signed_in else []
        history = registry.history(db, element) if viewer.signed_in else []
    seeing.named(each.entry.identifier for each in standing if each.entry)
    return render_template(
        "element.html",
        element=found,
        standing=standing,
        links=[(each, linking.may_decide(viewer, each.agency)) for each in links],
        contests=contests,
        history=history,
        divisions=[("", scopes.EVERYWHERE), *((c.code, c.label) for c in _divisions())],
        scope=lambda division: told(scopes.name(division)),
        may_change=viewer.may(Role.ADMINISTRATOR),
    )


@pages.post("/elements/<element>/links")
@keeping
@requires(*linking.ROLES)
def link(element: str) -> ResponseReturnValue:
    """Confirm or refuse that the items of an agency with one name carry the element."""
    state = request.form.get("act", "")
    if state not in STATES:
        raise NotFound(state)
    given = (request.form.get("agency", ""), request.form.get("key", ""))
    try:
        with parts().database.writing() as db:
            linking.decide(
                db, current_viewer(), element, *given, state,
                request.form.get("reason", ""), parts().clock.now(),
            )  # fmt: skip
    except Invalid as invalid:
        flash(told(invalid.problems[0].message), "bad")
    except Conflict:
        flash(_("这些信息项已经确认对应另一个数据元。"), "bad")
    else:
        flash(_("已记录，对这个部门所有同名的信息项都有效。"), "good")
    return redirect(url_for("elements.one", element=element) + "#items", 303)


@pages.get("/elements/new")
@requires(Role.ADMINISTRATOR)
def new() -> ResponseReturnValue:
    """The form of a new element."""
    return _form({"status": ACTIVE})


@pages.get("/elements/<element>/edit")
@requires(Role.ADMINISTRATOR)
def edit(element: str) -> ResponseReturnValue:
    """The form of an element as it stands."""
    with parts().database.reading() as db:
        found = registry.as_row(registry.registry(db).get(element))
    synonyms = "、".join(found["synonyms"])
    return _form({**found, "synonyms": synonyms, "length": found["length"] or ""}, element)


@pages.post("/elements/new")
@keeping
@requires(Role.ADMINISTRATOR)
def add() -> ResponseReturnValue:
    """Add an element."""
    return _put("")


@pages.post("/elements/<element>/edit")
@keeping
@requires(Role.ADMINISTRATOR)
def change(element: str) -> ResponseReturnValue:
    """Change what an element says, or take it out of use."""
    with parts().database.reading() as db:
        registry.registry(db).get(element)
    return _put(element)


def _put(element: str) -> ResponseReturnValue:
    typed = {name: request.form.get(name, "").strip() for name in FIELDS}
    if element:
        typed["code"] = element
    synonyms = [each.strip() for each in typed["synonyms"].replace(",", "、").split("、")]
    try:
        wanted = registry.of_row({**typed, "synonyms": synonyms})
        with parts().database.writing() as db:
            if not element and wanted.code in registry.registry(db).elements:
                raise Conflict(wanted.code)
            note, now = request.form.get("note", ""), parts().clock.now()
            registry.put(db, current_viewer(), wanted, note, now)
    except Invalid as invalid:
        return _form(typed, element, [told(each.message) for each in invalid.problems])
    except Conflict:
        return _form(typed, element, [_("标识、名称或同义词已经属于另一个数据元。")])
    flash(_("数据元已保存。"), "good")
    return redirect(url_for("elements.one", element=wanted.code), 303)


def _form(
    typed: dict[str, str], element: str = "", problems: list[str] | None = None
) -> ResponseReturnValue:
    html = render_template(
        "element-form.html",
        typed=typed,
        element=element,
        problems=problems or [],
        subjects=codelist(SUBJECTS).codes,
        types=codelist(TYPES).codes,
    )
    return html, 422 if problems else 200


def _has(element: DataElement, asked: str) -> bool:
    wanted = fold(asked)
    texts = (*element.names(), element.name.en, element.code, *element.definition, element.object)
    return any(wanted in fold(text) for text in texts)


def _divisions() -> tuple[Code, ...]:
    return codelist(scopes.DIVISIONS).codes
