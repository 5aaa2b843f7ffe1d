"""The body of an answer: unfolded piece by piece and bounded, so that no bomb goes off."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

from harvesters.budget import Budget
from harvesters.faults import fault

_PIECE = 65536


def body(pieces: Iterable[bytes], encoding: str, limit: int, place: str, budget: Budget) -> bytes:
    """The whole decoded body; stops reading as soon as it exceeds the limit."""
    if encoding in ("gzip", "x-gzip", "deflate"):
        pieces = _inflated(pieces, encoding, place)
    elif encoding not in ("", "identity"):
        raise fault("encoding-unknown", place=place, value=encoding)
    whole = bytearray()
    for piece in pieces:
        whole += piece
        budget.read(len(piece))
        if len(whole) > limit:
            raise too_large(limit, place)
    return bytes(whole)


def too_large(limit: int, place: str) -> Exception:
    """The fault of an answer that is larger than it may be."""
    return fault("answer-too-large", place=place, value=f"{limit:,}")


def _inflated(pieces: Iterable[bytes], encoding: str, place: str) -> Iterator[bytes]:
    """Decoded pieces of bounded size: a bomb is never unfolded at once."""
    inflate = zlib.decompressobj(zlib.MAX_WBITS | (0 if encoding == "deflate" else 16))
    try:
        for piece in pieces:
            rest = piece
            while rest:
                yield inflate.decompress(rest, _PIECE)
                rest = inflate.unconsumed_tail
        while tail := inflate.decompress(inflate.unconsumed_tail, _PIECE):
            yield tail
    except zlib.error as error:
        raise fault("encoding-broken", place=place, value=encoding) from error
    if not inflate.eof:
        raise fault("connection-lost", place=place, value=encoding, retry=True)
