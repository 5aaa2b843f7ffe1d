"""An HTTP server on loopback that misbehaves as a test tells it to."""

from __future__ import annotations

import contextlib
import inspect
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Reply:
    """What to answer; `cut` breaks the connection after so many bytes, `drip` pauses between;
    `times` sends the body so often, without saying its length."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: int | None = None
    drip: float = 0.0
    times: int = 1


Answer = Callable[[dict[str, str]], Reply]


class Careful(Protocol):
    """An answer that also looks at the headers of what is asked."""

    def __call__(self, asked: dict[str, str], headers: Mapping[str, str], /) -> Reply: ...


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        answers: dict[str, Any] = self.server.answers  # type: ignore[attr-defined]
        answer = answers.get(parts.path, lambda _: Reply(status=404))
        asked = (dict(parse_qsl(parts.query)), dict(self.headers))
        reply = answer(*asked[: len(inspect.signature(answer).parameters)])
        self.send_response(reply.status)
        for name, value in {"Content-Type": "text/xml", **reply.headers}.items():
            self.send_header(name, value)
        if reply.times == 1:
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        with contextlib.suppress(OSError):
            self._send(reply)

    def _send(self, reply: Reply) -> None:
        for _ in range(0 if reply.drip else reply.times):
            self.wfile.write(reply.body[: reply.cut])
        for byte in reply.body if reply.drip else b"":
            self.wfile.write(bytes([byte]))
            time.sleep(reply.drip)
        if reply.cut is not None:
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def hostile(answers: Mapping[str, Answer | Careful]) -> Iterator[str]:
    """The address of a server that answers as told."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.answers = dict(answers)  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def always(body: bytes, **options: object) -> Answer:
    """The same answer each time."""
    return lambda _: Reply(body, **options)  # type: ignore[arg-type]


def in_turn(*replies: Reply) -> Answer:
    """These answers one after another, then the last for ever."""
    waiting = list(replies)
    return lambda _: waiting.pop(0) if len(waiting) > 1 else waiting[0]
