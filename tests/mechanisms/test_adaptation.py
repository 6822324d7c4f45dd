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


def test_rent_moves_by_its_log_change_and_stops_at_the_floor(p):
    # 30 exp(-0.1) = 27.145; a floor of 5 holds
    q = replace(p, rent_floor=5)
    assert adaptation.rent(30.0, -0.1, q) == pytest.approx(27.145, abs=1e-3)
    assert adaptation.rent(5.0, -1.0, q) == 5


def test_reputation_and_capability_move_a_share_of_the_way(p):
    # A tenth of the way from 1.0 to 1.5; a twentieth from grade 1 to 2
    q = replace(p, reputation_speed=0.1, capability_speed=0.05)
    assert adaptation.reputation(1.0, 1.5, q) == pytest.approx(1.05)
    assert adaptation.capability(1.0, 2.0, q) == pytest.approx(1.05)


def test_initiative_is_ones_own_and_what_pay_adds_between_none_and_all():
    assert adaptation.initiative(np.array([0.3, 0.8, 0.1]), np.array([0.45, 0.6, -0.75])).tolist() == [0.75, 1, 0]


def test_nothing_drifts_by_itself(p):
    # Own part 2 - 1.0 x 0.4 = 1.6; with the same initiative and no better peers the target is 2 again
    own = adaptation.own_part(2.0, 0.4, p)
    assert own == pytest.approx(1.6)
    assert adaptation.capability_target(own, 0.4, 0.0, p) == pytest.approx(2.0)


def test_an_operator_works_to_let_what_is_missing_to_its_target(p):
    # 0.5 x (0.85 - 0.68) / 0.85 = 0.1; a park that is full to its target needs no effort
    assert adaptation.effort(0.5, 0.68, p) == pytest.approx(0.1)
    assert adaptation.effort(0.5, np.array([0.0, 0.85, 1.0]), p).tolist() == [0.5, 0, 0]


def test_services_that_are_a_fifth_of_income_are_a_quarter_of_rent():
    # rent is the other four fifths: 0.2 / 0.8
    assert adaptation.service_income(1000.0, 0.2) == pytest.approx(250)
    assert adaptation.service_income(1000.0, 0.0) == 0


def test_a_letting_task_half_done_earns_half_and_one_hardly_begun_nothing(parameters):
    # threshold 0.5: 600 of 1000 m2 are 0.6, 400 are nothing, 1200 are the whole; without a task the whole
    q = replace(parameters.money, task_threshold=0.5)
    let, task = np.array([600, 400, 1200, 0]), np.array([1000, 1000, 1000, 0])
    assert adaptation.task_met(let, task, q).tolist() == [0.6, 0, 1, 1]


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
