"""Legal grounds with the text of their article, so that nobody has to look it up."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from standards.codelists import Code, codelist

LIST = "legal-grounds"


@dataclass(frozen=True, slots=True)
class Ground:
    """A ground in words; ``code`` is empty for an instrument cited freely."""

    code: str
    name: str
    article: str = ""
    text: str = ""


def ground(value: str, language: str) -> Ground | None:
    """The ground that a descriptor names; None when it names none."""
    if not value:
        return None
    code = codelist(LIST).get(value)
    return _told(code, language) if code else Ground("", value)


def _told(code: Code, language: str) -> Ground:
    number = str(code.extra.get("article", "")).partition("(")[0]
    article = _("《政府信息公开条例》第%(number)s条", number=number) if number else ""
    said = code.meaning.in_language(language) if code.meaning else ""
    return Ground(code.code, code.label.in_language(language), article, said)
