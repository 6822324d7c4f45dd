"""Many runs in one process hold no more memory than one: finished models are let go."""

import gc
import tracemalloc
from dataclasses import replace

import pytest

from sim.model.agents import FAMILIES
from sim.model.cluster import Cluster
from sim.runs.simulate import simulate, simulate_matched
from tests.helpers import later

RUNS = 4


def table_bytes(cluster):
    """Bytes of a cluster's tables: what a model that is not let go keeps at the very least."""
    return sum(array.nbytes for family in FAMILIES for array in cluster.tables[family].data.values())


def held_after(runs, work):
    """Bytes held after each of so many runs."""
    held = []
    for _ in range(runs):
        work()
        gc.collect()
        held.append(tracemalloc.get_traced_memory()[0])
    return held


@pytest.mark.parametrize("kind", ["run", "pair"])
def test_memory_stays_flat_over_many_runs_in_one_process(toy_setup, toy_start, kind):
    """Models kept would add their tables each time; half of that, over all runs after the warm-up, is the limit."""
    setup = replace(toy_setup, run=replace(toy_setup.run, until=later(toy_setup, 5)))
    work = {"run": lambda: simulate(setup, 7), "pair": lambda: simulate_matched([setup], 7)}[kind]
    work()  # caches of the process fill once
    tracemalloc.start()
    try:
        held = held_after(RUNS, work)
    finally:
        tracemalloc.stop()
    assert held[-1] - held[0] < table_bytes(toy_start) * (RUNS - 1) / 2


def test_the_limit_would_see_a_model_that_is_kept(toy_setup, toy_start):
    kept = []
    tracemalloc.start()
    try:
        held = held_after(3, lambda: kept.append(Cluster(toy_setup, 7, state=toy_start.state())))
    finally:
        tracemalloc.stop()
    assert held[-1] - held[0] > table_bytes(toy_start) * 2 / 2
