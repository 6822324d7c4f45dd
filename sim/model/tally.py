"""Counts of a month: firms by park and sector, parks, the district."""

from collections.abc import Iterable, Set
from itertools import chain
from typing import Any

import numpy as np

from sim.engine.quantity import Quantity
from sim.model.vocabulary import TIERS

OF_FIRMS = (
    "tenants", "incubatees", "let_by_sector", "revenue", "high_tech", "patent_holders", "funded", "chain", "elsewhere", "growth",
    *(f"{what}_{name}" for what in ("staff", "same_firm") for name in TIERS),
)  # fmt: skip


class Tally:
    """Counts of this month: firm counts by (park or outside, sector), park counts by park, district counts by name.

    The last row of a firm count is for firms in no park. wanted: names of the only ones to keep, or None for all.
    """

    def __init__(self, parks: int, sectors: int, wanted: Set[str] | None = None) -> None:
        self.wanted = wanted
        self.parks, self.sectors = parks, sectors
        self.first = np.arange(parks + 1) * sectors  # first cell of each park; -1, no park, reads the last
        self.size = (parks + 1) * sectors
        self.months = []
        self.clear()

    def clear(self) -> None:
        """Start a month."""
        self.numbers, self.noted, self.blocks = {}, [], []  # names so far; (places, weights), tables not added up yet
        self.counts = np.zeros((0, self.parks + 1, self.sectors))
        self.park, self.district = {}, {}

    def count(self, name: str, firms: Any, weights: Quantity | None = None, park: np.ndarray | None = None) -> None:
        """Add one for each firm (or its weight) to its cell. park (n,): that of the cell, if not where the firm is."""
        if self.wanted is None or name in self.wanted:
            self.add(name, self.cell_of(firms, park), weights)

    def cell_of(self, firms: Any, park: np.ndarray | None = None) -> np.ndarray:
        """Number of each firm's cell, to count several things of the same firms with `add` (n,)."""
        return self.first[firms.park_row if park is None else park] + firms.sector

    def add(self, name: str, cell: np.ndarray, weights: Quantity | None = None) -> None:
        """Add weights to cells."""
        if self.wanted is None or name in self.wanted:
            self.noted.append((self._number(name) * self.size + cell, weights))

    def add_each(
        self, names: Iterable[str], cell: np.ndarray, which: np.ndarray, weights: Quantity | None = None
    ) -> None:
        """The same for several names at once: which (n,) says to which name each weight belongs."""
        if self.wants(names):
            self.noted.append((self._starts(names)[which] + cell, weights))

    def add_all(self, names: Iterable[str], cell: np.ndarray, weights: np.ndarray) -> None:
        """The same with a weight of each firm for each name: weights (n, names)."""
        if self.wants(names):
            self.noted.append(((cell[:, None] + self._starts(names)).ravel(), weights.ravel()))

    def wants(self, names: Iterable[str]) -> bool:
        """Return True if any of these counts is kept."""
        return self.wanted is None or not self.wanted.isdisjoint(names)

    def _starts(self, names):
        """First place of each name among all places of the month (names,)."""
        return np.array([self._number(name) for name in names]) * self.size

    def _number(self, name):
        """Names are numbered as they come up in the month."""
        return self.numbers.setdefault(name, len(self.numbers))

    @property
    def firm(self) -> dict[str, np.ndarray]:
        """Firm counts of the month so far: {name: (parks + 1, sectors)}."""
        return dict(zip(self.numbers, self._added_up(), strict=True))

    def _added_up(self):
        """Counts (names, parks + 1, sectors). Additions are noted first and added up together: one call, not a hundred."""
        if len(self.counts) == len(self.numbers) and not (self.noted or self.blocks):
            return self.counts
        ones = [place for place, weight in self.noted if weight is None]
        weighted = [place for place, weight in self.noted if weight is not None]
        weights = [weight for _, weight in self.noted if weight is not None]
        places = np.concatenate([np.zeros(0, np.int64), *ones, *weighted])
        weights = np.concatenate([np.ones(sum(map(len, ones))), *weights])
        total = np.bincount(places, weights, len(self.numbers) * self.size).astype(float, copy=False)
        total = total.reshape(len(self.numbers), self.parks + 1, self.sectors)
        total[: len(self.counts)] += self.counts
        for numbers, values in self.blocks:
            total[numbers, : values.shape[1]] += values
        self.counts, self.noted, self.blocks = total, [], []
        return total

    def cells(self, names: Iterable[str], values: np.ndarray) -> None:
        """Add values that are already by (park, sector): values (names, parks, sectors), or with a row for no park."""
        if self.wants(names):
            numbers = [self._number(name) for name in names]
            first, last = numbers[0], numbers[-1]
            in_a_row = numbers == list(range(first, last + 1))  # then one piece of the table: faster than cell by cell
            self.blocks.append((slice(first, last + 1) if in_a_row else numbers, values))

    def at_parks(self, name: str, values: np.ndarray) -> None:
        """Record values by park (parks,)."""
        self.park[name] = np.array(values, float)

    def close(self, month: int) -> None:
        """File the month."""
        self.months.append((month, self.firm, self.park, self.district))
        self.clear()

    def stacked(self) -> tuple[np.ndarray, dict[str, np.ndarray], dict[str, np.ndarray], dict[str, np.ndarray]]:
        """All months: (months (T,), {name: (T, parks + 1, sectors)}, {name: (T, parks)}, {name: (T,)})."""
        months = np.array([m[0] for m in self.months], np.int64)

        def stack(part, shape):
            filed = [m[part] for m in self.months]
            whole = {name: np.zeros((len(filed), *shape)) for name in dict.fromkeys(chain.from_iterable(filed))}
            for t, counts in enumerate(filed):
                for name, values in counts.items():
                    whole[name][t] = values
            return whole

        return months, stack(1, (self.parks + 1, self.sectors)), stack(2, (self.parks,)), stack(3, ())
