"""A nation: cities simulated one after another, each a cluster of its own, and added up as counts.

A firm chooses within reach of its city, and its people live there, so cities do not meet. Each has noise of its own, mixed
from the seed and its name: a city alone is the same to the bit as within the nation. What a process holds at a time is one
city; of a city that is done only counts, its own measures and its spending are left.
"""

from __future__ import annotations

import gc
import os
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.engine.bits import GOLDEN, hash64, mix_int
from sim.engine.mistakes import ConfigurationError, did_you_mean
from sim.model.agents import Enterprise
from sim.model.cluster import Cluster, forget
from sim.model.district_data import ClusterData
from sim.model.measures.counts import Counts, Values, weigh
from sim.model.measures.fates import displacement, fates_of
from sim.model.month import MONTH, depart, writes
from sim.model.setup import Setup
from sim.model.status import Place, Status
from sim.model.tally import Tally
from sim.runs.executors.processes import over_seeds
from sim.runs.results import Matched, Outcome, owed, sizes_of_run
from sim.runs.simulate import shared_past

SIZES = {"large": 100, "medium": 30, "small": 0}  # a city's class: the first of which it has so many parks
OF_A_CITY = (  # measures that are kept of each city; of the whole, of sizes, sectors and tiers all are
    "tenants", "incubatees", "applicants", "admitted", "graduates", "graduation_rate", "closure_rate", "occupancy_rate",
    "tenant_density", "fitted_area", "rent", "staff", "talent_retention_rate", "net_inflow", "funded_share",
    "chain_completeness", "needs_met_share", "elsewhere", "public_spending",
)  # fmt: skip


def city(setup: Setup, name: str) -> Setup:
    """Setup of one city. A lever that has no target in it takes no part there."""
    found = next((place for place in setup.cities if place.name == name), None)
    if found is None:
        raise ConfigurationError(
            f"{name}: no city of {setup.data.name}; {did_you_mean(name, [place.name for place in setup.cities])}"
        )
    return replace(setup, data=found, policies=tuple(p for p in setup.policies if not p.problems(found)))


def city_seed(seed: int, name: str) -> int:
    """Seed of a city's noise in a nation of a seed, a whole number below 2^63."""
    return mix_int(hash64(f"city/{name}") + (seed + 1) * GOLDEN) >> 1


def size_of(place: ClusterData) -> str:
    """Class of size of a city."""
    return next(size for size, parks in SIZES.items() if len(place.parks) >= parks)


class CityTally(Tally):
    """Counts with the parks of a month added up: {name: (2, sectors)}, in parks and outside, and {name: (1,)}.

    since: number of the first month that is kept.
    """

    def __init__(self, parks: int, sectors: int, since: int) -> None:
        super().__init__(parks, sectors)
        self.since = since

    def close(self, month: int) -> None:
        """File the month, unless it is one of the burn-in, which no measure covers."""
        if month < self.since:
            self.clear()
            return
        weigh(self.park)
        firm, park = self.firm, np.array(list(self.park.values()))
        cells = np.array(list(firm.values()))
        cells = np.stack([cells[:, :-1].sum(axis=1), cells[:, -1]], axis=1)
        parks = dict(zip(self.park, park.sum(axis=1, keepdims=True), strict=True))
        self.months.append((month, dict(zip(firm, cells, strict=True)), parks, self.district))
        self.clear()

    def stacked(self) -> tuple:
        """All months, as of one park."""
        filed = Tally(1, self.sectors)
        filed.months = self.months
        return filed.stacked()


@writes("status")
def forget_departed(cluster: Cluster) -> None:
    """Let go of firms that left the district alive: no measure of the nation is made of them."""
    cluster.where(Enterprise, _is_away).status = Status.UNFOLLOWED


def _is_away(firms):
    return (firms.status >= Status.GRADUATED) & (firms.status <= Status.EXPIRED) & (firms.place > Place.DISTRICT)


class City(Cluster):
    """A cluster that keeps of its past only what the nation is made of, so that memory stays small: the same months."""

    def _prepare(self):
        super()._prepare()
        self.tally = CityTally(len(self.park_keys), len(self.sector_keys), self.start)
        after = MONTH.index(depart) + 1
        self.pipeline = (*MONTH[:after], forget_departed, *MONTH[after:])


class SummedCounts(Counts):
    """Counts of cities added up: rates are made of sums of counts, never as means of rates."""

    def __init__(self) -> None:
        self.parks, self.months, self.firm, self.park, self.district = 1, None, {}, {}, {}

    def add(self, other: Counts) -> SummedCounts:
        """Add the counts of another city, or of several."""
        self.months, self.sector_keys, self.research_share = other.months, other.sector_keys, other.research_share
        for mine, theirs in ((self.firm, other.firm), (self.park, other.park), (self.district, other.district)):
            for name, values in theirs.items():
                mine[name] = mine[name] + values if name in mine else values
        return self


