"""Who looks for space, and what a newcomer has in hand."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.model.mechanisms import arrivals

NORMAL = st.floats(-6, 6)


@pytest.fixture
def p(parameters):
    return replace(
        parameters.demand, reputation_exponent=0.5, age_max=24, staff_mean=9, staff_spread=0.8, revenue_per_head=255_000,
        revenue_spread=0.6, runway=18, staff_cost=150_000,
    )  # fmt: skip


def test_four_times_the_reputation_draws_twice_the_applicants(p):
    # 4^0.5 = 2; the norm of 1 changes nothing
    assert arrivals.reputation_pull(4.0, p) == pytest.approx(2)
    assert arrivals.reputation_pull(1.0, p) == 1


def test_founders_of_four_standard_deviations_count_as_those_of_three(p):
    assert arrivals.quality(4.0, p) == 3 == -arrivals.quality(-9.0, p)
    assert arrivals.quality(-1.5, p) == -1.5


def test_a_years_applicants_come_by_twelfths_and_by_the_shares_of_segment_and_origin():
    # 1200 / 12 = 100 a month: half in each of two segments, of those .6 .3 .1
    expected = arrivals.applicants(1200, np.array([0.5, 0.5]), np.array([0.6, 0.3, 0.1]))
    assert expected == pytest.approx(np.array([[30, 15, 5], [30, 15, 5]]))


def test_all_ages_up_to_the_oldest_are_alike(p):
    # 25 months, 0 to 24, a twenty-fifth of the luck each
    u = (np.arange(2500) + 0.5) / 2500
    assert np.bincount(arrivals.age(u, p).astype(int)).tolist() == [100] * 25


def test_the_median_newcomer_has_6_heads_and_the_mean_9(p):
    # 9 exp(-0.8^2 / 2) = 9 x 0.72615 = 6.535, to whole heads 7; one head at least
    assert arrivals.staff(np.array([0.0, -6.0]), p).tolist() == [7, 1]
    at, share = np.polynomial.hermite_e.hermegauss(80)  # Gauss and Hermite's rule over the standard normal
    assert arrivals.staff(at, p) @ share / share.sum() == pytest.approx(9, abs=0.3)


def test_revenue_goes_with_heads_and_its_mean_is_that_of_the_trade(p):
    # 4 x 255,000 x exp(-0.6^2 / 2) = 1,020,000 x 0.83527
    assert arrivals.revenue(4, 0.0, p) == pytest.approx(1_020_000 * 0.83527, rel=1e-5)
    at, share = np.polynomial.hermite_e.hermegauss(60)
    assert arrivals.revenue(1, at, p) @ share / share.sum() == pytest.approx(255_000, rel=1e-9)


def test_eighteen_months_of_staff_cost_are_in_the_till(p):
    # 18 / 12 x 150,000 x 4
    assert arrivals.cash(4, p) == pytest.approx(900_000)


@given(reputation=st.tuples(st.floats(0.5, 1.5), st.floats(0.5, 1.5)))
def test_a_better_reputation_never_draws_fewer(parameters, reputation):
    low, high = (arrivals.reputation_pull(r, parameters.demand) for r in sorted(reputation))
    assert 0 < low <= high


@given(u=st.floats(1e-12, 1 - 1e-12))
def test_nobody_is_younger_than_just_founded_nor_older_than_the_oldest(parameters, u):
    age = arrivals.age(u, parameters.demand)
    assert 0 <= age <= parameters.demand.age_max and age == int(age)


@given(luck=st.tuples(NORMAL, NORMAL))
def test_newcomers_are_whole_heads_at_least_one_and_luck_never_shrinks_them(parameters, luck):
    few, many = (arrivals.staff(z, parameters.demand) for z in sorted(luck))
    assert 1 <= few <= many and few == int(few)
