"""One measurement in a process of its own, told as a line of JSON.

A fresh process, so that peak memory is this measurement's and nothing is warm that a user would find cold. Times are CPU
times unless they are called wall.
"""

import json
import os
import sys
import time
from collections import Counter

from tests.benchmarks.yardstick import TRIAD, bandwidth, memory_now, peak_memory, row_bytes, yardstick

LEAST = 1.0  # s of CPU time that a measurement of ours takes at least, by repeating it
MOST = 12  # repeats at most


def world_of(kind, enterprises, months):
    """A world, and its clusters at the start one after another, from the cache if they are there."""
    from sim.runs.simulate import at_start
    from tests.benchmarks.worlds import WORLDS

    world = WORLDS[kind](enterprises, months)
    return world, (at_start(world.setup, seed) for seed in world.seeds)


def start(kind, enterprises, months):
    """Put the starts of a world into the cache. Returns CPU seconds of the burn-ins."""
    from tests.benchmarks.agreement import live

    began = time.process_time()
    _, clusters = world_of(kind, enterprises, months)
    rows = sum(live(cluster) for cluster in clusters)
    return {"burn_in": time.process_time() - began, "rows": rows}


def ours(kind, enterprises, months):
    """Our model: CPU time by phase and in all, over the agent-steps of whole runs."""
    from experiments.profile import by_phase
    from sim.engine import kernels as compiled
    from sim.model.agents import Enterprise
    from sim.model.cluster import forget

    warm_up()
    world, clusters = world_of(kind, enterprises, months)
    spent, steps, width, repeats = Counter(), 0, 0, 0
    for cluster in clusters:
        before, repeats = sum(spent.values()), 0
        while repeats < MOST:
            repeats += 1
            again = cluster.fork(world.setup)
            spent += by_phase(again)
            steps += live_steps(again)
            width = row_bytes(again.tables[Enterprise])
            forget(again)
            del again
            if len(world.seeds) > 1 or sum(spent.values()) - before > LEAST:
                break
        forget(cluster)
    return {
        "seconds": sum(spent.values()), "steps": steps, "repeats": repeats, "phases": dict(spent),
        "row_bytes": width, "compiled": compiled.available(),
    }  # fmt: skip


def memory(kind, enterprises, months):
    """Peak memory of one run from its start, as a user runs it; of districts the first, for the next takes its place."""
    _, clusters = world_of(kind, enterprises, months)
    next(clusters).run()
    return {"peak": peak_memory()}


def live_steps(cluster):
    """Agent-steps so far: living enterprises summed over months."""
    return int(sum(filed[3]["live_rows"] for filed in cluster.tally.months))


def warm_up():
    """Import and load whatever is loaded once."""
    import sim

    sim.build("toy", "run.burn_in=12", "run.until=2022-06").run()


def plain(kind, enterprises, months):
    """The plain Mesa twin of the same world, from the same starts."""
    from sim.model.cluster import forget
    from tests.benchmarks.plain_mesa import PlainCluster

    seconds, steps = 0.0, 0
    _, clusters = world_of(kind, enterprises, months)
    for number, cluster in enumerate(clusters, start=1):
        twin = PlainCluster(cluster, number)
        forget(cluster)
        began = time.process_time()
        twin.run()
        seconds += time.process_time() - began
        steps += int(twin.datacollector.get_model_vars_dataframe()["live_rows"].sum())
        del twin
    return {"seconds": seconds, "steps": steps, "peak": peak_memory()}


def machine(size=TRIAD):
    """Bandwidth of the memory."""
    return {"bandwidth": bandwidth(size)}


def pairs(count, workers):
    """Matched pairs of Ouhai over 14 years in so many processes, their start-up counted; burn-ins come from the cache."""
    from sim.runs.matched_pairs import matched_pairs, seeds_of
    from sim.runs.simulate import at_start
    from sim.studies.common.scenarios import scenarios_of

    setups = scenarios_of(["baseline", "fill_before_build"])
    seeds = seeds_of(1, count)
    for seed in seeds:
        at_start(setups[0].without_policies(), seed)
    before, began = os.times(), time.perf_counter()
    done = sum(1 for _ in matched_pairs(setups, seeds, reference="baseline", workers=workers))
    wall, after = time.perf_counter() - began, os.times()
    return {"wall": wall, "cpu": sum(after[:4]) - sum(before[:4]), "pairs": done}


def linear(months, replicates):
    """What twice as many months or replicates cost: CPU time and agent-steps of each, once and twice."""
    return {
        "once": ours("districts", 5700, months), "months": ours("districts", 5700, 2 * months),
        "replicates": ours("districts", 5700 * replicates, months),
        "twice": ours("districts", 5700 * 2 * replicates, months),
    }  # fmt: skip


def leak(cluster, runs, settings):
    """Memory of one process after each of many runs of a scenario, the models let go as a user would."""
    import mesa

    from sim.inputs.config import load
    from sim.runs.simulate import simulate

    setup = load([f"cluster={cluster}", *settings])
    held = []
    for seed in range(1, runs + 1):
        simulate(setup, 1 + seed % 5)
        held.append(memory_now())
    return {"held": held, "peak": peak_memory(), "mesa": mesa.__version__}


WHAT = {f.__name__: f for f in (start, memory, ours, plain, machine, pairs, linear, leak)}


def main(asked):
    """Measure what is asked, with the yardstick before and after."""
    work = WHAT[asked.pop("what")]
    before = yardstick()
    found = work(**asked)
    found["yardstick"] = (before + yardstick()) / 2
    print(json.dumps(found))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
