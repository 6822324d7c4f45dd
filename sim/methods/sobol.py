"""Sobol indices of a noisy model: each parameter's share of the variance, the noise of the seeds kept out of it.

A product of two values that should measure parameters alone is taken over two *different* seeds, so that noise cancels on
average and inflates no index. With one seed the estimators are SALib's, to the last digits.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import stdtrit

CONFIDENCE, RESAMPLES = 0.95, 1000
ROUNDING = 1e-12  # differences below this part of the values are of the arithmetic, not of the model


@dataclass(frozen=True)
class Indices:
    """Sobol indices of one output.

    table: a row a parameter, columns name, first, first_low, first_high, total, total_low, total_high; intervals are of
    the sampling of points, by bootstrap over base rows. parameters: variance of the output over the parameters, noise kept
    out; noise: mean variance over seeds at a point (not a number for one seed); both in the output's unit squared. rows: base
    rows used; dropped: those left out because a run of theirs failed or has no value.
    """

    table: pd.DataFrame
    parameters: float
    noise: float
    rows: int
    dropped: int

    @property
    def interactions(self) -> float:
        """Share of the variance that no parameter explains alone."""
        return 1.0 - float(self.table["first"].sum())


def indices(
    y: np.ndarray, names: Sequence[str], confidence: float = CONFIDENCE, resamples: int = RESAMPLES, seed: int = 0
) -> Indices:
    """Indices of y (n, seeds) at the points of Saltelli's design without second order: n = base × (parameters + 2).

    First order after Saltelli et al. 2010 (table 2, row b), total order after Jansen 1999. Raises ValueError where y does
    not have the design's length.
    """
    a, b, ab, dropped = _parts(_columns(y), len(names))
    n = len(a)
    if n < 2:
        return Indices(_table(names, np.full((6, len(names)), np.nan)), np.nan, np.nan, n, dropped)
    found = _shares(a, b, ab, np.full((1, n), 1 / n))
    picks = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=resamples) / n
    spread = _shares(a, b, ab, picks)
    # Of few base rows the bootstrap shows too little spread by this factor, and the mean's tails are Student's.
    widen = stdtrit(n - 1, 0.5 + confidence / 2) * np.sqrt(n / (n - 1))
    rows = []
    for value, drawn in zip(found[:2], spread[:2], strict=True):
        half = widen * _deviation(drawn)
        rows += [value[0], value[0] - half, value[0] + half]
    return Indices(_table(names, np.stack(rows)), float(found[2][0]), noise(np.concatenate([a, b])), n, dropped)


def _deviation(drawn):
    """Standard deviation of each column over its finite resamples (w, k); not a number if there are too few."""
    there = np.isfinite(drawn).all(axis=1)
    return drawn[there].std(axis=0, ddof=1) if there.sum() > 1 else np.full(drawn.shape[1], np.nan)


def noise(y: np.ndarray) -> float:
    """Mean variance over seeds at a point. y (points, seeds); not a number for one seed."""
    return float(np.nanmean(np.nanvar(y, axis=1, ddof=1))) if y.shape[1] > 1 else np.nan


def unshared_noise(y: np.ndarray) -> float:
    """Variance of the noise that changes from point to point although seeds are shared: without points' and seeds' means.

    y (points, seeds). What common random numbers do not cancel; not a number for one seed or point.
    """
    y = y[np.isfinite(y).all(axis=1)]
    n, r = y.shape
    if n < 2 or r < 2:
        return np.nan
    rest = y - y.mean(axis=0) - y.mean(axis=1, keepdims=True) + y.mean()
    return float((rest**2).sum() / ((n - 1) * (r - 1)))


def _columns(y):
    y = np.asarray(y, float)
    return y[:, None] if y.ndim == 1 else y


def _parts(y, k):
    """Values at A, at B, and at A with one column of B, whole base rows only: (n, seeds), (n, seeds), (n, k, seeds)."""
    if not len(y) or len(y) % (k + 2):
        raise ValueError(f"{len(y)} points are no whole number of base rows of {k} parameters: {k + 2} points each.")
    rows = y.reshape(-1, k + 2, y.shape[1])
    whole = np.isfinite(rows).all(axis=(1, 2))
    kept = rows[whole]
    # A seed's own mean is noise that all points share; nothing is lost with it, and the products vary less.
    if len(kept):
        scale, kept = np.abs(kept).max(), kept - kept.mean(axis=(0, 1))
        kept = np.where(np.abs(kept) > ROUNDING * scale, kept, 0.0)
    return kept[:, 0], kept[:, -1], kept[:, 1:-1], int((~whole).sum())


def across(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Product of a and b over two different seeds, averaged over all pairs of seeds; the plain product of one seed."""
    r = a.shape[-1]
    return (a * b)[..., 0] if r == 1 else (a.sum(-1) * b.sum(-1) - (a * b).sum(-1)) / (r * (r - 1))


def _shares(a, b, ab, weights):
    """First order, total order and variance for each row of weights over base rows: (w, k), (w, k), (w,)."""
    step = ab - a[:, None]
    both = np.stack([a, b])
    centre = weights @ both.mean(axis=0)
    variance = weights @ across(both, both).mean(axis=0) - across(centre, centre)
    # Where noise is all there is, the variance over parameters may come out at or below zero: then there are no shares.
    variance = np.where(variance > 0, variance, np.nan)
    first = weights @ across(b[:, None], step) / variance[:, None]
    total = weights @ across(step, step) / 2 / variance[:, None]
    return first, total, variance


def _table(names, rows):
    columns = ("first", "first_low", "first_high", "total", "total_low", "total_high")
    return pd.DataFrame({"name": list(names)} | dict(zip(columns, rows, strict=True)))
