"""Where a cluster is, how it is entered and how an index is laid out on it; knows no client."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import unquote

USUAL = "mulu"
PORTS = {"http": 9200, "https": 443}
_FORM = re.compile(
    r"(?P<scheme>https?)://(?:(?P<login>[^@/]*)@)?(?P<nodes>[^@/?#]+)(?:/(?P<alias>[^/?#]*)/?)?"
)
_NODE = re.compile(r"(?P<host>\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::(?P<port>\d{1,5}))?")
_ALIAS = re.compile(r"[a-z0-9][a-z0-9._-]{0,150}")


@dataclass(frozen=True, slots=True)
class ClusterOptions:
    """What belongs to a cluster beside its address. Secrets are not shown."""

    ca: str = ""
    """A file with the certificates of who signs for the nodes; else those of the system."""
    api_key: str = field(default="", repr=False)
    user: str = ""
    password: str = field(default="", repr=False)
    shards: int = 0
    """Of a new index; 0: by the number of its cards."""
    replicas: int = 1
    """Copies beside the first, as far as there are nodes for them."""


@dataclass(frozen=True, slots=True)
class ClusterAddress:
    """``http(s)://[user:password@]HOST[:PORT][,HOST[:PORT]…][/ALIAS]``, taken apart."""

    nodes: tuple[str, ...]
    alias: str
    login: tuple[str, str] | None = field(default=None, repr=False)


def addressed(url: str) -> ClusterAddress:
    """Read an address. Raises ValueError, which never tells what stands before the @."""
    found = _FORM.fullmatch(url)
    alias = (found["alias"] if found else "") or USUAL
    if not found or not _ALIAS.fullmatch(alias):
        raise ValueError(
            f"no address of a cluster: {_without_login(url)!r}; "
            "http(s)://[USER:PASSWORD@]HOST[:PORT][,HOST[:PORT]…][/alias-in-small-letters]"
        )
    nodes = tuple(_node(found["scheme"], each) for each in found["nodes"].split(","))
    name, _, password = (found["login"] or "").partition(":")
    return ClusterAddress(nodes, alias, (unquote(name), unquote(password)) if name else None)


def _node(scheme: str, text: str) -> str:
    found = _NODE.fullmatch(text.strip())
    port = int(found["port"] or PORTS[scheme]) if found else 0
    if not found or not 0 < port < 65536:
        raise ValueError(f"no node of a cluster: {text!r}; HOST or HOST:PORT is meant")
    return f"{scheme}://{found['host']}:{port}"


def _without_login(url: str) -> str:
    scheme, mark, rest = url.partition("://")
    return f"{scheme}{mark}{rest.rpartition('@')[2]}"
