"""What identifies a resource, read from its descriptor in one way for all who compare: folded
(width, case, script, punctuation), with keys that are equal where it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from urllib.parse import urlsplit
from zlib import crc32

from sqlalchemy.orm import Session

from catalog import agencies
from search.folding import fold
from search.numbers import number_key
from standards.consistency import data as same
from standards.descriptor import Descriptor
from standards.identifiers import document_number
from standards.likeness import bare, ordinals, pairs, skeleton
from standards.summary import Summary, summarize

NUMBER, TITLE, NEAR, ENDPOINT, EXTENT = "number", "title", "near", "endpoint", "extent"
MINTED = {"resource-identifier"}
"""What the directory gives each entry by itself tells nothing about the resource."""
_BANDS, _ROWS = 3, 2
_SALTS = (0x9E3779B1, 0x85EBCA6B, 0xC2B2AE35, 0x27D4EB2F, 0x165667B1, 0xD3A2646D)
_MASK = 0xFFFFFFFF


@dataclass(frozen=True)
class Facts:
    """An entry's marks of identity, as far as its descriptor tells them."""

    summary: Summary
    agency: str
    organs: Mapping[str, str]
    """The codes of agencies by their folded names."""

    @cached_property
    def title(self) -> str:
        """Its title, folded."""
        return fold(self.summary.title)

    @cached_property
    def bare_title(self) -> str:
        """The same without signs."""
        return bare(self.title)

    @cached_property
    def providers(self) -> frozenset[str]:
        """Who provides it: agencies by their codes, others by folded names; whose entry it is
        where nobody is named.
        """
        named = (fold(name) for name in self.summary.providers)
        found = frozenset(self.organs.get(name, name) for name in named)
        return found or frozenset({self.agency})

    @cached_property
    def numbers(self) -> dict[str, tuple[str, str]]:
        """By scheme: the key of its number, and the number as it is written."""
        return {
            each.scheme: (key_of_number(each.scheme, each.text), each.text)
            for each in self.summary.numbers
            if each.scheme in same().same_numbers
        }

    @cached_property
    def ordinals(self) -> tuple[str, ...]:
        """The numbers in its title."""
        return ordinals(self.title)

    @cached_property
    def pairs(self) -> frozenset[str]:
        """The pairs of characters of what is peculiar to its title."""
        return pairs(skeleton(self.title, map(fold, self.summary.providers)))

    @cached_property
    def endpoint(self) -> str:
        """Where it leads, in one form; a bare host tells nothing."""
        found = self.summary.endpoint
        return plain_address(found.url) if found else ""

    @cached_property
    def extent(self) -> str:
        """Where and when, if both are told exactly."""
        box, period = self.summary.box, self.summary.period
        if box is None or period is None:
            return ""
        sides = (round(each, 4) for each in (box.west, box.south, box.east, box.north))
        return f"{self.summary.kind} {' '.join(map(str, sides))} {period.begin}/{period.end}"

    def keys(self) -> dict[int, str]:
        """Hashes under which it is looked for, each with its scheme."""
        found = {hashed(NUMBER, *each): NUMBER for each in self._number_keys()}
        for provider in self.providers if self.bare_title else ():
            found[hashed(TITLE, self.summary.kind, self.bare_title, provider)] = TITLE
            for band in _bands(self.pairs):
                found[hashed(NEAR, self.summary.kind, provider, band)] = NEAR
        if self.endpoint:
            found[hashed(ENDPOINT, self.endpoint)] = ENDPOINT
        if self.extent:
            found[hashed(EXTENT, self.extent)] = EXTENT
        return found

    def _number_keys(self) -> Iterator[tuple[str, str]]:
        return ((scheme, key) for scheme, (key, _) in self.numbers.items())


def facts(descriptor: Descriptor, agency: str, organs: Mapping[str, str]) -> Facts:
    """The marks of an entry of the agency."""
    return Facts(summarize(descriptor), agency, organs)


def organs(session: Session) -> dict[str, str]:
    """Names that one agency alone bears, folded, with its code."""
    bearers: dict[str, set[str]] = {}
    for agency in agencies.every(session):
        for name in (agency.name, *agency.short_names):
            bearers.setdefault(fold(name), set()).add(agency.code)
    return {name: next(iter(codes)) for name, codes in bearers.items() if len(codes) == 1}


def key_of_number(scheme: str, text: str) -> str:
    """The key of a number, however its brackets and digits are written."""
    known = document_number.keys(fold(text)) if scheme == "document-number" else frozenset()
    return min(known, default="") or number_key(text)


def plain_address(url: str) -> str:
    """An address without what makes no difference; empty where it is no more than a host."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    path = parts.path.rstrip("/")
    if not parts.netloc or not (path or parts.query):
        return ""
    return f"{parts.netloc.lower()}{path}" + (f"?{parts.query}" if parts.query else "")


def hashed(scheme: str, *parts: str) -> int:
    """A number of 63 bits for parts that are equal when they are."""
    said = "\x00".join((scheme, *parts)).encode()
    return int.from_bytes(blake2b(said, digest_size=8).digest(), "big") >> 1


def _bands(found: frozenset[str]) -> Iterator[str]:
    """Keys of which similar sets of pairs share one in all likelihood (minhash): 95 of 100 where
    four fifths of them agree.
    """
    codes = [crc32(each.encode()) for each in found]
    least = [min((code ^ salt) * 0x2C1B3C6D & _MASK for code in codes) for salt in _SALTS]
    for band in range(_BANDS):
        rows = least[band * _ROWS : (band + 1) * _ROWS]
        yield f"{band} {' '.join(map(str, rows))}"
