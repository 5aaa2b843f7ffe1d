"""What the audit log tells, in words: deeds, and the particulars of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from catalog.audit import EventView
from web.pages.words import entry_url, name_of, role_name, short_name_of

ENTRIES = {"identifiers", "merged_into"}
"""Particulars that name entries."""
LISTS = {"outcome": "access-outcomes"}
"""Particulars that are codes of a list."""
SAID = {"versions": "version"}
"""Particulars that say another one in full, and are shown only where they say more."""

SHORT = 12
"""Digits of a digest that tell it from others at a glance."""


@dataclass(frozen=True, slots=True)
class Detail:
    """One particular: what it is called, and its values, each with where it leads."""

    label: str
    values: tuple[tuple[str, str], ...]


def deed(action: str) -> str:
    """What the log calls an action, in words; as it stands if it is unknown."""
    return known().get(action, action)


def known() -> dict[str, str]:
    """Every deed with its name, as an auditor chooses among them."""
    return {
        "registered": _("登记"),
        "revised": _("修改"),
        "submitted": _("提交审核"),
        "accepted": _("审核通过"),
        "returned": _("退回"),
        "withdrawn": _("撤销"),
        "merged": _("合并"),
        "confirmed": _("本步审核通过"),
        "refused": _("不予通过"),
        "cancelled": _("取消申请"),
        "recalled": _("收回修改"),
        "commented": _("意见"),
        "taken": _("认领"),
        "taken over": _("接手"),
        "assigned": _("交办"),
        "released": _("放回队列"),
        "escalated": _("上报"),
        "expired": _("逾期未改，自动终止"),
        "leaving asked": _("申请撤销或合并"),
        "correction disputed": _("来源改了已经更正的内容"),
        "correction kept": _("保留对来源的更正"),
        "correction ended": _("结束对来源的更正"),
        "declared distinct": _("判定不是同一项资源"),
        "data element added": _("新增数据元"),
        "data element changed": _("修改数据元"),
        "item link confirmed": _("确认信息项对应的数据元"),
        "item link refused": _("否定信息项对应的数据元"),
        "item link proposed": _("信息项改回按规则对应"),
        "authority claimed": _("主张权威来源"),
        "authority accepted": _("确定权威来源"),
        "authority refused": _("不予确定权威来源"),
        "authority ended": _("结束权威来源"),
        "authority retracted": _("收回权威来源主张"),
        "duplicate collection told": _("通知重复采集"),
        "duplicate collection excepted": _("说明重复采集的理由"),
        "name given": _("增加别名"),
        "name taken": _("取消别名"),
        "attributes proposed": _("建议变更属性"),
        "asked anew": _("要求重新建议属性"),
        "selection drawn": _("成批办理抽样"),
        "steps set": _("设定审核步骤"),
        "deputy named": _("指定代办人"),
        "deputy ended": _("结束代办"),
        "viewed": _("查看不公开的内容"),
        "listed": _("在列表中看到不公开的条目"),
        "access asked": _("申请获取"),
        "access correction asked": _("要求补正获取申请"),
        "access corrected": _("补正获取申请"),
        "access consultation begun": _("开始征求意见"),
        "access consultation ended": _("结束征求意见"),
        "access extended": _("延长答复期限"),
        "access answered": _("答复获取申请"),
        "access closed": _("办结获取申请"),
        "access withdrawn": _("撤回获取申请"),
        "applicant seen": _("查看申请人身份"),
        "applicant deleted": _("删除申请人身份"),
        "log exported": _("导出审计日志"),
        "consistency asked": _("要求一致性核查"),
        "consistency audited": _("一致性核查"),
        "account created": _("新建账号"),
        "account closed": _("停用账号"),
        "role granted": _("授予角色"),
        "password set": _("重设口令"),
        "token issued": _("发放令牌"),
        "token revoked": _("吊销令牌"),
        "agency added": _("新增部门"),
        "agency renamed": _("部门更名"),
        "source added": _("新增采集源"),
        "source changed": _("修改采集源"),
    }


def reason(event: EventView) -> str:
    """Why it was done: a person's words, or what time or the house itself did it for."""
    given = str(event.details.get("reason") or "")
    known = {
        ("released", "time"): _("办理时间过长"),
        ("escalated", "overdue"): _("已经逾期"),
        ("escalated", "nobody"): _("没有可以办理的人"),
        ("cancelled", "withdrawn"): _("条目已经撤销"),
        ("cancelled", "superseded"): _("来源已经更正"),
    }
    return str(known.get((event.action, given), given))


def details(event: EventView) -> list[Detail]:
    """The particulars of an event, those of unknown names as they stand."""
    labels = _labels()
    told = {
        name: reason(event) if name == "reason" else value
        for name, value in event.details.items()
        if value not in (None, "", [], {}) and [event.details.get(SAID.get(name, ""))] != value
    }
    flat = _flat(told)
    return [Detail(labels.get(name, name), tuple(_values(name, value))) for name, value in flat]


def _flat(told: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Particulars within particulars, each by its whole path."""
    for name, value in told.items():
        path = f"{above}{name}"
        if isinstance(value, dict):
            yield from _flat(value, f"{path}.")
        else:
            yield path, value


def _values(name: str, value: Any) -> Iterator[tuple[str, str]]:
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, dict):
            yield "、".join(_in_words(key, inner) for key, inner in each.items() if inner), ""
        else:
            link = entry_url(str(each)) if name in ENTRIES else ""
            yield _in_words(name, each), link


def _in_words(name: str, value: Any) -> str:
    last = name.rpartition(".")[2]
    if isinstance(value, bool):
        return str(_("是") if value else _("否"))
    if last == "digest":
        return f"{str(value)[:SHORT]}…"
    if last in LISTS:
        return short_name_of(LISTS[last], str(value))
    if last in ("state", "agency"):
        return name_of(last, str(value))
    if last == "role":
        return role_name(str(value))
    return _acceptances().get(value, str(value)) if last == "acceptance" else str(value)


def _acceptances() -> dict[str, str]:
    return {"automatic": _("按采集源的设定自动通过"), "operator": _("由系统操作员直接发布")}


def _labels() -> dict[str, str]:
    return {
        "version": _("版本"),
        "versions": _("版本"),
        "reason": _("理由"),
        "door": _("地址"),
        "number": _("申请编号"),
        "due": _("答复期限"),
        "until": _("最迟"),
        "outcome": _("答复种类"),
        "valid_until": _("使用期限"),
        "granted": _("提供的信息项数"),
        "kind": _("类别"),
        "whom": _("征求谁的意见"),
        "identifiers": _("条目"),
        "merged_into": _("并入"),
        "by_source": _("由采集源删除"),
        "state": _("状态"),
        "digest": _("内容摘要值"),
        "source": _("所属采集源"),
        "key": _("来源编号"),
        "acceptance": _("通过方式"),
        "username": _("用户名"),
        "grants": _("角色"),
        "grant.role": _("角色"),
        "grant.agency": _("部门"),
        "label": _("名称"),
        "code": _("部门代码"),
        "name": _("名称"),
        "before": _("原名称"),
        "parent": _("上级部门"),
        "count": _("事件数"),
        "run": _("核查编号"),
        "rules": _("规则"),
        "findings": _("发现的矛盾"),
        "head": _("链的末端"),
        "attributes.disclosure.attribute": _("公开属性"),
        "attributes.disclosure.ground": _("公开属性依据"),
        "attributes.sharing.attribute": _("共享属性"),
    }
