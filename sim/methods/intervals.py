"""Intervals of means over seeds."""

import numpy as np
from scipy.special import stdtrit

CONFIDENCE = 0.95


def interval(values, axis=0, confidence=CONFIDENCE):
    """Mean and its interval by Student's t. One pair has no interval. values (pairs, …)."""
    n = values.shape[axis]
    mean = values.mean(axis=axis)
    if n < 2:
        return mean, np.full_like(mean, np.nan), np.full_like(mean, np.nan)
    half = stdtrit(n - 1, 0.5 + confidence / 2) * values.std(axis=axis, ddof=1) / np.sqrt(n)
    return mean, mean - half, mean + half
