"""Who asks: a program, which is answered with documents, or a person, who gets pages."""

from __future__ import annotations

from flask import request

PROGRAMS = ("application/problem+json", "application/json")


def is_api() -> bool:
    """Whether this address is for programs: under /api/, where no page answers an error."""
    return request.path.startswith("/api/")


def wants_page() -> bool:
    """Whether an answer that has both forms should be a page."""
    if is_api():
        return False
    accepted = request.accept_mimetypes
    wild = str(accepted) in ("", "*/*")
    return wild or accepted.best_match([*PROGRAMS, "text/html"]) == "text/html"
