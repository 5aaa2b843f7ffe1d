"""A server in the background: started in a folder that keeps its log and its address, ended by pid.

Knows nothing of any server. What is installed for all of them stays below ``PARTS``.
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
from collections.abc import Callable, Iterable, Sequence
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
        done = subprocess.run(_words(command), check=False, stdout=output, stderr=output)
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


def spawn(folder: Path, name: str, command: Sequence[object]) -> int:
    """Start a process of its own session that outlives this one; log and pid go to the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    words, log = _words(command), str(folder / f"{name}.log")
    pid = os.posix_spawnp(
        words[0],
        words,
        os.environ,
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
        setsid=True,
    )
    (folder / f"{name}.pid").write_text(f"{pid} {_born(pid)}")
    return pid


def wait_until(ready: Callable[[], bool], pid: int, log: Path, seconds: float = 60) -> None:
    """Return once ``ready`` says so; raise NotStarted when the process ends or time runs out."""
    deadline = time.monotonic() + seconds
    while not ready():
        if not _born(pid):
            raise NotStarted(f"it ended:\n{_tail(log)}")
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
    notes = list(folder.glob("*.pid"))
    _signal(notes, how)
    deadline = time.monotonic() + GRACE
    while any(map(_runs, notes)) and time.monotonic() < deadline:
        time.sleep(0.1)
    _signal(notes, signal.SIGKILL)
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
    if notes and address.is_file() and all(map(_runs, notes)):
        return address.read_text()
    return ""


def _signal(notes: Iterable[Path], how: signal.Signals) -> None:
    for note in filter(_runs, notes):
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(note.read_text().split()[0]), how)


def _runs(note: Path) -> bool:
    """Whether the very process of the note runs: its number may belong to another one by now."""
    pid, born = note.read_text().split()
    return _born(int(pid)) == born


def _born(pid: int) -> str:
    """When the process started, in the kernel's count; '' once it has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return ""
    return "" if fields[0] == "Z" else fields[19]


def _words(command: Iterable[object]) -> list[str]:
    return [str(word) for word in command]


def _tail(log: Path, lines: int = 25) -> str:
    text = log.read_text(errors="replace") if log.is_file() else ""
    return "\n".join(text.splitlines()[-lines:])
