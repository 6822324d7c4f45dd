"""One seed after another through several scenarios."""

import os
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sim.model.setup import Setup
from sim.runs.executors.processes import Processes, over_seeds
from sim.runs.nation import matched_nations
from sim.runs.simulate import simulate_matched


def shareable(setups: Sequence[Setup]) -> bool:
    """True if scenarios differ by policies only, so that they may be paired."""
    head = setups[0]
    return all(
        (s.data, s.parameters, s.world, s.rules, s.run)
        == (head.data, head.parameters, head.world, head.rules, head.run)
        for s in setups
    )


def matched_pairs(
    setups: Sequence[Setup], seeds: Sequence[int], *, reference: str | None = None, workers: int | Processes | None = None,
    each: Callable = simulate_matched, tick: Callable[[], None] | None = None, **options: Any,
) -> Iterator[Any]:  # fmt: skip
    """Yield Matched for each seed as it is done, in any order; each is a pure function of (setups, seed).

    workers: processes, see `over_seeds`; None for as many as there are cores. each: another function of
    (setups, seed, reference), of a module, for another view of a pair; options: of that function, here detail, branch.
    Of a nation the cities are spread over the processes, and tick() is called as each is done.
    """
    if setups[0].cities:
        if each is not simulate_matched:
            setups[0].as_one_cluster()
        workers = workers.count if isinstance(workers, Processes) else workers
        return matched_nations(setups, seeds, reference=reference, workers=workers, tick=tick)
    if not isinstance(workers, Processes):
        workers = min(workers or os.cpu_count() or 1, len(seeds))
    return _ticked(over_seeds(each, setups, seeds, workers, reference=reference, **options), tick)


def _ticked(stream, tick):
    for matched in stream:
        if tick:
            tick()
        yield matched


def seeds_of(seed: int, replicates: int) -> list[int]:
    """Seeds of a study: consecutive from its root seed, so that a larger study contains a smaller one."""
    return list(range(seed, seed + replicates))
