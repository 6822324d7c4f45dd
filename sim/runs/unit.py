"""What a worker simulates at once: scenarios at a point, coalitions of levers, a package in a cell; always on one past.

Each gives yearly measures of the whole cluster, which the store keeps: nothing that moves these numbers lies in a study.
"""

import time
from collections import OrderedDict
from dataclasses import dataclass, field, replace

import numpy as np

from sim.engine.calendar import month_number
from sim.engine.fields import ConfigurationError
from sim.model.cluster import forget
from sim.model.measures.definitions import of_cluster
from sim.runs.executors.failures import failure_of
from sim.runs.lean import keep_only, yearly_of
from sim.runs.settings import at_point
from sim.runs.simulate import at_start, shared_past

PASTS = 8  # pasts that a process holds at once


@dataclass(frozen=True)
class Unit:
    """What is simulated at once. frame: key of the setups; values: settings that differ from them; runs: {scenario: run id}."""

    frame: tuple
    values: dict
    seed: int
    runs: dict


@dataclass(frozen=True)
class Ran:
    """What a run leaves behind: values (measures, years) of the measures it kept, or an error."""

    run_id: str
    seconds: float
    years: np.ndarray | None = None
    values: np.ndarray | None = None
    error: str = ""
    lasting: bool = True


@dataclass(frozen=True)
class Play:
    """The work of an engine. frames: {key: Setups of the scenarios}; measures: what is kept of each run."""

    frames: dict
    measures: tuple

    def __call__(self, unit):
        """Ran for each run of a unit."""
        base = [s for s in self.frames[unit.frame] if s.scenario in unit.runs]
        try:
            setups = at_point(base, unit.values)
        except ConfigurationError as error:
            return [_failed(name, error) for name in unit.runs.values()]
        ordinary = all(
            mine.parameters is s.parameters and mine.rules is s.rules for mine, s in zip(setups, base, strict=True)
        )
        return list(played(setups, unit.seed, unit.runs, self.measures, cached=ordinary))


def played(setups, seed, runs, measures, cached=True):
    """Yield Ran for each setup on one seed; an error of one scenario leaves the others alone."""

    def start(setup, seed):
        cluster = at_start(setup, seed, cached=cached)
        keep_only(cluster, measures, setups)
        return cluster

    began = time.perf_counter()
    try:
        past = shared_past(setups, seed, start=start)
    except Exception as error:
        yield from (_failed(name, error, time.perf_counter() - began) for name in runs.values())
        return
    shared = (time.perf_counter() - began) / len(setups)
    for setup in setups:
        began = time.perf_counter()
        try:
            cluster = past.fork(setup)
            keep_only(cluster, measures, setups)
            years, values = yearly_of(cluster.run(), measures)
            forget(cluster)
            yield Ran(runs[setup.scenario], shared + time.perf_counter() - began, years, values)
        except Exception as error:
            yield _failed(runs[setup.scenario], error, shared + time.perf_counter() - began)
    forget(past)


def _failed(run_id, error, seconds=0.0):
    failure = failure_of(error)
    return Ran(run_id, seconds, error=failure.trace or failure.error, lasting=failure.lasting)


@dataclass(frozen=True)
class Worth:
    """What one seed gave: values (coalitions, measures, years) of the coalitions whose masks are listed."""

    seed: int
    masks: np.ndarray
    years: np.ndarray
    values: np.ndarray
    seconds: float


def under(base, parts, mask):
    """The setup of a coalition: the reference with the parts in a mask. parts: a setup each, as in Game.setups."""
    chosen = [p for i, part in enumerate(parts) if mask >> i & 1 for p in part.policies]
    return replace(base, policies=(*base.policies, *chosen))


def worth_of_seed(setups, seed, *, masks, measures):
    """One seed through coalitions of a package: one past for all of them, and of each only what is asked.

    setups: the reference, then one setup for each part (Game.setups). masks: {seed: which coalitions}. Returns Worth.
    """
    began, (base, *parts) = time.perf_counter(), setups
    past = at_start(base.without_policies(), seed)
    keep_only(past, measures, setups)
    if base.policies:
        past = past.fork(base)
        keep_only(past, measures, setups)
    past.run(until=min(month_number(p.start) for part in parts for p in part.policies))
    found = []
    for mask in masks[seed]:
        cluster = past.fork(under(base, parts, mask))
        keep_only(cluster, measures, setups)
        years, values = yearly_of(cluster.run(), measures)
        found.append(values)
        forget(cluster)
    forget(past)
    return Worth(seed, np.array(masks[seed], np.int64), years, np.stack(found), time.perf_counter() - began)


@dataclass(frozen=True)
class Trial:
    """The work of an engine: one package in one cell. bases: Setups of the worlds, without policies; until: month number."""

    bases: tuple
    until: int
    pasts: OrderedDict = field(default_factory=OrderedDict, compare=False)  # cell -> Cluster at the month of decision

    def __call__(self, item):
        """Ran of an item (run id, policies, (world, seed))."""
        name, policies, cell = item
        began = time.perf_counter()
        base = self.bases[cell[0]]
        cluster = self.past(cell).fork(replace(base, policies=policies)).run()
        years, values = yearly_of(cluster, of_cluster())
        forget(cluster)
        return Ran(name, time.perf_counter() - began, years, values)

    def past(self, cell):
        """The world of a cell up to the decision; those of the last few cells are at hand."""
        if cell not in self.pasts:
            while len(self.pasts) >= PASTS:
                forget(self.pasts.popitem(last=False)[1])
            self.pasts[cell] = at_start(self.bases[cell[0]], cell[1]).run(until=self.until)
        self.pasts.move_to_end(cell)
        return self.pasts[cell]
