"""One run of a scenario, and one seed through several scenarios that share their past."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from sim.engine.calendar import month_number
from sim.inputs.config import load
from sim.model import snapshot
from sim.model.cluster import Cluster, forget, sizes_of
from sim.model.measures.fates import displacement
from sim.model.setup import Setup
from sim.runs.branches import Branches
from sim.runs.provenance import burn_in_name, keep_burn_in, kept_burn_in
from sim.runs.results import Matched, Outcome, outcome_of


def build(
    cluster: str = "ouhai", *overrides: str, seed: int = 1, own: str | None = None, species: dict | None = None
) -> Cluster:
    """Build a Cluster ready to step: the same names and overrides as on the command line.

    >>> cluster = build("toy", "scenario=baseline", seed=7)  # doctest: +SKIP
    """
    return at_start(load([f"cluster={cluster}", *overrides], own), seed, species)


def at_start(setup: Setup, seed: int, species: dict | None = None, cached: bool = True) -> Cluster:
    """Make a Cluster at the first month, the burn-in taken from the cache if it was ever simulated on this computer.

    cached: False for settings that nobody will ask for again, so that they do not push others out of the cache.
    """
    if species or not cached:
        return Cluster(setup, seed, species=species)
    name = burn_in_name(setup, seed)
    kept = kept_burn_in(name)
    if kept is not None:
        with suppress(*snapshot.UNREADABLE):  # a damaged file of the cache is made anew
            return Cluster(setup, seed, state=snapshot.from_bytes(kept, sizes_of(setup.data)))
    cluster = Cluster(setup, seed)
    keep_burn_in(name, snapshot.to_bytes(cluster.state(), {"kind": "burn-in"}))
    return cluster


def simulate(setup: Setup, seed: int = 1, *, detail: bool = True) -> Outcome:
    """Simulate one run of one scenario from start to end. detail: parks, operators and sectors month by month."""
    cluster = at_start(setup, seed).run()
    outcome = outcome_of(cluster, detail)
    forget(cluster)
    return outcome


def shared_past(
    setups: Sequence[Setup],
    seed: int,
    branch: Path | str | None = None,
    start: Callable[[Setup, int], Cluster] = at_start,
) -> Cluster:
    """Simulate the world of a seed up to the month before the first policy of any scenario starts, to be forked.

    Keyed draws make sharing it exact. branch: a branch to take the past from, see `sim.runs.branches`; else the start. start:
    a function that makes a cluster at its start of a setup and a seed.
    """
    first = min((month_number(p.start) for s in setups for p in s.policies), default=None)
    bare = setups[0].without_policies()
    past = Branches(Path(branch)).start(bare, seed) if branch else start(bare, seed)
    return past.run(until=past.start if first is None else first)


def simulate_matched(
    setups: Sequence[Setup], seed: int, reference: str | None = None, *, detail: bool = False,
    branch: Path | str | None = None,
) -> Matched:  # fmt: skip
    """Simulate one seed through several scenarios that share place, numbers, world and rules, and their past."""
    began = time.perf_counter()
    past = shared_past(setups, seed, branch)
    outcomes: dict[str, Outcome] = {}
    ends: dict[str, Any] = {}
    for setup in setups:
        cluster = past.fork(setup).run()
        outcomes[setup.scenario] = outcome_of(cluster, detail)
        ends[setup.scenario] = outcomes[setup.scenario].fates
        forget(cluster)
    forget(past)
    reference = reference or setups[0].scenario
    moved: dict[str, Mapping[str, float]] = {
        name: displacement(ends[reference], ends[name]) for name in ends if name != reference
    }
    for outcome in outcomes.values():
        if not detail:
            outcome.events = outcome.fates = None
    return Matched(seed=seed, outcomes=outcomes, displacement=moved, seconds=time.perf_counter() - began)
