"""The counts of a run, summed to units of any kind, and the measures they make."""

from collections.abc import Sequence
from functools import cache, cached_property
from typing import NamedTuple

import numpy as np

from sim.model.agents import Park
from sim.model.measures.definitions import MEASURES
from sim.model.measures.survival_curves import follow_up
from sim.model.measures.window import Window
from sim.model.vocabulary import TIERS

WEIGHTED = {  # sums of which means over parks are made: name -> (value, weight)
    **{f"{name}_by_area": (name, "fitted") for name in ("rent", "reputation", "capability")},
    "minutes_by_let": ("felt_minutes", "let"),
}
DERIVED_FROM = ("fitted", "let", "rent", "reputation", "capability", "felt_minutes", "public_spending", "owed")
OUTSIDE_TOO = (
    "arrivals",
    "elsewhere",
    "followed",
    "closed_elsewhere",
    "settled_district",
    "settled_city",
    "settled_gone",
)


class Values(NamedTuple):
    """The measures of all units of one kind: values (measures, periods, units)."""

    measures: Sequence[str]
    units: Sequence[str]
    periods: np.ndarray  # years, or month numbers
    values: np.ndarray


def weigh(park: dict[str, np.ndarray]) -> None:
    """Add to counts by park the products that means are made of, unless they are there: {name: (…, parks)}."""
    for name, (value, weight) in WEIGHTED.items():
        if name not in park:
            park[name] = park[value] * park[weight]


class Counts:
    """The counts of a run, and the measures they make for any unit."""

    def __init__(self, cluster) -> None:
        self.months, self.firm, self.park, self.district = cluster.tally.stacked()
        self.parks = self.park["fitted"].shape[1]
        self.park_keys, self.sector_keys = cluster.park_keys, cluster.sector_keys
        self.operator_keys = [o.key for o in cluster.data.operators]
        self.operator_row = cluster.all(Park).operator_row.copy()
        self.research_share = cluster.parameters.growth.research_share
        if "elsewhere" in self.firm:
            self.firm["followed"] = self.firm["elsewhere"] / int(cluster.setup.run.follow)
        self.firm |= follow_up(cluster.log.table(), self.months, self.parks, len(self.sector_keys))
        self._derive()

    def _derive(self):
        self.district["public_spending"][-1] += self.district["owed"][-1]
        weigh(self.park)
        let = self.park["let"]
        self.park["net_absorption"] = np.diff(let, axis=0, prepend=let[:1])

    @cached_property
    def _by_park(self):
        # A loop over the few sectors: numpy is slow along a short last axis.
        inside = {name: cells[:, : self.parks] for name, cells in self.firm.items()}
        return {name: sum(np.moveaxis(cells, 2, 0)) for name, cells in inside.items()} | self.park

    def forget(self) -> None:
        """Drop what can be added up again, to save memory."""
        vars(self).pop("_by_park", None)

    def by(self, kind: str) -> tuple[dict[str, np.ndarray], list[str]]:
        """Return counts summed to units of a kind: ({name: (months, units)}, unit keys)."""
        if kind == "tier":
            return self._tier_columns(), list(TIERS)
        if kind == "sector":  # einsum: sum over a middle axis takes four times as long before so short a last one
            return {name: np.einsum("mps->ms", cells) for name, cells in self.firm.items()}, self.sector_keys
        parks = self._by_park
        if kind == "park":
            return parks, self.park_keys
        if kind == "operator":
            runs = (self.operator_row[:, None] == np.arange(len(self.operator_keys))).astype(float)
            return {name: values @ runs for name, values in parks.items()}, self.operator_keys
        whole = {name: values.sum(axis=1, keepdims=True) for name, values in parks.items()}
        everywhere = {name: self.firm[name].sum(axis=(1, 2))[:, None] for name in OUTSIDE_TOO if name in self.firm}
        return whole | everywhere | {name: values[:, None] for name, values in self.district.items()}, ["cluster"]

    def _tier_columns(self):
        """Each count of one tier in a column of its own, so that sums over tiers fall apart by tier."""
        column = {f"_{tier}": np.eye(len(TIERS))[k] for k, tier in enumerate(TIERS)}
        ends = {name: end for name in self.firm for end in column if name.endswith(end)}
        return {
            name: self.firm[name][:, : self.parks].sum(axis=(1, 2))[:, None] * column[end] for name, end in ends.items()
        }

    def values(self, kind: str, yearly: bool, measures: Sequence[str] | None = None) -> Values:
        """Return measures of all units of a kind, by year or by month. measures: keys; None for all that this kind has."""
        counts, units = self.by(kind)
        window = Window(counts, yearly, self.research_share)
        keys = [m.key for m in MEASURES.values() if kind in m.kinds] if measures is None else list(measures)
        with np.errstate(invalid="ignore"):
            values = np.stack([np.asarray(MEASURES[key](window), float) for key in keys])
        return Values(keys, units, self.months[11::12] // 12 if yearly else self.months, values)

    def of_decembers(self, names: Sequence[str]) -> Values:
        """Return counts by park as they stood each December."""
        none = np.zeros((len(self.months), self.parks))
        values = np.stack([self.park.get(name, none)[11::12] for name in names])
        return Values(list(names), self.park_keys, self.months[11::12] // 12, values)


@cache
def counts_behind(measures: tuple[str, ...]) -> set[str]:
    """Return the names of the counts that measures are made of, and of those from which other counts are derived."""
    window = _RecordingWindow()
    for key in measures:
        MEASURES[key](window)
    # Followed are firms elsewhere over those that each row stands for.
    followed = {"elsewhere"} if "followed" in window.names else set()
    return window.names | set(DERIVED_FROM) | followed


class _RecordingWindow(Window):
    """A window that shows ones and remembers the names of the counts it is asked for."""

    def __init__(self):
        super().__init__({"": np.ones((12, 1))}, yearly=True, research_share=0.0)
        self.names: set[str] = set()

    def __call__(self, name):
        self.names.add(name)
        return self.counts[""]
