"""Distributions: what uniform luck becomes, by inversion."""

from functools import cache

import numpy as np
from scipy.special import bdtrik, gammaincinv, ndtri

from sim.engine.kernels import available, compiled_draws

SMALLEST = 1e-280
_CELLS = 1 << 14  # cells of the table of the gamma distribution
_EXACT = 1 - 64 / _CELLS  # from here on the table is too coarse: the distribution function turns vertical


def exponential(u):
    """Unit exponential."""
    return -np.log(u)


def gumbel(u):
    """Standard Gumbel, the error of a logit."""
    return -np.log(-np.log(u))


def normal(u):
    """Standard normal."""
    u = np.asarray(u, float)
    if u.ndim == 1 and available():
        from sim.engine.kernels import distributions as compiled

        return compiled.normal(u)
    return ndtri(u)


def poisson(u, mean):
    """Poisson count by inversion of one uniform: more mean never means fewer events. u, mean (n,)."""
    u, mean = np.atleast_1d(u), np.asarray(mean, float)
    count = np.zeros(u.shape, np.int64)
    none = np.exp(-mean)
    open_ = np.flatnonzero(u > none)
    u, mean = u[open_], np.broadcast_to(mean, count.shape)[open_]
    term = total = np.broadcast_to(none, count.shape)[open_]
    k = 0
    while open_.size:
        k += 1
        count[open_] = k
        term = term * (mean / k)
        total = total + term
        more = np.flatnonzero((u > total) & (term > 0))
        open_, u, mean, term, total = open_[more], u[more], mean[more], term[more], total[more]
    return count


def binomial(u, n, p):
    """Binomial count by inversion of one uniform: more staff never means other luck. u, n, p (m,); p below 1.

    Chances of the counts 1 to 4, then of the next 8, 16 ... are worked out together, each from the one before, for
    those whose luck is not reached yet.
    """
    if available():
        return compiled_draws().binomials(u, np.asarray(n, np.int64), np.asarray(p, float))
    count = np.zeros(len(u), np.int64)
    none = np.exp(n * np.log1p(-p))
    open_ = np.flatnonzero(u > none)
    if not open_.size:
        return count
    u, n, p, chance = u[open_], n[open_], p[open_], none[open_]
    if chance.min() < SMALLEST:  # too small a number to start from: the library's inverse, rounded up
        far, near = np.flatnonzero(chance < SMALLEST), np.flatnonzero(chance >= SMALLEST)
        count[open_[far]] = np.clip(np.ceil(bdtrik(u[far], n[far], p[far])), 0, n[far])
        open_, u, n, p, chance = open_[near], u[near], n[near], p[near], chance[near]
    reached, odds, done, width = chance, p / (1 - p), 0, 4 if open_.size > 200 else 16  # few in fewer steps
    while open_.size:
        k = np.arange(done + 1, done + width + 1)[:, None]
        table = ((n + 1.0) - k) * (1 / k) * odds  # (counts, m): chance of k over that of k - 1; 0 just beyond n
        table[0] *= chance
        np.multiply.accumulate(table, axis=0, out=table)
        chance = table[-1].copy()
        table[0] += reached
        np.add.accumulate(table, axis=0, out=table)
        found = np.add.reduce(table < u, axis=0, dtype=np.int64)
        count[open_] = np.minimum(done + 1 + found, n)
        done += width
        more = np.flatnonzero((found == width) & (n > done))
        open_, u, n, odds, chance, reached = open_[more], u[more], n[more], odds[more], chance[more], table[-1, more]
        width *= 2
    return count


@cache
def _gamma_table(shape):
    """sqrt of the inverse distribution function of a gamma variable on a uniform grid, and its rise over each cell."""
    grid = np.arange(_CELLS + 1) / _CELLS
    grid[-1] = 1 - 0.5 / _CELLS
    table = np.sqrt(gammaincinv(shape, grid))
    return table, np.diff(table)


def root_gamma(u, shape):
    """Square root of a gamma draw of the given shape and scale 1. Tabulated; exact in the upper tail. u (n,)."""
    u = np.atleast_1d(u)
    table, rise = _gamma_table(shape)
    if available():
        from sim.engine.kernels import distributions as compiled

        return compiled.root_gamma(u, table, _EXACT, *compiled.gamma_tail(shape, _EXACT))
    place = u * _CELLS
    cell = place.astype(np.int64)
    value = table[cell] + (place - cell) * rise[cell]
    tail = np.flatnonzero(u >= _EXACT)
    if tail.size:
        value[tail] = np.sqrt(gammaincinv(shape, u[tail]))
    return value
