"""Runs, matched pairs, processes: the same seeds through several scenarios, on one core or many, with the same result."""

import os
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from sim import snapshot
from sim.branch import Branches
from sim.cluster import Cluster, forget, sizes_of
from sim.indicators import Counts
from sim.lives import displacement
from sim.processes import Processes, started
from sim.provenance import burn_in_name, keep_burn_in, kept_burn_in
from sim.results import Outcome, outcome_of
from sim.setup import month_number


@dataclass
class Matched:
    """One seed through several scenarios: the same firms with the same luck."""

    seed: int
    outcomes: dict  # scenario -> Outcome
    displacement: dict = field(default_factory=dict)  # scenario -> {source: firms}
    seconds: float = 0.0


def build(cluster="ouhai", *overrides, seed=1, own=None, species=None):
    """A Cluster ready to step: the same names and overrides as on the command line.

    >>> cluster = build("toy", "scenario=baseline", seed=7)  # doctest: +SKIP
    """
    from sim.config import load

    return at_start(load([f"cluster={cluster}", *overrides], own), seed, species)


def at_start(setup, seed, species=None, cached=True):
    """A Cluster at the first month, the burn-in taken from the cache if it was ever simulated on this computer.

    cached: False for settings that nobody will ask for again, so that they do not push others out of the cache.
    """
    if species or not cached:
        return Cluster(setup, seed, **({"species": species} if species else {}))
    name = burn_in_name(setup, seed)
    kept = kept_burn_in(name)
    if kept is not None:
        with suppress(*snapshot.UNREADABLE):  # a damaged file of the cache is made anew
            return Cluster(setup, seed, state=snapshot.from_bytes(kept, sizes_of(setup.data)))
    cluster = Cluster(setup, seed)
    keep_burn_in(name, snapshot.to_bytes(cluster.state(), {"kind": "burn-in"}))
    return cluster


def simulate(setup, seed=1, *, detail=True):
    """One run of one scenario from start to end. Returns an Outcome; detail: parks, operators and sectors month by month."""
    cluster = at_start(setup, seed).run()
    outcome = outcome_of(cluster, Counts(cluster), detail)
    forget(cluster)
    return outcome


def shared_past(setups, seed, branch=None, start=at_start):
    """The world of a seed up to the month before the first policy of any scenario starts, to be forked.

    Keyed luck makes sharing it exact. branch: a branch to take the past from, see `sim.branch`; else the start. start: what
    makes a cluster at its start of a setup and a seed.
    """
    first = min((month_number(p.start) for s in setups for p in s.policies), default=None)
    bare = setups[0].without_policies()
    past = Branches(Path(branch)).start(bare, seed) if branch else start(bare, seed)
    return past.run(until=past.start if first is None else first)


def simulate_matched(setups, seed, reference=None, *, detail=False, branch=None):
    """One seed through several scenarios that share place, numbers, world and rules, and their past. Returns Matched."""
    began = time.perf_counter()
    past = shared_past(setups, seed, branch)
    outcomes, ends = {}, {}
    for setup in setups:
        cluster = past.fork(setup).run()
        outcomes[setup.scenario] = outcome_of(cluster, Counts(cluster), detail)
        ends[setup.scenario] = outcomes[setup.scenario].lives
        forget(cluster)
    forget(past)
    reference = reference or setups[0].scenario
    moved = {name: displacement(ends[reference], ends[name]) for name in ends if name != reference}
    for outcome in outcomes.values():
        if not detail:
            outcome.events = outcome.lives = None
    return Matched(seed=seed, outcomes=outcomes, displacement=moved, seconds=time.perf_counter() - began)


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
        from sim.nation import matched_nations

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


def over_seeds(work, setups, seeds, workers=None, **settings):
    """Yield `work(setups, seed, **settings)` for each seed as it is done, in any order.

    work: a function of a module, so that other processes find it. seeds: may be endless; they are asked for no more than
    a few ahead of what is done, so that whoever has seen enough can stop. workers: how many processes, 1 for this one alone,
    or Processes that were started earlier.
    """
    if isinstance(workers, Processes):
        yield from workers.results(work, setups, seeds, settings)
        return
    with started(workers or os.cpu_count() or 1) as processes:
        if processes:
            yield from processes.results(work, setups, seeds, settings)
            return
    for seed in seeds:
        yield work(setups, seed, **settings)


def seeds_of(seed, replicates):
    """The seeds of a study: consecutive from its root seed, so that a larger study contains a smaller one."""
    return list(np.arange(seed, seed + replicates).tolist())


__all__ = [
    "Matched",
    "Outcome",
    "build",
    "matched_pairs",
    "over_seeds",
    "seeds_of",
    "shareable",
    "simulate",
    "simulate_matched",
]
