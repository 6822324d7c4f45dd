"""Performance pay is an inverted U."""

import numpy as np
import pytest

from sim import month
from sim.agents import Operator
from tests.support import under


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


def test_an_operator_of_several_parks_is_paid_once_a_park_and_moved_once(ouhai, ouhai_setup, lever):
    """The term is pay a park: running eight parks is no eightfold dose."""
    cluster = ouhai.fork(under(ouhai_setup, [lever("performance_contracts")], start=ouhai_setup.data.start, ramp=0))
    month.set_place_terms(cluster)
    assert (cluster.all(Operator).performance_pay == cluster.policies[0].pay).all()
