"""A nation: cities simulated one after another, each a cluster of its own, and added up as counts.

A firm chooses within reach of its city, and its people live there, so cities do not meet. Each has luck of its own, mixed
from the seed and its name: a city alone is the same to the bit as within the nation. What a process holds at a time is one
city; of a city that is done only counts, its own measures and its spending are left.
"""

import gc
import os
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, replace

import numpy as np

from sim.engine.bits import GOLDEN, digest, mix_int
from sim.engine.fields import ConfigurationError, did_you_mean
from sim.model.cluster import forget
from sim.model.measures.counts import Counts, Values
from sim.model.measures.fates import displacement, lives_of
from sim.runs.city import City
from sim.runs.executors.processes import over_seeds
from sim.runs.results import Matched, Outcome, owed, sizes_of_run
from sim.runs.simulate import shared_past

SIZES = {"large": 100, "medium": 30, "small": 0}  # a city's class: the first of which it has so many parks
OF_A_CITY = (  # measures that are kept of each city; of the whole, of sizes, sectors and tiers all are
    "tenants", "incubatees", "applicants", "admitted", "graduates", "graduation_rate", "closure_rate", "occupancy_rate",
    "tenant_density", "fitted_area", "rent", "staff", "talent_retention_rate", "net_inflow", "funded_share",
    "chain_completeness", "needs_met_share", "elsewhere", "public_spending",
)  # fmt: skip


def city(setup, name):
    """The Setup of one city. A lever that has no target in it takes no part there."""
    found = next((place for place in setup.cities if place.name == name), None)
    if found is None:
        raise ConfigurationError(
            f"{name}: no city of {setup.data.name}; {did_you_mean(name, [place.name for place in setup.cities])}"
        )
    return replace(setup, data=found, policies=tuple(p for p in setup.policies if not p.problems(found)))


def city_seed(seed, name):
    """The seed of a city's luck in a nation of a seed, a whole number below 2^63."""
    return mix_int(digest(f"city/{name}") + (seed + 1) * GOLDEN) >> 1


def size_of(place):
    """A city's class of size."""
    return next(size for size, parks in SIZES.items() if len(place.parks) >= parks)


class Sums(Counts):
    """Counts of cities added up: rates are made of sums of counts, never as means of rates."""

    def __init__(self):
        self.parks, self.months, self.firm, self.park, self.district = 1, None, {}, {}, {}

    def add(self, other):
        """Add the counts of another city, or of several."""
        self.months, self.sector_keys, self.research_share = other.months, other.sector_keys, other.research_share
        for mine, theirs in ((self.firm, other.firm), (self.park, other.park), (self.district, other.district)):
            for name, values in theirs.items():
                mine[name] = mine[name] + values if name in mine else values
        return self


@dataclass
class Part:
    """What one city leaves behind of a seed: by scenario its counts, its measures by year, spending, debts and sizes."""

    seed: int
    place: int  # number of the city
    counts: dict
    yearly: dict  # scenario -> (measures, years)
    spending: dict
    owed: dict
    sizes: dict
    displacement: dict
    seconds: float


def simulate_city(setups, task, reference):
    """One city of one seed through all scenarios. task: (seed, number of the city). Returns Part."""
    began, (seed, number) = time.perf_counter(), task
    name = setups[0].cities[number].name
    setups = [city(setup, name) for setup in setups]
    past = shared_past(setups, city_seed(seed, name), start=City)
    part, ends = Part(seed, number, {}, {}, {}, {}, {}, {}, 0.0), {}
    for setup in setups:
        cluster, key = past.fork(setup).run(), setup.scenario
        counts = Counts(cluster)
        part.counts[key], part.yearly[key] = counts, of_city(counts)
        part.spending[key], part.owed[key] = list(cluster.spending), owed(cluster)
        part.sizes[key] = sizes_of_run(cluster, counts)
        counts.forget()
        if len(setups) > 1:
            ends[key] = lives_of(cluster, cluster.log.table())
        forget(cluster)
    forget(past)
    part.displacement = {key: displacement(ends[reference], ends[key]) for key in ends if key != reference}
    part.seconds = time.perf_counter() - began
    return part


