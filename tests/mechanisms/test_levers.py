"""What levers do, with three numbers and a pencil."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.model.mechanisms import levers


def test_a_factor_goes_from_one_to_its_full_size():
    assert [levers.scaled(x, 3.0) for x in (0, 0.25, 1)] == [1.0, 1.5, 3.0]


def test_full_coordination_takes_three_tenths_of_the_time_away():
    assert levers.shortened(np.array([0, 0.5, 1]), 0.3) == pytest.approx([1, 0.85, 0.7])


def test_quality_moves_towards_the_goal_and_never_away_from_it():
    assert levers.towards(np.array([0.6, 0.9]), 0.8, 0.5) == pytest.approx([0.7, 0.9])


def test_cases_beyond_a_platforms_own_places_are_added_by_the_lever_alone():
    # 2.9 cases a month are two places; half as many again are 4.35, of which 4 were used: two added.
    assert levers.added_cases(4, 2.9, 2.9 * 1.5, 1.5) == pytest.approx(2)
    assert levers.added_cases(2, 2.9, 2.9 * 1.5, 1.5) == 0


@given(factors=st.lists(st.floats(1.01, 4), min_size=1, max_size=4), own=st.floats(0.5, 50), used=st.floats(0, 1))
def test_levers_that_enlarge_one_platform_share_its_added_cases_exactly(factors, own, used):
    capacity = own * np.prod(factors)
    taken = np.floor(used * capacity)
    parts = sum(levers.added_cases(taken, own, capacity, f) for f in factors)
    assert parts == pytest.approx(max(0.0, taken - np.floor(own + 1e-9)), rel=1e-6)


def test_a_platform_without_capacity_adds_nothing():
    assert levers.added_cases(np.array([0]), np.array([0.0]), np.array([0.0]), 1.5) == 0


@pytest.mark.parametrize("weight", [0.0, 0.3, 1.0])
def test_leaning_to_better_founders_makes_no_more_rounds(weight):
    """The mean over founders is 1: Gauss and Hermite's rule over the standard normal."""
    at, share = np.polynomial.hermite_e.hermegauss(60)
    assert levers.leaning(at, weight) @ share / share.sum() == pytest.approx(1, rel=1e-9)
    assert levers.leaning(np.array([2.0]), weight) >= levers.leaning(np.array([-2.0]), weight)
