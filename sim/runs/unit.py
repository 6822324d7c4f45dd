"""Units of work: what a worker simulates at once for a study. Scenarios, coalitions and packages share a past.

Each gives runs as the store keeps them, so that nothing that moves a kept number lies in a study.
"""

import time
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sim.engine.calendar import month_number
from sim.engine.mistakes import ConfigurationError
from sim.model.cluster import Cluster, forget
from sim.model.measures.definitions import of_cluster
from sim.model.setup import Setup
from sim.runs.executors.failures import failure_of
from sim.runs.lean import keep_only, yearly_of
from sim.runs.results import KeptRun, RunName
from sim.runs.settings import at_point
from sim.runs.simulate import at_start, shared_past

PASTS = 8  # pasts that a process holds at once


@dataclass(frozen=True)
class Unit:
    """A point and a seed. frame: key of the setups; values: settings that differ from them; runs: by scenario."""

    frame: tuple
    values: dict[str, Any]
    seed: int
    runs: dict[str, RunName]


@dataclass(frozen=True)
class SimulateUnit:
    """Work of a sweep: the scenarios of a Unit. frames: {key: Setups}; measures: what is kept of each run."""

    frames: dict[tuple, Sequence[Setup]]
    measures: tuple[str, ...]

    def __call__(self, unit: Unit) -> list[KeptRun]:
        base = [s for s in self.frames[unit.frame] if s.scenario in unit.runs]
        try:
            setups = at_point(base, unit.values)
        except ConfigurationError as error:
            return [KeptRun.failed(name, failure_of(error)) for name in unit.runs.values()]
        ordinary = all(
            mine.parameters is s.parameters and mine.rules is s.rules for mine, s in zip(setups, base, strict=True)
        )
        return list(simulate_scenarios(setups, unit.seed, unit.runs, self.measures, cached=ordinary))


def simulate_scenarios(
    setups: Sequence[Setup], seed: int, runs: Mapping[str, RunName], measures: tuple[str, ...], cached: bool = True
) -> Iterator[KeptRun]:
    """Yield the run of each setup on one seed; an error of one scenario leaves the others alone.

    runs: by scenario; measures: what is kept of them; cached: whether the burn-in may be asked for again.
    """

    def start(setup, seed):
        cluster = at_start(setup, seed, cached=cached)
        keep_only(cluster, measures, setups)
        return cluster

    began = time.perf_counter()
    try:
        past = shared_past(setups, seed, start=start)
    except Exception as error:
        failure, seconds = failure_of(error), time.perf_counter() - began
        yield from (KeptRun.failed(name, failure, seconds) for name in runs.values())
        return
    shared = (time.perf_counter() - began) / len(setups)
    for setup in setups:
        began, name = time.perf_counter(), runs[setup.scenario]
        try:
            cluster = past.fork(setup)
            keep_only(cluster, measures, setups)
            years, values = yearly_of(cluster.run(), measures)
            forget(cluster)
            yield KeptRun.done(name, shared + time.perf_counter() - began, measures, years, values)
        except Exception as error:
            yield KeptRun.failed(name, failure_of(error), shared + time.perf_counter() - began)
    forget(past)


def with_parts(base: Setup, parts: Sequence[Setup], mask: int) -> Setup:
    """The setup of a coalition: the reference with the parts in a bit mask. parts: a setup under each part alone."""
    chosen = [p for i, part in enumerate(parts) if mask >> i & 1 for p in part.policies]
    return replace(base, policies=(*base.policies, *chosen))


def simulate_coalitions(
    setups: Sequence[Setup], seed: int, *, runs: Mapping[int, Mapping[int, RunName]], measures: tuple[str, ...]
) -> list[KeptRun]:
    """One seed through coalitions of a package: one past for all of them, and of each only what is asked.

    setups: the reference, then one setup for each part. runs: {seed: {mask of a coalition: its run}}.
    """
    began, (base, *parts) = time.perf_counter(), setups
    past = at_start(base.without_policies(), seed)
    keep_only(past, measures, setups)
    if base.policies:
        past = past.fork(base)
        keep_only(past, measures, setups)
    past.run(until=min(month_number(p.start) for part in parts for p in part.policies))
    found = []
    for mask in runs[seed]:
        cluster = past.fork(with_parts(base, parts, mask))
        keep_only(cluster, measures, setups)
        found.append(yearly_of(cluster.run(), measures))
        forget(cluster)
    forget(past)
    each = (time.perf_counter() - began) / len(found)
    return [KeptRun.done(name, each, measures, *ran) for name, ran in zip(runs[seed].values(), found, strict=True)]


@dataclass(frozen=True)
class SimulatePackage:
    """Work of a search: one package in one cell. bases: Setups of the worlds, without policies; until: month number."""

    bases: tuple[Setup, ...]
    until: int
    pasts: OrderedDict[tuple[int, int], Cluster] = field(default_factory=OrderedDict, compare=False)  # at the decision

    def __call__(self, item: tuple[RunName, tuple, tuple[int, int]]) -> KeptRun:
        """Run of an item (its name, policies, (number of the world, seed))."""
        name, policies, cell = item
        began = time.perf_counter()
        base = self.bases[cell[0]]
        cluster = self.past(cell).fork(replace(base, policies=policies)).run()
        years, values = yearly_of(cluster, of_cluster())
        forget(cluster)
        return KeptRun.done(name, time.perf_counter() - began, of_cluster(), years, values)

    def past(self, cell: tuple[int, int]) -> Cluster:
        """The world of a cell up to the decision; those of the last few cells are at hand."""
        if cell not in self.pasts:
            while len(self.pasts) >= PASTS:
                forget(self.pasts.popitem(last=False)[1])
            self.pasts[cell] = at_start(self.bases[cell[0]], cell[1]).run(until=self.until)
        self.pasts.move_to_end(cell)
        return self.pasts[cell]
