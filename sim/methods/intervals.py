"""Intervals of means over seeds."""

import numpy as np
from scipy.special import stdtrit

CONFIDENCE = 0.95


def interval(
    values: np.ndarray, axis: int = 0, confidence: float = CONFIDENCE
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean, lower and upper end of its interval by Student's t; one pair has no interval. values (pairs, …)."""
    n = values.shape[axis]
    mean = values.mean(axis=axis)
    if n < 2:
        return mean, np.full_like(mean, np.nan), np.full_like(mean, np.nan)
    half = stdtrit(n - 1, 0.5 + confidence / 2) * values.std(axis=axis, ddof=1) / np.sqrt(n)
    return mean, mean - half, mean + half
