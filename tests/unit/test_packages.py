"""The five packages are ours: two of their names are also those of others' distributions."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[2]
PACKAGES = ("standards", "search", "catalog", "harvesters", "web")


@pytest.mark.parametrize("name", PACKAGES)
def test_a_package_is_ours_alone(name: str) -> None:
    assert set(packages_distributions()[name]) == {"mulu"}
    file = import_module(name).__file__
    assert file
    assert Path(file).parent == HOUSE / name
