"""How much space firms want, and how fast it is made ready."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.model.mechanisms import space


@pytest.fixture
def p(parameters):
    return replace(
        parameters.space, area_per_head=20, expand_trigger=1.5, unit_area=50, fit_out_rate=0.04, turning_months=2
    )


def test_nine_people_want_180_m2_and_nobody_wants_less_than_one_does(p):
    # Model notes, section 3: 20 m2 a head
    assert space.wanted(np.array([9, 1, 0]), p).tolist() == [180, 20, 20]


def test_a_firm_has_outgrown_its_space_beyond_half_as_much_again(p):
    assert space.outgrown(np.array([180.0, 150.0, 100.0]), 100, p).tolist() == [True, False, False]


def test_units_are_cut_down_to_half_size(p):
    assert space.lettable_unit(np.array([0, 0.5, 1]), p).tolist() == [50, 38, 25]  # 37.5 rounds to even


def test_areas_are_rounded_up_to_whole_units():
    # 9 people x 20 m2 = 180 m2: four units of 50 m2, eight of 25.
    assert space.units(np.array([180.0, 200.0, 1.0]), 50).tolist() == [200, 200, 50]
    assert space.units(np.float64(180.0), 25) == 200


def test_notice_is_given_in_the_last_months_of_a_lease(parameters):
    # Three months of notice, in month 100: leases that end in 103 or before
    q = replace(parameters.leaving, notice=3)
    assert space.on_notice(np.array([104, 103, 100]), 100, q).tolist() == [False, True, True]


def test_activation_and_effort_multiply_the_speed_of_fit_out(parameters):
    # (1 + 0.5) x (1 + 0.4 x 0.5) = 1.5 x 1.2 = 1.8; nobody who hurries: 1
    q = replace(parameters.adaptation, effort_turning=0.4)
    assert space.speed(0.5, 0.5, q) == pytest.approx(1.8)
    assert space.speed(0.0, 0.0, q) == 1


def test_a_share_of_what_is_bare_is_fitted_out_in_whole_m2(p):
    # 0.04 x 1.5 x 1000 = 60; of 10 m2 0.4 m2 are one; of nothing nothing
    assert space.fitted(np.array([1000, 10, 0]), 1.5, p).tolist() == [60, 1, 0]


def test_vacated_space_comes_back_over_its_months_of_turning(p):
    # 1000 x 1 / 2 months; three times as fast all of it, and no more
    assert space.returned(np.array([1000, 7, 0]), 1.0, p).tolist() == [500, 4, 0]
    assert space.returned(np.array([1000]), 3.0, p).tolist() == [1000]


def test_living_services_wear_by_a_twelfth_of_the_years_part(parameters):
    # 6 % a year: 1200 less 6 m2
    assert space.worn(1200.0, replace(parameters.amenity, depreciation=0.06)) == pytest.approx(1194)


@given(wanted=st.floats(0.1, 1e5), unit=st.integers(1, 200))
def test_rounding_up_adds_less_than_a_unit(wanted, unit):
    area = space.units(np.float64(wanted), unit)
    assert area % unit == 0 and wanted <= area + 1e-9 and area - wanted < unit + 1e-6


@given(bare=st.integers(0, 10**7), speeds=st.tuples(st.floats(0, 50), st.floats(0, 50)))
def test_no_more_is_fitted_out_or_comes_back_than_there_is_and_haste_never_slows(parameters, bare, speeds):
    slow, fast = sorted(speeds)
    for ready in (space.fitted, space.returned):
        less, more = (ready(np.array([bare]), speed, parameters.space)[0] for speed in (slow, fast))
        assert 0 <= less <= more <= bare


@given(heads=st.tuples(st.integers(0, 10_000), st.integers(0, 10_000)))
def test_more_heads_never_want_less_space(parameters, heads):
    few, many = (space.wanted(n, parameters.space) for n in sorted(heads))
    assert 0 < few <= many


@given(small=st.floats(0, 1))
def test_a_unit_lies_between_half_its_size_and_its_whole(parameters, small):
    p = parameters.space
    assert np.floor(p.unit_area / 2) <= space.lettable_unit(small, p) <= p.unit_area
