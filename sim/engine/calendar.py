"""Months as numbers and as text."""

from collections.abc import Mapping
from functools import lru_cache

import numpy as np


@lru_cache(4096)
def month_number(month: np.datetime64 | str) -> int:
    """Months since January of year 0, so that no month of a burn-in is negative."""
    return int(np.asarray(month, "datetime64[M]").astype(int)) + 1970 * 12


def month_of(number: int) -> np.datetime64:
    """Calendar month of a month number."""
    return np.datetime64(int(number) - 1970 * 12, "M")


def along(dated: Mapping[str, float], now: int) -> float:
    """Value of a dated path {month: value} at a month number: linear between dates, flat outside."""
    when = sorted(dated)
    return float(np.interp(now, [month_number(m) for m in when], [dated[m] for m in when]))
