"""What agencies are told, in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _

from catalog.notices import NoticeView
from standards.problems import Problem
from web.language import current_language
from web.pages.words import told

SENTENCES: dict[str, Callable[..., str]] = {
    "endpoint-broken": lambda **words: _("%(url)s 无法访问。%(why)s", **words),
    "endpoint-healed": lambda **words: _("%(url)s 恢复正常。", **words),
    "endpoint-expiring": lambda **words: _("%(url)s 的证书将于 %(until)s 到期。", **words),
    "endpoint-described": lambda **words: _(
        "%(url)s 的接口说明变了，请核对登记的信息项。", **words
    ),
    "duplicate-collection": lambda **words: _(
        "数据元“%(element)s”有 %(agencies)s 个部门在采集，请核对能否改用权威来源。", **words
    ),
}


def sentence(notice: NoticeView) -> str:
    """A notice as one sentence."""
    details = notice.details
    return SENTENCES[notice.what](
        url=details.get("url"),
        why=_why(details.get("problem")),
        until=str(details.get("until"))[:10],
        element=details.get(current_language()),
        agencies=details.get("agencies"),
    )


def _why(kept: dict[str, Any] | None) -> str:
    return told(Problem.from_dict(kept).message) if kept else ""
