"""Professionals lift weak operators to what they bring, and are neither hired nor paid where they would bring nothing."""

import numpy as np
import pytest

from sim.model import month
from sim.model.agents import Operator, Park
from tests.helpers import under


@pytest.fixture
def hired(ouhai, ouhai_setup, lever):
    """hired(**changes) -> Ouhai in its first month with teams at full strength and every park open."""

    def at(**changes):
        changes = {"start": ouhai_setup.data.start, "ramp": 0} | changes
        cluster = ouhai.fork(under(ouhai_setup, [lever("professional_operators")], **changes))
        parks = cluster.all(Park)
        parks.fitted = parks.fitted + 1
        month.set_place_terms(cluster)
        return cluster

    return at


def test_only_parks_of_weaker_operators_get_and_cost_a_team(hired):
    cluster = hired(capability=2.0)  # grade B
    (policy,), operators = cluster.policies, cluster.all(Operator)
    weak = operators.own_capability < 2
    assert weak.any() and not weak.all()
    assert np.array_equal(operators.professional, np.where(weak, 2.0, 0.0))
    parks = weak[cluster.all(Park).operator_row].sum()
    assert policy.cost(cluster) == {"teams": pytest.approx(parks * policy.team / 12)}


def test_an_operator_gains_by_the_share_of_its_open_parks_with_a_team(hired):
    cluster = hired()
    row = int(np.bincount(cluster.all(Park).operator_row).argmax())
    own = np.flatnonzero(cluster.all(Park).operator_row == row)
    assert len(own) > 2
    one = hired(parks=(cluster.park_keys[own[0]],))
    was, brought = one.all(Operator).own_capability[row], one.policies[0].capability
    assert one.all(Operator).professional[row] == pytest.approx(was + (brought - was) / len(own))
    assert not np.delete(one.all(Operator).professional, row).any()


def test_capability_closes_on_what_they_bring_and_falls_back_when_they_go(toy_start, toy_setup, lever):
    """The gap closes by the given share a month: after n months a share (1 - speed)^n of it is left."""
    start = toy_setup.data.start
    changes = {"start": start, "end": start + np.timedelta64(11, "M"), "ramp": 0, "capability": 3.0}
    cluster = toy_start.fork(under(toy_setup, [lever("professional_operators")], **changes))
    before = cluster.all(Operator).capability.copy()
    cluster.run(until=cluster.start + 12)
    left = (1 - cluster.parameters.adaptation.capability_speed) ** 12
    lifted = cluster.all(Operator).capability.copy()
    assert np.allclose(lifted, 3 - (3 - before) * left)
    cluster.run(until=cluster.start + 24)
    assert (cluster.all(Operator).capability < lifted).all()


def test_more_of_them_never_harms(hired):
    """Unlike performance pay, which is an inverted U: here nothing turns back."""
    brought = np.stack([hired(intensity=x).all(Operator).professional for x in (0.2, 0.4, 0.6, 0.8, 1.0)])
    gained = brought[:, brought[-1] > 0]
    assert (np.diff(gained, axis=0) > 0).all()
