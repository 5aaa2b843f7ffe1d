"""The items of one long list in a JSON document, one at a time: a break in the middle gives those
before it, and what follows the document does no harm."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

_BLANK = re.compile(r"\s*")
_HEAD = 4096


class JsonFault(ValueError):
    """The JSON cannot be read, or not further than this line."""

    def __init__(self, line: int, words: str) -> None:
        super().__init__(f"line {line}: {words}")
        self.line, self.words = line, words


class Items:
    """The members of the list that stands under a name in a document, or that is the document.

    After they were walked through, `found` tells whether there was such a list, `head` holds the
    other members, and `trailing` tells whether anything follows the document.
    """

    def __init__(self, body: bytes, name: str) -> None:
        self._text = body.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
        self._name = name
        self._decoder = json.JSONDecoder(strict=False)
        self._at = 0
        self.head: dict[str, Any] = {}
        self.found = False
        self.trailing = False

    def __iter__(self) -> Iterator[Any]:
        """Each member in turn; JsonFault where the document breaks."""
        if self._peek() == "[":
            yield from self._members()
        elif self._peek() == "{":
            yield from self._of_object()
        else:
            raise self._fault("no JSON")
        self.trailing = bool(self._peek())

    def _of_object(self) -> Iterator[Any]:
        self._at += 1
        while self._peek() != "}":
            key = self._value()
            self._expect(":")
            if key == self._name and self._peek() == "[":
                yield from self._members()
            else:
                self.head[str(key)] = self._value()
            if self._peek() != "}":
                self._expect(",")
        self._at += 1

    def _members(self) -> Iterator[Any]:
        self.found = True
        self._at += 1
        while self._peek() != "]":
            yield self._value()
            if self._peek() != "]":
                self._expect(",")
        self._at += 1

    def _peek(self) -> str:
        blank = _BLANK.match(self._text, self._at)
        self._at = blank.end() if blank else self._at
        return self._text[self._at : self._at + 1]

    def _expect(self, sign: str) -> None:
        if self._peek() != sign:
            raise self._fault(f"expected {sign}")
        self._at += 1
        self._peek()

    def _value(self) -> Any:
        self._peek()
        try:
            value, self._at = self._decoder.raw_decode(self._text, self._at)
        except json.JSONDecodeError as error:
            raise JsonFault(error.lineno, error.msg) from None
        except (ValueError, RecursionError) as error:
            raise self._fault(type(error).__name__) from None
        return value

    def _fault(self, words: str) -> JsonFault:
        return JsonFault(self._text.count("\n", 0, self._at) + 1, words)
