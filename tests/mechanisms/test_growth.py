"""Revenue, productivity, cash."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.engine.distributions import normal
from sim.engine.streams import key, luck, uniform
from sim.model.mechanisms import growth


@pytest.fixture
def p(parameters):
    return replace(
        parameters.growth, early_drift=0.44, drift_fade=60, quality_drift=0.12, spread=0.42, spread_exponent=0.18,
        reference_size=9, shortage_exponent=0.3, margin=0.1, early_loss=0.5, loss_fade=18,
    )  # fmt: skip


def test_a_newborn_firm_drifts_by_a_twelfth_of_0_44_a_month(p):
    # mu = (0.44 + 0.12 q) exp(-age / 60 months), a year.
    assert growth.drift(growth.youth(0, p), 0.0, p) == pytest.approx(0.44 / 12)
    assert growth.drift(growth.youth(60, p), 1.0, p) == pytest.approx((0.44 + 0.12) / np.e / 12)


def test_the_best_founder_of_an_old_firm_adds_no_growth(p):
    assert growth.drift(growth.youth(1200, p), 3.0, p) == pytest.approx(0, abs=1e-9)


def test_the_best_founder_has_a_firm_six_times_that_of_the_median_one(p):
    # over a life, 0.12 x 3 x 60 / 12 = 1.8 in logs of revenue: e^1.8 = 6.05, and no more however long it lives
    ages = np.arange(2400)
    best, median = (growth.drift(growth.youth(ages, p), quality, p).sum() for quality in (3.0, 0.0))
    assert np.exp(best - median) == pytest.approx(np.exp(1.8), rel=0.02)


def test_the_spread_falls_with_size_by_the_power_0_18(p):
    # 0.42 at 9 people; ten times the size: 0.42 x 10^-0.18 = 0.42 x 0.66069 = 0.27749 [C15b]
    assert growth.spread(9, p) == pytest.approx(0.42)
    assert growth.spread(90, p) == pytest.approx(0.27749, abs=1e-5)
    assert growth.spread(0, p) == growth.spread(1, p)  # nobody is smaller than one head


def test_the_mean_of_grown_revenue_is_finite_at_the_smallest_size(parameters):
    # E exp(x) of a Laplace year is 1 / (1 - b^2) with b = spread / sqrt 2: it needs b below 1.
    assert growth.spread(1, parameters.growth) / np.sqrt(2) < 1


def test_the_till_of_a_young_firm_empties_and_of_a_grown_one_fills(p):
    # 0.10 - 0.5 exp(-age / 18): -0.4 at birth, zero at 18 ln 5 = 28.97 months
    assert growth.margin(growth.early_loss(0, p), p) == pytest.approx(-0.4)
    assert growth.margin(growth.early_loss(18 * np.log(5), p), p) == pytest.approx(0, abs=1e-12)


def test_half_the_staff_earns_0_81_of_the_revenue(p):
    # (1/2)^0.3 = 0.81225
    assert growth.realised(growth.filled(5, 10.0), p) == pytest.approx(0.81225, abs=1e-5)
    assert growth.filled(12, 10.0) == 1  # more staff than wanted earns no more
    assert growth.filled(0, 0.5) == 1  # a firm of less than one head is one head
    assert growth.realised(1.0, p) == 1


def test_space_alone_is_no_gift(p):
    # As many same-sector staff around as at premises outside, no chain, no service, the worst operator: level 0.
    neighbours = growth.neighbours(p.outside_neighbours, p)
    assert growth.level_target(neighbours, 0.0, 0.0, 0.0, p) == pytest.approx(0, abs=1e-15)


def test_doubling_the_same_sector_staff_nearby_lifts_the_level_by_about_0_035(p):
    # Elasticity 0.05 [C16]: 0.05 ln((1 + 2000) / (1 + 1000)) = 0.03463
    q = replace(p, agglomeration=0.05)
    rise = growth.neighbours(2000, q) - growth.neighbours(1000, q)
    assert rise == pytest.approx(0.03463, abs=1e-5)


def test_the_best_operator_adds_0_032_to_the_level_of_the_worst(p):
    q = replace(p, operator_level=0.032)
    assert growth.level_target(0, 0, 0, 3.0, q) - growth.level_target(0, 0, 0, 0.0, q) == pytest.approx(0.032)


def test_the_gap_to_the_target_level_closes_by_a_share_a_month(p):
    # 0.1 of the way from 0.2 to 0.5 is 0.03; at the target nothing moves
    q = replace(p, adjustment=0.1)
    assert growth.rise(0.2, 0.5, q) == pytest.approx(0.03)
    assert growth.rise(0.5, 0.5, q) == 0


def test_a_complete_chain_lifts_the_level_by_all_it_can_bring(p):
    q = replace(p, chain_level=0.04)
    assert growth.chain(np.array([0.0, 0.5, 1.0]), q) == pytest.approx([0, 0.02, 0.04])


def test_a_log_change_of_0_1_is_10_5_per_cent_more_revenue_and_fewer_more_staff(p):
    # exp(0.1) = 1.10517; with an elasticity of 0.6 staff is multiplied by exp(0.06) = 1.06184
    assert growth.growth_factor(0.1) == pytest.approx(1.10517, abs=1e-5)
    assert growth.staff_factor(0.1, replace(p, staff_elasticity=0.6)) == pytest.approx(1.06184, abs=1e-5)


def test_momentum_forgets_a_twelfth_a_month_and_holds_a_year_of_steady_growth():
    # Twelve months of 0.02 a month are 0.24: there 0.24 x 11/12 + 0.02 = 0.24 again
    assert growth.momentum(0.24, 0.02) == pytest.approx(0.24)
    assert growth.momentum(0.12, 0.0) == pytest.approx(0.11)


def test_a_hundred_m2_at_30_and_7_of_charges_cost_3700_a_month(parameters):
    c = replace(parameters.choice, service_charge=7)
    assert growth.rent_bill(30.0, 100, c) == pytest.approx(3700)
    # 50,000 of cash, 40,000 of revenue of which a tenth is kept, less the rent: 50,000 + 4,000 - 3,700
    assert growth.cash(50_000.0, 40_000.0, 0.1, 3700.0) == pytest.approx(50_300)


@given(staff=st.integers(0, 10_000), desired=st.floats(0, 10_000))
def test_the_realised_share_of_revenue_is_above_nothing_and_at_most_all(parameters, staff, desired):
    filled = growth.filled(staff, desired)
    assert 0 < filled <= 1
    assert 0 < growth.realised(filled, parameters.growth) <= 1


@given(filled=st.tuples(st.floats(1e-4, 1), st.floats(1e-4, 1)))
def test_more_filled_posts_never_earn_less(parameters, filled):
    few, many = (growth.realised(share, parameters.growth) for share in sorted(filled))
    assert few <= many


@given(ages=st.tuples(st.integers(0, 1200), st.integers(0, 1200)))
def test_youth_fades_extra_growth_and_losses_alike(parameters, ages):
    young, old = sorted(ages)
    for fading in (growth.youth, growth.early_loss):
        assert 0 <= fading(old, parameters.growth) <= fading(young, parameters.growth)


@given(size=st.floats(1, 1e5), larger=st.floats(1, 1e5))
def test_larger_firms_never_fluctuate_more(parameters, size, larger):
    low, high = sorted((size, larger))
    assert growth.spread(high, parameters.growth) <= growth.spread(low, parameters.growth)


def years(p, n, size):
    """Twelve monthly shocks added up, for n firms of one size."""
    who, total = luck(np.arange(n, dtype=np.uint64), 11), np.zeros(n)
    for month in range(12):
        u, v = (uniform(who, key(11, name, month)) for name in ("growth_size", "growth_sign"))
        total += growth.shock(u, normal(v), size, p)
    return total


@pytest.mark.statistical
def test_twelve_monthly_shocks_add_up_to_a_laplace_year(p):
    n, size = 400_000, 9.0
    year, sigma = years(p, n, size), 0.42
    # Laplace of standard deviation sigma: variance sigma^2, kurtosis 6; the moments of x / sigma to the eighth are
    # E x^4 = 6, E x^8 = 8! / 16 = 2520, so that var(x^2) = 5 and var(x^4) = 2484.
    z = year / sigma
    assert abs(z.mean()) < 4 / np.sqrt(n)
    assert abs((z**2).mean() - 1) < 4 * np.sqrt(5 / n)
    assert abs((z**4).mean() - 6) < 4 * np.sqrt(2484 / n)


@pytest.mark.statistical
def test_a_years_growth_is_more_likely_laplace_than_normal(p):
    # Independent Laplace months would add up to a near-normal year, and fail this [C15a]. Mean difference of
    # log-likelihoods under Laplace: (ln sqrt(2 pi) + 1/2) - (ln sqrt 2 + 1) = 0.0724 a firm.
    n, sigma = 100_000, 0.42
    z = years(p, n, 9.0) / sigma
    laplace = -np.log(np.sqrt(2)) - np.sqrt(2) * np.abs(z)
    gaussian = -0.5 * np.log(2 * np.pi) - z**2 / 2
    gain = laplace - gaussian
    assert gain.mean() > 0
    assert abs(gain.mean() - 0.0724) < 4 * gain.std() / np.sqrt(n) + 5e-5


@pytest.mark.statistical
def test_most_months_of_a_firm_are_quiet(p):
    # Gamma time of shape 1/12 puts most of a year's growth into a few months: a month's kurtosis is 3 + 3 x 12 = 39.
    who, n = luck(np.arange(400_000, dtype=np.uint64), 3), 400_000
    z = growth.shock(uniform(who, key(3, "growth_size", 0)), normal(uniform(who, key(3, "growth_sign", 0))), 9.0, p)
    z = z / (0.42 / np.sqrt(12))
    assert abs((z**2).mean() - 1) < 4 * np.sqrt(38 / n)
    assert np.median(np.abs(z)) < 0.1
