"""What a run writes down: events as they happen, counts by month, park and sector."""

import math
from typing import NamedTuple

import numpy as np

LOG = np.dtype(
    [
        ("month", np.int32), ("event", np.int8), ("cause", np.int8), ("ident", np.uint64), ("park", np.int16),
        ("place", np.int8), ("sector", np.int8), ("origin", np.int8), ("since", np.int32), ("stay", np.int16),
        ("amount", np.float64),
    ]
)  # fmt: skip


class Work(NamedTuple):
    """Living services ordered: they open when due."""

    ordered_on: int
    due: int
    row: int  # of the park
    area: float  # m2
    policy: str


class EventLog:
    """Append-only: (month, event, cause, who, where), and what later measures need, since the row will be gone."""

    def __init__(self):
        self.parts = []

    def add(self, month, event, firms, *, cause=0, park=None, place=None, amount=0):
        """Append one event for each firm of a cohort. park, place: where it happened, if not where the firm is now."""
        if not len(firms):
            return
        part = np.zeros(len(firms), LOG)
        part["month"], part["event"], part["ident"] = month, int(event), firms.ident
        part["cause"] = cause if np.ndim(cause) else int(cause)
        part["park"] = firms.park_row if park is None else park
        part["place"] = firms.place if place is None else place
        part["sector"], part["origin"] = firms.sector, firms.origin
        part["since"], part["stay"], part["amount"] = firms.entered_on, firms.stay, amount
        self.parts.append(part)

    def table(self):
        """The whole log (n,), in the order things happened."""
        if len(self.parts) != 1:
            self.parts = [np.concatenate(self.parts) if self.parts else np.zeros(0, LOG)]
        return self.parts[0]


class NoLog(EventLog):
    """Keeps nothing, for runs of which only counts are asked."""

    def add(self, *_, **__):
        """Nothing is written down."""


class Tally:
    """Counts of this month: firm counts by (park or outside, sector), park counts by park, district counts by name.

    The last row of a firm count is for firms in no park.
    """

    def __init__(self, parks, sectors):
        self.parks, self.sectors = parks, sectors
        self.first = np.arange(parks + 1) * sectors  # first cell of each park; -1, no park, reads the last
        self.months = []
        self.clear()

    def clear(self):
        """Start a month."""
        self.firm, self.park, self.district = {}, {}, {}

    def count(self, name, firms, weights=None, park=None):
        """Add one for each firm (or its weight) to its cell. park (n,): that of the cell, if not where the firm is."""
        self.add(name, self.cell_of(firms, park), weights)

    def cell_of(self, firms, park=None):
        """Number of each firm's cell, to count several things of the same firms with `add` (n,)."""
        return self.first[firms.park_row if park is None else park] + firms.sector

    def add(self, name, cell, weights=None):
        """Add weights to cells."""
        amount = np.bincount(cell, weights, (self.parks + 1) * self.sectors).reshape(self.parks + 1, self.sectors)
        self.firm[name] = self.firm[name] + amount if name in self.firm else amount

    def add_each(self, names, cell, which, weights=None):
        """The same for several names at once: which (n,) says to which name each weight belongs."""
        size = (self.parks + 1) * self.sectors
        self._add_flat(names, which * size + cell, weights)

    def add_all(self, names, cell, weights):
        """The same with a weight of each firm for each name: weights (n, names)."""
        size = (self.parks + 1) * self.sectors
        self._add_flat(names, (cell[:, None] + size * np.arange(len(names))).ravel(), weights.ravel())

    def _add_flat(self, names, place, weights):
        shape = (len(names), self.parks + 1, self.sectors)
        amount = np.bincount(place, weights, math.prod(shape)).reshape(shape)
        for name, part in zip(names, amount, strict=True):
            self.firm[name] = self.firm[name] + part if name in self.firm else part

    def cells(self, name, values):
        """Add values that are already by (park, sector)."""
        amount = np.zeros((self.parks + 1, self.sectors))
        amount[: self.parks] = values
        self.firm[name] = self.firm[name] + amount if name in self.firm else amount

    def at_parks(self, name, values):
        """Record values by park (parks,)."""
        self.park[name] = np.asarray(values, float).copy()

    def close(self, month):
        """File the month."""
        self.months.append((month, self.firm, self.park, self.district))
        self.clear()

    def stacked(self):
        """All months: (months (T,), {name: (T, parks + 1, sectors)}, {name: (T, parks)}, {name: (T,)})."""
        months = np.array([m[0] for m in self.months], np.int64)

        def stack(part, shape):
            names = dict.fromkeys(name for m in self.months for name in m[part])
            empty = np.zeros(shape)
            return {name: np.stack([m[part].get(name, empty) for m in self.months]) for name in names}

        return months, stack(1, (self.parks + 1, self.sectors)), stack(2, (self.parks,)), stack(3, ())
