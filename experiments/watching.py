"""Watch a run month by month: what experiments/targets.py and experiments/long_run.py look at, noted in one place.

Noted are stocks at every month's end, each firm's time as an incubatee, as a tenant and outside the parks, and all living
firms each December. The model is read by its own rules (`is_incubating`, `headcount`), and nothing in it is changed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from sim.engine.calendar import month_number
from sim.model.agents import District, Enterprise, Park
from sim.model.cluster import Cluster, forget
from sim.model.event_log import EventLog
from sim.model.measures.counts import counts_behind
from sim.model.setup import Setup
from sim.model.status import Event, Status
from sim.model.vocabulary import TIERS
from sim.runs.lean import yearly_of
from sim.runs.simulate import at_start
from sim.studies.common.terminal import Progress

WORLDS = ("space_pulls", "promotion_pulls")
LEAST_AREA = 6  # m2 a head, assumed: with less a firm has more people than its space holds
QUITS = tuple(f"quits_{tier}" for tier in TIERS)
SPELL = [
    ("ident", np.uint64),
    ("seen", int),
    ("since", int),
    ("until", int),
    ("founded_on", int),
    ("weight", int),
    ("incubated", bool),
]
SPELLS = {  # states that are followed: who is in them
    "incubation": lambda f: f.is_incubating(),
    "tenancy": lambda f: f.is_tenant(),
    "outside": lambda f: f.status == Status.ELSEWHERE,  # settled elsewhere, never in the cluster
    "life": lambda f: f.exists() & ~f.is_newcomer(),  # since admission, or since it settled elsewhere
}


@dataclass(frozen=True)
class Run:
    """All that was seen of one run. The first month stands for the start, before anything was simulated."""

    setup: Setup
    months: np.ndarray  # month numbers (T,)
    whole: dict[str, np.ndarray]  # name -> (T,)
    parks: dict[str, np.ndarray]  # name -> (T, parks)
    yearly: dict[str, np.ndarray]  # measure -> (years,)
    spells: dict[str, pd.DataFrame]  # state -> one row a firm's time in it, see `Spells`
    firms: dict[int, pd.DataFrame]  # December's month number -> living firms

    @property
    def start(self) -> int:
        """Number of the first month that was simulated."""
        return int(self.months[0]) + 1

    def at(self, name: str, month: str) -> float:
        """Return a series at the end of a month, written 2025-06; not-a-number if the run does not reach it."""
        k = month_number(month) - self.months[0]
        return float(self.whole[name][k]) if 0 <= k < len(self.months) else np.nan

    def since(self, month: str) -> np.ndarray:
        """Return which months are this one or later (T,), to index series with."""
        return self.months >= month_number(month)

    @cached_property
    def survivors(self) -> pd.DataFrame:
        """Firms alive on two Decembers a year apart, one row each; columns of the second end in _next."""
        pairs = [
            firms.merge(self.firms[month + 12], on="ident", suffixes=("", "_next"))
            for month, firms in self.firms.items()
            if month + 12 in self.firms
        ]
        return pd.concat(pairs, ignore_index=True) if pairs else pd.DataFrame(columns=["ident"])


class Ticks(Progress):
    """Progress counted in months: to be called without anything after each."""

    def __init__(self, months: int) -> None:
        super().__init__(months, "months")
        self.done = 0

    def __call__(self) -> None:
        """Count a month."""
        self.done += 1
        super().__call__(self.done)


class Endings(EventLog):
    """A log of closures only, so that long runs stay small."""

    def add(self, month, event, firms, **more) -> None:
        """Append closures; leave all else out."""
        if event == Event.CLOSED:
            super().add(month, event, firms, **more)


class Spells:
    """Times that firms spend in a state, by who is in it at each month's end; a time of less than a month is not seen.

    seen: first month-end; since: month of admission where there is one, else the same; until: first month-end without it.
    """

    def __init__(self) -> None:
        self.open, self.over = np.zeros(0, SPELL), []

    def see(self, month: int, firms: Enterprise) -> None:
        """Take note of the firms that are in the state at a month's end."""
        ident = firms.ident
        stays = np.isin(self.open["ident"], ident, assume_unique=True)
        gone = self.open[~stays]
        gone["until"] = month
        fresh = firms[np.flatnonzero(~np.isin(ident, self.open["ident"], assume_unique=True))]
        begun = np.zeros(len(fresh), SPELL)
        for name in ("ident", "founded_on", "weight"):
            begun[name] = getattr(fresh, name)
        begun["seen"], begun["incubated"] = month, fresh.entered_on >= 0
        begun["since"] = np.where(begun["incubated"], fresh.entered_on, month)
        self.open, self.over = np.concatenate([self.open[stays], begun]), [*self.over, gone]

    def table(self, last: int, closures: np.ndarray) -> pd.DataFrame:
        """Return all spells; over: ended before the last month; closed: by the closure of the firm."""
        still = self.open.copy()
        still["until"] = last
        whole = pd.DataFrame(np.concatenate([*self.over, still]))
        whole["over"] = np.arange(len(whole)) < len(whole) - len(still)
        closed_on = pd.Series(closures["month"].astype(int), index=closures["ident"])
        whole["closed"] = whole["over"] & (whole["ident"].map(closed_on) == whole["until"])
        return whole


