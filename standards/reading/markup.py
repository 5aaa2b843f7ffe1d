"""Text out of markup: what portals keep as HTML is read as the plain text that it shows."""

from __future__ import annotations

import re
from html import unescape

_TAG = re.compile(
    r"</?(?:p|div|span|br|b|i|u|em|strong|a|ul|ol|li|h[1-6]|table|thead|tbody|tr|td|th|font|img|hr|pre|code"
    r"|blockquote|sub|sup|center|script|style|iframe|section|article)(?:\s[^<>]{0,4000})?/?>",
    re.IGNORECASE,
)
_SILENT = re.compile(
    r"<(script|style|iframe)\b[^>]{0,4000}>.{0,100000}?</\1\s*>", re.IGNORECASE | re.DOTALL
)
_BREAK = re.compile(r"</(?:p|div|li|tr|h[1-6])\s*>|<br\s*/?>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8});", re.IGNORECASE)
_BLANK = re.compile(r"[ \t\u00a0]+")


def plain(text: str) -> str:
    """The text without tags and entities of HTML; other text, even with < in it, stays."""
    if "<" in text and _TAG.search(text):
        text = _TAG.sub("", _BREAK.sub("\n", _SILENT.sub("", text)))
        text = "\n".join(_BLANK.sub(" ", line).strip() for line in unescape(text).splitlines())
        return re.sub(r"\n{2,}", "\n", text).strip()
    return unescape(text) if "&" in text and _ENTITY.search(text) else text
