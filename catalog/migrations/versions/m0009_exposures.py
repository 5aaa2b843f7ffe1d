"""What each tier of readers was shown; of what was served and withdrawn before, as it stands."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from catalog.columns import SEQUENCE, Moment
from standards.descriptor import Descriptor
from standards.summary import open_themes

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TIERS = {"public": ("public",), "agencies": ("public", "agencies")}
PIECE = 1000


def upgrade() -> None:
    op.create_table(
        "exposures",
        sa.Column("tier", sa.String(20), primary_key=True),
        sa.Column("entry", sa.String(60), sa.ForeignKey("entries.identifier"), primary_key=True),
        sa.Column("number", SEQUENCE, nullable=False),
        sa.Column("turn", SEQUENCE, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("present", sa.Boolean(), nullable=False),
        sa.Column("agency", sa.String(40), sa.ForeignKey("agencies.code"), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("themes", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_index("ix_exposures_tier_number", "exposures", ["tier", "number"], unique=True)
    op.create_index("ix_exposures_tier_turn", "exposures", ["tier", "turn"], unique=True)
    op.create_index("ix_exposures_tier_at", "exposures", ["tier", "at"])
    op.create_index("ix_exposures_tier_agency_number", "exposures", ["tier", "agency", "number"])
    op.create_table(
        "exposed_themes",
        sa.Column("tier", sa.String(20), primary_key=True),
        sa.Column("theme", sa.String(200), primary_key=True),
        sa.Column("number", SEQUENCE, primary_key=True, autoincrement=False),
    )
    for tier, audiences in TIERS.items():
        _take_over(tier, audiences)
        _themes(tier)


_SECOND = {
    "sqlite": "substr({0}, 1, 19) || '.000000'",
    "postgresql": "date_trunc('second', {0})",
}


def _take_over(tier: str, audiences: tuple[str, ...]) -> None:
    """In the order of their last changes, whatever it was that changed."""
    second = _SECOND[op.get_bind().dialect.name].format("at")
    told = ", ".join(f"'{audience}'" for audience in audiences)
    op.execute(
        f"""
        INSERT INTO exposures
            (tier, entry, number, turn, at, present, agency, kind, themes, version)
        SELECT '{tier}', entry, row_number() OVER (ORDER BY changed),
            row_number() OVER (ORDER BY changed), {second}, present, agency, kind, '', version
        FROM (
            SELECT e.identifier AS entry, e.changed AS changed, e.served_at AS at,
                true AS present, e.agency AS agency, v.kind AS kind, v.number AS version,
                v.audience AS audience
            FROM entries e JOIN versions v ON v.entry = e.identifier AND v.number = e.served
            UNION ALL
            SELECT e.identifier, e.changed, t.at, false, e.agency, v.kind, v.number, t.audience
            FROM tombstones t JOIN entries e ON e.identifier = t.entry
            JOIN versions v ON v.entry = t.entry AND v.number = t.last
        ) AS shown
        WHERE audience IN ({told})
        """  # noqa: S608  the words are ours
    )


_exposures = sa.table(
    "exposures",
    *map(sa.column, ("tier", "entry", "number", "version", "themes")),
)
_versions = sa.table(
    "versions",
    *(sa.column("entry"), sa.column("number"), sa.column("kind"), sa.column("values", sa.JSON())),
)
_exposed_themes = sa.table("exposed_themes", *map(sa.column, ("tier", "theme", "number")))


def _themes(tier: str) -> None:
    """In pieces: a directory may be larger than the memory."""
    connection, after = op.get_bind(), 0
    mine = _exposures.c.tier == tier
    told = sa.update(_exposures).where(mine, _exposures.c.number == sa.bindparam("of_number"))
    query = (
        sa.select(_exposures.c.number, _versions.c.kind, _versions.c["values"])
        .join(
            _versions,
            (_versions.c.entry == _exposures.c.entry)
            & (_versions.c.number == _exposures.c.version),
        )
        .where(mine)
        .order_by(_exposures.c.number)
        .limit(PIECE)
    )
    while rows := connection.execute(query.where(_exposures.c.number > after)).all():
        after = rows[-1].number
        found = {number: open_themes(Descriptor(kind, values)) for number, kind, values in rows}
        texts = [
            {"of_number": number, "themes": " ".join(codes)}
            for number, codes in found.items()
            if codes
        ]
        if texts:
            connection.execute(told.values(themes=sa.bindparam("themes")), texts)
            connection.execute(
                sa.insert(_exposed_themes),
                [
                    {"tier": tier, "theme": code, "number": number}
                    for number, codes in found.items()
                    for code in codes
                ],
            )
