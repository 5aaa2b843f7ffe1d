"""The settings of an installation, read from ``MULU_*`` in the environment."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import NamedTemporaryFile

from search.cluster import ClusterOptions, addressed

DEFAULT_DATA_DIR = ".mulu"
SHORTEST_SECRET = 16
IDENTITY_DAYS = 180
PROBE_HOURS = 24
STATEMENT_SECONDS = 30
EMAIL = re.compile(r"[^\s@]+@(?:[^\s@.]+\.)+[^\s@.]+")
NODE_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]{0,58}[a-z0-9])?")


class BadSettings(ValueError):
    """An installation that must not start as it is set up."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things are kept and how this installation is called.

    A relative path in ``search_url`` lies in ``data_dir``. Without a ``base_url`` addresses are
    those by which a request came.
    """

    data_dir: Path
    database_url: str
    search_url: str = field(repr=False)  # it may hold a password
    base_url: str
    secret_key: str = field(repr=False)
    demo: bool = False
    port: int = 8000
    requests_per_minute: int = 0
    """For one address, of reading; 0: no limit."""
    trusted_proxies: int = 0
    """How many proxies before us tell the true address of the caller."""
    identity_keys: tuple[str, ...] = field(default=(), repr=False)
    """What the identity of those who ask for access is sealed with; older ones only open."""
    identity_days: int = IDENTITY_DAYS
    """So long after the answer the identity is kept."""
    probe_hours: int = PROBE_HOURS
    """How often each exchange endpoint is looked at; 0: never."""
    probe_private: bool = False
    """Whether endpoints within private networks are looked at too."""
    node: str = ""
    """What this node is called among others; unless it is given, it is called after its key."""
    node_keys: tuple[str, ...] = field(default=(), repr=False)
    """What it signs with, and after a comma what it will sign with next; else a file holds them."""
    admin_email: str = ""
    """Whom those who harvest this node may write to."""
    passes_on: bool = True
    """Whether it tells others of entries that it has from elsewhere."""
    replica_url: str = field(default="", repr=False)
    """A copy of the database, for pages of the public."""
    statement_seconds: int = STATEMENT_SECONDS
    """So long a statement of a page may take."""
    cluster: ClusterOptions = field(default_factory=ClusterOptions)
    """What belongs to the search cluster beside its address."""

    @classmethod
    def from_environment(cls, env: Mapping[str, str]) -> Settings:
        """Raises BadSettings when a secret is missing outside demo mode."""
        data_dir = Path(env.get("MULU_DATA_DIR") or DEFAULT_DATA_DIR)
        demo = env.get("MULU_DEMO", "") not in ("", "0")
        port = _port(env.get("MULU_PORT") or env.get("PORT") or "8000")
        secret = _secret(env.get("MULU_SECRET_KEY", ""), data_dir, demo)
        return cls(
            data_dir=data_dir,
            database_url=env.get("MULU_DATABASE_URL") or f"sqlite:///{data_dir / 'mulu.db'}",
            search_url=_search_url(env.get("MULU_SEARCH_URL", "")),
            base_url=env.get("MULU_BASE_URL", "").rstrip("/"),
            secret_key=secret,
            demo=demo,
            port=port,
            requests_per_minute=_count(env, "MULU_REQUESTS_PER_MINUTE"),
            trusted_proxies=_count(env, "MULU_TRUSTED_PROXIES"),
            identity_keys=_identity_keys(env.get("MULU_IDENTITY_KEY", "")) or (secret,),
            identity_days=_count(env, "MULU_IDENTITY_DAYS", IDENTITY_DAYS),
            probe_hours=_count(env, "MULU_PROBE_HOURS", 0 if demo else PROBE_HOURS),
            probe_private=env.get("MULU_PROBE_PRIVATE", "") not in ("", "0"),
            node=_node(env.get("MULU_NODE", "")),
            node_keys=tuple(env.get("MULU_NODE_KEY", "").replace(",", " ").split()),
            admin_email=_address(env.get("MULU_ADMIN_EMAIL", "")),
            passes_on=env.get("MULU_PASS_ON", "1") != "0",
            replica_url=env.get("MULU_DATABASE_READ_URL", ""),
            statement_seconds=_count(env, "MULU_STATEMENT_SECONDS", STATEMENT_SECONDS),
            cluster=ClusterOptions(
                ca=env.get("MULU_SEARCH_CA", ""),
                api_key=env.get("MULU_SEARCH_API_KEY", ""),
                user=env.get("MULU_SEARCH_USER", ""),
                password=env.get("MULU_SEARCH_PASSWORD", ""),
                shards=_count(env, "MULU_SEARCH_SHARDS"),
                replicas=_count(env, "MULU_SEARCH_REPLICAS", 1),
            ),
        )


def _port(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise BadSettings(f"MULU_PORT is no port: {text}")
    return int(text)


def _count(env: Mapping[str, str], name: str, usual: int = 0) -> int:
    text = env.get(name) or str(usual)
    if not text.isdigit():
        raise BadSettings(f"{name} is no number: {text}")
    return int(text)


def _search_url(text: str) -> str:
    if text.startswith(("http:", "https:")):
        try:
            addressed(text)
        except ValueError as wrong:
            raise BadSettings(f"MULU_SEARCH_URL: {wrong}") from None
    return text or "tantivy:index"


def _node(name: str) -> str:
    if name and not NODE_NAME.fullmatch(name):
        raise BadSettings(f"MULU_NODE is no name (a to z, 0 to 9, - and .; 60 at most): {name}")
    return name


def _address(text: str) -> str:
    if text and not EMAIL.fullmatch(text):
        raise BadSettings(f"MULU_ADMIN_EMAIL is no address: {text}")
    return text


def _identity_keys(text: str) -> tuple[str, ...]:
    """The newest key first, older ones after it, parted by commas."""
    keys = tuple(each.strip() for each in text.split(",") if each.strip())
    if any(len(key) < SHORTEST_SECRET for key in keys):
        raise BadSettings(
            f"MULU_IDENTITY_KEY is too short: each key has {SHORTEST_SECRET} random characters "
            "or more"
        )
    return keys


def _secret(given: str, data_dir: Path, demo: bool) -> str:
    if given and (demo or len(given) >= SHORTEST_SECRET):
        return given
    if not demo:
        fault = "is too short" if given else "is not set"
        raise BadSettings(
            f"MULU_SECRET_KEY {fault}: give at least {SHORTEST_SECRET} random characters, "
            "or MULU_DEMO=1 for a trial"
        )
    return _kept_secret(data_dir / "secret")


def _kept_secret(path: Path) -> str:
    """The secret of a trial: made once and kept, so that sessions outlive a restart."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        with NamedTemporaryFile("w", dir=path.parent, encoding="ascii") as file:  # mode 0600
            file.write(secrets.token_urlsafe(32))
            file.flush()
            with suppress(FileExistsError):  # another process was as quick
                os.link(file.name, path)
    return path.read_text(encoding="ascii")
