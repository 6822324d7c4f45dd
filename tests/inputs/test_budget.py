"""Packages that are said to cost the same do."""

import pytest

from experiments.same_budget import budgets


def test_the_split_package_costs_what_building_first_costs():
    found, _ = budgets("ouhai", [1])
    building, split = (sum(found[name].values()) for name in ("build_first", "same_budget_split"))
    assert split == pytest.approx(
        building, rel=0.05
    )  # set on four seeds to 0.5 %; one seed alone is a little further off
