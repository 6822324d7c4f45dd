"""Distributions: what uniform luck becomes, by inversion."""

from functools import cache

import numpy as np
from scipy.special import bdtrik, gammaincinv, ndtri

from sim.engine.kernels import has_kernel
from sim.engine.quantity import Quantity, Reading

SMALLEST = 1e-280
CELLS = 1 << 14  # cells of the table of the gamma distribution
EXACT = 1 - 64 / CELLS  # from here on the table is too coarse: the distribution function turns vertical


def exponential(u: Quantity) -> Reading:
    """Unit exponential."""
    return -np.log(u)


def gumbel(u: Quantity) -> Reading:
    """Standard Gumbel, the error of a logit."""
    return -np.log(-np.log(u))


def lognormal(normal: Quantity, spread: Quantity) -> Reading:
    """Lognormal of mean 1. normal: standard normal draws; spread: standard deviation of the logarithm."""
    return np.exp(spread * normal - spread**2 / 2)


def _in_a_row(u, *_):
    """True for many draws, in one dimension."""
    return np.ndim(u) == 1


@has_kernel("sim.engine.kernels.distributions:normal", _in_a_row)
def normal(u: Quantity) -> Reading:
    """Standard normal."""
    return ndtri(u)


def poisson(u: Quantity, mean: Quantity) -> np.ndarray:
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


@has_kernel("sim.engine.kernels.draws:binomials")
def binomial(u: np.ndarray, n: np.ndarray, p: np.ndarray) -> np.ndarray:
    """Binomial count by inversion of one uniform: more staff never means other luck. u, n, p (m,); p below 1.

    Chances of the counts 1 to 4, then of the next 8, 16 ... are worked out together, each from the one before, for
    those whose luck is not reached yet.
    """
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
def gamma_table(shape: float) -> tuple[np.ndarray, np.ndarray]:
    """sqrt of the inverse distribution function of a gamma variable on a uniform grid, and its rise over each cell."""
    grid = np.arange(CELLS + 1) / CELLS
    grid[-1] = 1 - 0.5 / CELLS
    table = np.sqrt(gammaincinv(shape, grid))
    return table, np.diff(table)


@has_kernel("sim.engine.kernels.distributions:root_gamma", _in_a_row)
def root_gamma(u: Quantity, shape: float) -> np.ndarray:
    """Square root of a gamma draw of the given shape and scale 1. Tabulated; exact in the upper tail. u (n,)."""
    u = np.atleast_1d(u)
    table, rise = gamma_table(shape)
    place = u * CELLS
    cell = place.astype(np.int64)
    value = table[cell] + (place - cell) * rise[cell]
    tail = np.flatnonzero(u >= EXACT)
    if tail.size:
        value[tail] = np.sqrt(gammaincinv(shape, u[tail]))
    return value
