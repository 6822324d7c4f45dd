"""Coordination takes friction away: shorter cases, and technology brings finance."""

import numpy as np
import pytest

from sim.model import month
from sim.model.agents import District, Enterprise, ServicePlatform
from sim.model.vocabulary import NEEDS
from tests.helpers import under

TECHNOLOGY, TESTING, FINANCE = (NEEDS.index(name) for name in ("technology", "testing", "finance"))


@pytest.fixture
def coordinated(toy_start, toy_setup, lever):
    """coordinated(**changes) -> the toy with the mechanism at full strength from the start."""
    return lambda **changes: toy_start.fork(
        under(toy_setup, [lever("coordination_mechanism")], **{"start": toy_setup.data.start, "ramp": 0} | changes)
    )


def test_cases_take_three_tenths_less_time(coordinated):
    cluster = coordinated()
    month.set_place_terms(cluster)
    months = cluster.all(ServicePlatform).process_months() * cluster.all(District).process_speed[0]
    assert months == pytest.approx(0.7 * cluster.parameters.service.process_months)


def done(cluster, kinds):
    """Each tenant has cases of these kinds that are done this month. Returns months of help from finance to come."""
    tenants = cluster.where(Enterprise, lambda f: f.is_tenant())
    tenants.helped_until = np.int32(-1)
    due = np.where(np.isin(np.arange(len(NEEDS)), kinds), cluster.now, -1).astype(np.int32)
    tenants.need_since, tenants.need_due = np.int32(-1), np.broadcast_to(due, (len(tenants), len(NEEDS)))
    tenants.need_platform = np.int16(0)
    month.set_place_terms(cluster)
    month.serve(cluster)
    return tenants, tenants.helped("finance")


def test_who_is_helped_in_technology_is_helped_in_finance_where_there_is_a_platform_for_the_sector(coordinated):
    """The toy's only finance platform serves the digital economy, and its list reaches one park of two."""
    tenants, helped = done(coordinated(bundled=1.0), [TECHNOLOGY])
    digital = tenants.sector == 0
    assert np.array_equal(helped, digital) and digital.any() and not digital.all()
    assert np.unique(tenants.park_row[helped]).size == 2


def test_no_other_kind_of_case_brings_finance(coordinated):
    tenants, helped = done(coordinated(bundled=1.0), [TESTING])
    assert len(tenants) and not helped.any()


def test_without_it_technology_brings_no_finance(toy):
    tenants, helped = done(toy, [TECHNOLOGY])
    assert len(tenants) and not helped.any()


@pytest.mark.statistical
def test_half_the_cases_are_bundled_at_half_the_share(ouhai, ouhai_setup, lever):
    policy = under(ouhai_setup, [lever("coordination_mechanism")], start=ouhai_setup.data.start, ramp=0)
    tenants, helped = done(ouhai.fork(policy), [TECHNOLOGY])
    assert abs(helped.mean() - 0.5) < 4 * np.sqrt(0.25 / len(tenants))


def test_the_office_costs_three_million_a_year_in_proportion_to_its_strength(coordinated):
    cluster = coordinated(intensity=0.5)
    cluster.run(until=cluster.start + 12)
    assert sum(amount for *_, amount in cluster.spending) == pytest.approx(1_500_000)
