"""Closure: the registry's hump by age, and what moves it."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.model.mechanisms import survival


@pytest.fixture
def p(parameters):
    # Yearly closures in the registry by year of age: .016 .063 .095 .083 .083 (State Administration for Industry and
    # Commerce, 2013, table 4), here with a normaliser of one so that age alone speaks.
    return replace(parameters.survival, yearly=(0.016, 0.063, 0.095, 0.083, 0.07), normaliser=(1.0,) * 31)


def test_a_yearly_probability_becomes_the_hazard_that_gives_it_back_over_twelve_months():
    # -ln(1 - 0.095) / 12 = 0.0998203 / 12 = 0.00831836
    assert survival.monthly_hazard(0.095) == pytest.approx(0.00831836, rel=1e-6)
    assert 1 - np.exp(-12 * survival.monthly_hazard(0.095)) == pytest.approx(0.095)


def test_the_registrys_yearly_hazards_multiply_to_a_survival_of_0_702_in_five_years(p):
    # 0.984 x 0.937 x 0.905 x 0.917 x 0.917 = 0.701652
    alive = np.exp(-survival.base_hazards(p)[:60].sum())
    assert alive == pytest.approx(0.701652, abs=5e-7)
    assert round(float(alive), 3) == 0.702


def test_the_hump_is_in_the_third_year(p):
    hazard = survival.age_hazard(np.arange(200), p)
    assert np.all(np.flatnonzero(hazard == hazard.max()) == np.arange(24, 36))


def test_the_hazard_of_the_last_bracket_goes_on_for_ever(p):
    assert survival.base_hazards(p)[[84, survival.OLDEST]] == pytest.approx(survival.monthly_hazard(0.07))
    assert survival.age_hazard(np.array([84, 5000]), p) == pytest.approx(survival.monthly_hazard(0.07))


def test_the_normaliser_divides_the_hazard_at_its_age(p):
    doubled = replace(p, normaliser=(1.0, 2.0, *(1.0,) * 29))
    at_six, at_three = survival.base_hazards(doubled)[[6, 3]]
    assert at_six == pytest.approx(survival.monthly_hazard(0.016) / 2)
    assert at_three == pytest.approx(survival.monthly_hazard(0.016) / 1.5)  # half way between 1 and 2


def test_an_empty_till_doubles_the_hazard_and_a_good_founder_lowers_it(p):
    # Model notes, section 9: exp(-0.3 q - 0.2 g + 0.7 [cash < 0]); exp(0.7) = 2.0138
    q = replace(p, quality=-0.3, growth=-0.2, broke=0.7)
    assert np.exp(survival.log_state(0.0, 0.0, -1.0, q)) == pytest.approx(2.0138, abs=1e-4)
    assert survival.log_state(1.0, 0.5, 0.0, q) == pytest.approx(-0.4)


def test_learning_touches_weak_firms_only_and_never_lowers_the_hazard(p):
    gained = np.linspace(0, 0.3, 7)
    assert np.all(survival.log_learning(gained, 1.0, replace(p, learning=2.0)) == 0)
    assert np.all(np.diff(survival.log_learning(gained, -1.0, replace(p, learning=2.0))) > 0)
    assert np.all(survival.log_learning(gained, -1.0, replace(p, learning=0.0)) == 0)


def test_the_bump_after_leaving_fades_to_nothing_at_36_months(p):
    # 1 + 0.5 max(0, 1 - m / 36) (stay / 30): 1.5 on the day after thirty months, 1.25 half way, 1 from month 36 on.
    q = replace(p, bump=0.5, bump_months=36, bump_stay=30)
    assert survival.leaving_bump(np.array([0, 18, 36, 48, 10**6]), 30, q) == pytest.approx([1.5, 1.25, 1, 1, 1])
    assert survival.leaving_bump(0, 60, q) == pytest.approx(2.0)  # larger after a longer stay


def test_the_closure_hazard_is_that_of_the_age_times_what_moves_it():
    # 0.008 a month; state and learning exp(0.5 - 0.3) = 1.2214; rivals 1.1; a recent leaving 1.5
    factor = survival.state_factor(0.5, -0.3)
    assert factor == pytest.approx(1.2214, abs=1e-4)
    assert survival.closure_hazard(0.008, factor, 1.1, 1.5) == pytest.approx(0.008 * 1.2214 * 1.65, abs=1e-6)
    assert survival.closure_hazard(0.008, 1.0, 1.0, 1.0) == 0.008


def test_as_many_rivals_as_outside_change_nothing(p):
    # (1 + 0.1 ln 21) / (1 + 0.1 ln 11) = 1.30445 / 1.23979 = 1.05216
    q = replace(p, rivalry=0.1, outside_rivals=10)
    assert survival.rivalry(10, q) == 1
    assert survival.rivalry(20, q) == pytest.approx(1.05216, abs=1e-5)


def test_who_never_left_has_no_bump(p):
    assert survival.leaving_bump(10**6, 48, p) == 1


@given(st.floats(0, 0.99), st.floats(0, 0.99))
def test_more_yearly_risk_is_more_hazard(a, b):
    low, high = sorted((a, b))
    assert 0 <= survival.monthly_hazard(low) <= survival.monthly_hazard(high)


@given(st.floats(0, 50))
def test_a_probability_lies_between_zero_and_one_and_never_above_its_hazard(hazard):
    assert 0 <= survival.probability(hazard) <= min(1.0, hazard)


@given(rivals=st.lists(st.integers(0, 500), min_size=2, max_size=5))
def test_rivals_never_lower_the_hazard(parameters, rivals):
    rivals = np.sort(rivals)
    assert np.all(np.diff(survival.rivalry(rivals, parameters.survival)) >= 0)
