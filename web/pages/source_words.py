"""The health of a source in words, and how it is shown."""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import gettext as _

from catalog.runs import RunState, RunView
from catalog.source_health import Health, SourceHealth
from web.pages.words import count, minute

TONES = {
    Health.WAITING: "ask",
    Health.FAILING: "bad",
    Health.LATE: "bad",
    Health.RUNNING: "ask",
    Health.REJECTING: "ask",
    Health.FINE: "good",
}
RUN_TONES = {RunState.DONE: "good", RunState.FAILED: "bad", RunState.WAITING: "ask"}


def label(health: Health) -> str:
    """What a source needs, in a word or two."""
    names: dict[Health, str] = {
        Health.WAITING: _("等您决定"),
        Health.FAILING: _("采集失败"),
        Health.LATE: _("没有按时采集"),
        Health.RUNNING: _("正在采集"),
        Health.REJECTING: _("有记录退回"),
        Health.FINE: _("正常"),
        Health.PAUSED: _("已暂停"),
        Health.NEVER: _("还没有采集"),
    }
    return names[health]


def sentence(each: SourceHealth) -> str:
    """What a source needs, and since when; empty where nothing is to be said."""
    said = _SENTENCES.get(each.health)
    return said(each) if said else ""


def tone(health: Health) -> str:
    """The colour of a source's health."""
    return TONES.get(health, "")


def run_tone(run: RunView) -> str:
    """The colour of a run's mark; a run that turned records down is not all well."""
    if run.state is RunState.DONE and run.counts.get("rejected"):
        return "ask"
    return RUN_TONES.get(run.state, "")


def _waiting(each: SourceHealth) -> str:
    run = next(run for run in each.runs if run.state is RunState.WAITING)
    number = count(run.counts.get("waiting", 0))
    return str(_("第 %(n)s 次采集要删除 %(m)s 条，等人决定。", n=run.id, m=number))


def _failing(each: SourceHealth) -> str:
    if each.failures > 1:
        return str(_("最近连续 %(n)s 次没有取得全部记录。", n=each.failures))
    return str(_("最近一次没有取得全部记录。"))


def _late(each: SourceHealth) -> str:
    return str(_("应在 %(time)s 采集，还没有开始：请查看后台进程。", time=minute(each.source.due)))


def _rejecting(each: SourceHealth) -> str:
    number = each.last.counts.get("rejected", 0) if each.last else 0
    return str(_("最近一次退回 %(n)s 条。", n=count(number)))


_SENTENCES: dict[Health, Callable[[SourceHealth], str]] = {
    Health.WAITING: _waiting,
    Health.FAILING: _failing,
    Health.LATE: _late,
    Health.REJECTING: _rejecting,
}
