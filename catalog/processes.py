"""Names of processes that hold something, so that others on the machine can tell the dead ones."""

from __future__ import annotations

import os
import secrets
import socket


def new_owner() -> str:
    """A name for this process: its machine, its number, and something no other ever had."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


def known_dead(owner: str) -> bool:
    """Whether the process was on this machine and is no more; of others nothing is known."""
    host, _, rest = owner.partition(":")
    pid = rest.partition(":")[0]
    if host != socket.gethostname() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False  # somebody else's, so it lives
    return False
