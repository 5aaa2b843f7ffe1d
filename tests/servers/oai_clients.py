"""Harvesters that are not ours, in an environment of their own: Sickle, oaipmh-scythe and pyoai's
client. Not servers, but they are installed with them.
"""

from __future__ import annotations

from pathlib import Path

from tests.servers import process

REQUIREMENTS = ("Sickle==0.7.0", "oaipmh-scythe==0.16.0", "pyoai==2.5.0")
PROGRAM = Path(__file__).with_name("oai_clients_app.py")


def installed() -> Path:
    """The Python that has them."""
    return process.virtual_environment("oai-clients", REQUIREMENTS)
