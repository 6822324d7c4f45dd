"""Runs, matched pairs, processes: the same seeds through several scenarios, on one core or many, with the same result."""

import gc
import os
import pickle
import signal
import threading
import time
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from sim import snapshot
from sim.branch import Branches
from sim.cluster import Cluster, forget, sizes_of
from sim.fields import ConfigurationError
from sim.indicators import Counts
from sim.lives import displacement
from sim.policies.own import LOADED, load_code
from sim.provenance import burn_in_name, keep_burn_in, kept_burn_in
from sim.results import Outcome, outcome_of
from sim.setup import month_number

AHEAD = 2  # seeds given to each process before the first is done: none waits for work, few are begun in vain


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

    workers: processes; None for as many as there are cores, 1 for this process alone. each: another function of
    (setups, seed, reference), of a module, for another view of a pair; asked: what it takes beside, here detail, branch.
    Of a nation the cities are spread over the processes, and tick() is called as each is done.
    """
    workers = workers or os.cpu_count() or 1
    if setups[0].cities:
        from sim.nation import matched_nations

        if each is not simulate_matched:
            setups[0].as_one_cluster()
        return matched_nations(setups, seeds, reference=reference, workers=workers, tick=tick)
    return _ticked(over_seeds(each, setups, seeds, min(workers, len(seeds)), reference=reference, **asked), tick)


def _ticked(stream, tick):
    for matched in stream:
        if tick:
            tick()
        yield matched


def over_seeds(work, setups, seeds, workers=None, **settings):
    """Yield `work(setups, seed, **settings)` for each seed as it is done, in any order.

    work: a function of a module, so that other processes find it. seeds: may be endless; they are asked for no more than
    a few ahead of what is done, so that whoever has seen enough can stop.
    """
    workers = workers or os.cpu_count() or 1
    if workers <= 1:
        for seed in seeds:
            yield work(setups, seed, **settings)
        return
    context, coming, hook = get_context("spawn"), iter(seeds), threading.excepthook
    try:
        with ProcessPoolExecutor(
            workers,
            mp_context=context,
            initializer=_prepare_worker,
            initargs=(list(LOADED), pickle.dumps(list(setups))),
        ) as pool:
            yield from _in_pool(pool, work, coming, AHEAD * workers, settings)
    finally:
        threading.excepthook = hook


def _in_pool(pool, work, coming, ahead, settings):
    waiting = {pool.submit(_in_worker, work, seed, settings) for seed in islice(coming, ahead)}
    try:
        while waiting:
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            waiting |= {pool.submit(_in_worker, work, seed, settings) for seed in islice(coming, len(done))}
            for task in done:
                yield task.result()
    except BrokenProcessPool:
        raise ConfigurationError(
            "a worker process died, perhaps for want of memory; finished pairs are kept: try workers=1."
        ) from None
    except (KeyboardInterrupt, GeneratorExit):
        # The pool's own thread would report workers that are stopped on purpose.
        threading.excepthook = lambda _: None
        for task in waiting:
            task.cancel()
        for process in list(getattr(pool, "_processes", {}).values()):
            process.terminate()
        raise


_SETUPS = []


def _prepare_worker(code, setups):
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    for path in code:  # a user's own classes must be known before they are unpickled
        load_code(path)
    _SETUPS[:] = pickle.loads(setups)
    gc.freeze()  # what stays for good need not be looked through at each collection


def _in_worker(work, seed, settings):
    return work(_SETUPS, seed, **settings)


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
