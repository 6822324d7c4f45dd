"""What packages are worth: each run through the same cells, a cell being one world and one seed, from the decision on.

Runs are named by what is asked and by the code that answers, and kept in the store that all studies share, with every measure
of the cluster: a search for other objectives meets them again.
"""

from contextlib import closing
from dataclasses import dataclass, field, replace

import numpy as np

from sim.engine.fields import ConfigurationError
from sim.model.measures.definitions import of_cluster
from sim.runs.executors.failures import Failure
from sim.runs.store.identity import question_of, run_id
from sim.runs.store.shards import Row
from sim.runs.unit import Trial
from sim.studies.common.horizon import over_horizon


@dataclass
class Evaluator:
    """Runs packages and remembers: what was run once, in this call or an earlier one, is not run again.

    worlds: list of World; until: month number of the decision; since, year: see `over_horizon`; crew: of an engine; store: a
    RunStore. progress(runs known) after each run. A run that failed has no values.
    """

    worlds: list
    until: int
    measures: tuple
    since: int
    year: int | None
    crew: object
    store: object
    fresh: bool = False
    progress: object = None
    rows: dict = field(default_factory=dict)  # run id -> Row

    def __post_init__(self):
        self.work = Trial(tuple(world.setup for world in self.worlds), self.until)

    def __call__(self, packages, seeds):
        """Values (packages, worlds, seeds, measures) of packages, each a tuple of policies."""
        cells = [(world, seed) for world in range(len(self.worlds)) for seed in seeds]
        asked = {}
        names = np.empty((len(packages), len(cells)), object)
        for c, (world, seed) in enumerate(cells):  # one cell after the other, so that its past is at hand
            for p, policies in enumerate(packages):
                question = question_of(replace(self.worlds[world].setup, policies=policies))
                names[p, c] = run_id(question, seed)
                asked.setdefault(names[p, c], (question, policies, (world, seed)))
        self._find(asked)
        values = [[self._read(self.rows[name]) for name in row] for row in names]
        return np.array(values, float).reshape(len(packages), len(self.worlds), len(seeds), len(self.measures))

    def _find(self, asked):
        unknown = [name for name in asked if name not in self.rows]
        if unknown and not self.fresh:
            self.rows |= self.store.kept(unknown, of_cluster())
        todo = [(name, *asked[name][1:]) for name in unknown if name not in self.rows]
        try:
            with closing(self.crew.results(self.work, todo) if todo else iter_none()) as results:
                for (name, _, (_, seed)), ran in results:
                    self.rows[name] = _row(name, asked[name][0], seed, ran)
                    self.store.put(self.rows[name])
                    if self.progress:
                        self.progress(len(self.rows))
        finally:
            self.store.flush()

    def _read(self, row):
        if not row.ok:
            return np.full(len(self.measures), np.nan)
        return over_horizon(self.measures, row.years, row.of(self.measures), self.since, self.year)


def iter_none():
    """Nothing to do, as a generator."""
    yield from ()


def _row(name, question, seed, ran):
    if isinstance(ran, Failure):
        if not ran.lasting:
            raise ConfigurationError(
                f"a run was lost ({ran.error}); finished runs are kept, and the same command goes on."
            )
        return Row(name, question, seed, False, ran.trace or ran.error, 0.0, (), np.zeros(0), np.zeros((0, 0)))
    return Row(name, question, seed, True, "", ran.seconds, of_cluster(), ran.years, ran.values)
