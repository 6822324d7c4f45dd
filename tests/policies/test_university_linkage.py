"""Universities bring spin-offs and knowledge; survival is not touched."""

import numpy as np
import pytest

from sim.model import month
from sim.model.agents import District, Enterprise, ServicePlatform
from sim.model.status import Event, Origin
from tests.helpers import under
from tests.month.worlds import with_demand


@pytest.fixture
def linked(ouhai, ouhai_setup, lever):
    """linked(**changes) -> Ouhai with the linkage in force at full strength from the start."""
    return lambda setup=ouhai_setup, **changes: ouhai.fork(
        under(setup, [lever("university_linkage")], **{"start": setup.data.start, "ramp": 0} | changes)
    )


def test_it_moves_spin_offs_and_research_technology_of_universities_and_institutes_alone(linked, ouhai, ouhai_setup):
    plain, acting = ouhai.fork(ouhai_setup), linked()
    for cluster in (plain, acting):
        month.set_place_terms(cluster)
        month.set_firm_terms(cluster)
    moved = {
        name
        for family, table in acting.tables.items()
        for name in table.data
        if not np.array_equal(table.data[name][: len(table)], plain.tables[family].data[name][: len(table)])
    }
    assert moved == {"origin_pull", "capacity", "quality"}
    assert acting.all(District).origin_pull[0].tolist() == [1, 1.5, 1, 1]
    platforms, keys = acting.all(ServicePlatform), [p.key for p in ouhai_setup.data.platforms]
    changed = np.flatnonzero(platforms.capacity != platforms.own_capacity)
    assert [keys[row] for row in changed] == ["zju_institute_technology", "university_laboratories"]
    assert platforms.capacity[changed] == pytest.approx([1.3 * 22, 1.3 * 14])
    assert platforms.quality[changed] == pytest.approx([0.85, 0.85])


def test_a_firm_in_the_same_state_closes_as_often_with_it(linked, ouhai, ouhai_setup):
    hazards = []
    for cluster in (ouhai.fork(ouhai_setup), linked()):
        month.set_place_terms(cluster)
        month.set_firm_terms(cluster)
        hazards.append(cluster.where(Enterprise, lambda f: f.exists()).closure_hazard())
    assert np.array_equal(*hazards)


def arrived(cluster):
    log = cluster.log.table()
    here = log[log["event"] == Event.ARRIVED]
    return dict(zip(here["ident"].tolist(), here["origin"].tolist(), strict=True))


def test_each_spin_off_that_would_not_have_come_costs_a_hundred_thousand(linked, ouhai, ouhai_setup):
    plain, acting = ouhai.fork(ouhai_setup), linked(with_demand(ouhai_setup, 12_000))
    plain = ouhai.fork(with_demand(ouhai_setup, 12_000))
    for cluster in (plain, acting):
        cluster.advance()
    before, after = arrived(plain), arrived(acting)
    brought = [origin for ident, origin in after.items() if ident not in before]
    assert len(brought) > 20 and set(brought) == {Origin.UNIVERSITY}
    assert before.items() <= after.items()
    paid = {line: amount for *_, line, amount in acting.spending}
    assert paid["spin_offs"] == 100_000.0 * len(brought)


def test_platforms_are_equipped_once(linked, ouhai):
    cluster = linked().run(until=ouhai.start + 3)
    equipment = [(when, amount) for when, _, line, amount in cluster.spending if line == "equipment"]
    # 22 and 14 cases a month, of quality 0.75 and 0.6, three tenths more and to 0.85.
    expected = 100_000 * 0.3 * (22 + 14) + 300_000 * (22 * 0.1 + 14 * 0.25)
    assert equipment == [(ouhai.start, pytest.approx(expected))]


def test_knowledge_flows_in_through_cases_that_are_done(linked, ouhai, ouhai_setup):
    """After a year tenants have gained more from technology than without it."""
    gained = []
    for cluster in (ouhai.fork(ouhai_setup), linked(spin_offs=1.0)):
        cluster.pipeline = (month.set_place_terms, month.serve)  # the same firms, standing still
        cluster.run(until=cluster.start + 12)
        gained.append(cluster.where(Enterprise, lambda f: f.is_tenant()).gained)
    assert (gained[1] >= gained[0]).all() and gained[1].sum() > gained[0].sum()
