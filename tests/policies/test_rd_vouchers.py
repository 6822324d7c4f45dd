"""A voucher opens the doors of platforms that are not on a park's list; it adds neither needs nor capacity."""

import numpy as np
import pytest

from sim.model import month
from sim.model.agents import Enterprise, Park, ServicePlatform
from sim.model.phases import services
from sim.model.vocabulary import NEEDS
from tests.helpers import under

TECHNOLOGY, TESTING = NEEDS.index("technology"), NEEDS.index("testing")


@pytest.fixture
def held(ouhai, ouhai_setup, lever):
    """held(names, **changes) -> Ouhai with these levers at full strength from the start, its services alone running."""

    def cluster(names=("rd_vouchers",), **changes):
        policies = [lever(name) for name in names]
        world = ouhai.fork(under(ouhai_setup, policies, **{"start": ouhai_setup.data.start, "ramp": 0} | changes))
        world.pipeline = (month.set_place_terms, month.set_firm_terms, month.serve, month.settle, month.measure)
        return world

    return cluster


def count(cluster, name):
    return sum(filed[1].get(name, np.zeros(1)).sum() for filed in cluster.tally.months)


def needing(cluster, *kinds):
    """Every tenant has open needs of these kinds alone; terms are set. Returns tenants."""
    tenants = cluster.where(Enterprise, lambda f: f.is_tenant())
    month.set_place_terms(cluster)
    month.set_firm_terms(cluster)
    since = np.where(np.isin(np.arange(len(NEEDS)), kinds), cluster.now - 1, -1).astype(np.int32)
    tenants.need_since, tenants.need_due = np.broadcast_to(since, (len(tenants), len(NEEDS))), np.int32(-1)
    return tenants


def roomy(cluster):
    """No platform is ever full."""
    cluster.all(ServicePlatform).own_capacity = 1e5
    return cluster


def test_it_reaches_platforms_that_are_not_on_the_parks_list(held):
    cluster = roomy(held())
    tenants = needing(cluster, TECHNOLOGY)
    services.take_up(cluster, tenants)
    served, holder = tenants.need_due[:, TECHNOLOGY] >= 0, tenants.voucher_limit > 0
    platforms, lists = cluster.all(ServicePlatform), cluster.all(Park).own_list
    technology = platforms.kind == TECHNOLOGY
    listed = (lists[tenants.park_row] & platforms.fits.T[tenants.sector] & technology).any(axis=1)
    assert np.array_equal(served, listed | holder)
    assert (holder & ~listed).any() and (~holder & ~listed).any()


def test_a_holder_spends_one_where_the_list_would_have_done_too(held):
    """That part buys nothing new, and is paid for all the same."""
    cluster = roomy(held())
    tenants = needing(cluster, TECHNOLOGY)
    services.take_up(cluster, tenants)
    assert np.array_equal(tenants.vouchers_used, (tenants.voucher_limit > 0).astype(int))
    (paid,) = cluster.policies[0].cost(cluster).values()
    assert paid == 50_000.0 * tenants.vouchers_used.sum() > 0


def test_the_last_voucher_goes_to_technology_and_none_is_spent_beyond_the_limit(held):
    cluster = roomy(held(vouchers=1))
    tenants = needing(cluster, TECHNOLOGY, TESTING)
    services.take_up(cluster, tenants)
    holder = tenants.voucher_limit == 1
    assert holder.any() and np.array_equal(tenants.vouchers_used, holder.astype(int))
    platforms, lists = cluster.all(ServicePlatform), cluster.all(Park).own_list
    testing = platforms.kind == TESTING
    listed = (lists[tenants.park_row] & platforms.fits.T[tenants.sector] & testing).any(axis=1)
    assert np.array_equal(tenants.need_due[:, TESTING] >= 0, listed)
    services.take_up(cluster, tenants)
    assert tenants.vouchers_used.max() == 1


def test_other_needs_take_no_voucher(held):
    cluster = roomy(held())
    tenants = needing(cluster, *[kind for kind in range(len(NEEDS)) if kind not in (TECHNOLOGY, TESTING)])
    services.take_up(cluster, tenants)
    assert (tenants.need_due >= 0).any() and not tenants.vouchers_used.any()


def test_where_platforms_are_full_it_changes_who_is_served_and_not_how_many(held):
    years = []
    for names in ((), ("rd_vouchers",)):
        cluster = held(names)
        platforms = cluster.all(ServicePlatform)
        platforms.own_capacity = 2.0
        cluster.run(until=cluster.start + 6)
        years.append((count(cluster, "taken"), count(cluster, "taken_technology"), platforms.kind))
        last = cluster
    assert years[0][0] == years[1][0] and count(last, "vouchers") > 0
    assert years[0][1] == 6 * 2 * (years[0][2] == TECHNOLOGY).sum()


def test_needs_do_not_arise_more_often_by_it(held):
    """In the first month nothing but the voucher differs."""
    raised = []
    for names in ((), ("rd_vouchers",)):
        cluster = held(names)
        cluster.advance()
        raised.append([count(cluster, f"raised_{name}") for name in NEEDS])
    assert raised[0] == raised[1]


def test_the_service_list_does_not_pay_for_what_a_voucher_pays(held):
    cluster = held(("rd_vouchers", "service_list")).run(until=held().start + 6)
    paid = {
        name: sum(a for _, policy, _, a in cluster.spending if policy == name)
        for name in ("rd_vouchers", "service_list")
    }
    assert paid["rd_vouchers"] == 50_000.0 * count(cluster, "vouchers") > 0
    assert paid["service_list"] == 8_000.0 * count(cluster, "taken_by_policy") > 0
    assert count(cluster, "vouchers") + count(cluster, "taken_by_policy") <= count(cluster, "taken")


def test_a_small_scheme_keeps_its_holders_as_it_grows(held):
    holders = []
    for intensity in (0.25, 0.5, 1.0):
        cluster = held(intensity=intensity)
        month.set_place_terms(cluster)
        month.set_firm_terms(cluster)
        holders.append(cluster.all(Enterprise).voucher_limit > 0)
    assert (holders[0] <= holders[1]).all() and (holders[1] <= holders[2]).all()
    share = holders[0].sum() / holders[2].sum()
    assert abs(share - 0.25) < 4 * np.sqrt(0.25 * 0.75 / holders[2].sum())
