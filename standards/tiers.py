"""How much a problem matters: what bars the record, what the standard demands, what is better."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml

from standards.problems import Problem, Severity, Text
from standards.profile import KINDS, profile
from standards.rules import rules


@dataclass(frozen=True, slots=True)
class Tier:
    """One tier, with what it comes to for whoever publishes the record."""

    name: str
    label: Text
    meaning: Text
    severity: Severity
    obligation: bool

    def fits(self, severity: Severity, rule: str) -> bool:
        """Whether a problem of this severity and rule is of this tier, or of a graver one."""
        if severity != self.severity:
            return False
        return not self.obligation or rule in obligatory()


@cache
def tiers() -> tuple[Tier, ...]:
    """The tiers, the gravest first; the last takes every warning that fits no other."""
    data = yaml.safe_load((resources.files("standards") / "tiers.yaml").read_bytes())
    return tuple(
        Tier(
            name=name,
            label=Text(**entry["label"]),
            meaning=Text(**entry["meaning"]),
            severity=entry["severity"],
            obligation=entry.get("obligation", False),
        )
        for name, entry in data.items()
    )


def tier_of(problem: Problem) -> Tier:
    """The tier of a problem."""
    return _tier(problem.severity, problem.rule)


@cache
def _tier(severity: Severity, rule: str) -> Tier:
    return next((tier for tier in tiers() if tier.fits(severity, rule)), tiers()[-1])


@cache
def obligatory() -> frozenset[str]:
    """The rules that are obligations of the standard."""
    own = {slug for slug, rule in rules().items() if rule.obligation}
    return frozenset(own | {each.rule for kind in KINDS for each in profile(kind).conditions})
