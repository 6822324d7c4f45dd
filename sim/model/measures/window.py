"""Counts as a measure sees them: by year, or by month with the last twelve months behind a rate."""

import math
from collections.abc import Iterable, Mapping

import numpy as np


def ratio(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Divide a by b, not-a-number where there is nothing to divide by."""
    return np.divide(a, b, out=np.full(np.broadcast(a, b).shape, np.nan), where=b > 0)


class Window:
    """Counts seen through a period: a calendar year, or month by month with the last twelve months behind a rate.

    counts: {name: (months, units)}; first month is a January. yearly: one value a year, else one a month. Each method adds
    up the counts that it is given the names of. research_share: research as a share of revenue, 1.
    """

    def __init__(self, counts: Mapping[str, np.ndarray], yearly: bool, research_share: float = math.nan) -> None:
        self.counts, self.yearly, self.research_share = counts, yearly, research_share
        self.shape = next(iter(counts.values())).shape

    def __call__(self, name: str) -> np.ndarray:
        """Return the raw count (months, units); zero if nothing of the kind happened."""
        return self.counts.get(name, np.zeros(self.shape))

    def flow(self, *names: str) -> np.ndarray:
        """Return the sum over the year, or over the last twelve months."""
        total = self._total(names)
        return _years(total).sum(axis=1) if self.yearly else _trailing(total)

    def base(self, *names: str) -> np.ndarray:
        """Return the mean of the same twelve months: what a flow is divided by."""
        total = self._total(names)
        return _years(total).mean(axis=1) if self.yearly else _trailing(total) / 12

    def level(self, *names: str) -> np.ndarray:
        """Return the mean over the year, or this month's value."""
        total = self._total(names)
        return _years(total).mean(axis=1) if self.yearly else total

    def at_end(self, *names: str) -> np.ndarray:
        """Return the value at the end of the year, or of the month."""
        total = self._total(names)
        return _years(total)[:, -1] if self.yearly else total

    def december(self, *names: str) -> np.ndarray:
        """Return the value in December; other months have none."""
        total = self._total(names)
        if self.yearly:
            return _years(total)[:, -1]
        return np.where((np.arange(len(total)) % 12 == 11)[:, None], total, np.nan)

    def month_sum(self, *names: str) -> np.ndarray:
        """Return the sum over the year, or this month's."""
        total = self._total(names)
        return _years(total).sum(axis=1) if self.yearly else total

    def _total(self, names: Iterable[str]) -> np.ndarray:
        return sum((self(name) for name in names), start=np.zeros(self.shape))


def _years(values):
    """Months as (years, 12, …); a year that is not over is left out."""
    return values[: len(values) // 12 * 12].reshape(-1, 12, *values.shape[1:])


def _trailing(values):
    """Sum of the last twelve months, not-a-number before there are twelve."""
    total = np.cumsum(np.asarray(values, float), axis=0)
    total[12:] = total[12:] - total[:-12]
    total[:11] = np.nan
    return total
