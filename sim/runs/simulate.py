"""One run of a scenario, and one seed through several scenarios that share their past."""

import time
from contextlib import suppress
from pathlib import Path

from sim.engine.calendar import month_number
from sim.model import snapshot
from sim.model.cluster import Cluster, forget, sizes_of
from sim.model.measures.fates import displacement
from sim.runs.branches import Branches
from sim.runs.provenance import burn_in_name, keep_burn_in, kept_burn_in
from sim.runs.results import Matched, outcome_of


def build(cluster="ouhai", *overrides, seed=1, own=None, species=None):
    """A Cluster ready to step: the same names and overrides as on the command line.

    >>> cluster = build("toy", "scenario=baseline", seed=7)  # doctest: +SKIP
    """
    from sim.inputs.config import load

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
    outcome = outcome_of(cluster, detail)
    forget(cluster)
    return outcome


def shared_past(setups, seed, branch=None, start=at_start):
    """The world of a seed up to the month before the first policy of any scenario starts, to be forked.

    Keyed luck makes sharing it exact. branch: a branch to take the past from, see `sim.runs.branches`; else the start. start: what
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
        outcomes[setup.scenario] = outcome_of(cluster, detail)
        ends[setup.scenario] = outcomes[setup.scenario].lives
        forget(cluster)
    forget(past)
    reference = reference or setups[0].scenario
    moved = {name: displacement(ends[reference], ends[name]) for name in ends if name != reference}
    for outcome in outcomes.values():
        if not detail:
            outcome.events = outcome.lives = None
    return Matched(seed=seed, outcomes=outcomes, displacement=moved, seconds=time.perf_counter() - began)
