"""The reference OAI-PMH server (package ``oaipmh``, successor of pyoai), paging by seven records.

``ADDRESS`` serves the sample, its sibling ``state-council`` the real documents. Both files are
read anew for each request: a test that changes what a source holds starts a server of its own.

Its oddities, all met in the wild, which a harvester has to bear:
- the list ends by the *absence* of a resumption token (the protocol wants an empty one), and no
  token tells ``completeListSize`` or ``cursor``: that a list is whole is known only at its end;
- tokens hold ``%``, ``=`` and ``&``, percent-encoded once already: encode them again, whole;
- a token is an offset into a list that is made anew each time: a change in between shifts it;
- a broken token that still decodes answers ``500`` without any XML;
- datestamps have seconds, and ``until`` may be a bare date, which then means its last second;
- nothing found is the error ``noRecordsMatch``, not an empty list.
"""

from __future__ import annotations

from pathlib import Path

from tests.servers import process, records

REQUIREMENTS = ("oaipmh==4.0.0",)
PAGE = 7


def start(folder: Path, page: int = PAGE) -> str:
    """Serve the collections in ``folder/records`` (laid there unless present) and return
    the address of the first."""
    python = process.virtual_environment("oaipmh", REQUIREMENTS)
    collections = folder / "records"
    if not collections.is_dir():
        records.write_collections(collections)
    port = process.free_port()
    program = Path(__file__).with_name("oai_reference_app.py")
    server = process.spawn(folder, "oaipmh", [python, program, port, collections, page])
    address = f"http://127.0.0.1:{port}/sample"
    process.wait_until(
        lambda: process.answers(f"{address}?verb=Identify"), server, folder / "oaipmh.log"
    )
    return address


def stop(folder: Path) -> None:
    """End the server."""
    process.end(folder)


if __name__ == "__main__":
    process.main(start, stop, page=PAGE)
