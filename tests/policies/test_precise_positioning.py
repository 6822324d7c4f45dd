"""Positioning moves firms between places: parks fill with their own sectors, and nobody comes or is better for it."""

from dataclasses import replace

import numpy as np
import pytest

from sim.model.agents import Park
from sim.model.status import Event
from tests.helpers import under

MONTHS = 18


@pytest.fixture(scope="module")
def pair(ouhai, ouhai_setup, lever):
    """Ouhai for a year and a half: parks with a focus fully positioned, and not."""
    changes = {"start": ouhai_setup.data.start, "ramp": 0}
    positioned = under(ouhai_setup, [lever("precise_positioning")], **changes)
    return [ouhai.fork(setup).run(until=ouhai.start + MONTHS) for setup in (positioned, ouhai_setup)]


def events(cluster, kind):
    log = cluster.log.table()
    return log[log["event"] == kind]


def strangers(cluster, focused):
    """Share of those admitted to parks with (or without) a focus whose sector is not the park's, and their number."""
    admitted, focus = events(cluster, Event.ADMITTED), cluster.all(Park).focus
    there = admitted[focus.any(axis=1)[admitted["park"]] == focused]
    return 1 - focus[there["park"], there["sector"]].mean(), len(there)


def test_parks_with_a_focus_take_far_fewer_from_other_sectors(pair):
    positioned, plain = pair
    share, newcomers = strangers(positioned, focused=True)
    assert newcomers > 0 and share < strangers(plain, focused=True)[0] / 2


def test_whom_they_turn_away_other_parks_take_or_lose_to_the_outside(pair):
    """Parks without a focus gain what is left; the cluster as a whole does not gain."""
    positioned, plain = pair
    gained = strangers(positioned, focused=False)[1] - strangers(plain, focused=False)[1]
    lost = strangers(plain, focused=True)[1] - strangers(positioned, focused=True)[1]
    assert lost > 0 and 0 < gained < lost


def test_nobody_more_or_less_looks_for_space_in_the_month_it_starts(pair):
    first = [events(cluster, Event.ARRIVED) for cluster in pair]
    ids = [np.sort(log["ident"][log["month"] == log["month"].min()]) for log in first]
    assert np.array_equal(*ids)


def test_its_study_is_paid_once_whatever_it_does(pair):
    positioned, _ = pair
    assert positioned.spending == [(positioned.start, "precise_positioning", "set_up", positioned.policies[0].set_up)]


def test_only_parks_of_the_chosen_sectors_are_positioned(ouhai_setup, lever):
    data = ouhai_setup.data
    chosen = replace(lever("precise_positioning"), sectors=("biomedicine",)).target_parks(data)
    assert [park.key for park, t in zip(data.parks, chosen, strict=True) if t] == [
        park.key for park in data.parks if "biomedicine" in park.focus
    ]