@dataclass
class CityResult:
    """One city of one seed: by scenario its counts, its measures by year, spending, debts and sizes."""

    seed: int
    place: int  # number of the city
    counts: dict[str, Counts]
    yearly: dict[str, np.ndarray]  # (measures, years)
    spending: dict[str, list]
    owed: dict[str, dict]
    sizes: dict[str, dict]
    displacement: dict[str, dict]
    seconds: float


def simulate_city(setups: Sequence[Setup], task: tuple[int, int], reference: str) -> CityResult:
    """Simulate one city of one seed through all scenarios. task: (seed, number of the city)."""
    began, (seed, number) = time.perf_counter(), task
    name = setups[0].cities[number].name
    setups = [city(setup, name) for setup in setups]
    past = shared_past(setups, city_seed(seed, name), start=City)
    result, ends = CityResult(seed, number, {}, {}, {}, {}, {}, {}, 0.0), {}
    for setup in setups:
        cluster, key = past.fork(setup).run(), setup.scenario
        counts = Counts(cluster)
        result.counts[key], result.yearly[key] = counts, of_city(counts)
        result.spending[key], result.owed[key] = list(cluster.spending), owed(cluster)
        result.sizes[key] = sizes_of_run(cluster, counts)
        counts.forget()
        if len(setups) > 1:
            ends[key] = fates_of(cluster, cluster.log.table())
        forget(cluster)
    forget(past)
    result.displacement = {key: displacement(ends[reference], ends[key]) for key in ends if key != reference}
    result.seconds = time.perf_counter() - began
    return result


def of_city(counts: Counts) -> np.ndarray:
    """Measures by year that are kept of a city (measures, years)."""
    return counts.values("cluster", True, OF_A_CITY).values[:, :, 0]


class NationSum:
    """Cities of one seed, added up in the order of their numbers, on which sums depend in the last bit."""

    def __init__(self, setups: Sequence[Setup], seed: int) -> None:
        self.setups, self.seed, self.waiting, self.done = setups, seed, {}, 0
        names = [setup.scenario for setup in setups]
        self.sums = {name: {size: SummedCounts() for size in SIZES} for name in names}
        self.yearly = {name: [] for name in names}
        self.spending, self.owed, self.sizes = ({name: Counter() for name in names} for _ in range(3))
        self.displacement, self.seconds = defaultdict(Counter), 0.0

    def take(self, result: CityResult) -> None:
        """Add a city, once all before it have come."""
        self.waiting[result.place] = result
        while self.done in self.waiting:
            self._add(self.waiting.pop(self.done))
            self.done += 1

    def _add(self, result):
        size = size_of(self.setups[0].cities[result.place])
        for name, counts in result.counts.items():
            self.sums[name][size].add(counts)
            self.yearly[name].append(result.yearly[name])
            for month, policy, line, amount in result.spending[name]:
                self.spending[name][month, policy, line] += amount
            self.owed[name].update(result.owed[name])
            self.sizes[name].update(result.sizes[name])
        for name, moved in result.displacement.items():
            self.displacement[name].update(moved)
        self.seconds += result.seconds

    def matched(self) -> Matched:
        """The nation of this seed, as a cluster's matched runs are."""
        outcomes = {setup.scenario: self._outcome(setup.scenario) for setup in self.setups}
        return Matched(self.seed, outcomes, {k: dict(v) for k, v in self.displacement.items()}, self.seconds)

    def _outcome(self, name):
        some = {size: sums for size, sums in self.sums[name].items() if sums.months is not None}
        whole = SummedCounts()
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
            spending=spending, owed=dict(self.owed[name]), events=None, fates=None, counts=dict(self.sizes[name]),
        )  # fmt: skip


def matched_nations(
    setups: Sequence[Setup], seeds: Sequence[int], *, reference: str | None = None, workers: int | None = None,
    tick: Callable[[], None] | None = None,
) -> Iterator[Matched]:  # fmt: skip
    """Yield Matched for each seed, its cities spread over processes. tick() is called as each city is done."""
    reference, cities, workers = reference or setups[0].scenario, len(setups[0].cities), workers or os.cpu_count() or 1
    tasks = [(seed, number) for seed in seeds for number in range(cities)]
    under_way = {}
    gc.freeze()  # tens of thousands of places, which no collection need look through
    try:
        for result in over_seeds(simulate_city, setups, tasks, min(workers, len(tasks)), reference=reference):
            nation = under_way.setdefault(result.seed, NationSum(setups, result.seed))
            nation.take(result)
            if tick:
                tick()
            if nation.done == cities:
                yield under_way.pop(result.seed).matched()
    finally:
        gc.unfreeze()
