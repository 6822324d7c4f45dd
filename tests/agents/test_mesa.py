"""Mesa's own tools work on Ouhai: agents, selections, collected data. Batches: tests/crosschecks. A finished model is freed."""

import gc
import weakref

import mesa
import numpy as np
import pytest

from sim.model.agents import District, Enterprise, Operator, Park, ServicePlatform
from sim.model.cluster import Cluster, forget
from sim.model.event_log import LOG
from sim.model.status import Event, Origin, Status
from tests.conftest import SEED
from tests.helpers import same_record, same_tables


class Spinout(Enterprise):
    """University spin-offs never close."""

    def closure_hazard(self):
        return 0.0 * super().closure_hazard()


@pytest.fixture
def cluster(ouhai, ouhai_setup):
    return ouhai.fork(ouhai_setup)


def test_a_cluster_is_a_mesa_model(cluster):
    assert isinstance(cluster, mesa.Model)
    assert all(isinstance(agent, mesa.Agent) for agent in cluster.agents)


def test_every_living_agent_is_in_mesas_sets(cluster):
    alive = {family: int(cluster.all(family).exists().sum()) for family in cluster.tables}
    assert {family: len(agents) for family, agents in cluster.agents_by_type.items()} == alive
    assert len(cluster.agents) == sum(alive.values())
    assert set(cluster.agent_types) == {District, Operator, Park, ServicePlatform, Enterprise}
    assert len({agent.unique_id for agent in cluster.agents}) == len(cluster.agents)


def test_select_agg_and_groupby_agree_with_columns(cluster):
    agents, firms = cluster.agents_by_type[Enterprise], cluster.where(Enterprise, lambda f: f.exists())
    assert len(agents.select(lambda firm: firm.is_tenant())) == firms.is_tenant().sum()
    assert agents.agg("cash", np.sum) == pytest.approx(firms.cash.sum(), rel=1e-12)
    assert np.array_equal(agents.get("revenue"), firms.revenue)
    groups = agents.groupby("status").count()
    assert groups == {status: count for status, count in zip(*np.unique(firms.status, return_counts=True), strict=True)}
    assert len(agents.select(at_most=10)) == 10
    assert cluster.agents_by_type[Park].get("rent") == cluster.all(Park).rent.tolist()


def test_a_firm_knows_its_park_and_its_parks_operator(cluster):
    firm = next(iter(cluster.agents_by_type[Enterprise].select(lambda f: f.is_tenant())))
    assert isinstance(firm.park, Park) and isinstance(firm.park.operator, Operator)
    assert firm.park is cluster.member(Park, firm.park_row)
    assert firm.park.operator in cluster.agents_by_type[Operator]
    assert firm.park.capability() == firm.park.operator.capability
    outside = next(iter(cluster.agents_by_type[Enterprise].select(lambda f: not f.is_tenant())))
    assert outside.park is None


def test_writing_on_one_agent_changes_one_cell(cluster):
    firm = list(cluster.agents_by_type[Enterprise])[17]
    before = {family: {n: a[: len(t)].copy() for n, a in t.data.items()} for family, t in cluster.tables.items()}
    firm.cash = firm.cash + 1000.0
    for family, table in cluster.tables.items():
        for name, old in before[family].items():
            changed = np.argwhere(table.data[name][: len(table)] != old)
            assert changed.tolist() == ([[firm.row]] if (family, name) == (Enterprise, "cash") else []), name


def test_looking_at_agents_changes_no_result(ouhai, ouhai_setup):
    looked_at, left_alone = ouhai.fork(ouhai_setup), ouhai.fork(ouhai_setup)
    for _ in range(6):
        looked_at.step()
        looked_at.agents.shuffle().select(at_most=0.5)
        left_alone.step()
    assert same_tables(looked_at, left_alone) and same_record(looked_at, left_alone)


