"""Disclosed proactively, but its endpoint or condition of access needs a login.

Said of entries that are disclosed proactively, when the condition of their endpoint (访问条件) or
of their being open data (开放条件) has one of the words of standards/consistency.yaml (登录,
密钥, 政务外网 …) without a negation before it in the same clause (无需登录 is no login), or when
a segment of the endpoint's address is one of login pages. The condition of *sharing* is for
agencies and not looked at.
"""

from __future__ import annotations

from catalog.consistency.finding import Finding, Rule, found
from catalog.consistency.served import Served
from search.folding import fold
from standards.consistency import login_address, login_in

NAME = "open-needs-login"


def looks(entry: Served) -> Finding | None:
    """Whether it is open in name only."""
    summary = entry.summary
    if summary.disclosure != "proactive":
        return None
    endpoint = summary.endpoint
    for text in (endpoint.condition if endpoint else "", summary.open_condition):
        if word := login_in(fold(text)):
            return found(NAME, entry.identifier, (entry.identifier,), word=word, text=text)
    if endpoint and (word := login_address(endpoint.url)):
        return found(NAME, entry.identifier, (entry.identifier,), word=word, text=endpoint.url)
    return None


RULE = Rule(NAME, looks=looks)
