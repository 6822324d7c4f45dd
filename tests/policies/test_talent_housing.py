"""Housing support raises hiring and staying in the district. It does not stop anybody from quitting."""

import numpy as np
import pytest

from sim.model.agents import Park
from sim.model.mechanisms import talent
from sim.model.vocabulary import TIERS
from tests.helpers import under


@pytest.fixture(scope="module")
def pair(ouhai, ouhai_setup, lever):
    """One month of Ouhai from the same state: all tenants' staff under housing support, and none."""
    full = under(ouhai_setup, [lever("talent_housing")], start=ouhai_setup.data.start, ramp=0, coverage=(1.0, 1.0, 1.0))
    return [ouhai.fork(setup).run(until=ouhai.start + 1) for setup in (full, ouhai_setup)]


def counted(cluster, what):
    return np.stack([cluster.tally.months[0][1][f"{what}_{tier}"] for tier in TIERS])


def test_exactly_the_same_people_quit_and_are_laid_off(pair):
    for what in ("quits", "layoffs"):
        with_housing, without = (counted(cluster, what) for cluster in pair)
        assert without.sum() > 0 and np.array_equal(with_housing, without)


def test_more_are_hired(pair):
    with_housing, without = (counted(cluster, "hires") for cluster in pair)
    assert with_housing.sum() > without.sum()


def test_more_of_those_who_leave_a_firm_stay_in_the_district(pair):
    with_housing, without = (cluster.all(Park).reemployed for cluster in pair)
    assert (with_housing >= without).all() and with_housing.sum() > without.sum()


def test_chances_rise_with_support_by_the_given_amounts(ouhai_setup):
    p = ouhai_setup.parameters.labour
    support = np.linspace(0, 1, 6)
    assert np.allclose(talent.stays(0.5, support, p), 0.5 + p.housing_stay * support)
    hire = -np.log1p(-talent.hire_chance(p.hire_speed[1], 100.0, 50.0, support, False, p))
    assert np.allclose(hire / hire[0], 1 + p.housing_hire * support)


def test_support_is_paid_by_head_covered(pair):
    cluster = pair[0]
    staff = sum(cluster.tally.months[0][1][f"staff_{tier}"].sum() for tier in TIERS)
    assert cluster.spending[0][3] == pytest.approx(staff * cluster.policies[0].per_person / 12)