def test_a_subclass_of_five_lines_decides_its_own_closures(ouhai, ouhai_setup):
    cluster = Cluster(ouhai_setup, SEED, species={"university": Spinout})
    cluster.run(until=cluster.start + 9)
    log = cluster.log.table()
    assert (log["event"] == Event.CLOSED).any()
    assert not ((log["event"] == Event.CLOSED) & (log["origin"] == Origin.UNIVERSITY)).any()
    ordinary = ouhai.fork(ouhai_setup).run(until=cluster.now).log.table()
    assert ((ordinary["event"] == Event.CLOSED) & (ordinary["origin"] == Origin.UNIVERSITY)).any()
    spinouts = cluster.agents_by_type[Spinout]
    assert len(spinouts) and all(firm.origin == Origin.UNIVERSITY and firm.closure_hazard() == 0 for firm in spinouts)
    assert not any(firm.origin == Origin.UNIVERSITY for firm in cluster.agents_by_type[Enterprise])


def test_objects_follow_their_rows_through_compaction(cluster):
    held = {agent.ident: agent for agent in cluster.agents_by_type[Enterprise]}
    version = cluster.tables[Enterprise].version
    for _ in range(12):
        cluster.step()
    assert cluster.tables[Enterprise].version > version
    there = set(cluster.all(Enterprise).ident.tolist())
    stayed = [ident for ident in held if ident in there]
    gone = [ident for ident in held if ident not in there]
    assert stayed and gone
    table = cluster.tables[Enterprise]
    assert all(table.data["ident"][held[ident].row] == ident == held[ident].ident for ident in stayed)
    assert {a.ident for a in cluster.agents_by_type[Enterprise]} == set(
        cluster.where(Enterprise, lambda f: f.exists()).ident.tolist()
    )
    assert all(held[ident] in cluster.agents for ident in stayed if held[ident].exists())
    for ident in gone:
        with pytest.raises(LookupError, match="event log"):
            held[ident].cash  # noqa: B018


def test_ended_firms_leave_the_agent_set(cluster):
    agents = list(cluster.agents_by_type[Enterprise])[:5]
    agents[0].status, agents[0].park_row = Status.CLOSED, -1
    assert agents[0] not in cluster.agents and agents[0] not in cluster.agents_by_type[Enterprise]
    assert agents[1] in cluster.agents


@pytest.mark.parametrize("embodied", [False, True], ids=["no objects made", "objects made"])
def test_a_finished_model_is_freed(ouhai, ouhai_setup, embodied):
    cluster = ouhai.fork(ouhai_setup)
    cluster.step()
    if embodied:
        assert len(cluster.agents) > 100
    gone = weakref.ref(cluster)
    gc.disable()  # freed at once, without a collection
    try:
        forget(cluster)
        del cluster
        assert gone() is None
    finally:
        gc.enable()


def test_the_datacollector_holds_a_line_a_month(cluster):
    for _ in range(4):
        cluster.step()
    table = cluster.datacollector.get_model_vars_dataframe()
    assert table["month"].tolist() == ["2022-01", "2022-02", "2022-03", "2022-04"]
    assert table["tenants"].iloc[-1] == (cluster.all(Enterprise).park_row >= 0).sum()
    assert table["let"].iloc[-1] == cluster.all(Park).let.sum()
    assert cluster.steps == 4 and cluster.running


def test_stepping_ends_where_the_setup_says(composed):
    cluster = Cluster(composed("cluster=toy", "run.burn_in=12", "run.until=2022-05"), SEED)
    while cluster.running:
        cluster.step()
    assert cluster.steps == 5 and str(cluster.month) == "2022-06"


def test_a_cluster_without_a_seed_is_refused_in_a_sentence(toy_setup):
    """Newer Mesa hands over rng=None to every run of a batch whose seeds are not listed."""
    with pytest.raises((TypeError, ValueError), match="seed"):
        Cluster(toy_setup, rng=None)


def test_the_log_speaks_of_identities_not_of_rows():
    assert "ident" in LOG.names and "row" not in LOG.names
