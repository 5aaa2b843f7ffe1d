"""Templates that nobody filled in: what a form or a program left where a value belongs."""

from __future__ import annotations

import re

_LONGEST = 200
_PLACEHOLDER = re.compile(
    r"(?:\{\{.{0,100}\}\}|\{%.{0,100}%\}|\$\{.{0,100}\}|<%.{0,100}%>|%[A-Z_]{2,40}%|\[\[.{0,100}\]\]"
    r"|<\s*(?:insert|enter|your|title|description|name|标题|名称|填写).{0,60}>"
    r"|\[\s*(?:insert|enter|your|填写|请填写).{0,60}\])\Z",
    re.IGNORECASE,
)
_HOLDS = re.compile(r"\{\{\s*[\w.| ]{1,60}\s*\}\}|\$\{\s*[\w.]{1,60}\s*\}")
_WORDS = re.compile(
    r"(?:required|mandatory|tbd|tbc|t\.b\.d\.|to be (?:determined|defined|completed)|todo|fixme"
    r"|not (?:available|specified|provided)|n/?a|none|null|nil|undefined|unknown|untitled"
    r"|x{3,}|\?{2,}|[-_.—…*]+"
    r"|(?:your |enter |insert )(?:title|description|name|text|abstract)(?: here)?"
    r"|(?:此处|在此)?(?:请)?(?:填写|输入)(?:标题|名称|摘要|内容|说明)?"
    r"|待填|待填写|待补充|未填写|示例文本)[.!。]?\Z",
    re.IGNORECASE,
)
_DUMMY = re.compile(r"lorem ipsum\b", re.IGNORECASE)


def unfilled(text: str) -> bool:
    """Whether a text is no value but the template that should have been replaced by one."""
    start = text.strip()[:_LONGEST]
    if _DUMMY.match(start) or _HOLDS.search(start):
        return True
    return len(text) <= _LONGEST and bool(_PLACEHOLDER.match(start) or _WORDS.match(start))