def watch(
    setup: Setup, seed: int, *, firms: bool = True, measures: Sequence[str] = (), cached: bool = True,
    tick: Callable[[], None] = lambda: None,
) -> Run:  # fmt: skip
    """Simulate one run to its end and return what was seen.

    firms: also follow single firms (`Run.spells`, `Run.firms`). measures: to be worked out by year. cached: take the burn-in
    from the cache, or put it there. tick: called after each month.
    """
    cluster = at_start(setup, seed, cached=cached)
    cluster.tally.wanted, cluster.log = frozenset({"graduates", *QUITS} | counts_behind(tuple(measures))), Endings()
    months, whole, parks = [cluster.start - 1], [stocks(cluster)], [stocks_by_park(cluster)]
    spells, decembers, earned = {name: Spells() for name in SPELLS if firms}, {}, []
    see(cluster, spells)
    while cluster.now <= cluster.end:
        cluster.advance()
        month = cluster.now - 1
        months.append(month)
        whole.append(stocks(cluster))
        parks.append(stocks_by_park(cluster))
        see(cluster, spells)
        if firms:
            earned.append(earnings(cluster))
            if cluster.now % 12 == 0:
                decembers[month], earned = living(cluster, earned), []
        tick()
    _, counts, _, _ = cluster.tally.stacked()
    by_park = stack(parks) | {
        "graduates": flow(counts, ["graduates"], cluster), "quits": flow(counts, QUITS, cluster)
    }  # fmt: skip
    yearly = dict(zip(measures, yearly_of(cluster, measures)[1], strict=True)) if measures else {}
    ends = cluster.log.table()
    tables = {name: some.table(cluster.end, ends) for name, some in spells.items()}
    forget(cluster)
    return Run(setup, np.array(months), stack(whole), by_park, yearly, tables, decembers)


def stack(notes: Sequence[dict]) -> dict[str, np.ndarray]:
    """Return notes of single months as series: {name: (T, …)}."""
    return {name: np.array([note[name] for note in notes], float) for name in notes[0]}


def flow(counts: dict, names: Sequence[str], cluster: Cluster) -> np.ndarray:
    """Return counts of each month by park (T, parks), added up over names; the start, before the first month, has none."""
    months, parks = cluster.now - cluster.start + 1, len(cluster.park_keys)
    total = np.zeros((months, parks))
    for name in names:
        if name in counts:
            total[1:] += counts[name][:, :parks].sum(axis=2)
    return total


def stocks(cluster: Cluster) -> dict[str, float]:
    """Return what the whole district has at a month's end. Posts are people and what firms would hire beside them."""
    firms = cluster.where(Enterprise, lambda f: f.exists())
    heads, weight, near, tenant = firms.headcount(), firms.weight, firms.in_district(), firms.is_tenant()
    unfilled = np.maximum(firms.desired - heads, 0)
    arrived = tenant & (firms.entered_on == cluster.now - 1)
    return {
        "tenants": tenant.sum(), "staff": heads[tenant].sum(), "revenue": firms.realised_revenue()[tenant].sum(),
        "announced": cluster.all(Park).announced.sum(), "arrived": arrived.sum(), "arrived_staff": heads[arrived].sum(),
        "unfilled": (weight * unfilled)[near].sum(), "posts": (weight * (heads + unfilled))[near].sum(),
        "seekers": cluster.all(District).labour_pool.sum(), "largest": firms.desired.max(initial=0),
        "crowded": (heads * LEAST_AREA > firms.area)[tenant].sum(),
    }  # fmt: skip


def stocks_by_park(cluster: Cluster) -> dict[str, np.ndarray]:
    """Return what each park has at a month's end (parks,)."""
    parks, firms = cluster.all(Park), cluster.where(Enterprise, lambda f: f.is_tenant())
    heads, area, incubating, one = firms.headcount(), firms.area, firms.is_incubating(), np.ones(len(firms))

    def count(amount, chosen):
        return np.bincount(firms.park_row[chosen], amount[chosen], minlength=len(parks))

    every = np.ones(len(firms), bool)
    return {
        "fitted": parks.fitted.copy(), "let": parks.let.copy(), "let_past_incubation": count(area, ~incubating),
        "tenants": count(one, every), "staff": count(heads, every),
        "incubatees": count(one, incubating), "incubated_staff": count(heads, incubating),
    }  # fmt: skip


def see(cluster: Cluster, spells: dict[str, Spells]) -> None:
    """Let all spells see who is in their state now."""
    for name, some in spells.items():
        some.see(cluster.now - 1, cluster.where(Enterprise, SPELLS[name]))


def earnings(cluster: Cluster) -> tuple[np.ndarray, np.ndarray]:
    """Return identities of living firms, and what they earn this month."""
    firms = cluster.where(Enterprise, lambda f: f.exists())
    return firms.ident, firms.realised_revenue() / 12


def living(cluster: Cluster, earned: Sequence[tuple[np.ndarray, np.ndarray]]) -> pd.DataFrame:
    """Return living firms, one row each; `year` is what they earned in twelve months, not-a-number for less."""
    month, firms = cluster.now - 1, cluster.where(Enterprise, lambda f: f.exists())
    ident, at = np.unique(np.concatenate([who for who, _ in earned]), return_inverse=True)
    total = np.bincount(at, np.concatenate([amount for _, amount in earned]))
    year = pd.Series(np.where(np.bincount(at) == 12, total, np.nan), index=ident)
    capability = np.append(cluster.all(Park).capability(), np.nan)[firms.park_row]  # no park, -1, reads the last
    return pd.DataFrame(
        {
            "ident": firms.ident, "weight": firms.weight, "age": month - firms.founded_on, "tenant": firms.is_tenant(),
            "near": firms.in_district(), "heads": firms.headcount(), "desired": firms.desired,
            "earned": firms.realised_revenue(), "year": year.reindex(firms.ident).to_numpy(),
            "funded": firms.funded_on > month - 12, "capability": capability,
        }
    )  # fmt: skip
