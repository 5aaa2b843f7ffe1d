"""Serving on one machine: web processes, and one worker that follows the change log and carries out
queued runs. Whatever dies is started again; when the parent ends, all end.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from types import FrameType

import structlog

from catalog.settings import Settings
from web.metrics import TOGETHER

log = structlog.get_logger("mulu.serving")

STARTS_MOST = 20
"""So often a child may die within an hour before serving gives up."""
THREADS = 4
"""Requests that a web process answers at once: one that waits lets others go on."""
FIRST = ("/", "/search?q=目录", "/api/v1/search?q=目录")
"""Asked for at the start, since the first answer loads dictionaries, code lists and templates."""
GRACE = 10.0
POLL = 0.25
HOUR = 3600.0
MEMORY = "/dev/shm"  # noqa: S108  each start makes a folder of its own there
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104  names to compare with, nothing is bound here


class GaveUp(RuntimeError):
    """A child died again and again."""


class Child:
    """A process that is kept running."""

    def __init__(self, name: str, command: Sequence[str], env: Mapping[str, str]) -> None:
        self.name, self._command, self._env = name, command, env
        self._starts: list[float] = []
        self._process: subprocess.Popen[bytes] | None = None

    def keep(self) -> None:
        """Start it, or start it again when it has died. Raises GaveUp."""
        if self._process is not None and self._process.poll() is None:
            return
        now = time.monotonic()
        self._starts = [*(at for at in self._starts if now - at < HOUR), now]
        if self._process is not None:
            log.warning("child died", child=self.name, code=self._process.returncode)
            if len(self._starts) > STARTS_MOST:
                raise GaveUp(f"{self.name} died {STARTS_MOST} times within an hour")
            time.sleep(min(2.0, 0.1 * 2 ** len(self._starts)))
        self._process = subprocess.Popen(self._command, env=dict(self._env))  # noqa: S603  our own

    def end(self) -> None:
        """Ask it to end."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def wait(self, until: float) -> None:
        """Wait for its end; past the grace it is killed."""
        if self._process is None:
            return
        try:
            self._process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def serve(host: str, port: int, workers: int, announce: Callable[[str], None]) -> None:
    """Serve in the foreground until SIGTERM or SIGINT; ``announce`` is told the address once pages
    answer. Raises GaveUp.
    """
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    counters = tempfile.TemporaryDirectory(prefix="mulu-metrics-", dir=_memory())
    children = _children(counters.name, host, port, workers)
    local = f"http://{'127.0.0.1' if host in EVERYWHERE else host}:{port}"
    announced = False
    try:
        while not stop.wait(POLL):
            for child in children:
                child.keep()
            if not announced and _answers(local):
                announce(local)
                announced = True
    finally:
        for child in children:
            child.end()
        until = time.monotonic() + GRACE
        for child in children:
            child.wait(until)
        counters.cleanup()


def _memory() -> str | None:
    """Where counters lie, which every web process maps into its memory: never on the disk of the
    data, since a process dies that writes to a map for which a full disk has no room.
    """
    return MEMORY if os.access(MEMORY, os.W_OK) else None


def _children(counters: str, host: str, port: int, workers: int) -> tuple[Child, ...]:
    env = dict(os.environ)
    env["MULU_PARENT"] = str(os.getpid())
    env[TOGETHER] = counters
    web = (
        sys.executable, "-m", "granian", "--interface", "wsgi", "--factory",
        "--host", host, "--port", str(port), "--workers", str(workers),
        "--blocking-threads", str(THREADS), "--no-ws", "--log-level", "warning",
        "--respawn-failed-workers", "web.serving:application",
    )  # fmt: skip
    worker = (sys.executable, "-m", "web.commands", "worker")
    return Child("web", web, env), Child("worker", worker, env)


def application() -> Callable[..., object]:
    """The WSGI application of one web process, over its own parts."""
    from web.app import create_app
    from web.logs import configure
    from web.parts import open_parts

    settings = Settings.from_environment(os.environ)
    configure("warning" if settings.demo else "info")  # a demo's terminal belongs to its reader
    threading.Thread(target=_outlive_nobody, args=(os.getppid(),), daemon=True).start()
    app = create_app(open_parts(settings, serving=True))
    visitor = app.test_client()
    for address in FIRST:
        visitor.get(address)  # whatever it answers: the next one need not wait for it
    return app


def _answers(address: str) -> bool:
    try:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{address}/readyz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def stopping() -> threading.Event:
    """An event set by SIGTERM and SIGINT, and when the parent that started us is gone."""
    stop = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    parent = os.environ.get("MULU_PARENT")
    if parent:
        threading.Thread(target=_watch, args=(int(parent), stop), daemon=True).start()
    return stop


def _outlive_nobody(server: int) -> None:
    """End the web server that we belong to once the parent of them all was killed."""
    parent = int(os.environ.get("MULU_PARENT") or 0)
    while parent and _lives(parent):
        time.sleep(1.0)
    if parent and os.getppid() == server:
        os.kill(server, signal.SIGTERM)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _watch(parent: int, stop: threading.Event) -> None:
    while not stop.wait(1.0):
        if os.getppid() != parent:
            stop.set()
