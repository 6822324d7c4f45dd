"""One unit of a sweep: a point and a seed through scenarios that share their past; yearly measures of the whole cluster."""

import time
from dataclasses import dataclass

import numpy as np

from sim.engine.fields import ConfigurationError
from sim.model.cluster import forget
from sim.runs.executors.failures import failure_of
from sim.runs.lean import keep_only, yearly_of
from sim.runs.settings import at_point
from sim.runs.simulate import at_start, shared_past


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
