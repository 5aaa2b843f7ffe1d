"""Legal grounds with the text of their article, so that nobody has to look it up."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from standards.codelists import Code, codelist

LIST = "legal-grounds"


@dataclass(frozen=True, slots=True)
class Ground:
    """A ground in words; ``code`` is empty for an instrument cited freely."""

    code: str
    name: str
    article: str = ""
    text: str = ""


def ground(value: str, language: str) -> Ground | None:
    """The ground that a descriptor names; None when it names none."""
    if not value:
        return None
    code = codelist(LIST).get(value)
    return _told(code, language) if code else Ground("", value)


def _told(code: Code, language: str) -> Ground:
    number = str(code.extra.get("article", ""))
    article = (
        _("《政府信息公开条例》第%(number)s条", number=number.partition("(")[0]) if number else ""
    )
    return Ground(code.code, code.label.in_language(language), article, law(number))


def law(article: str) -> str:
    """What the Regulation on Open Government Information (2019) says in this article, shortened."""
    articles: dict[str, str] = {
        "14": _(
            "依法确定为国家秘密的政府信息，法律、行政法规禁止公开的政府信息，以及公开后可能危及"
            "国家安全、公共安全、经济安全、社会稳定的政府信息，不予公开。"
        ),
        "15": _(
            "涉及商业秘密、个人隐私等公开会对第三方合法权益造成损害的政府信息，不得公开。但是，"
            "第三方同意公开或者行政机关认为不公开会对公共利益造成重大影响的，予以公开。"
        ),
        "16(1)": _(
            "行政机关的内部事务信息，包括人事管理、后勤管理、内部工作流程等方面的信息，可以不予公开。"
        ),
        "16(2)": _(
            "行政机关在履行行政管理职能过程中形成的讨论记录、过程稿、磋商信函、请示报告等过程性信息"
            "以及行政执法案卷信息，可以不予公开。法律、法规、规章规定应当公开的，从其规定。"
        ),
    }
    return articles.get(article, "")
