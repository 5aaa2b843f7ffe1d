"""Serving as an operator does it: one command, its address printed once pages answer, what dies is
started again, and nothing is left behind, whichever way it ends.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

PATIENCE = 60.0


@contextmanager
def demo(folder: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """``mulu demo`` in the foreground, until its address is printed."""
    env = {**os.environ, "MULU_DATA_DIR": str(folder), "MULU_BASE_URL": "", "LANG": "en"}
    command = [sys.executable, "-m", "web.commands", "demo", "--entries", "30", "--workers", "1"]
    process = subprocess.Popen(
        [*command, "--port", str(port)], env=env, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    try:
        assert "Mulu is ready at " in process.stdout.readline()
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def ready(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/readyz", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


def soon(happens: Callable[[], bool]) -> bool:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if happens():
            return True
        time.sleep(0.2)
    return False


def children(process: int) -> list[int]:
    """The processes below this one."""
    found = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(process)], capture_output=True, text=True, check=False
    )
    below = [int(pid) for pid in found.stdout.split() if Path(f"/proc/{pid}").exists()]
    return [*below, *(deeper for pid in below for deeper in children(pid))]


def gone(processes: list[int]) -> bool:
    return not any(Path(f"/proc/{pid}").exists() for pid in processes)


def test_it_serves_what_it_holds_and_ends_cleanly(tmp_path: Path, port: int) -> None:
    with demo(tmp_path, port) as process:
        address = f"http://127.0.0.1:{port}"
        found = httpx.get(f"{address}/api/v1/search", trust_env=False).json()
        assert 0 < found["total"] <= 30
        held = httpx.get(f"{address}/", headers={"Accept": "text/html"}, trust_env=False)
        assert held.status_code == 200
        family = children(process.pid)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
        assert soon(lambda: gone(family))
    with demo(tmp_path, port):
        again = httpx.get(f"{address}/api/v1/search", trust_env=False).json()
        assert again["total"] == found["total"]


def test_what_dies_is_started_again(tmp_path: Path, port: int) -> None:
    with demo(tmp_path, port) as process:
        family = children(process.pid)
        for child in family:
            os.kill(child, signal.SIGKILL)
        assert soon(lambda: gone(family))
        assert soon(lambda: ready(port))
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 0


def test_nothing_outlives_a_killed_parent(tmp_path: Path, port: int) -> None:
    with demo(tmp_path, port) as process:
        family = children(process.pid)
        assert len(family) >= 3
        process.kill()
        process.wait()
        assert soon(lambda: gone(family))
