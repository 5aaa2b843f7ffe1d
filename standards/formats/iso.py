"""ISO 19139 and ISO 19115-3 in, by the table iso.yaml."""

from __future__ import annotations

from lxml import etree

from standards.formats.records import Parsed
from standards.formats.tables import plain, table

_CODE = "codeListValue"
_FREE = "PT_FreeText"
_CHINESE = ("zh", "chi")


def read(element: etree._Element, kind: str | None = None, key: str = "") -> Parsed:
    """The raw values of an MD_Metadata (or MI_Metadata) element."""
    return table("iso").read(_simple(element), kind, key)


def _simple(element: etree._Element) -> etree._Element:
    """A copy whose leaves say their values: codes by their code, texts in Chinese if they can."""
    root = plain(element)
    for node in list(root.iter(etree.Element)):
        if node.get(_CODE):
            node.text = node.get(_CODE)
        elif node.tag == _FREE:
            _localise(node)
    return root


def _localise(free: etree._Element) -> None:
    """Let a text in several languages be its Chinese one; any other only where there is no text."""
    holder = free.getparent()
    if holder is None:
        return
    texts = [
        (node.get("locale", ""), (node.text or "").strip()) for node in free.iter(etree.Element)
    ]
    texts = [(locale.lower().lstrip("#"), text) for locale, text in texts if text]
    chinese = [text for locale, text in texts if any(name in locale for name in _CHINESE)]
    holder.remove(free)
    if chosen := next(iter(chinese), "") or (
        "" if _said(holder) else next(iter(texts), ("", ""))[1]
    ):
        for child in list(holder):
            holder.remove(child)
        holder.text = chosen


def _said(node: etree._Element) -> bool:
    return any(str(piece).strip() for piece in node.itertext())
