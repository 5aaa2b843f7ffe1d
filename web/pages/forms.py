"""The registration form, made from the profile: fields by importance, with hints and problems.

Everything here is a value; templates/parts/fields.html draws it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from flask_babel import gettext as _

from standards.codelists import codelist
from standards.decision_rules import asked_when
from standards.problems import Problem
from standards.profile import Element, Level, Profile, Use, profile
from web.pages.matching import at_field
from web.pages.options import Option, control_of, options_of
from web.pages.posted import BETWEEN, is_classified

LEVEL = Level.CORE
"""What the form demands: the six elements that the national standard makes mandatory."""


@dataclass(frozen=True, slots=True)
class Field:
    """One question of the form; a group has ``parts``, a repeatable group ``rows`` of parts."""

    name: str
    label: str
    hint: str
    example: str
    control: str
    must: bool
    value: str = ""
    options: tuple[Option, ...] = ()
    parts: tuple[Field, ...] = ()
    rows: tuple[tuple[Field, ...], ...] = ()
    errors: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    when: str = ""
    """``path=choice path=choice``, percent-encoded: asked for only where one of them was chosen;
    without scripts always."""
    longest: int = 2000

    @property
    def anchor(self) -> str:
        """The id of the field in the page."""
        return "f-" + self.name.replace(".", "-")

    def walk(self) -> Iterator[Field]:
        """The field and all inside it."""
        yield self
        for part in (*self.parts, *(part for row in self.rows for part in row)):
            yield from part.walk()


@dataclass(frozen=True, slots=True)
class Part:
    """Fields of one importance; those that are seldom needed are folded away."""

    title: str
    hint: str
    fields: tuple[Field, ...]
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """The whole form with what is wrong in it."""

    kind: str
    parts: tuple[Part, ...]
    errors: tuple[Problem, ...] = ()

    def anchor(self, path: str) -> str:
        """The id of the field that a problem is about, or of the whole form."""
        fields = [each for part in self.parts for field in part.fields for each in field.walk()]
        near = [field for field in fields if at_field(path, field.name, inside=True)]
        return max(near, key=lambda field: len(field.name)).anchor if near else "form"


def build(
    kind: str,
    values: Mapping[str, Any],
    problems: Sequence[Problem],
    language: str,
    more: str = "",
) -> Form:
    """The form with these values; ``more`` names a repeatable group to which a row is added."""
    known = profile(kind)
    maker = _Maker(kind, problems, language, more)
    made = [
        (use, maker.field(use.element, name := use.element.name, values.get(name), _must(use)))
        for use in known.elements
        if not use.assigned
    ]
    must = tuple(field for use, field in made if _must(use))
    should = tuple(field for use, field in made if _asked(use) and not _must(use))
    rest = tuple(field for use, field in made if not _asked(use))
    parts = (
        Part(_("必填"), _("填完这几项就可以提交。"), must),
        Part(_("建议填写"), _("填得越全，资源越容易被找到、被正确使用。"), should),
        Part(_("其他"), _("有就填，没有可以不填。"), rest, folded=not _filled(rest)),
    )
    return Form(kind, parts, tuple(each for each in problems if each.is_error))


@dataclass(frozen=True, slots=True)
class _Maker:
    kind: str
    problems: Sequence[Problem]
    language: str
    more: str

    def field(self, element: Element, name: str, value: Any, must: bool) -> Field:
        """The field of an element, with its parts."""
        members = value if isinstance(value, list) else [value] if value else []
        control = control_of(element)
        mine = [each for each in self.problems if at_field(each.path, name)]
        inside: dict[str, Any] = {}
        if control == "rows":
            inside["rows"] = self._rows(element, name, members, must)
        elif control == "group":
            inside["parts"] = self._parts(element, name, value, must)
        else:
            inside["options"] = options_of(element, members, self.language)
            inside["value"] = _typed(element, members, inside["options"])
        return Field(
            name=name,
            label=element.label.in_language(self.language),
            hint=element.definition.in_language(self.language),
            example=_example(element, self.language),
            control=control,
            must=must,
            errors=tuple(each for each in mine if each.is_error),
            warnings=_hints(mine),
            when=_when(profile(self.kind), element.path, self.language),
            longest=element.max_length,
            **inside,
        )

    def _rows(
        self, element: Element, name: str, members: Sequence[Any], must: bool
    ) -> tuple[tuple[Field, ...], ...]:
        count = max(1, len(members)) + (1 if self.more == name else 0)
        filled = [*members, *[None] * (count - len(members))]
        if is_classified(element):
            return tuple(
                (self._class(element, f"{name}.{i}", row, must and i == 0),)
                for i, row in enumerate(filled)
            )
        return tuple(
            self._parts(element, f"{name}.{i}", row, must and i == 0)
            for i, row in enumerate(filled)
        )

    def _parts(self, element: Element, name: str, row: Any, must: bool) -> tuple[Field, ...]:
        given = row if isinstance(row, Mapping) else {element.from_text: row} if row else {}
        return tuple(
            self.field(part, f"{name}.{part.name}", given.get(part.name), must and part.mandatory)
            for part in element.children
        )

    def _class(self, element: Element, name: str, row: Any, must: bool) -> Field:
        """A class of a classification is chosen as a whole."""
        code = next(child for child in element.children if child.codelist_by)
        given = row if isinstance(row, Mapping) else {}
        chosen = (
            f"{given.get(code.codelist_by, '')}{BETWEEN}{given[code.name]}"
            if given.get(code.name)
            else ""
        )
        mine = [
            each
            for each in self.problems
            if each.path != element.path and at_field(each.path, name, inside=True)
        ]
        return Field(
            name=name,
            label=element.label.in_language(self.language),
            hint="",
            example="",
            control="classes",
            must=must,
            value=chosen,
            options=options_of(element, [chosen] if chosen else [], self.language),
            errors=tuple(each for each in mine if each.is_error),
            warnings=_hints(mine),
        )


def _hints(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """Warnings about what was typed. That something recommended is empty can be seen."""
    return tuple(each for each in problems if each.severity == "warning" and each.value)


def _must(use: Use) -> bool:
    return use.mandatory is not None and LEVEL.demands(use.mandatory)


def _asked(use: Use) -> bool:
    return use.mandatory is not None or use.recommended


def _filled(fields: Sequence[Field]) -> bool:
    """Whether something in them is filled in or wrong: then they are not folded away."""
    return any(
        each.value or each.errors or any(option.chosen for option in each.options)
        for field in fields
        for each in field.walk()
    )


def _example(element: Element, language: str) -> str:
    """An example as a person would write it: of a code its name."""
    example = element.example or ""
    code = codelist(element.codelist).get(example) if element.codelist else None
    return code.label.in_language(language) if code else example


def _typed(element: Element, members: Sequence[Any], options: Sequence[Option]) -> str:
    """The text of an input: of a code its name, of several values all of them."""
    names = {option.value: option.label for option in options}
    words = [names.get(str(each), str(each)) for each in members]
    return ("\n" if element.type == "uri" else "；").join(words)


def _when(known: Profile, path: str, language: str) -> str:
    """What must have been chosen for a condition of the profile, or a rule for decisions, to ask
    for this element."""
    if "." not in path:
        return ""
    whens = [each.when for each in known.conditions if path in each.require and each.when]
    told = [(on, value) for when in whens for on, values in when[:1] for value in values]
    pairs = [
        f"{on}={quote(sent)}"
        for on, value in (*told, *asked_when(path))
        for sent in _sent(known.element(on), value, language)
    ]
    return " ".join(dict.fromkeys(pairs))


def _sent(element: Element, value: str, language: str) -> tuple[str, ...]:
    """What a field may send for a code: where words of one's own are allowed, its name too."""
    code = codelist(element.codelist).get(value) if element.codelist else None
    if code is None or control_of(element) != "combo":
        return (value,)
    return value, code.label.in_language(language)
