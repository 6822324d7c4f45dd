"""Each phase writes what it says it writes, and nothing else."""

import pytest

from sim.engine.columns import columns_of
from sim.model.agents import FAMILIES
from sim.model.cluster import Cluster
from sim.model.month import MONTH
from tests.month.worlds import POLICIES, setup_of

COLUMNS = set().union(*(columns_of(family) for family in FAMILIES))


def locked(phase):
    """The phase, with every column locked that it does not declare."""

    def locked_phase(cluster):
        for table in cluster.tables.values():
            table.lock(phase.writes)
        try:
            phase(cluster)
        except ValueError as error:
            raise AssertionError(f"{phase.__name__} writes a column it does not declare") from error
        finally:
            for table in cluster.tables.values():
                table.lock(None)

    return locked_phase


@pytest.mark.parametrize("phase", MONTH, ids=lambda phase: phase.__name__)
def test_a_phase_declares_columns_that_exist(phase):
    assert phase.writes <= COLUMNS


@pytest.mark.parametrize("phase", MONTH, ids=lambda phase: phase.__name__)
def test_a_phase_writes_only_the_columns_it_declares(phase):
    cluster = Cluster(setup_of("ouhai", POLICIES, months=13, burn_in=8, start=0), 5)
    cluster.pipeline = tuple(locked(p) if p is phase else p for p in MONTH)
    cluster.tables[FAMILIES[-1]].compact(cluster.all(FAMILIES[-1]).exists())  # so that the table soon has to grow
    cluster.run()


def test_a_lock_holds_through_growth():
    cluster = Cluster(setup_of("toy", burn_in=1), 1)
    table = cluster.tables[FAMILIES[-1]]
    table.lock({"status"})
    table.grow(10 * table.capacity)
    assert not table.data["cash"].flags.writeable
    assert table.data["status"].flags.writeable
