"""One seed after another through several scenarios."""

import os

import numpy as np

from sim.runs.executors.processes import Processes, over_seeds
from sim.runs.simulate import simulate_matched


def shareable(setups):
    """Whether scenarios differ by policies only, so that they may be paired."""
    head = setups[0]
    return all(
        (s.data, s.parameters, s.world, s.rules, s.run)
        == (head.data, head.parameters, head.world, head.rules, head.run)
        for s in setups
    )


def matched_pairs(setups, seeds, *, reference=None, workers=None, each=simulate_matched, tick=None, **asked):
    """Yield Matched for each seed as it is done, in any order; each is a pure function of (setups, seed).

    workers: processes, see `over_seeds`; None for as many as there are cores. each: another function of
    (setups, seed, reference), of a module, for another view of a pair; asked: what it takes beside, here detail, branch.
    Of a nation the cities are spread over the processes, and tick() is called as each is done.
    """
    if setups[0].cities:
        from sim.runs.nation import matched_nations

        if each is not simulate_matched:
            setups[0].as_one_cluster()
        return matched_nations(setups, seeds, reference=reference, workers=workers, tick=tick)
    if not isinstance(workers, Processes):
        workers = min(workers or os.cpu_count() or 1, len(seeds))
    return _ticked(over_seeds(each, setups, seeds, workers, reference=reference, **asked), tick)


def _ticked(stream, tick):
    for matched in stream:
        if tick:
            tick()
        yield matched


def seeds_of(seed, replicates):
    """The seeds of a study: consecutive from its root seed, so that a larger study contains a smaller one."""
    return list(np.arange(seed, seed + replicates).tolist())
