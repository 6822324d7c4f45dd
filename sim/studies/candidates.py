"""What packages are worth: each run through the same cells, a cell being one world and one seed, from its kept past on."""

import gc
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from sim.branch import Branches
from sim.cluster import forget
from sim.fields import ConfigurationError
from sim.record import NoLog
from sim.simulate import over_seeds
from sim.studies.branch import keep, kept
from sim.studies.horizon import needs_log, only_inside, over_horizon, unfollow_outside, yearly_of


def past_of(setups, cell, *, names, states, until):
    """Simulate one seed of one world up to the month of decision, if its state is not there yet."""
    world, seed = cell
    path = _file(states, names[world], seed)
    if not kept(path, setups[world], seed, until):
        keep(setups[world], seed, until, path)
    return cell


def run_of(setups, item, *, names, states, measures, since, year):
    """One package in one world with one seed, from the month of decision on: (key, cell, values (measures,))."""
    key, policies, (world, seed) = item
    base = setups[world]
    cluster = Branches(_file(states, names[world], seed)).start(replace(base, policies=policies), seed)
    if only_inside(measures):
        cluster.pipeline = (*cluster.pipeline, unfollow_outside)
        unfollow_outside(cluster)
        cluster.compact()
    if not needs_log(measures):
        cluster.log = NoLog()
    years, values = yearly_of(cluster.run(), measures)
    forget(cluster)
    gc.collect()
    return key, (world, seed), over_horizon(measures, years, values, since, year)


def _file(states, name, seed):
    return Path(states) / f"{name}-{seed}.npz"


@dataclass
class Evaluator:
    """Runs packages and remembers: what was run once, in this call or an earlier one, is read from the folder.

    worlds: list of World; until: month number of the decision; folder: RunFolder. progress(runs done) after each run.
    """

    worlds: list
    until: int
    measures: tuple
    since: int
    year: int | None
    folder: object
    workers: int | None = None
    fresh: bool = False
    progress: object = None
    values: dict = field(default_factory=dict)  # (package, cell) -> (measures,)
    simulated: int = 0
    ready: set = field(default_factory=set)  # cells whose past is kept

    def __call__(self, packages, seeds):
        """Values (packages, worlds, seeds, measures) of packages {key: policies}, in their order."""
        cells = [(world, seed) for world in range(len(self.worlds)) for seed in seeds]
        todo = [(key, policies, cell) for key, policies in packages.items() for cell in cells if not self._known(key, cell)]
        self._prepare(list(dict.fromkeys(cell for _, _, cell in todo)))
        about = {"measures": self.measures, "since": self.since, "year": self.year}
        for key, cell, values in self._each(run_of, todo, **about):
            self._whole(values)
            self.folder.keep_arrays(self._name(key, cell), {"values": values})
            self.values[key, cell] = values
            self.simulated += 1
            if self.progress:
                self.progress(len(self.values))
        found = [[[self.values[key, (w, s)] for s in seeds] for w in range(len(self.worlds))] for key in packages]
        return np.array(found, float)

    def _prepare(self, cells):
        cells = [cell for cell in cells if cell not in self.ready]
        self.ready |= set(self._each(past_of, cells, until=self.until))

    def _each(self, work, items, **about):
        if not items:
            return ()
        states = str(self.folder.path / "states")
        names = [world.key for world in self.worlds]
        setups = [world.setup for world in self.worlds]
        workers = None if self.workers is None else min(self.workers, len(items))
        return over_seeds(work, setups, items, workers, names=names, states=states, **about)

    def _known(self, key, cell):
        if (key, cell) not in self.values and not self.fresh:
            found = self.folder.kept(self._name(key, cell), lambda part: part["values"])
            if found is not None:
                self.values[key, cell] = found
        return (key, cell) in self.values

    def _name(self, key, cell):
        return f"{key}-{self.worlds[cell[0]].key}-{cell[1]}"

    def _whole(self, values):
        missing = [m for m, there in zip(self.measures, np.isfinite(values), strict=True) if not there]
        if missing:
            raise ConfigurationError(
                f"objectives=[…,{missing[0]},…]: has no value in these years (nothing to divide by, or the run is too short); "
                "choose another, or a later run.until."
            )
