"""A real, bare Elasticsearch from its own jars: one node for most tests, several for a cluster.

The server lacks what its optional modules bring (scripts, completion, CJK analysis, ``GET /``):
what passes here passes on any installation.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import zipfile
from pathlib import Path

from tests.servers import process

HERE = Path(__file__).parent
HOME = process.PARTS / "elasticsearch"
TRANSPORT = HOME / "modules" / "transport-netty4"
DESCRIPTORS = "META-INF/es-plugins/transport-netty4/"


def start(folder: Path, nodes: int = 1) -> str:
    """Start the node or nodes and return the address of the first."""
    _install()
    cluster = Cluster(folder, nodes)
    for number in range(nodes):
        cluster.start(number)
    cluster.wait(nodes)
    return cluster.addresses[0]


class Cluster:
    """Nodes on loopback with data of their own, each started and killed by number."""

    def __init__(self, folder: Path, nodes: int, memory: str = "512m") -> None:
        _install()
        self._folder, self._nodes, self._memory = folder, nodes, memory
        self._ports = [process.free_port() for _ in range(2 * nodes)]
        self._running: dict[int, int] = {}
        self.addresses = [f"http://127.0.0.1:{port}" for port in self._ports[:nodes]]

    def start(self, number: int) -> None:
        """Start a node; nobody waits for it."""
        transport = self._ports[self._nodes :]
        several = {
            "discovery.seed_hosts": ",".join(f"127.0.0.1:{port}" for port in transport),
            "cluster.initial_master_nodes": ",".join(map(_name, range(self._nodes))),
        }
        settings = {
            "node.name": _name(number),
            "path.data": self._folder / f"data-{number}",
            "path.logs": self._folder / f"logs-{number}",
            "http.port": self._ports[number],
            "transport.port": transport[number],
            **(several if self._nodes > 1 else {"discovery.type": "single-node"}),
        }
        command = _command(settings, self._memory)
        self._running[number] = process.spawn(self._folder, _name(number), command)

    def wait(self, members: int, seconds: float = 120) -> None:
        """Until so many nodes have found each other and serve."""
        number, pid = max(self._running.items())
        log = self._folder / f"{_name(number)}.log"
        address = self.addresses[number]
        process.wait_until(lambda: _members(address) == members, pid, log, seconds)

    def kill(self, number: int) -> None:
        """End a node as a power cut does."""
        pid = self._running.pop(number)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        (self._folder / f"{_name(number)}.pid").unlink()

    def runs(self, number: int) -> bool:
        """Whether the node was started and not killed."""
        return number in self._running

    def stop(self) -> None:
        """End every node."""
        process.end(self._folder)


def stop(folder: Path) -> None:
    """End every node of the folder."""
    process.end(folder)


def _name(number: int) -> str:
    return f"node-{number}"


def _command(settings: dict[str, object], memory: str) -> list[object]:
    common = {
        "path.home": HOME,
        "cluster.name": "mulu-tests",
        "network.host": "127.0.0.1",
        # A nearly full disk would make every index read-only in the middle of a test.
        "cluster.routing.allocation.disk.threshold_enabled": "false",
    }
    java = ["java", f"-Xms{memory}", f"-Xmx{memory}", "-XX:+UseSerialGC"]
    modules = ["--add-opens", "java.base/java.io=ALL-UNNAMED", "-p", HOME / "lib"]
    program = ["--add-modules=ALL-MODULE-PATH,jdk.net", "-cp", HOME / "classes", "Main"]
    return [*java, *modules, *program, *(f"{k}={v}" for k, v in {**common, **settings}.items())]


def _members(address: str) -> int:
    """How many nodes have found each other and can serve; 0 while nobody answers."""
    try:
        with process.OPENER.open(f"{address}/_cluster/health?timeout=1s", timeout=5) as answer:
            health = json.load(answer)
    except OSError:
        return 0
    return 0 if health["status"] == "red" else int(health["number_of_nodes"])


def _install() -> None:
    """Fetch the jars, lay them out as the server expects them, and compile Main. Once."""
    stamp = HOME / "installed"
    wanted = (HERE / "pom.xml").read_text() + (HERE / "Main.java").read_text()
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    shutil.rmtree(HOME, ignore_errors=True)
    for name in ("lib", "classes", "config", "plugins", "logs"):
        (HOME / name).mkdir(parents=True)
    TRANSPORT.mkdir(parents=True)
    copy = f"-DoutputDirectory={HOME / 'lib'}"
    log = process.PARTS / "elasticsearch.log"
    mvn = ("mvn", "-q", "-B", "-f", HERE / "pom.xml", "dependency:copy-dependencies", copy)
    process.installed(*mvn, log=log)
    for jar in [*HOME.glob("lib/netty-*.jar"), *HOME.glob("lib/transport-netty4-*.jar")]:
        shutil.move(jar, TRANSPORT / jar.name)
    _describe_transport()
    javac = ("javac", "-cp", f"{HOME / 'lib'}/*", "-d", HOME / "classes", HERE / "Main.java")
    process.installed(*javac, log=log)
    stamp.write_text(wanted)


def _describe_transport() -> None:
    (jar,) = TRANSPORT.glob("transport-netty4-*.jar")
    with zipfile.ZipFile(jar) as archive:
        for name in archive.namelist():
            if name.startswith(DESCRIPTORS) and not name.endswith("/"):
                (TRANSPORT / Path(name).name).write_bytes(archive.read(name))
