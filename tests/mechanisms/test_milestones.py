"""Rare events of a firm's life: rounds, intellectual property, certificates, a sale."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.model.mechanisms import milestones, survival

QUALITY = st.floats(-5, 5)
GAUSS_HERMITE = np.polynomial.hermite_e.hermegauss(60)  # over the standard normal: founders' quality


@pytest.fixture
def p(parameters):
    return replace(
        parameters.funding, round_hazard=0.06, quality_weight=0.5, finance_service=1.5, grant_multiplier=2.0,
        amount_median=2e6, amount_spread=1.0,
    )  # fmt: skip


@pytest.fixture
def service(parameters):
    return replace(parameters.service, testing_patents=1.3)


def test_a_helped_firm_with_a_grant_has_three_times_the_chance_of_a_round(p):
    # 0.06 / 12 x exp(-0.5^2 / 2) = 0.005 x 0.88250 for the average founder; finance 1.5, a grant 2
    alone = milestones.round_hazard(0.0, 1.0, False, 1.0, False, p)
    assert alone == pytest.approx(0.0044125, abs=1e-7)
    assert milestones.round_hazard(0.0, 1.0, True, 1.0, True, p) == pytest.approx(3 * alone)
    assert milestones.round_hazard(0.0, 1.4, False, 1.25, False, p) == pytest.approx(1.75 * alone)


def test_better_founders_have_more_rounds_but_founders_together_as_many(p):
    at, share = GAUSS_HERMITE
    hazard = milestones.round_hazard(at, 1.0, np.zeros(60, bool), 1.0, np.zeros(60, bool), p)
    assert np.all(np.diff(hazard) > 0)
    assert hazard @ share / share.sum() == pytest.approx(0.06 / 12, rel=1e-9)


def test_half_of_all_rounds_bring_more_than_the_median(p):
    # 2 million; one standard deviation up e times as much, 5.43656 million
    assert milestones.round_amount(0.0, p) == 2e6
    assert milestones.round_amount(1.0, p) == pytest.approx(5_436_564, abs=1)


def test_a_chance_a_year_of_a_seed_round_is_spread_over_twelve_months():
    assert milestones.seed_hazard(0.24) == pytest.approx(0.02)
    assert milestones.seed_hazard(0.0) == 0


def test_testing_makes_patents_and_certificates_more_likely(parameters, service):
    # 1.2 patents a year, 0.1 a month; exp(0.4) = 1.49182 for a founder one standard deviation up; 1.3 with testing
    g = replace(parameters.growth, patents_per_year=1.2, patents_quality=0.4)
    assert milestones.patent_rate(0.0, False, g, service) == pytest.approx(0.1)
    assert milestones.patent_rate(1.0, True, g, service) == pytest.approx(0.1 * 1.49182 * 1.3, abs=1e-5)
    # 0.12 a year, 0.01 a month, without a weight on quality; not in the month before the age, but in it
    c = replace(parameters.graduating, certificate_hazard=0.12, certificate_quality=0.0, certificate_age=12)
    age = np.array([11, 12, 40])
    assert milestones.certificate_hazard(0.0, False, age, c, service) == pytest.approx([0, 0.01, 0.01])
    assert milestones.certificate_hazard(0.0, True, 12, c, service) == pytest.approx(0.013)


def test_the_chance_of_a_sale_over_twelve_months_is_that_of_the_year(parameters):
    chance = milestones.sale_chance(replace(parameters.graduating, acquisition_hazard=0.01))
    assert 1 - (1 - chance) ** 12 == pytest.approx(0.01)
    assert milestones.sale_chance(replace(parameters.graduating, acquisition_hazard=0.0)) == 0


@given(quality=st.tuples(QUALITY, QUALITY), helped=st.booleans(), granted=st.booleans())
def test_better_founders_are_never_less_likely_to_be_funded_to_file_or_to_be_certified(
    parameters, quality, helped, granted
):
    p, service = parameters, parameters.service
    worse, better = sorted(quality)
    for likely in (
        lambda q: milestones.round_hazard(q, 1.0, helped, 1.0, granted, p.funding),
        lambda q: milestones.patent_rate(q, helped, p.growth, service),
        lambda q: milestones.certificate_hazard(q, helped, 60, p.graduating, service),
    ):
        assert 0 < likely(worse) <= likely(better)
        assert 0 < survival.probability(likely(better)) <= 1


@given(quality=QUALITY, granted=st.booleans())
def test_help_and_grants_never_make_a_round_less_likely(parameters, quality, granted):
    p = parameters.funding
    hazard = milestones.round_hazard(quality, 1.0, False, 1.0, False, p)
    assert milestones.round_hazard(quality, 1.0, True, 1.0, granted, p) >= hazard
