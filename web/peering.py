"""A search that asks peers along, the same for page and API: off unless it is asked for, and never
kept by anybody as whole when one of them did not answer."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from flask import Response, current_app, request
from werkzeug.datastructures import MultiDict

from catalog.federation import peers
from harvesters.nodes.peers import BUSY, SIZE, PeerAnswer, Peers
from web import searching
from web.language import Language
from web.limits import RateLimit
from web.signin import current_viewer, parts

KEPT, LIMIT = "mulu-peers", "mulu-peers-limit"
PARAMETER = "peers"
PASSED = ("q", *searching.FILTER_PARAMETERS)


@dataclass(frozen=True, slots=True)
class Alongside:
    """What the peers said."""

    answers: tuple[PeerAnswer, ...]

    @property
    def whole(self) -> bool:
        """Whether everybody answered."""
        return all(answer.silence is None for answer in self.answers)


def there_are() -> bool:
    """Whether there are peers to ask."""
    with parts().database.reading() as db:
        return bool(peers.every(db))


def asked_along(args: MultiDict[str, str], here: Collection[str]) -> Alongside | None:
    """What the peers find, without what is here too; None unless the request asks for them."""
    if searching.choice(args, PARAMETER, ("0", "1")) == "0":
        return None
    with parts().database.reading() as db:
        chosen = peers.every(db)
    query = [(name, value) for name in PASSED for value in args.getlist(name) if value.strip()]
    answers = _asked(chosen, [*query, ("size", str(SIZE))])
    named = {entry.identifier for answer in answers for entry in answer.entries}
    with parts().database.reading() as db:
        known = peers.held(db, current_viewer(), named - set(here)) | set(here)
    return Alongside(_once(answers, known))


def told(alongside: Alongside, language: Language) -> dict[str, Any]:
    """The same for the API."""
    return {
        "complete": alongside.whole,
        "peers": [
            {
                "name": each.name,
                "url": each.address,
                "answered": each.silence is None,
                "reason": each.silence.in_language(language) if each.silence else None,
                "total": each.total,
                "entries": [
                    {
                        "identifier": entry.identifier,
                        "title": entry.title,
                        "agency": entry.agency,
                        "issued": entry.issued or None,
                        "url": entry.url,
                    }
                    for entry in each.entries
                ],
            }
            for each in alongside.answers
        ],
    }


def guard(answer: Response, alongside: Alongside | None) -> Response:
    """Nobody keeps an answer that lacks what a peer would have said."""
    if alongside is not None and not alongside.whole:
        answer.headers["Cache-Control"] = "no-store"
    return answer


def _asked(
    chosen: tuple[peers.PeerView, ...], query: list[tuple[str, str]]
) -> tuple[PeerAnswer, ...]:
    kept = current_app.extensions
    limit: RateLimit = kept.setdefault(LIMIT, RateLimit(burst=20, per_minute=60))
    if chosen and limit.wait(request.remote_addr or ""):
        return tuple(PeerAnswer(each.name, each.address, silence=BUSY) for each in chosen)
    client: Peers = kept.setdefault(KEPT, Peers())
    return client.ask(chosen, query)


def _once(answers: tuple[PeerAnswer, ...], known: Collection[str]) -> tuple[PeerAnswer, ...]:
    """Each entry once: what is here is not shown again, nor what another peer showed before."""
    met, left = set(known), []
    for answer in answers:
        fresh = tuple(entry for entry in answer.entries if entry.identifier not in met)
        met |= {entry.identifier for entry in fresh}
        left.append(replace(answer, entries=fresh))
    return tuple(left)
