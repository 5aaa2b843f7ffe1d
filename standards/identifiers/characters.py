"""The characters of codes as people type them, folded before any scheme looks at them."""

from __future__ import annotations

import unicodedata

_ALIKE = dict.fromkeys(map(ord, "‐‑‒–—―−﹣－"), "-") | dict.fromkeys(map(ord, "∕⁄＼\\"), "/")


def folded(text: str) -> str:
    """Half width, one kind of hyphen and slash, no spaces, upper case."""
    plain = unicodedata.normalize("NFKC", text).translate(_ALIKE)
    tight = "".join(plain.split()).upper()
    return unicodedata.normalize("NFKC", tight)  # what stood apart may now be one character
