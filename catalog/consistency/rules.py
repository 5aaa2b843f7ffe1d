"""The rules of the audit. To add one: a module, a line here, its words in consistency.yaml."""

from __future__ import annotations

from catalog.consistency import (
    class_differs,
    condition_missing,
    ground_repealed,
    open_elsewhere,
    open_needs_login,
    review_due,
    undetermined_long,
)
from catalog.consistency.finding import Rule

RULES: tuple[Rule, ...] = (
    class_differs.RULE,
    open_needs_login.RULE,
    open_elsewhere.RULE,
    condition_missing.RULE,
    ground_repealed.RULE,
    review_due.RULE,
    undetermined_long.RULE,
)
NAMES = tuple(rule.name for rule in RULES)
