"""Performance pay is an inverted U."""

import numpy as np
import pytest

from sim.model import month
from sim.model.agents import Operator, Park
from tests.helpers import under


@pytest.fixture
def gain(toy_start, toy_setup, lever):
    """gain(times) -> initiative gained by each operator at so many times the best pay."""

    def at(times):
        peak = toy_setup.parameters.adaptation.incentive_peak
        paid = under(toy_setup, [lever("performance_contracts")], start=toy_setup.data.start, ramp=0, pay=times * peak)
        cluster = toy_start.fork(paid)
        month.set_place_terms(cluster)
        operators = cluster.all(Operator)
        return operators.initiative() - operators.own_initiative

    return at


def test_initiative_rises_to_the_peak_and_is_back_at_twice_the_peak(gain, toy_start):
    own = toy_start.all(Operator).own_initiative
    gains = np.stack([gain(times) for times in (0, 0.25, 0.5, 1, 1.5, 1.75, 2)])
    assert (gains[0] == 0).all() and (gains[-1] == 0).all()
    assert (np.diff(gains[:4], axis=0) >= 0).all() and (np.diff(gains[3:], axis=0) <= 0).all()
    room = gains.max(axis=0) < 1 - own  # the others reach full initiative before the peak
    assert room.any() and (np.diff(gains[:4, room], axis=0) > 0).all() and (np.diff(gains[3:, room], axis=0) < 0).all()
    assert np.allclose(gains[1, room], gains[5, room]) and np.allclose(gains[2, room], gains[4, room])


def test_too_much_does_harm(gain):
    assert (gain(2.3) < 0).all()


def test_each_park_in_operation_is_paid_for(toy_start, toy_setup, lever):
    cluster = toy_start.fork(under(toy_setup, [lever("performance_contracts")], start=toy_setup.data.start, ramp=0))
    cluster.run(until=cluster.start + 12)
    assert sum(amount for *_, amount in cluster.spending) == pytest.approx(2 * cluster.policies[0].pay)


@pytest.fixture
def under_contract(ouhai, ouhai_setup, lever):
    """under_contract(keys) -> Ouhai with contracts for these parks ((): all), and every park but the last open."""

    def at(keys):
        changes = {"start": ouhai_setup.data.start, "ramp": 0, "parks": keys}
        cluster = ouhai.fork(under(ouhai_setup, [lever("performance_contracts")], **changes))
        parks = cluster.all(Park)
        parks.fitted = np.where(np.arange(len(parks)) < len(parks) - 1, 1000, 0)
        month.set_place_terms(cluster)
        return cluster

    return at


def parks_run(cluster, *, opened):
    """Rows of the parks each operator runs, open or not yet open."""
    parks = cluster.all(Park)
    mine = [(parks.operator_row == row) & ((parks.fitted > 0) == opened) for row in range(len(cluster.all(Operator)))]
    return [np.flatnonzero(m) for m in mine]


def test_an_operator_of_several_parks_is_paid_once_a_park_and_moved_once(under_contract):
    """Pay is by park and felt as the mean: running eight parks is no eightfold dose."""
    cluster = under_contract(())
    assert max(map(len, parks_run(cluster, opened=True))) > 1
    assert np.allclose(cluster.all(Operator).performance_pay, cluster.policies[0].pay, rtol=1e-12)
    parks, before = cluster.all(Park), cluster.all(Operator).cash.copy()
    parks.rent_received = parks.relief_due = 0.0
    month.settle(cluster)
    a_park = cluster.policies[0].pay / 12 - 1000 * cluster.parameters.money.running
    expected = [len(own) * a_park for own in parks_run(cluster, opened=True)]
    assert np.allclose(cluster.all(Operator).cash - before, expected, rtol=1e-9)


def test_an_operator_feels_the_mean_over_its_open_parks(under_contract):
    """A contract for one of several parks is felt by that much less; a park not yet open neither counts nor is paid."""
    cluster = under_contract(())
    row, closed = next((row, own[0]) for row, own in enumerate(parks_run(cluster, opened=False)) if len(own))
    own = parks_run(cluster, opened=True)[row]
    assert len(own) > 1
    cluster = under_contract((cluster.park_keys[own[0]], cluster.park_keys[closed]))
    felt, pay = cluster.all(Operator).performance_pay, cluster.policies[0].pay
    assert felt[row] == pytest.approx(pay / len(own)) and not np.delete(felt, row).any()
    assert cluster.policies[0].cost(cluster) == {"pay": pytest.approx(pay / 12)}
