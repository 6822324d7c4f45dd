"""Stock activation puts idle space to use and makes none."""

import numpy as np
import pytest

from sim.model.agents import Park
from tests.helpers import under


@pytest.fixture(scope="module")
def pair(ouhai, ouhai_setup, lever):
    """Ouhai for a year: with stock activation from the start, and without."""
    active = under(ouhai_setup, [lever("stock_activation")], start=ouhai_setup.data.start, ramp=0)
    return [ouhai.fork(setup).run(until=ouhai.start + 12) for setup in (active, ouhai_setup)]


def test_it_makes_no_square_metre(pair):
    paths = [np.stack([filed[2]["announced"] for filed in cluster.tally.months]) for cluster in pair]
    assert np.array_equal(*paths)
    assert all((cluster.all(Park).fitted <= cluster.all(Park).announced).all() for cluster in pair)


def test_bare_space_is_fitted_out_faster(pair):
    fitted = [np.stack([filed[2]["fitted"] for filed in cluster.tally.months]) for cluster in pair]
    assert (fitted[0] >= fitted[1]).all() and fitted[0][-1].sum() > fitted[1][-1].sum()


def test_units_become_smaller(pair):
    assert (pair[0].all(Park).unit_area() < pair[1].all(Park).unit_area()).all()


def test_only_what_is_brought_forward_costs(pair):
    policy, money = pair[0].policies[0], pair[0].parameters.money
    for (when, _, _, amount), filed in zip(pair[0].spending, pair[0].tally.months, strict=True):
        area = filed[2]["fitted_out"].sum() + filed[2]["returned"].sum()
        assert when == filed[0] and amount == pytest.approx(area * policy.speed / (1 + policy.speed) * money.activation)
