"""Match keys of numbers: document, index, call and resource numbers however they are punctuated."""

from __future__ import annotations

import re

from search.folding import fold
from search.tokens import HAN, squeezed

MOST = 12
_CHUNK = re.compile(r"\S{5,60}")
_DOCUMENT_NUMBER = re.compile(
    rf"([{HAN}]{{2,16}})\s*[^\w\s]{{0,2}}\s*((?:19|20)\d\d)\s*年?[^\w\s]{{0,2}}\s*第?\s*(\d{{1,5}})\s*号?"
)


def number_key(text: str) -> str:
    """``沪府发〔2008〕12号``, ``沪府发（2008）第12号`` and ``沪府发200812`` share one key."""
    return _plain(squeezed(fold(text)))


def _plain(key: str) -> str:
    return key.replace("第", "").removesuffix("号").replace("年", "")


def typed_keys(folded: str) -> tuple[str, ...]:
    """Keys of every number that a folded text may be, or hold."""
    keys = {_plain(squeezed(folded)): None} if len(folded) <= 80 else {}
    for found in _DOCUMENT_NUMBER.finditer(folded):
        keys["".join(found.groups())] = None
    for chunk in _CHUNK.findall(folded):
        if any(character.isdigit() for character in chunk):
            keys[_plain(squeezed(chunk))] = None
    keys.pop("", None)
    return tuple(keys)[:MOST]
