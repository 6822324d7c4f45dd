"""How often firms need a service, and what a case is worth."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.model.mechanisms import needs
from sim.model.vocabulary import LEVEL_KINDS, NEEDS


@pytest.fixture
def p(parameters):
    rates = tuple(0.5 if kind in LEVEL_KINDS else 0.24 for kind in range(len(NEEDS)))
    return replace(parameters.service, need_rate=rates, early_needs=2.0, level_gain=0.02, level_cap=0.1)


def test_needs_are_twice_as_frequent_in_the_first_two_years(p):
    # 0.24 a year: 1 - exp(-0.02) = 0.0198013 later, 1 - exp(-0.04) = 0.0392106 before
    other = next(kind for kind in range(len(NEEDS)) if kind not in LEVEL_KINDS)
    assert needs.chances(p).shape == (len(NEEDS), 2)
    assert needs.chances(p)[other] == pytest.approx([0.0198013, 0.0392106], abs=1e-7)


def test_a_year_of_cases_by_the_best_of_platforms_brings_the_years_gain(p):
    # 0.02 a year over 0.5 cases of technology and 0.5 of market
    assert needs.level_gain(p) == pytest.approx(0.02)
    assert needs.level_gain(replace(p, need_rate=(1.0,) * len(NEEDS))) == pytest.approx(0.01)


def test_a_case_is_worth_its_platforms_quality_up_to_the_cap(p):
    assert needs.gained(0.05, 0.02, np.array([0.0, 0.5, 1.0]), p) == pytest.approx([0.05, 0.06, 0.07])
    assert needs.gained(0.095, 0.02, 1.0, p) == 0.1


def test_a_faster_district_takes_a_case_through_in_its_share_of_the_months():
    assert needs.case_months(4.0, 0.7) == pytest.approx(2.8)
    assert needs.case_months(4.0, 1.0) == 4


@given(rates=st.lists(st.floats(0, 20), min_size=len(NEEDS), max_size=len(NEEDS)), early=st.floats(1, 5))
def test_a_chance_of_a_need_is_a_chance_and_the_young_need_no_less(parameters, rates, early):
    later, young = needs.chances(replace(parameters.service, need_rate=tuple(rates), early_needs=early)).T
    assert np.all((later >= 0) & (later <= young) & (young <= 1))


@given(before=st.floats(0, 0.3), quality=st.tuples(st.floats(0, 1), st.floats(0, 1)))
def test_a_better_platform_never_helps_less_and_none_beyond_the_cap(parameters, before, quality):
    p = parameters.service
    less, more = (needs.gained(before, needs.level_gain(p), q, p) for q in sorted(quality))
    assert min(before, p.level_cap) <= less <= more <= p.level_cap
