"""A throwaway PostgreSQL cluster on loopback, from the binaries that the system has."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from tests.servers import process

OWNER = "postgres"  # the account of Debian's package: the server refuses to run as root


def start(folder: Path) -> str:
    """Make the cluster, start it, and return its address for SQLAlchemy."""
    folder.mkdir(parents=True, exist_ok=True)
    data = _data(folder)
    initdb = [_binary("initdb"), "-D", data, "-U", "mulu", "-A", "trust", "-E", "UTF8"]
    process.installed(*_owner(), *initdb, "--locale=C.UTF-8", log=folder / "initdb.log")
    return run(folder, process.free_port())


def standby(folder: Path, primary: int) -> str:
    """A copy of the cluster at a port, which follows it by streaming; its address."""
    folder.mkdir(parents=True, exist_ok=True)
    source = ["-h", "127.0.0.1", "-p", primary, "-U", "mulu"]
    basebackup = [_binary("pg_basebackup"), *source, "-D", _data(folder), "-R", "-c", "fast"]
    process.installed(*_owner(), *basebackup, log=folder / "basebackup.log")
    return run(folder, process.free_port())


def run(folder: Path, port: int) -> str:
    """Start the cluster that the folder has, e.g. after ``process.end``."""
    options = {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "max_connections": "200",
        # Nothing here has to outlive a power cut; a killed process loses nothing either way.
        "fsync": "off",
    }
    command = [_binary("postgres"), "-D", (folder / "data").readlink(), "-p", port]
    command += [word for key, value in options.items() for word in ("-c", f"{key}={value}")]
    server = process.spawn(folder, "postgres", [*_owner(), *command])
    ready = [_binary("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    log = folder / "postgres.log"
    process.wait_until(lambda: not subprocess.run(ready, check=False).returncode, server, log)
    return f"postgresql+psycopg://mulu@127.0.0.1:{port}/postgres"


def stop(folder: Path) -> None:
    """End the cluster and throw its data away."""
    process.end(folder, signal.SIGINT)  # SIGTERM would wait for every client to leave
    _discard(folder / "data")


def _data(folder: Path) -> Path:
    """A new place for the data. It is not in the folder but linked there: the server's account
    may not enter a checkout that root keeps to itself."""
    _discard(folder / "data")
    data = Path(tempfile.mkdtemp(prefix="mulu-postgres-"))
    if _root():
        shutil.chown(data, OWNER, OWNER)
    (folder / "data").symlink_to(data)
    return data


def _discard(link: Path) -> None:
    if link.is_symlink():
        shutil.rmtree(link.readlink(), ignore_errors=True)
        link.unlink()


def _owner() -> list[str]:
    """What runs a command as the server's account, from a folder that it may enter."""
    account = ["setpriv", "--reuid", OWNER, "--regid", OWNER, "--clear-groups"]
    return ["env", "--chdir=/", *account] if _root() else []


def _root() -> bool:
    return os.geteuid() == 0


def _binary(name: str) -> str:
    """The newest of Debian's installations, else what PATH has."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=_major)
    path = str(found[-1]) if found else shutil.which(name)
    if not path:
        raise process.NotStarted(f"PostgreSQL's {name} is not installed")
    return path


def _major(path: Path) -> float:
    return float(path.parts[4])


if __name__ == "__main__":
    process.main(start, stop)
