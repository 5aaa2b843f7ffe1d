"""Requests in words: what they ask for, how far they have come, how much there is at stake."""

from __future__ import annotations

from flask_babel import gettext as _

from search.filters import BY_NAME
from web.pages.words import list_label, name_of, short_name_of
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


def reasons() -> list[str]:
    """What requests are most often returned for."""
    return [
        _("名称看不出资源的内容"),
        _("摘要过于简单"),
        _("分类不准确"),
        _("公开属性的依据不充分"),
        _("共享属性的依据不充分"),
        _("与已有条目重复"),
    ]


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


def axis_label(axis: str) -> str:
    """What is decided on: disclosure, sharing, or who may see the record."""
    return str(_("目录可见范围")) if axis == "visibility" else list_label(axis)


def axis_value(axis: str, value: str) -> str:
    """What was decided, in words."""
    own = {"opened": _("不再遮蔽"), "undetermined": _("未定")}
    if value in own:
        return str(own[value])
    if axis == "visibility":
        return short_name_of("visibility", value)
    return name_of(axis, value)
