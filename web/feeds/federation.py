"""What this node tells those who follow it: signed answers, of what the asker's circle may see."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, Response, request

from catalog.exposure import Tier
from catalog.federation import feed, keys
from catalog.federation.signed import MEDIA_TYPE, signed
from standards.problems import Text
from web import searching, seeing
from web.errors import wrong
from web.signin import current_viewer, parts

pages = Blueprint("federation-feed", __name__, url_prefix="/federation")
NONCE = re.compile(r"[A-Za-z0-9_-]{0,64}")
LARGEST = 2**62
USUAL = 500


@pages.get("/changes")
def changes() -> Response:
    """What changed after a turn, oldest first."""
    tier, asked, settings = _tier(), _asked(), parts().settings
    with parts().database.reading() as db:
        said = feed.changes(
            db,
            tier,
            asked["after"],
            asked["limit"],
            node=keys.node_name(settings),
            passes_on=settings.passes_on,
        )
    if tier is Tier.AGENCIES:
        seeing.named(each["identifier"] for each in said["changes"] if "values" in each)
    return _answer("changes", tier, asked, said)


@pages.get("/digests")
def digests() -> Response:
    """What is shown now, by digest, so that whoever follows can compare."""
    tier, asked, settings = _tier(), _asked(), parts().settings
    with parts().database.reading() as db:
        said = feed.digests(db, tier, asked["after"], asked["limit"], passes_on=settings.passes_on)
    return _answer("digests", tier, asked, said)


def _tier() -> Tier:
    """Whoever holds a role is told what agencies are told; the rest what the public is."""
    return Tier.AGENCIES if current_viewer().signed_in else Tier.PUBLIC


def _asked() -> dict[str, Any]:
    """The arguments; wrong ones are told by name (422)."""
    nonce = searching.one(request.args, "nonce")
    if not NONCE.fullmatch(nonce):
        raise wrong("nonce", Text("应为字母、数字、- 和 _", "has letters, digits, - and _"))
    return {
        "after": _turn(),
        "limit": searching.number(request.args, "limit", USUAL, 1, feed.MOST),
        "nonce": nonce,
    }


def _turn() -> int:
    text = searching.one(request.args, "after") or "0"
    if not (text.isascii() and text.isdigit() and int(text[:25]) < LARGEST):
        raise wrong("after", Text("应为变更序号", "is the number of a turn"))
    return int(text)


def _answer(purpose: str, tier: Tier, asked: dict[str, Any], said: dict[str, Any]) -> Response:
    ring = keys.ring(parts().settings)
    body = {
        "node": keys.node_name(parts().settings),
        "purpose": purpose,
        "asked": asked,
        "tier": tier.value,
        "following_key": ring.following.text if ring.following else None,
        **said,
    }
    answer = Response(signed(ring, body), mimetype=MEDIA_TYPE)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
