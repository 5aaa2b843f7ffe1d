"""Single values: text, paragraphs, dates, numbers, booleans and web addresses."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from standards import personal
from standards.codelists import codelist
from standards.profile import Element
from standards.reading.dates import iso
from standards.reading.findings import Findings, Interpret, Read
from standards.reading.texts import clean, fold, one_line, written
from standards.reading.unfilled import unfilled
from standards.rules import problem

_NUMBER = re.compile(
    r"[+-]?(?:\d{1,15}|\d{1,3}(?:,\d{3}){1,4})?(?:\.\d{0,20})?(?:e[+-]?\d{1,2})?\Z"
)
_LARGEST = 2**53  # JSON numbers are exact up to here
_SCHEMES = frozenset({"http", "https", "ftp", "ftps", "sftp", "ws", "wss", "mailto", "urn", "jdbc"})
_WITH_HOST = _SCHEMES - {"mailto", "urn", "jdbc"}
_NOT_IN_ADDRESSES = re.compile(r"[\x00-\x20\x7f-\xa0\u3000<>\"{}|\\^`]")
_TEXTS = frozenset({"text", "paragraph"})
_YES = ("是", "有", "对", "√", "true", "yes", "y", "1")
_NO = ("否", "无", "不", "×", "false", "no", "n", "0")


def scalar(element: Element, interpret: Interpret) -> Read:
    """The reader of one value: makes it clean text of bounded length and interprets that."""
    limit = element.max_length
    is_kept = keeps_text(element)
    tidy = clean if element.type == "paragraph" else one_line

    def read(value: Any, path: str, findings: Findings) -> Any:
        if value is None:
            return None
        text = value if isinstance(value, str) else written(value)
        if text is None:
            return findings.say("wrong-shape", element, path, value)
        if len(text) <= 2 * limit + 1000:  # what is far too long need not be cleaned first
            text = tidy(text)
        if not text:
            return None
        if len(text) > limit:
            return findings.say("too-long", element, path, text, length=len(text), limit=limit)
        if unfilled(element, text):
            findings.say("unfilled", element, path, text)
            return None
        if is_kept and len(text) >= personal.SHORTEST and personal.suspicious(text):
            _point_out(text, element, path, findings)
        return interpret(text, path, findings)

    return read


def keeps_text(element: Element) -> bool:
    """Whether what people write is kept as they wrote it; then it may hold anything."""
    lists = (element.codelist,) if element.codelist else ()
    is_open = element.open or any(codelist(name).open for name in lists)
    return element.type in _TEXTS or is_open


def _point_out(text: str, element: Element, path: str, findings: Findings) -> None:
    """Warn of the personal identifiers in a text, without repeating them."""
    found = personal.find(text)
    if found:
        shown, kinds = personal.told(found)
        findings.problems.append(
            problem(
                personal.RULE,
                path=path,
                clause=personal.CLAUSE,
                value=shown,
                label=element.label,
                kinds=kinds,
            )
        )


def plain(_element: Element) -> Interpret:
    """Text is what it is."""
    return lambda text, _path, _findings: text


def date(element: Element) -> Interpret:
    """A date in any of the ways it is written."""

    def interpret(text: str, path: str, findings: Findings) -> Any:
        return iso(text) or findings.say("bad-date", element, path, text)

    return interpret


def number(element: Element) -> Interpret:
    """A number within the element's bounds; whole numbers stay integers."""
    lowest = -_LARGEST if element.minimum is None else element.minimum
    highest = _LARGEST if element.maximum is None else element.maximum
    whole_only = element.type == "integer"

    def interpret(text: str, path: str, findings: Findings) -> Any:
        folded = fold(text)
        if not _NUMBER.match(folded) or not any(character.isdecimal() for character in folded):
            return findings.say("not-a-number", element, path, text)
        value = float(folded.replace(",", ""))
        if whole_only and not value.is_integer():
            return findings.say("not-a-number", element, path, text)
        if not lowest <= value <= highest:
            bounds = {"minimum": lowest, "maximum": highest}
            return findings.say("out-of-range", element, path, text, **bounds)
        return int(value) if value.is_integer() else value

    return interpret


def boolean(element: Element) -> Interpret:
    """Yes or no, in the element's own words or the usual ones."""
    words = element.words or {"true": _YES, "false": _NO}
    meanings = {fold(word): key == "true" for key, said in words.items() for word in said}

    def interpret(text: str, path: str, findings: Findings) -> Any:
        meaning = meanings.get(fold(text))
        return findings.say("not-a-boolean", element, path, text) if meaning is None else meaning

    return interpret


def uri(element: Element) -> Interpret:
    """A web address that is safe to show as a link; ``www.…`` is read as ``http://www.…``."""

    def interpret(text: str, path: str, findings: Findings) -> Any:
        address = f"http://{text}" if text.lower().startswith("www.") else text
        address = address.replace(" ", "%20")
        return address if usable(address) else findings.say("bad-uri", element, path, text)

    return interpret


def usable(address: str) -> bool:
    """Whether it is a well-formed address of a scheme that cannot run code, without a password."""
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return False
    if parts.scheme not in _SCHEMES or _NOT_IN_ADDRESSES.search(address):
        return False
    if parts.scheme in _WITH_HOST:
        return bool(parts.hostname) and "@" not in parts.netloc
    return bool(parts.path)
