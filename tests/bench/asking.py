"""What is asked in the bench: the usual, the commonest words, and everything."""

from __future__ import annotations

from itertools import islice
from random import Random

from standards import sample

REQUESTS = 500
KNOWN = 5000
FIVE = ("agency", "kind", "topic", "disclosure", "sharing")
EIGHT = (*FIVE, "genre", "validity", "cycle")
YEARS = (2005, 2006, 2007, 2008, 2009)
COMMONEST = (
    *("工作", "通知", "上海市", "管理", "2009", "关于", "情况", "办法"),
    *("情况 报告", "实施 方案", "通知 2008", "工作 意见", "公告 名单", "管理 办法"),
)
"""Words that up to every entry holds."""


def usual(entries: int, count: int = REQUESTS) -> list[str]:
    """A fifth each: a subject, one with a year, a whole title, a document number, an agency's short
    name with a subject. Some titles are of entries that the public may not see."""
    random = Random("mulu-bench")
    known = list(islice(sample.entries(entries), KNOWN))
    organs = sample.organs()
    made = []
    for number in range(count):
        values = random.choice(known).values
        organ = random.choice(organs)
        subject = random.choice(organ.subjects)[0]
        forms = (
            subject,
            f"{subject} {random.choice(YEARS)}",
            values["title"],
            values.get("document_number", subject),
            f"{organ.short_names[0]} {subject}",
        )
        made.append(forms[number % len(forms)])
    return made


def commonest(count: int = REQUESTS // 5) -> list[str]:
    """The commonest words, over and over."""
    return [COMMONEST[number % len(COMMONEST)] for number in range(count)]
