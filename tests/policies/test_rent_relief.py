"""Rent relief as the official rule has it."""

from dataclasses import replace

import numpy as np
import pytest

from sim.engine.calendar import month_number
from sim.model import month
from sim.model.agents import Enterprise, Park
from sim.model.phases import tenancies
from tests.helpers import under

DECEMBER = month_number("2022-12")


@pytest.fixture
def relieved(toy_start, toy_setup, lever):
    """The toy cluster with relief from its first month on."""
    return toy_start.fork(under(toy_setup, [lever("rent_relief")], start=toy_setup.data.start))


def with_tasks_met(cluster):
    """The same cluster, whose parks have always let what they were asked to."""

    def task_met(cluster):
        parks = cluster.all(Park)
        parks.newly_let = np.maximum(parks.newly_let, np.ceil(parks.letting_task).astype(np.int64) + 1)

    position = cluster.pipeline.index(month.settle)
    cluster.pipeline = cluster.pipeline[:position] + (task_met,) + cluster.pipeline[position:]
    return cluster


def judged(toy, task, let):
    """Settle a December in which each park earned 1,000 CNY of reward. Returns the parks."""
    toy.now, parks = DECEMBER, toy.all(Park)
    parks.relief_area_months, parks.relief_reward = 10.0, np.eye(12)[:2] * 1000.0  # of one month each
    parks.letting_task, parks.newly_let = np.asarray(task, float), np.asarray(let)
    month.settle(toy)
    return parks


def test_nothing_is_paid_below_seventy_per_cent_of_the_letting_task(toy):
    parks = judged(toy, task=[100, 100], let=[69, 70])
    assert parks.relief_due.sum(axis=1).tolist() == [0.0, pytest.approx(700.0)]
    assert parks.paid_fraction.tolist() == [0.0, pytest.approx(0.7)]


def test_more_than_the_task_is_paid_as_the_task(toy):
    assert judged(toy, task=[100, 100], let=[100, 300]).relief_due.sum(axis=1).tolist() == [1000.0, 1000.0]


def test_a_park_with_nothing_left_to_let_has_met_its_task(toy):
    """A full park has no letting task; its tenants do not lose their relief for that."""
    assert judged(toy, task=[0, 0], let=[0, 50]).relief_due.sum(axis=1).tolist() == [1000.0, 1000.0]


def test_the_covered_area_is_the_smallest_of_space_let_200_m2_and_10_m2_a_head(relieved):
    for phase in relieved.pipeline[:5]:  # to the end of admission
        phase(relieved)
    firms = relieved.where(Enterprise, lambda f: f.is_tenant())
    firms.staff = np.where(np.arange(len(firms))[:, None] % 2, [[30, 0, 0]], firms.staff).astype(
        np.int32
    )  # some reach 200 m2
    month.set_firm_terms(relieved)
    parks = relieved.all(Park)
    years = parks.relief_years()[firms.park_row]
    covered = np.minimum(np.minimum(firms.area, 200), 10 * firms.headcount()) * (firms.tenure() < 12 * years)
    assert np.array_equal(np.minimum(firms.relief_area, firms.area), covered)
    assert np.unique(covered).size > 2
    before, charged = parks.relief_area_months.copy(), np.bincount(firms.park_row, covered, minlength=2)
    month.grow(relieved)
    tenancies.close(relieved, firms[np.flatnonzero(covered > 0)[:3]])  # their last month counts
    month.settle(relieved)
    assert np.array_equal(parks.relief_area_months - before, charged)


def test_a_park_outside_the_policy_has_no_space_under_relief(toy_start, toy_setup, lever):
    key = toy_start.park_keys[1]
    cluster = toy_start.fork(under(toy_setup, [lever("rent_relief")], start=toy_setup.data.start, parks=(key,)))
    cluster.run(until=cluster.start + 2)
    months, reward = cluster.all(Park).relief_area_months, cluster.all(Park).relief_reward
    assert months[0] == reward[0].sum() == 0
    assert months[1] > 0 and reward[1].sum() == pytest.approx(15 * months[1])


def test_tenants_pay_four_fifths_of_the_reward_less_on_covered_space(relieved):
    for phase in relieved.pipeline[:5]:
        phase(relieved)
    month.set_firm_terms(relieved)
    firms = relieved.where(Enterprise, lambda f: f.is_tenant() & (f.relief_area > 0))
    assert len(firms)
    share = np.minimum(firms.relief_area, firms.area) / firms.area
    assert np.allclose(firms.net_rent(), firms.at_park("rent") - 0.8 * 15 * share, rtol=1e-12)


def test_it_stops_costing_after_the_january_that_follows_its_end(toy_start, toy_setup, lever):
    ended = toy_start.fork(
        under(toy_setup, [lever("rent_relief")], start=toy_setup.data.start, end=np.datetime64("2022-10"))
    )
    with_tasks_met(ended).run()
    assert {when for when, _, _, amount in ended.spending if amount} == {month_number("2023-01")}


def test_applicants_see_it(toy_start, toy_setup, lever):
    """Firms that look for space know of the relief before they choose."""
    cluster = toy_start.fork(under(toy_setup, [lever("rent_relief")], start=toy_setup.data.start))
    for _ in range(3):
        for phase in cluster.pipeline[:4]:
            phase(cluster)
        looking = cluster.where(Enterprise, lambda f: f.is_newcomer())
        assert np.array_equal(looking.relief_area, np.minimum(200, 10 * looking.headcount()))
        for phase in cluster.pipeline[4:]:
            phase(cluster)
        cluster.now += 1


def reliefs(lever, **second):
    """Relief of 15 CNY to the end of June 2022, and from July of 20."""
    first = replace(lever("rent_relief"), name="at_first", start=np.datetime64("2022-01"), end=np.datetime64("2022-06"))
    later = replace(lever("rent_relief"), name="later", start=np.datetime64("2022-07"), reward=20.0)
    return first, replace(later, **second)


def test_two_rewards_one_after_the_other_each_pay_for_their_own_months(toy_start, toy_setup, lever):
    both = with_tasks_met(toy_start.fork(replace(toy_setup, policies=reliefs(lever))))
    both.run(until=DECEMBER + 1)
    rewards = both.all(Park).relief_due.copy()
    both.run(until=DECEMBER + 2)
    paid = {name: amount for _, name, _, amount in both.spending}
    assert rewards.any()
    assert paid == pytest.approx({"at_first": rewards[:, :6].sum(), "later": rewards[:, 6:].sum()})


def test_the_second_reward_is_what_tenants_see_from_its_first_month(toy_start, toy_setup, lever):
    both = toy_start.fork(replace(toy_setup, policies=reliefs(lever)))
    seen = []
    for _ in range(12):
        month.set_place_terms(both)
        seen.append(both.all(Park).reward.tolist())
        both.now += 1
    assert seen == [[15.0, 15.0]] * 6 + [[20.0, 20.0]] * 6


def test_two_rewards_in_the_same_month_are_refused(toy_setup, lever):
    first, later = reliefs(lever, start=np.datetime64("2022-06"))
    assert first.clash(later, toy_setup.data).startswith(
        "policies.at_first and policies.later: two of the kind rent_relief"
    )
    first, later = reliefs(lever)
    assert first.clash(later, toy_setup.data) == ""
