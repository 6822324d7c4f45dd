"""How parks and operators respond."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.model.mechanisms import adaptation


@pytest.fixture
def p(parameters):
    return replace(
        parameters.adaptation, rent_speed=0.032, target_occupancy=0.85, incentive_gain=0.6, incentive_peak=600_000,
        reputation_norm=0.12, reputation_bounds=(0.5, 1.5), initiative_gain=1.0, peer_learning=0.1,
    )  # fmt: skip


def test_a_third_vacant_rents_fall_by_about_3_per_cent_in_two_quarters(p):
    # -3.2 % in two quarters at 31.5 % vacancy (Beijing science parks): six months of 0.032 x (0.685 - 0.85) = -0.03168
    assert 6 * adaptation.rent_change(0.685, p) == pytest.approx(-0.03168)


def test_rent_stands_still_at_the_target(p):
    assert adaptation.rent_change(0.85, p) == 0
    assert adaptation.rent_change(1.0, p) > 0 > adaptation.rent_change(0.0, p)


def test_performance_pay_is_an_inverted_u_zero_at_twice_the_peak_and_negative_beyond(p):
    # e x (2 - x), x = pay / peak: 0.6 x 0.5 x 1.5 = 0.45 at half the peak
    response = adaptation.incentive_response(np.array([0, 3e5, 6e5, 9e5, 12e5, 15e5]), p)
    assert response == pytest.approx([0, 0.45, 0.6, 0.45, 0, -0.75])


@given(st.floats(0, 1e7))
def test_no_performance_pay_does_more_than_the_peak(parameters, pay):
    p = parameters.adaptation
    assert adaptation.incentive_response(pay, p) <= p.incentive_gain * (1 + 1e-12)


def test_reputation_is_one_at_the_norm_and_bounded(p):
    # 12 graduates of 100 incubatees a year are the norm
    assert adaptation.earned_reputation(np.array([12, 0, 100]), np.array([100, 100, 100]), p) == pytest.approx(
        [1, 0.5, 1.5]
    )
    assert adaptation.earned_reputation(0, 0, p) == 0.5


def test_operators_below_the_mean_learn_a_tenth_of_the_gap_and_those_above_lose_nothing(p):
    # own 1, no initiative, mean 2: 1 + 0.1 x 1 = 1.1; own 3 stays
    assert adaptation.capability_target(1.0, 0.0, 2.0, p) == pytest.approx(1.1)
    assert adaptation.capability_target(3.0, 0.0, 2.0, p) == 3.0


@given(own=st.floats(-1, 3), initiative=st.floats(0, 1), mean=st.floats(0, 3))
def test_capability_stays_between_grade_d_and_grade_a(parameters, own, initiative, mean):
    assert 0 <= adaptation.capability_target(own, initiative, mean, parameters.adaptation) <= 3


def test_a_figure_by_grade_is_read_off_between_grades():
    assert adaptation.by_grade(np.array([0, 1, 2.5, 3]), (0.3, 0.55, 1.3, 2.0)) == pytest.approx([0.3, 0.55, 1.65, 2.0])


def test_doubling_the_scale_of_promotion_pulls_by_0_3_ln_3(parameters):
    # 1 + 0.3 ln(1 + 2) = 1.32958
    p = replace(parameters.demand, promotion_weight=0.3, promotion_spend0=1e6)
    assert adaptation.promotion_pull(2e6, p) == pytest.approx(1.32958, abs=1e-5)
    assert adaptation.promotion_pull(0.0, p) == 1


@given(spend=st.floats(0, 1e8), more=st.floats(1e3, 1e7))
def test_promotion_pulls_more_and_ever_less_at_the_margin(parameters, spend, more):
    pull = adaptation.promotion_pull(spend + more * np.arange(3), parameters.demand)
    first, second = np.diff(pull)
    assert first >= 0 and second <= first + 1e-12
