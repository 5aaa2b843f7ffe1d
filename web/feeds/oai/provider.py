"""`/oai`: a request over HTTP, by GET or POST, and its answer."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from urllib.parse import urlsplit

from flask import Blueprint, Response, request

from catalog.federation import keys
from standards.formats import mulu_xsd
from web.feeds import discovery
from web.feeds.oai import answers, verbs
from web.feeds.oai.answers import Repository
from web.feeds.oai.arguments import OaiFault, understood
from web.feeds.oai.formats import SCHEMA_ADDRESS
from web.security import keeps_input
from web.signin import parts

pages = Blueprint("oai-pmh", __name__)
NAME = "政府信息资源目录 Mulu"
UNECHOED = frozenset({"badVerb", "badArgument"})
"""After these the request is not repeated (3.6)."""
SMALL, QUICKEST = 2000, 1
"""What is worth compressing, and how hard: more costs more than it saves."""


@pages.get(SCHEMA_ADDRESS)
def schema() -> Response:
    """The schema of our own format."""
    return Response(mulu_xsd.schema(), content_type="application/xml; charset=utf-8")


@pages.route("/oai", methods=["GET", "POST"])
@keeps_input
def provider() -> Response:
    """Answers every request with 200: what is wrong with it stands in the answer (3.6)."""
    pairs = [*request.args.items(multi=True), *request.form.items(multi=True)]
    settings, repository = parts().settings, _repository()
    echoed: Sequence[tuple[str, str]] = pairs
    try:
        asked = understood(pairs)
        with parts().database.reading() as session:
            desk = verbs.Desk(
                session,
                repository,
                discovery.base(),
                settings.secret_key,
                keys.node_name(settings),
                settings.passes_on,
            )
            body = verbs.answered(desk, asked)
    except OaiFault as fault:
        echoed = () if fault.code in UNECHOED else pairs
        body = answers.error(fault)
    return _response(answers.answer(repository, parts().clock.now(), echoed, body))


def _repository() -> Repository:
    settings, base = parts().settings, discovery.base()
    host = urlsplit(settings.base_url).hostname or ""
    domain = answers.domain(settings.node, f"{settings.node}.mulu", host)
    return Repository(NAME, f"{base}/oai", settings.admin_email or f"admin@{domain}", domain)


def _response(text: str) -> Response:
    body = text.encode()
    answered = Response(body, content_type="text/xml; charset=utf-8")
    answered.vary.add("Accept-Encoding")
    if len(body) > SMALL and request.accept_encodings["gzip"]:
        answered.set_data(gzip.compress(body, QUICKEST))
        answered.headers["Content-Encoding"] = "gzip"
    return answered
