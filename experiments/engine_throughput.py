"""What the engine and the store of a sweep cost: its runs a second beside those of two bare processes, and the store alone.

    python experiments/engine_throughput.py                                 400 runs of Ouhai each, three rounds
    python experiments/engine_throughput.py --runs 2000 --rounds 1          some twenty minutes on two quiet cores
    python experiments/engine_throughput.py --runs 200 run.until=2025-12    shorter runs, which weigh more on the engine

Engine and bare processes take turns, each simulating the same runs: pairs of two scenarios that share their past, a seed
each. Bare: a process for each core that simulates its half and hands back what came out, without Dask, names or store.
Start-up of processes is counted on both sides.
"""

import argparse
import os
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from statistics import median

from sim.engine.mistakes import ConfigurationError
from sim.runs.lean import kept_with
from sim.runs.store.shards import RunStore
from sim.runs.unit import SimulateUnit
from sim.studies.sweep.designs import Design
from sim.studies.sweep.plan import make_plan
from sim.studies.sweep.run import perform
from sim.studies.sweep.space import space_of

SCENARIOS = ["baseline", "service_first"]
MEASURES = ("occupancy_rate", "talent_retention_rate", "graduation_rate")


def asked(runs, overrides):
    """The Plan: the model as it is, on as many seeds as make so many runs."""
    import pandas as pd

    space = space_of(setups_of(overrides), ["parameters.choice.rent_sensitivity"])
    now = pd.DataFrame({d.name: [float(d.now)] for d in space.dimensions}).rename_axis("point")
    return make_plan(Design("listed", space, now), SCENARIOS, list(range(1, runs // 2 + 1)), overrides)


def setups_of(overrides):
    """Setups of the scenarios."""
    from sim.studies.common.scenarios import scenarios_of

    return scenarios_of(SCENARIOS, overrides)


def by_engine(what, workers):
    """Seconds of a sweep with its store."""
    with tempfile.TemporaryDirectory() as place:
        began = time.perf_counter()
        found = perform(
            what, MEASURES, engine="local", workers=workers, store=RunStore(Path(place) / "store"), hours=100
        )
        seconds = time.perf_counter() - began
    failed = [run.error for run in found.values() if not run.ok]
    if failed:
        raise SystemExit(failed[0])
    return seconds


def bare(what, workers):
    """Seconds of the same runs in processes that do nothing else."""
    simulate = SimulateUnit(what.frames, kept_with(MEASURES))
    began = time.perf_counter()
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        halves = [pool.submit(simulated, simulate, what.units[k::workers]) for k in range(workers)]
        count = sum(half.result() for half in halves)
    assert count == len(what.names)
    return time.perf_counter() - began


def simulated(simulate, units):
    """Simulate units one after the other: how many runs went well."""
    return sum(run.ok for unit in units for run in simulate(unit))


def of_store(what, run):
    """Seconds a run that keeping it and finding it again take: (kept, found)."""
    from dataclasses import replace

    runs = [replace(run, **name._asdict()) for name in what.names.values()]
    with tempfile.TemporaryDirectory() as place:
        store, began = RunStore(Path(place) / "store"), time.perf_counter()
        for k, each in enumerate(runs):
            store.keep(each)
            if k % 8 == 7:  # as often as runs of half a second on two cores would have it
                store.flush()
        store.flush()
        store.together()
        kept = time.perf_counter() - began
        began = time.perf_counter()
        found = RunStore(Path(place) / "store").kept(what.names, run.measures)
        assert len(found) == len(runs)
        return kept / len(runs), (time.perf_counter() - began) / len(runs)


def main(arguments):
    """Measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    known, overrides = parser.parse_known_args(arguments)
    overrides = ["cluster=ouhai", *overrides]
    what, few = asked(known.runs, overrides), asked(2, overrides)
    found = perform(few, MEASURES, engine="serial")  # compiled rules are made, and there is a run to try the store with
    run = next(iter(found.values()))
    bare(asked(2 * known.workers, overrides), known.workers)
    print(f"{len(what.names)} runs, {known.workers} processes", flush=True)
    ratios = []
    for turn in range(known.rounds):
        order = (by_engine, bare) if turn % 2 == 0 else (bare, by_engine)
        seconds = {}
        for work in order:
            seconds[work] = work(what, known.workers)
            print(f"  {work.__name__.replace('_', ' ')}: {seconds[work]:.1f} s", flush=True)
        ratios.append(seconds[bare] / seconds[by_engine])
        print(
            f"engine {seconds[by_engine]:.1f} s, bare {seconds[bare]:.1f} s: {100 * ratios[-1]:.1f} % of their throughput",
            flush=True,
        )
    kept, found = of_store(what, run)
    print(
        f"median {100 * median(ratios):.1f} %; store: {1000 * kept:.2f} ms a run to keep, {1000 * found:.2f} ms to find"
    )


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except ConfigurationError as error:
        print(f"experiments/engine_throughput.py: {error}", file=sys.stderr)
        sys.exit(2)
