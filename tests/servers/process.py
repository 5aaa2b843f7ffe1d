"""A server in the background: started in a folder that keeps its log and its address, ended by pid.

Knows nothing of any server. Everything that is installed or written stays below ``PARTS``.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

PARTS = Path(__file__).resolve().parents[2] / ".parts"
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))
GRACE = 20.0  # seconds that a server has to end by itself before it is killed


class NotStarted(RuntimeError):
    """A server ended at once or did not answer in time; the message ends with its log."""


def free_port() -> int:
    """A port on loopback that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def installed(*command: object, log: Path) -> None:
    """Run one step of an installation; on failure show the log's end."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        done = subprocess.run(_words(command), check=False, cwd="/", stdout=output, stderr=output)
    if done.returncode:
        raise NotStarted(f"{command[0]} failed ({done.returncode}):\n{_tail(log)}")


def virtual_environment(name: str, requirements: Sequence[str]) -> Path:
    """A Python of its own with the requirements, made once; its interpreter's path."""
    home = PARTS / "venvs" / name
    stamp, python = home / "installed", home / "bin" / "python"
    wanted = "\n".join(requirements)
    if stamp.is_file() and stamp.read_text() == wanted:
        return python
    log = PARTS / "venvs" / f"{name}.log"
    installed(sys.executable, "-m", "venv", "--clear", home, log=log)
    pip = (python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    installed(*pip, *requirements, log=log)
    stamp.write_text(wanted)
    return python


def spawn(
    folder: Path, name: str, command: Sequence[object], env: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """Start a process of its own session that outlives this one; log and pid go to the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{name}.log").open("ab") as log:
        process = subprocess.Popen(
            _words(command),
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**os.environ, **(env or {})},
            start_new_session=True,
        )
    (folder / f"{name}.pid").write_text(str(process.pid))
    return process


def wait_until(
    ready: Callable[[], bool], process: subprocess.Popen[bytes], log: Path, seconds: float = 60
) -> None:
    """Return once ``ready`` says so; raise NotStarted when the process ends or time runs out."""
    deadline = time.monotonic() + seconds
    while not ready():
        if process.poll() is not None:
            raise NotStarted(f"it ended with {process.returncode}:\n{_tail(log)}")
        if time.monotonic() > deadline:
            raise NotStarted(f"no answer in {seconds:.0f} s:\n{_tail(log)}")
        time.sleep(0.2)


def answers(address: str) -> bool:
    """Whether the address answers a GET with 200, asked directly and never through a proxy."""
    try:
        with OPENER.open(address, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def end(folder: Path, how: signal.Signals = signal.SIGTERM) -> None:
    """End every process started in the folder: ask, wait, then kill."""
    (folder / "address").unlink(missing_ok=True)
    notes = sorted(folder.glob("*.pid"))
    pids = [int(note.read_text()) for note in notes]
    _signal(pids, how)
    deadline = time.monotonic() + GRACE
    while any(map(_alive, pids)) and time.monotonic() < deadline:
        time.sleep(0.1)
    _signal(filter(_alive, pids), signal.SIGKILL)
    for note in notes:
        note.unlink()


def once(folder: Path, start: Callable[..., str], **options: object) -> str:
    """The address of the server that runs in the folder, started by ``start`` if none does."""
    folder = folder.resolve()
    if address := _running(folder):
        return address
    end(folder)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        address = start(folder, **options)
    except BaseException:
        end(folder)
        raise
    (folder / "address").write_text(address)
    return address


def main(start: Callable[..., str], stop: Callable[[Path], None], **options: int | str) -> None:
    """The command line of a launcher: ``start DIR [--option …]`` or ``stop DIR``."""
    parser = argparse.ArgumentParser()
    parser.add_argument("action", choices=["start", "stop"])
    parser.add_argument("folder", type=Path)
    for name, default in options.items():
        parser.add_argument(f"--{name}", type=type(default), default=default)
    given = vars(parser.parse_args())
    action, folder = given.pop("action"), given.pop("folder")
    if action == "start":
        print(once(folder, start, **given))
    else:
        stop(folder)


def _running(folder: Path) -> str:
    address, notes = folder / "address", list(folder.glob("*.pid"))
    if notes and address.is_file() and all(_alive(int(note.read_text())) for note in notes):
        return address.read_text()
    return ""


def _signal(pids: Iterable[int], how: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, how)


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def _words(command: Iterable[object]) -> list[str]:
    return [str(word) for word in command]


def _tail(log: Path, lines: int = 25) -> str:
    text = log.read_text(errors="replace") if log.is_file() else ""
    return "\n".join(text.splitlines()[-lines:])