def of_city(counts):
    """The measures by year that are kept of a city (measures, years)."""
    return counts.values("cluster", True, OF_A_CITY).values[:, :, 0]


class Gathering:
    """The cities of one seed as they come in, added up in the order of their numbers: sums depend on it in the last bit."""

    def __init__(self, setups, seed):
        self.setups, self.seed, self.waiting, self.done = setups, seed, {}, 0
        names = [setup.scenario for setup in setups]
        self.sums = {name: {size: Sums() for size in SIZES} for name in names}
        self.yearly = {name: [] for name in names}
        self.spending, self.owed, self.sizes = ({name: Counter() for name in names} for _ in range(3))
        self.displacement, self.seconds = defaultdict(Counter), 0.0

    def take(self, part):
        """Add a city, once all before it have come."""
        self.waiting[part.place] = part
        while self.done in self.waiting:
            self._add(self.waiting.pop(self.done))
            self.done += 1

    def _add(self, part):
        size = size_of(self.setups[0].cities[part.place])
        for name, counts in part.counts.items():
            self.sums[name][size].add(counts)
            self.yearly[name].append(part.yearly[name])
            for month, policy, line, amount in part.spending[name]:
                self.spending[name][month, policy, line] += amount
            self.owed[name].update(part.owed[name])
            self.sizes[name].update(part.sizes[name])
        for name, moved in part.displacement.items():
            self.displacement[name].update(moved)
        self.seconds += part.seconds

    def matched(self):
        """The nation of this seed, as a cluster's matched runs are: Matched."""
        outcomes = {setup.scenario: self._outcome(setup.scenario) for setup in self.setups}
        return Matched(self.seed, outcomes, {k: dict(v) for k, v in self.displacement.items()}, self.seconds)

    def _outcome(self, name):
        some = {size: sums for size, sums in self.sums[name].items() if sums.months is not None}
        whole = Sums()
        for sums in some.values():
            whole.add(sums)
        yearly = {kind: whole.values(kind, True) for kind in ("cluster", "sector", "tier")}
        years = yearly["cluster"].periods
        by_size = [sums.values("cluster", True) for sums in some.values()]
        yearly["city_size"] = Values(
            by_size[0].measures, list(some), years, np.concatenate([v.values for v in by_size], axis=2)
        )
        places = [place.name for place in self.setups[0].cities]
        yearly["city"] = Values(list(OF_A_CITY), places, years, np.stack(self.yearly[name], axis=2))
        spending = [(*key, amount) for key, amount in sorted(self.spending[name].items())]
        return Outcome(
            scenario=name, seed=self.seed, yearly=yearly, monthly={"cluster": whole.values("cluster", False)},
            spending=spending, owed=dict(self.owed[name]), events=None, lives=None, counts=dict(self.sizes[name]),
        )  # fmt: skip


def matched_nations(setups, seeds, *, reference=None, workers=None, tick=None):
    """Yield Matched for each seed, its cities spread over processes. tick(cities): called as each city is done."""
    reference, cities, workers = reference or setups[0].scenario, len(setups[0].cities), workers or os.cpu_count() or 1
    tasks = [(seed, number) for seed in seeds for number in range(cities)]
    under_way = {}
    gc.freeze()  # tens of thousands of places, which no collection need look through
    try:
        for part in over_seeds(simulate_city, setups, tasks, min(workers, len(tasks)), reference=reference):
            nation = under_way.setdefault(part.seed, Gathering(setups, part.seed))
            nation.take(part)
            if tick:
                tick()
            if nation.done == cities:
                yield under_way.pop(part.seed).matched()
    finally:
        gc.unfreeze()
