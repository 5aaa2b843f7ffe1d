"""pycsw, a catalogue that speaks OAI-PMH beside CSW, paging by ten records.

``ADDRESS`` (it has a query of its own, ``?mode=oaipmh``) serves the sample, ``/state-council``
the real documents. Deleted records are not loaded: this server knows no deletions.

Its oddities, which a harvester has to bear:
- a request with a resumption token must repeat ``metadataPrefix`` (the protocol forbids it), and
  ``from`` and ``until`` too, or the next page comes from the unfiltered list;
- the token is the position of the next record; the last page's token is ``0``, which asked again
  starts from the first record, and one beyond the end answers ``1``: an endless list twice over;
- ``cursor`` is nonsense (it falls, and may be -1); ``completeListSize`` is right;
- the header says ``dateStamp`` where the protocol says ``datestamp``, and ``setSpec`` is empty;
- a record without ``dct:modified`` or ``dc:identifier`` is given that of a later one in its page;
- ``oai_dc`` holds ``dct:abstract`` and ``dct:spatial`` in place of description and coverage, the
  record's own key as its first ``dc:identifier``, and Dublin Core terms beside its elements;
- ``from`` and ``until`` compare ``dc:date`` as text, not the datestamp: no incremental harvest;
- ``set`` is taken and ignored; unknown verbs, prefixes and tokens are all ``badArgument``;
- nothing found is an empty list with token ``0``, an unknown identifier an empty GetRecord;
- ListIdentifiers wraps headers in records and names the first record of the page in each;
- ``earliestDatestamp`` is when the records were loaded: later than all of their datestamps;
- the request echoes ``metadataprefix`` in lower case.
"""

from __future__ import annotations

from pathlib import Path

from tests.servers import process, records

REQUIREMENTS = (
    "pycsw==2.6.2",
    "SQLAlchemy==1.4.54",
    "OWSLib==0.28.1",
    "Shapely==2.0.7",
    "pyproj==3.7.2",
    "lxml==6.1.3",
)
PAGE = 10


def start(folder: Path, page: int = PAGE) -> str:
    """Load the collections in ``folder/records`` (laid there unless present), serve them, and
    return the OAI-PMH address of the first."""
    python = process.virtual_environment("pycsw", REQUIREMENTS)
    collections = folder / "records"
    if not collections.is_dir():
        records.write_collections(collections)
    port = process.free_port()
    program = Path(__file__).with_name("pycsw_app.py")
    server = process.spawn(folder, "pycsw", [python, program, port, collections, page])
    address = f"http://127.0.0.1:{port}/sample?mode=oaipmh"
    process.wait_until(
        lambda: process.answers(f"{address}&verb=Identify"), server, folder / "pycsw.log"
    )
    return address


def stop(folder: Path) -> None:
    """End the server."""
    process.end(folder)


if __name__ == "__main__":
    process.main(start, stop, page=PAGE)
