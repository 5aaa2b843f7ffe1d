"""Numbers and codes of identifier schemes, brought into their one canonical form and checked."""

from __future__ import annotations

from typing import Any

from standards.identifiers import SCHEMES
from standards.profile import Element
from standards.reading.findings import Findings, Interpret


def identifier(element: Element) -> Interpret:
    """An identifier of the element's scheme; an open element keeps another one, with a warning."""
    scheme = SCHEMES[element.scheme or ""]

    def interpret(text: str, path: str, findings: Findings) -> Any:
        normal: str = scheme.normalise(text)
        reason = scheme.problem(normal)
        if reason is None:
            return normal
        slug = "odd-identifier" if element.open else "bad-identifier"
        refused = findings.say(slug, element, path, text, reason=reason)
        return text if element.open else refused

    return interpret
