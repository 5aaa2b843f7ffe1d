"""How the API tells data elements, who answers for them, and relations between entries."""

from __future__ import annotations

from catalog.elements.claims import STATES
from standards.data_elements import ACTIVE, RETIRED
from web.api.shapes import AgencyBrief, Shape, TextPair, line, listed, moment, nested, text
from web.api.shapes import code as one_of
from web.api.shapes import number as whole


class ElementAnswer(Shape):
    """A data element (数据元)."""

    code = text()
    name = nested(TextPair)
    subject = text(description="A code of the list `subject-areas`")
    synonyms = listed(text())
    definition = nested(TextPair)
    type = text(description="A code of the list `item-types`")
    length = whole(allow_none=True)
    codes = text(description="The list of its values")
    object = text()
    status = one_of(ACTIVE, RETIRED)
    version = whole()
    url = text()


class Elements(Shape):
    """Data elements."""

    elements = listed(nested(ElementAnswer))


class Authority(Shape):
    """The authoritative source (一数一源) of an element within a division."""

    claim = whole()
    division = text(description="Empty: everywhere")
    agency = nested(AgencyBrief)
    entry = text()
    title = text()


class ElementWhole(ElementAnswer):
    """A data element with who answers for it."""

    authorities = listed(nested(Authority))


class Claiming(Shape):
    """A claim that an entry of yours is the authoritative source of an element."""

    entry = line(1, 60)
    division = line(0, 20, required=False, description="Within which; empty: everywhere")
    reason = line(1, 2000)


class ClaimAnswer(Shape):
    """A claim, and the numbers of those whose scopes overlap."""

    number = whole()
    element = text()
    division = text()
    agency = text()
    entry = text()
    state = one_of(*STATES)
    reason = text()
    by = text()
    at = moment()
    decided_by = text()
    decision = text()
    competing = listed(whole())


class Claims(Shape):
    """Claims, the latest first."""

    claims = listed(nested(ClaimAnswer))


class Deciding(Shape):
    """What becomes of a claim. To accept, name all accepted claims that it takes the place of."""

    act = one_of("accept", "refuse", "end")
    reason = line(1, 2000)
    replacing = listed(whole(), required=False)


class RelatedEntry(Shape):
    """An entry that is meant."""

    identifier = text()
    title = text()
    agency = text()


class RelationAnswer(Shape):
    """One kind of relation, as it is said or as others say it of this entry."""

    type = text(description="A code of the list `relation-types`")
    direction = one_of("out", "in")
    said = text(description="What the descriptor says; empty for `in`")
    count = whole(description="How many entries are meant")
    entries = listed(nested(RelatedEntry), description="Some of them")
    withdrawn = text(allow_none=True, description="The day on which what was meant has left")


class Relations(Shape):
    """To what an entry is related, both ways."""

    relations = listed(nested(RelationAnswer))
