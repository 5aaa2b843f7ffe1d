"""How an exchange endpoint is looked at: which question makes it describe itself, by its protocol,
and what of the answer says that a login is wanted."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from standards.codelists import codelist

_PASSWORD = re.compile(rb"<input[^>]+type\s*=\s*[\"']?password", re.IGNORECASE)
_PASSING = re.compile(
    rb"<(?:[\w.-]+:)?(responseDate|dateStamp)\b[^>]*>[^<]*<"
    rb"|\b(updateSequence|timeStamp|timestamp)\s*=\s*\"[^\"]*\"",
    re.IGNORECASE,
)


def description_address(protocol: str, url: str) -> str:
    """Where a service of the protocol describes itself; empty where the protocol knows none."""
    code = codelist("exchange-protocols").get(protocol)
    question = str(code.extra.get("describe", "")) if code else ""
    if not question:
        return ""
    parts = urlsplit(url)
    asked = {name.lower() for name, _ in parse_qsl(question, keep_blank_values=True)}
    kept = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if name.lower() not in asked
    ]
    query = "&".join(filter(None, (urlencode(kept), question)))
    return urlunsplit(parts._replace(query=query, fragment=""))


def lasting(body: bytes) -> bytes:
    """A description without the moments at which it was given."""
    return _PASSING.sub(b"", body)


def asks_for_password(body: bytes) -> bool:
    """Whether a page is one to sign in on."""
    return _PASSWORD.search(body) is not None
