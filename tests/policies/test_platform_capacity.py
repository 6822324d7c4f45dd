"""More capacity shortens waiting where it binds, and nowhere else; each case is paid once."""

from dataclasses import replace

import numpy as np
import pytest

from sim.model import month
from sim.model.agents import Enterprise, ServicePlatform
from sim.model.vocabulary import NEEDS
from tests.helpers import under

TECHNOLOGY = NEEDS.index("technology")


@pytest.fixture
def served(ouhai, ouhai_setup, lever):
    """served(names, places, **changes) -> a year of services alone, while firms stand still: cluster, counts by name.

    Each of the two technology platforms has so many places a month, and the others have more than enough.
    """

    def year(names, places, **changes):
        policies = [lever(name) for name in names]
        cluster = ouhai.fork(under(ouhai_setup, policies, **{"start": ouhai_setup.data.start, "ramp": 0} | changes))
        platforms = cluster.all(ServicePlatform)
        platforms.own_capacity = np.where(platforms.kind == TECHNOLOGY, float(places), 1e4)
        cluster.pipeline = (month.set_place_terms, month.set_firm_terms, month.serve, month.settle, month.measure)
        cluster.run(until=cluster.start + 12)
        return cluster, lambda name: sum(filed[1].get(name, np.zeros(1)).sum() for filed in cluster.tally.months)

    return year


def test_waiting_falls_where_capacity_binds_and_nowhere_else(served):
    _, before = served((), 12)
    _, after = served(("platform_capacity",), 12)
    assert after("taken_technology") > 1.2 * before("taken_technology")
    # Nobody waits for the other kinds, so that all months waited are those of technology.
    waits = [year("wait_months") / year("taken_technology") for year in (before, after)]
    assert waits[1] < 0.8 * waits[0]
    for name in NEEDS[1:]:
        assert after(f"taken_{name}") == before(f"taken_{name}") > 0


def test_capacity_that_is_not_needed_shortens_nothing_and_adds_no_case(served):
    _, before = served((), 1000)
    cluster, after = served(("platform_capacity",), 1000)
    assert before("wait_months") == after("wait_months") and before("taken") == after("taken") > 0
    assert cases_of(cluster) == 0


def test_each_case_it_adds_costs_eight_thousand(served):
    """Two platforms at three places instead of two, all taken for twelve months: 24 cases."""
    cluster, _ = served(("platform_capacity",), 2)
    assert cases_of(cluster) == pytest.approx(24 * 8000)


def cases_of(cluster, policy="platform_capacity"):
    return sum(amount for _, name, line, amount in cluster.spending if (name, line) == (policy, "cases"))


def test_only_the_platforms_chosen_are_enlarged_and_improved(ouhai, ouhai_setup, lever):
    changes = {"start": ouhai_setup.data.start, "ramp": 0, "needs": ("talent", "finance"), "intensity": 0.5}
    cluster = ouhai.fork(under(ouhai_setup, [lever("platform_capacity")], **changes))
    month.set_place_terms(cluster)
    platforms, data = cluster.all(ServicePlatform), ouhai_setup.data.platforms
    chosen = np.array([p.kind in ("talent", "finance") for p in data])
    assert platforms.capacity == pytest.approx(platforms.own_capacity * np.where(chosen, 1.25, 1))
    half_way = [0.5 * (p.quality + 0.8) for p in data]
    assert platforms.quality == pytest.approx(np.where(chosen, half_way, platforms.own_quality))


def test_a_better_platform_is_worth_as_much_more_a_case_as_it_is_better(toy_start, toy_setup, lever):
    gains = []
    for quality in (0.6, 0.9):
        policies = [replace(lever("platform_capacity"), quality=quality)]
        cluster = toy_start.fork(under(toy_setup, policies, start=toy_setup.data.start, ramp=0))
        month.set_place_terms(cluster)
        firms = cluster.where(Enterprise, lambda f: f.is_tenant())[[0]]
        firms.gained = 0.0
        firms.need_due, firms.need_platform = np.int32([[cluster.now, -1, -1, -1, -1]]), np.int16(0)
        month.serve(cluster)
        gains.append(firms.gained[0])
    # A year of technology and market is one case of both together: 0.1 of level at quality 1.
    assert gains == pytest.approx([0.1 * 0.6, 0.1 * 0.9])


def test_equipment_is_paid_once_and_in_full_when_it_starts(ouhai, ouhai_setup, lever):
    policy = replace(lever("platform_capacity"), needs=("technology",), start=ouhai_setup.data.start, intensity=0.5)
    cluster = ouhai.fork(under(ouhai_setup, [policy])).run(until=ouhai.start + 3)
    equipment = [(when, amount) for when, _, line, amount in cluster.spending if line == "equipment"]
    # 22 and 14 cases a month, of quality 0.75 and 0.6: half of half as many again, and half the way to 0.8.
    added, better = 0.5 * 0.5 * (22 + 14), 0.5 * (22 * 0.05 + 14 * 0.2)
    assert equipment == [(ouhai.start, pytest.approx(100_000 * added + 300_000 * better))]


def test_no_case_is_paid_twice(served):
    """Vouchers pay first, then the list, then, beyond what a platform could do by itself, those who enlarged it."""
    cluster, counted = served(("platform_capacity", "service_list", "university_linkage", "rd_vouchers"), 2)
    capacity, listed, university = (
        cases_of(cluster, name) / 8000 for name in ("platform_capacity", "service_list", "university_linkage")
    )
    assert min(capacity, listed, university, counted("vouchers")) > 0
    assert listed == counted("taken_by_policy")
    assert capacity + university + listed + counted("vouchers") <= counted("taken")


def test_a_platform_or_a_kind_that_does_not_exist_is_refused_in_a_sentence(lever, toy_setup):
    wrong = replace(lever("platform_capacity"), needs=("talents",), platforms=("labratory",))
    assert wrong.problems(toy_setup.data) == [
        "policies.platform_capacity.needs: 'talents' is not a kind of service; did you mean 'talent'?",
        "policies.platform_capacity.platforms: 'labratory' is not a platform of toy; did you mean 'laboratory'?",
    ]


def test_a_choice_that_leaves_no_platform_is_refused_in_a_sentence(lever, toy_setup):
    none = replace(lever("platform_capacity"), needs=("talent",), platforms=("laboratory",))
    sentence = "policies.platform_capacity: its needs and platforms match no platform of toy."
    assert none.problems(toy_setup.data) == [sentence]
