"""Rent relief as the official rule has it."""

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


def judged(toy, task, let):
    """Settle a December in which each park earned 1,000 CNY of reward. Returns the parks."""
    toy.now, parks = DECEMBER, toy.all(Park)
    parks.relief_area_months, parks.relief_reward = 10.0, 1000.0
    parks.letting_task, parks.newly_let = np.asarray(task, float), np.asarray(let)
    month.settle(toy)
    return parks


def test_nothing_is_paid_below_seventy_per_cent_of_the_letting_task(toy):
    parks = judged(toy, task=[100, 100], let=[69, 70])
    assert parks.relief_due.tolist() == [0.0, pytest.approx(700.0)]
    assert parks.paid_fraction.tolist() == [0.0, pytest.approx(0.7)]


def test_more_than_the_task_is_paid_as_the_task(toy):
    assert judged(toy, task=[100, 100], let=[100, 300]).relief_due.tolist() == [1000.0, 1000.0]


def test_a_park_with_nothing_left_to_let_has_met_its_task(toy):
    """A full park has no letting task; its tenants do not lose their relief for that."""
    assert judged(toy, task=[0, 0], let=[0, 50]).relief_due.tolist() == [1000.0, 1000.0]


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
    assert months[0] == reward[0] == 0
    assert months[1] > 0 and reward[1] == pytest.approx(15 * months[1])


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

    def task_met(cluster):
        parks = cluster.all(Park)
        parks.newly_let = np.maximum(parks.newly_let, np.ceil(parks.letting_task).astype(np.int64) + 1)

    position = ended.pipeline.index(month.settle)
    ended.pipeline = ended.pipeline[:position] + (task_met,) + ended.pipeline[position:]
    ended.run()
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
