"""People: who quits, who is hired, who stays."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.model.mechanisms import talent


@pytest.fixture
def p(parameters):
    return replace(
        parameters.labour, quit_base=(0.18, 0.16, 0.13), commute_slope=0.0018, commute_reference=30, wage_slope=0.1,
        wage_elasticity=0.1, hire_speed=(1.0, 0.5, 0.2), pool_exponent=0.5, housing_hire=0.04, talent_service=0.2,
        housing_stay=0.045,
    )  # fmt: skip


def yearly(month):
    return 1 - (1 - month) ** 12


def quit_chance(tier, felt, wage, p):
    """Chance a month that one head of a tier quits."""
    return talent.monthly(talent.yearly_quits(p.quit_base[tier], felt, wage, p))


def filled(tier, pool, vacancies, housing, helped, p):
    """Chance a month that one vacancy of a tier is filled."""
    return talent.hire_chance(p.hire_speed[tier], pool, vacancies, housing, helped, p)


def test_a_general_employee_at_the_reference_commute_quits_with_0_18_a_year(p):
    # [C14a], model notes, section 6
    assert yearly(quit_chance(0, 30.0, 0.0, p)) == pytest.approx(0.18)
    assert yearly(quit_chance(2, 30.0, 0.0, p)) == pytest.approx(0.13)


def test_five_more_minutes_cost_0_9_points_a_year(p):
    # +0.9 percentage points a year per five minutes of commute [C14b]
    nearer, further = (yearly(quit_chance(1, minutes, 0.0, p)) for minutes in (30.0, 35.0))
    assert further - nearer == pytest.approx(0.009)


def test_ten_per_cent_more_revenue_a_head_pays_a_little_more_and_keeps_a_little_better(p):
    # Wage: 0.1 ln 1.1 = 0.00953; quits: 0.1 x 0.00953 less a year.
    wage = talent.relative_wage(1.1 * 255_000, 255_000, p)
    assert wage == pytest.approx(0.00953, abs=1e-5)
    assert yearly(quit_chance(0, 30.0, wage, p)) == pytest.approx(0.18 - 0.000953, abs=1e-6)


def test_living_services_take_felt_minutes_away_but_never_all_below_none(p):
    assert talent.felt_minutes(40.0, 2.0, 5.0) == 30
    assert talent.felt_minutes(8.0, 2.0, 5.0) == 0


def test_a_vacancy_among_as_many_job_seekers_fills_at_the_root_of_one_half(p):
    # 1 - exp(-1.0 x sqrt(100 / 200)) = 1 - exp(-0.70711) = 0.50693
    assert filled(0, 100.0, 100.0, 0.0, False, p) == pytest.approx(0.50693, abs=1e-5)
    # With full housing support and a talent platform: 1 - exp(-0.70711 x 1.04 x 1.2) = 0.58629
    assert filled(0, 100.0, 100.0, 1.0, True, p) == pytest.approx(0.58629, abs=1e-4)


def test_an_empty_labour_pool_fills_no_vacancy(p):
    assert filled(0, 0.0, 100.0, 1.0, True, p) == 0
    assert filled(0, 0.0, 0.0, 0.0, False, p) == 0


def test_housing_support_adds_its_points_to_staying(p):
    assert talent.stays(0.5, 1.0, p) == pytest.approx(0.545)
    assert talent.stays(0.999, 1.0, p) == 0.999


def test_a_firm_lays_off_a_share_of_the_heads_it_has_too_many(p):
    # 12 heads for 9 wished for: 3 of 12 too many, of which 0.2 go in a month: 0.05
    q = replace(p, layoff_speed=0.2)
    assert talent.layoff_chance(12, 9.0, q) == pytest.approx(0.05)
    assert talent.overstaffed(np.array([12, 10, 9]), 9.0).tolist() == [True, False, False]  # one too many is none


def test_half_of_40_posts_are_20_before_rounding():
    assert talent.posts(40.0, 0.5) == 20
    assert talent.posts(3.0, 0.25) == 0.75


def test_hires_beyond_the_labour_pool_are_rationed():
    # 40 hires expected and 10 people: a quarter of the chance each. Who has enough people rations nothing.
    assert talent.rationed(0.4, 10.0, 40.0) == pytest.approx(0.1)
    assert talent.rationed(0.4, 100.0, 40.0) == 0.4
    assert talent.rationed(0.4, -1.0, 40.0) == talent.rationed(0.4, 0.0, 0.0) == 0


def test_graduates_who_stay_and_other_job_seekers_come_by_twelfths(p):
    # (1200 x 0.5 + 600) / 12 = 100 a month, by tier 60, 30, 10
    q = replace(p, graduates_stay=0.5)
    assert talent.newcomers(1200, 600, (0.6, 0.3, 0.1), q) == pytest.approx([60, 30, 10])


def test_some_who_look_for_work_give_up_each_month(p):
    # (90 + 10) less a twentieth
    q = replace(p, pool_fade=0.05)
    assert talent.pool(np.array([90.0, -20.0]), 10.0, q) == pytest.approx([95, 0])


def test_the_chance_of_a_month_gives_the_chance_of_a_year_back():
    assert yearly(talent.monthly(0.18)) == pytest.approx(0.18)
    assert talent.monthly(0.0) == 0


@given(st.floats(0, talent.MOST))
def test_the_bound_on_a_months_chance_is_never_below_it(of_a_year):
    assert talent.monthly(of_a_year) <= talent.most_monthly(of_a_year)


@given(heads=st.integers(1, 10_000), wished=st.floats(0, 10_000))
def test_layoffs_of_the_overstaffed_are_at_most_the_speed_of_layoffs(parameters, heads, wished):
    if talent.overstaffed(heads, wished):
        assert 0 < talent.layoff_chance(heads, wished, parameters.labour) <= parameters.labour.layoff_speed


@given(chance=st.floats(0, 1), pool=st.floats(-10, 1e5), vacancies=st.floats(0, 1e5))
def test_rationed_hires_are_never_expected_to_exceed_the_pool(chance, pool, vacancies):
    rationed = talent.rationed(chance, pool, vacancies * chance)
    assert 0 <= rationed <= chance
    assert vacancies * rationed <= max(pool, 0.0) * (1 + 1e-9) + 1e-9


@given(tier=st.integers(0, 2), felt=st.floats(0, 600), wage=st.floats(-5, 5))
def test_a_chance_of_quitting_is_between_half_a_per_cent_and_sixty_a_year(parameters, tier, felt, wage):
    assert 0.005 - 1e-12 <= yearly(quit_chance(tier, felt, wage, parameters.labour)) <= 0.6 + 1e-12


@given(tier=st.integers(0, 2), felt=st.tuples(st.floats(0, 300), st.floats(0, 300)))
def test_a_longer_commute_never_keeps_people(parameters, tier, felt):
    near, far = (quit_chance(tier, minutes, 0.0, parameters.labour) for minutes in sorted(felt))
    assert near <= far


@given(tier=st.integers(0, 2), pools=st.tuples(st.floats(0, 1e6), st.floats(0, 1e6)), vacancies=st.floats(0, 1e5))
def test_more_job_seekers_never_fill_fewer_vacancies(parameters, tier, pools, vacancies):
    few, many = (filled(tier, pool, vacancies, 0.0, False, parameters.labour) for pool in sorted(pools))
    assert 0 <= few <= many * (1 + 1e-12) <= 1


@given(minutes=st.floats(0, 180), amenity=st.floats(0, 20), worth=st.floats(0, 20))
def test_felt_minutes_lie_between_none_and_the_real_ones(minutes, amenity, worth):
    assert 0 <= talent.felt_minutes(minutes, amenity, worth) <= minutes


def test_equal_firms_pay_the_market_wage(p):
    assert np.all(talent.relative_wage(np.array([255_000.0, 255_000.0]), 255_000, p) == 0)
