"""Exchange endpoints looked at over real sockets: what is found stands on the entry, in search and
before its owner, who is told once."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from catalog import accounts, notices
from catalog.endpoints import judging, keeping
from catalog.endpoints.judging import Due
from catalog.viewers import OPERATOR, Grant, Role
from harvesters.addresses import anywhere
from harvesters.looking import Looker
from harvesters.probing import Prober, sighting
from tests.hostile import Reply, always, hostile
from tests.offices import HEALTH, WATER, Proposal, values
from tests.pages import Visitor, words
from tests.websites import PASSWORD, Website

NOW = datetime.now(UTC).replace(microsecond=0)


def seen(url: str, protocol: str = "rest-api", **options: Any) -> judging.Sighting:
    """What one look says."""
    looker = Looker(permit=options.pop("permit", anywhere), seconds=2.0, **options)
    return sighting(Due("k", url, protocol), looker.look, NOW)


@pytest.mark.parametrize(
    ("reply", "state"),
    [
        (Reply(b"{}"), "ok"),
        (Reply(b"", 405), "ok"),
        (Reply(b"", 401), "login"),
        (Reply(b"", 403), "login"),
        (Reply(b"<form><input type='password'>", 200, {"Content-Type": "text/html"}), "login"),
        (Reply(b"", 302, {"Location": "/login"}), "login"),
        (Reply(b"", 404), "broken"),
        (Reply(b"", 500), "broken"),
        (Reply(b"", 429), "unknown"),
        (Reply(b"", 302, {"Location": "/round"}), "broken"),
        (Reply(b"", 302, {"Location": "file:///etc/passwd"}), "unknown"),
        (Reply(b"x" * 1_000_000), "ok"),
    ],
)
def test_a_look_tells_the_states_apart(reply: Reply, state: str) -> None:
    answers = {"/": lambda _: reply, "/round": lambda _: reply, "/login": always(b"hello")}
    with hostile(answers) as url:
        assert seen(url + "/").state == state


def test_what_cannot_be_called_is_not_called_broken() -> None:
    assert seen("http://127.0.0.1:1/", permit=lambda _: False).state == "unknown"
    assert seen("http://[::1").state == "unknown"
    assert seen("http://127.0.0.1:1/").state == "broken"


def test_a_service_is_asked_to_describe_itself() -> None:
    def answer(query: dict[str, str]) -> Reply:
        told = f"<WMS_Capabilities updateSequence='{NOW}'><x/></WMS_Capabilities>".replace("'", '"')
        return (
            Reply(told.encode()) if query.get("request") == "GetCapabilities" else Reply(b"", 400)
        )

    with hostile({"/wms": answer}) as url:
        found = seen(f"{url}/wms?map=1&REQUEST=GetMap", "wms")
        assert (found.state, len(found.description)) == ("ok", 64)
        assert seen(f"{url}/wms", "rest-api").description == ""


def test_the_end_of_a_certificate_is_told(tmp_path: Path) -> None:
    context = ssl.create_default_context()
    with secured(tmp_path, NOW + timedelta(days=9)) as (url, path):
        assert seen(url).problem.rule == "certificate-bad"  # type: ignore[union-attr]
        context.load_verify_locations(path)
        found = seen(url, context=context)
    assert (found.state, found.certificate_until) == ("expiring", NOW + timedelta(days=9))


def test_an_endpoint_breaks_and_heals(site: Website) -> None:
    """Its state follows on the page, in the API, in search; the owner is told each once."""
    status = [200]
    with hostile({"/pumps": lambda _: Reply(b"{}", status[0])}) as url:
        identifier = registered(site, f"{url}/pumps")
        assert state_of(site, identifier) == "unknown"
        probe(site)
        assert state_of(site, identifier) == "ok"

        status[0] = 500
        for expected in ("ok", "ok", "broken", "broken"):
            probe(site)
            assert state_of(site, identifier) == expected
        page = site.get(f"/entries/{identifier}").get_data(as_text=True)
        assert "无法访问" in page
        found = site.get("/api/v1/search?endpoint=broken").get_json()
        assert [each["identifier"] for each in found["entries"]] == [identifier]
        assert told(site) == ["endpoint-broken"]

        status[0] = 200
        probe(site)
        probe(site)
    assert state_of(site, identifier) == "ok"
    assert told(site) == ["endpoint-broken", "endpoint-healed"]


def test_a_changed_description_is_told_when_it_stays(site: Website) -> None:
    body = [b"<a/>"]
    with hostile({"/wms": lambda _: Reply(body[0])}) as url:
        registered(site, f"{url}/wms", "wms")
        for text, expected in (
            (b"<a/>", 0),
            (b"<b/>", 0),
            (b"<c/>", 0),
            (b"<c/>", 1),
            (b"<c/>", 1),
        ):
            body[0] = text
            probe(site)
            assert told(site).count("endpoint-described") == expected


def test_owners_see_their_endpoints_and_nobody_elses(site: Website) -> None:
    with hostile({"/pumps": always(b"", status=404)}) as url:
        registered(site, f"{url}/pumps")
        for _ in range(3):
            probe(site)
        key = keeping.key_of(f"{url}/pumps")
    owner, stranger = visitor(site, "registrar"), visitor(site, "elsewhere", HEALTH)
    page = words(owner.get("/endpoints"))
    assert f"{url}/pumps" in page
    assert "404" in page
    assert f"{url}/pumps" not in words(stranger.get("/endpoints"))
    asked: dict[str, object] = {"endpoint": key, "state": "broken"}
    stranger.post("/endpoints/check", asked, 404)
    owner.post("/endpoints/check", asked)
    stranger.post("/endpoints/read", {"latest": "999"})
    assert told(site) == ["endpoint-broken"]
    owner.post("/endpoints/read", {"latest": "999"})
    assert told(site) == []


def test_an_address_that_no_entry_leads_to_is_not_called(site: Website) -> None:
    with hostile({"/pumps": always(b"{}")}) as url:
        outcome = registered(site, f"{url}/pumps")
        site.offices.withdraw(site.offices.find(outcome, OPERATOR))
        with site.offices.database.writing() as session:
            while keeping.follow(session, site.offices.clock.now()):
                pass
        assert probe(site) == 0


def visitor(site: Website, name: str, agency: str = "") -> Visitor:
    """Somebody signed in; with an agency a registrar of it, made for this."""
    if agency:
        now = site.offices.clock.now()
        with site.offices.database.writing() as session:
            grants = [Grant(Role.REGISTRAR, agency)]
            accounts.create(session, OPERATOR, name, name, PASSWORD, now, grants)
    made = Visitor(site.client)
    made.sign_in(name)
    return made


def registered(site: Website, url: str, protocol: str = "rest-api") -> str:
    """An entry whose data are had there, served and followed."""
    proposal = Proposal(
        "non-document",
        values("雨水泵站基本信息", service={"url": url, "type": protocol}),
        WATER,
        accept=True,
    )
    outcome = site.offices.register(proposal, actor=OPERATOR)[0]
    with site.offices.database.writing() as session:
        while keeping.follow(session, site.offices.clock.now()):
            pass
    site.follow()
    assert outcome.identifier
    return outcome.identifier


def probe(site: Website) -> int:
    """Let a day pass, and probe what is due then."""
    site.offices.clock.advance(timedelta(days=2))
    prober = Prober(site.offices.database, site.offices.clock, timedelta(days=1), anywhere, 0.0)
    done = prober.step("test")
    site.follow()
    return done


def state_of(site: Website, identifier: str) -> str:
    """What a search says of the entry's endpoint."""
    found = site.get(f"/api/v1/search?q={identifier}").get_json()["entries"]
    return str(found[0]["endpoint"]["state"])


def told(site: Website) -> list[str]:
    """The news that nobody has read, oldest first."""
    with site.offices.database.reading() as session:
        return [each.what for each in notices.unread(session, OPERATOR)][::-1]


@contextmanager
def secured(folder: Path, until: datetime) -> Iterator[tuple[str, Path]]:
    """A server with a certificate of its own making that ends then; its address and the file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    alternative = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(until)
        .add_extension(alternative, critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, form, plain)
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Fine)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"https://127.0.0.1:{server.server_address[1]}/", path
    finally:
        server.shutdown()
        server.server_close()


class _Fine(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        """Say nothing."""
