"""The service list brings platforms to parks that were not on their lists."""

import numpy as np
import pytest

from sim.model import month
from sim.model.agents import Enterprise, Park, ServicePlatform
from sim.model.phases import services
from tests.helpers import under


@pytest.fixture
def listed(ouhai, ouhai_setup, lever):
    """listed(**changes) -> Ouhai with the list in force at full strength from the start."""
    return lambda **changes: ouhai.fork(
        under(ouhai_setup, [lever("service_list")], start=ouhai_setup.data.start, **{"ramp": 0} | changes)
    )


def test_it_reaches_parks_that_were_not_on_the_list(listed):
    cluster = listed()
    month.set_place_terms(cluster)
    parks = cluster.all(Park)
    assert parks.service_list.all() and not parks.own_list.all()


def test_only_the_kinds_named_are_listed(listed):
    cluster = listed(needs=("talent",))
    month.set_place_terms(cluster)
    parks, talent = cluster.all(Park), cluster.all(ServicePlatform).kind == 2
    assert parks.service_list[:, talent].all()
    assert np.array_equal(parks.service_list[:, ~talent], parks.own_list[:, ~talent])


def test_while_it_ramps_up_the_largest_parks_come_first(listed):
    cluster = listed(ramp=12)
    cluster.now += 5  # half way
    month.set_place_terms(cluster)
    reached = cluster.all(Park).service_list.all(axis=1) & ~cluster.all(Park).own_list.all(axis=1)
    size = cluster.all(Park).announced
    assert reached.sum() == 18 and size[reached].min() >= size[~reached].max()


def test_each_case_it_adds_costs_eight_thousand(listed):
    cluster, added = listed(), []

    def counted(cluster):
        tenants = cluster.where(Enterprise, lambda f: f.is_tenant())
        before, park = tenants.need_since.copy(), tenants.park_row
        services.take_up(cluster, tenants)
        firm, kind = np.nonzero((before >= 0) & (tenants.need_since < 0))
        new = ~cluster.all(Park).own_list[park[firm], tenants.need_platform[firm, kind]]
        added.append(int(new.sum()))

    def serve(cluster):
        tenants = cluster.where(Enterprise, lambda f: f.is_tenant())
        services.finish(cluster, tenants)
        services.arise(cluster, tenants)
        services.lapse(cluster, tenants)
        counted(cluster)

    cluster.pipeline = tuple(serve if phase is month.serve else phase for phase in cluster.pipeline)
    cluster.run(until=cluster.start + 9)
    assert sum(added) > 20
    assert [amount for *_, amount in cluster.spending] == [8000.0 * cases for cases in added]


def test_without_it_no_case_is_added(ouhai, ouhai_setup):
    cluster = ouhai.fork(ouhai_setup).run(until=ouhai.start + 6)
    assert not any(filed[1].get("taken_by_policy", np.zeros(1)).any() for filed in cluster.tally.months)
