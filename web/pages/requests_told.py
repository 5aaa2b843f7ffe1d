"""Requests in words: what they ask for, how far they have come, how much there is at stake."""

from __future__ import annotations

from flask_babel import gettext as _

from search.filters import BY_NAME
from web.pages.words import list_label, name_of
from web.reviewing import ME, NOBODY, OVERDUE, SOON


def purpose(value: str) -> str:
    """What a request asks for."""
    names = {
        "file": _("新登记"),
        "modify": _("修改"),
        "attributes": _("变更属性"),
        "withdraw": _("撤销"),
        "merge": _("合并"),
    }
    return str(names.get(value, value))


def state(value: str) -> str:
    """How far a request has come."""
    names = {
        "draft": _("草稿"),
        "submitted": _("待审核"),
        "in-review": _("审核中"),
        "returned": _("退回修改"),
        "accepted": _("已通过"),
        "refused": _("不予通过"),
        "cancelled": _("已取消"),
        "expired": _("已过期"),
    }
    return str(names.get(value, value))


def risk(value: str) -> str:
    """How much is at stake."""
    names = {"high": _("高风险"), "medium": _("中风险"), "low": _("低风险")}
    return str(names.get(value, value))


def step(value: str) -> str:
    """Who has to say yes."""
    names = {"agency": _("部门审核"), "centre": _("目录中心审核")}
    return str(names.get(value, value))


def filter_label(name: str) -> str:
    """What a filter of the queue is called."""
    own = {
        "purpose": _("事项"),
        "risk": _("风险"),
        "state": _("状态"),
        "due": _("期限"),
        "assignee": _("办理人"),
    }
    return str(own[name]) if name in own else list_label(name)


def filter_value(name: str, value: str) -> str:
    """A filter's value in words."""
    told = {"purpose": purpose, "risk": risk, "state": state}
    if name in told:
        return told[name](value)
    if name == "due":
        return str({OVERDUE: _("已逾期"), SOON: _("即将到期")}.get(value, value))
    if name == "assignee":
        return str({ME: _("我"), NOBODY: _("无人认领")}.get(value, value))
    return name_of(name, value) if name in BY_NAME else value
