"""Where enterprises want to be."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.model.mechanisms import choice

MONEY = st.floats(0, 300)
AREA = st.integers(1, 5000)


@pytest.fixture
def p(parameters):
    return replace(
        parameters.choice, rent_sensitivity=1.0, service_charge=7, reference_rent=24, size_exponent=0.9, distance=0.95
    )


def test_the_official_relief_halves_15_of_rent_for_nine_people_on_180_m2():
    # Model notes, section 11: 10 m2 a head covers 90 of 180 m2, so 15 CNY/m2 become 7.5 over the whole area.
    assert choice.net_rent(30.0, 15.0, min(200, 10 * 9), 180) == pytest.approx(22.5)


def test_relief_on_more_space_than_is_let_covers_what_is_let():
    assert choice.net_rent(30.0, 12.0, 200, 100) == pytest.approx(18.0)


def test_who_holds_no_space_pays_no_less_than_nothing():
    assert choice.net_rent(10.0, 15.0, 200, 0) == 10.0
    assert choice.net_rent(10.0, 15.0, 200, 100) == 0.0


def test_free_rent_is_worth_a_finite_utility(p):
    # -ln((0 + 7) / (24 + 7)) = ln(31 / 7) = 1.4881
    assert choice.rent_utility(0.0, p) == pytest.approx(1.4881, abs=1e-4)
    assert choice.rent_utility(24.0, p) == 0


def test_rents_fallen_from_18_to_13_are_worth_0_22(p):
    # Model notes, section 3: ln((18 + 7) / (13 + 7)) = ln 1.25 = 0.2231
    assert choice.rent_utility(13.0, p) - choice.rent_utility(18.0, p) == pytest.approx(0.2231, abs=1e-4)


def test_a_park_ten_times_as_large_draws_by_its_size_term(p):
    # 0.9 ln 10 = 2.0723
    assert choice.size_utility(10_000, p) - choice.size_utility(1000, p) == pytest.approx(2.0723, abs=1e-4)
    assert choice.size_utility(1000, p) == 0


def test_where_nothing_can_be_let_nobody_wants_to_be(p):
    assert choice.size_utility(np.array([0, -50]), p).tolist() == [-np.inf, -np.inf]


def test_fifteen_minutes_further_out_cost_0_95(p):
    assert choice.distance_utility(30.0, 15.0, p) == pytest.approx(-0.95)
    assert choice.distance_utility(15.0, 15.0, p) == 0


def test_the_best_operator_that_exerts_itself_fully_is_worth_both_terms(p):
    # 0.6 x 3 / 3 + 0.2 x 1 = 0.8; grade D at ease is worth none
    q = replace(p, operator=0.6, effort=0.2)
    assert choice.operator_utility(3.0, 1.0, q) == pytest.approx(0.8)
    assert choice.operator_utility(1.5, 0.5, q) == pytest.approx(0.4)
    assert choice.operator_utility(0.0, 0.0, q) == 0


def test_a_park_offers_a_sector_its_focus_its_kind_and_its_services(p):
    # 0.5 x 1 + 0.1 ln(1 + 9) + 0.3 x 0.5 = 0.5 + 0.23026 + 0.15
    q = replace(p, focus=0.5, neighbours=0.1, reach=0.3)
    assert choice.sector_utility(True, 9, 0.5, q) == pytest.approx(0.88026, abs=1e-5)
    assert choice.sector_utility(False, 0, 0.0, q) == 0


def test_half_of_a_segments_inputs_in_the_park_are_worth_half_the_term(p):
    assert choice.partner_utility(0.5, replace(p, partners=0.4)) == pytest.approx(0.2)


def test_an_origin_tilts_the_places_outside_towards_where_it_is_drawn(p):
    # Shares .2 .3 .5, the second e times as likely as by itself: .2, .3 e, .5 over their sum of 1.515485
    q = replace(p, origin_pull=1.0)
    tilted, plain = choice.outside_shares((0.2, 0.3, 0.5), np.array([[0, 1, 0], [0, 0, 0]]), q)
    assert tilted == pytest.approx([0.131971, 0.538102, 0.329927], abs=1e-6)
    assert plain == pytest.approx([0.2, 0.3, 0.5])


def test_parks_judge_in_half_points():
    # 1 + 0.6 + 0.1 = 1.7 is nearest to 1.5; 0 - 0.4 + 0.1 = -0.3 to -0.5
    assert choice.screening_score(np.array([1, 0]), np.array([0.6, -0.4]), 0.1).tolist() == [1.5, -0.5]


def test_tenants_compare_parks_by_chance_or_once_refused_too_long(p, parameters):
    of_space = replace(parameters.space, patience=6)
    luck, waited = np.array([0.05, 0.1, 0.5, 0.5]), np.array([0, 0, 5, 6])
    assert choice.compares(luck, waited, replace(p, review_hazard=0.1), of_space).tolist() == [True, False, False, True]


def test_a_focused_park_asks_more_of_those_outside_its_focus(p):
    # -0.5, raised by 0.25; a park that fully follows its focus asks 1.5 more of others
    q = replace(p, admission_bar=-0.5, positioning=1.5)
    assert choice.admission_bar(0.25, 1.0, np.array([True, False]).astype(int), q).tolist() == [-0.25, 1.25]
    assert choice.admission_bar(0.0, 0.0, 0, q) == -0.5


def test_outside_places_share_the_joint_value_by_their_shares():
    # Their logsum is the joint value, and the logit gives the shares back.
    values = choice.outside_values(3.0, np.array([0.15, 0.5, 0.35]))
    assert np.log(np.exp(values).sum()) == pytest.approx(3.0)
    assert np.exp(values) / np.exp(values).sum() == pytest.approx([0.15, 0.5, 0.35])


@given(asking=MONEY, relief=MONEY, covered=st.floats(0, 5000), area=AREA)
def test_net_rent_lies_between_nothing_and_asking(asking, relief, covered, area):
    assert 0 <= choice.net_rent(asking, relief, covered, area) <= asking


@given(asking=MONEY, relief=st.tuples(MONEY, MONEY), covered=st.floats(0, 5000), area=AREA)
def test_more_relief_is_never_more_rent(asking, relief, covered, area):
    less, more = sorted(relief)
    assert choice.net_rent(asking, more, covered, area) <= choice.net_rent(asking, less, covered, area)


@given(rents=st.tuples(MONEY, MONEY))
def test_higher_rent_is_never_liked_better(parameters, rents):
    low, high = (choice.rent_utility(r, parameters.choice) for r in sorted(rents))
    assert np.isfinite(low) and high <= low


@given(asking=MONEY, relief=MONEY, covered=st.floats(0, 5000), area=AREA)
def test_nobody_pays_less_than_the_lowest_rent(asking, relief, covered, area):
    assert choice.lowest_rent(asking, relief) <= choice.net_rent(asking, relief, covered, area) + 1e-9


@given(neighbours=st.lists(st.integers(0, 10_000), min_size=2, max_size=6))
def test_more_neighbours_of_ones_kind_are_never_liked_less(parameters, neighbours):
    worth = choice.neighbour_utility(np.sort(neighbours), parameters.choice)
    assert worth.min() >= 0 and np.all(np.diff(worth) >= 0)
