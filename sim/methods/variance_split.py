"""Three-way split of an output's spread: noise of the runs, ignorance of the parameters, choice of structure."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import stdtrit

CONFIDENCE = 0.95
PARTS = ("luck", "parameters", "structure")  # as the tables name them; luck is the noise of the seeds
ROUNDING = 1e-12  # a spread below this part of the values is of the arithmetic, not of the model
LEAST = 3  # points and seeds: fewer do not show how sure a share is


@dataclass(frozen=True)
class Split:
    """Variances of one output in its unit squared, and their shares.

    table: a row a part (luck, parameters, structure), columns part, variance, share, low, high; low to high is a 95 %
    interval of the share by jackknife over points and over seeds, for these structures. total: their sum.
    """

    table: pd.DataFrame
    total: float
    points: int
    dropped: int

    def share(self, part: str) -> float:
        """Share of one part in the whole."""
        return float(self.table.set_index("part").loc[part, "share"])


def split(y: np.ndarray, confidence: float = CONFIDENCE) -> Split:
    """Split of y (structures, points, seeds), all crossed: each structure at the same points with the same seeds.

    Random-effects analysis of variance of the nested kind, structure ⊃ parameters ⊃ noise: noise is the variance over seeds
    at a point of a structure; parameters that of a point's mean within a structure; structure that between structures'
    means. Each is estimated without bias as the covariance of values that share what is named and nothing below it, so that
    neither few points nor few seeds swell it; seeds shared between points cancel. A variance that comes out below zero
    is one that cannot be distinguished from zero; its share is shown as 0. Points with a missing value are left out everywhere.
    """
    y = np.asarray(y, float)
    whole = np.isfinite(y).all(axis=(0, 2))
    kept, dropped = y[:, whole], int((~whole).sum())
    if kept.size and np.ptp(kept) <= ROUNDING * np.abs(kept).max():
        kept = np.zeros_like(kept)
    m, p, r = kept.shape
    if p < LEAST or r < LEAST:
        nothing = np.full(3, np.nan)
        return Split(_table(nothing, nothing, nothing, nothing), np.nan, p, dropped)
    found = components(kept)
    share = shares(found)
    half = _half_widths(kept, confidence)
    return Split(_table(found, share, share - half, share + half), float(found.sum()), p, dropped)


def components(y: np.ndarray) -> np.ndarray:
    """Variances of noise, parameters and structure of y (structures, points, seeds): (3,), unbiased, maybe below zero."""
    m = y.shape[0]
    noise = y.var(axis=2, ddof=1).mean()
    inside = y - y.mean(axis=1, keepdims=True)  # without each structure's and seed's own mean
    parameters = _other_seed(inside, inside).sum(axis=1).mean() / (y.shape[1] - 1)
    if m < 2:
        return np.array([noise, parameters, 0.0])
    between = y - y.mean(axis=0)  # without what all structures have in common
    means = between.mean(axis=1)  # (structures, seeds)
    same_point = _other_seed(between, between).mean(axis=1)
    p = y.shape[1]
    other_point = (p * _other_seed(means, means) - same_point) / (p - 1)
    return np.array([noise, parameters, other_point.sum() / (m - 1)])


def shares(variances: np.ndarray) -> np.ndarray:
    """Shares of the whole, a variance below zero counting as none. variances (3,)."""
    some = np.maximum(variances, 0.0)
    return some / some.sum() if some.sum() > 0 else np.full(3, np.nan)


def _other_seed(a, b):
    """Mean product of a and b (…, seeds) over all pairs of different seeds."""
    r = a.shape[-1]
    return (a.sum(-1) * b.sum(-1) - (a * b).sum(-1)) / (r * (r - 1))


def _half_widths(y, confidence):
    """Half-widths of the shares' intervals: a jackknife over points and one over seeds, their variances added up."""
    parts, freedom = [], []
    for axis in (1, 2):
        n = y.shape[axis]
        left = np.array([shares(components(np.delete(y, i, axis))) for i in range(n)])
        parts.append((n - 1) / n * ((left - left.mean(axis=0)) ** 2).sum(axis=0))
        freedom.append(n - 1)
    whole = sum(parts)
    with np.errstate(invalid="ignore", divide="ignore"):  # Satterthwaite's degrees of freedom of a sum of variances
        degrees = whole**2 / sum(v**2 / f for v, f in zip(parts, freedom, strict=True))
    return np.where(whole > 0, stdtrit(np.maximum(degrees, 1), 0.5 + confidence / 2) * np.sqrt(whole), 0.0)


def _table(variance, share, low, high):
    bounded = {"low": np.clip(low, 0, 1), "high": np.clip(high, 0, 1)}
    return pd.DataFrame({"part": PARTS, "variance": variance, "share": share, **bounded})
