"""Who is looking or acting: an account with its roles, the public, or the operator."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What an account may do, within an agency's subtree or in the whole directory."""

    REGISTRAR = "registrar"
    REVIEWER = "reviewer"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Grant:
    """A role within an agency and all below it; ``None``: within the whole directory."""

    role: Role
    agency: str | None = None
    of: str = ""
    """Whose role it is, where its holder stands in for somebody who is away."""

    def covers(self, agency_path: Collection[str]) -> bool:
        """Whether an agency, told with all above it, lies within the grant."""
        return self.agency is None or self.agency in agency_path


@dataclass(frozen=True, slots=True)
class Viewer:
    """Everything the policy needs to know about somebody."""

    account: int | None
    name: str
    grants: tuple[Grant, ...] = ()
    operator: bool = False
    """Whoever runs the commands on the machine itself: may do everything, recorded as such."""

    @property
    def signed_in(self) -> bool:
        """Whether they hold any role; an account without one sees what the public sees."""
        return self.operator or bool(self.grants)

    def may(self, role: Role, agency_path: Collection[str] = ()) -> bool:
        """Whether they hold the role for the agency told with all above it."""
        return self.operator or any(
            grant.role is role and grant.covers(agency_path) for grant in self.grants
        )

    def holds(self, role: Role) -> bool:
        """Whether they hold the role anywhere."""
        return self.operator or any(grant.role is role for grant in self.grants)


PUBLIC = Viewer(account=None, name="")
OPERATOR = Viewer(account=None, name="operator", operator=True)
TIMES_HAND, HOUSEKEEPING = "mulu", "housekeeping"
"""Who the logs say has done what falls due by itself."""
