"""The worth of packages: each run through the same cells, a cell being one world and one seed, from the decision on.

Runs are named by what is asked and by the code that answers, and kept in the store that all studies share, with every measure
of the cluster: a search for other objectives meets them again.
"""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from sim.engine.mistakes import ConfigurationError
from sim.model.measures.definitions import of_cluster
from sim.model.policies import Policy
from sim.runs.executors.failures import Failure
from sim.runs.results import KeptRun
from sim.runs.store.identity import question_of, run_name
from sim.runs.store.shards import RunStore
from sim.runs.unit import SimulatePackage
from sim.studies.common.horizon import over_horizon
from sim.studies.optimise.outside_worlds import World


@dataclass
class Evaluator:
    """Runs packages and remembers: what was run once, in this call or an earlier one, is not run again.

    until: month number of the decision; since, year: see `over_horizon`; pool: of an engine; store: a
    RunStore. progress(runs known) after each run. A run that failed has no values.
    """

    worlds: list[World]
    until: int
    measures: tuple[str, ...]
    since: int
    year: int | None
    pool: Any
    store: RunStore
    fresh: bool = False
    progress: Callable[[int], None] | None = None
    runs: dict[str, KeptRun] = field(default_factory=dict)  # by run id

    def __post_init__(self) -> None:
        self.work = SimulatePackage(tuple(world.setup for world in self.worlds), self.until)

    def __call__(self, packages: Sequence[tuple[Policy, ...]], seeds: Sequence[int]) -> np.ndarray:
        """Values (packages, worlds, seeds, measures) of packages, each a tuple of policies."""
        cells = [(world, seed) for world in range(len(self.worlds)) for seed in seeds]
        wanted = {}  # run id -> (name, policies, cell)
        names = np.empty((len(packages), len(cells)), object)
        for c, (world, seed) in enumerate(cells):  # one cell after the other, so that its past is at hand
            for p, policies in enumerate(packages):
                question = question_of(replace(self.worlds[world].setup, policies=policies))
                name = run_name(question, seed)
                names[p, c] = name.run_id
                wanted.setdefault(name.run_id, (name, policies, (world, seed)))
        self._find(wanted)
        values = [[self._read(self.runs[name]) for name in row] for row in names]
        return np.array(values, float).reshape(len(packages), len(self.worlds), len(seeds), len(self.measures))

    def _find(self, wanted):
        unknown = [name for name in wanted if name not in self.runs]
        if unknown and not self.fresh:
            self.runs |= self.store.kept(unknown, of_cluster())
        todo = [wanted[name] for name in unknown if name not in self.runs]
        if not todo:
            return
        try:
            with closing(self.pool.results(self.work, todo)) as results:
                for (name, *_), run in results:
                    self.runs[name.run_id] = _kept(name, run)
                    self.store.keep(self.runs[name.run_id])
                    if self.progress:
                        self.progress(len(self.runs))
        finally:
            self.store.flush()

    def _read(self, run):
        if not run.ok:
            return np.full(len(self.measures), np.nan)
        return over_horizon(self.measures, run.years, run.of(self.measures), self.since, self.year)


def _kept(name, run):
    """A run, or the failure of its worker as one."""
    if not isinstance(run, Failure):
        return run
    if not run.lasting:
        raise ConfigurationError(f"a run was lost ({run.error}); finished runs are kept, and the same command goes on.")
    return KeptRun.failed(name, run)
