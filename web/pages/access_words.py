"""What the steps of a request for access are called."""

from __future__ import annotations

from flask_babel import gettext as _

UNSEEN = ("applicant seen", "applicant deleted")
"""Steps that are the answering agency's own affair."""


def done(act: str) -> str:
    """What is said after a step."""
    known = {
        "correct": _("补正已经送出，答复期限从今天起重新计算。"),
        "withdraw": _("申请已经撤回，申请人信息已经删除。"),
        "ask-correction": _("已要求申请人补正，暂不计时。"),
        "consult": _("已记录征求意见，暂停计时。"),
        "resume": _("已记录意见，恢复计时。"),
        "extend": _("答复期限已经延长。"),
        "close": _("申请已经终止。"),
    }
    return str(known.get(act) or _("答复已经记录。"))
