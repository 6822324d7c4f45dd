"""Normal and gamma draws, compiled: kernels of sim.engine.distributions.

Plain loops over neighbours, which the compiler turns into vector instructions; the few in the tails follow one by one.
"""

from functools import cache

import numpy as np
from scipy.special import gammaincc, gammainccinv, gammaln

from sim.engine import distributions
from sim.engine.kernels.kernel import kernel

# Algorithm AS 241 (PPND16) of M. J. Wichura, Applied Statistics 37 (1988), 477-484: relative accuracy about 1e-16.
# Numerator and denominator of each region, constant term first.
CENTRE = (
    (3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
     4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3),
    (1.0, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3,
     2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3),
)  # fmt: skip
TAIL = (
    (1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0, 3.64784832476320460504e0,
     1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4),
    (1.0, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
     1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9),
)  # fmt: skip
FAR = (
    (6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0, 2.96560571828504891230e-1,
     2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7),
    (1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
     7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15),
)  # fmt: skip

TAIL_CELLS = 4096  # of the table of the gamma distribution's upper tail


@kernel(inline="always")
def ratio(x: float, polynomials: tuple) -> float:
    """Ratio of two polynomials of degree 7."""
    a, b = polynomials
    above = ((((((a[7] * x + a[6]) * x + a[5]) * x + a[4]) * x + a[3]) * x + a[2]) * x + a[1]) * x + a[0]
    below = ((((((b[7] * x + b[6]) * x + b[5]) * x + b[4]) * x + b[3]) * x + b[2]) * x + b[1]) * x + b[0]
    return above / below


@kernel
def normal(u: np.ndarray) -> np.ndarray:
    """Standard normal draws. u (n,)."""
    value, tail, n = np.empty(len(u)), np.empty(len(u), np.int64), 0
    for i in range(len(u)):
        q = u[i] - 0.5
        value[i] = q * ratio(0.180625 - q * q, CENTRE)
    for i in range(len(u)):
        if abs(u[i] - 0.5) > 0.425:
            tail[n] = i
            n += 1
    root = np.empty(n)
    for k in range(n):
        left = u[tail[k]]
        root[k] = np.sqrt(-np.log(min(left, 1 - left)))
    for k in range(n):
        size = ratio(root[k] - 1.6, TAIL) if root[k] <= 5 else ratio(root[k] - 5, FAR)
        value[tail[k]] = -size if u[tail[k]] < 0.5 else size
    return value


@cache
def gamma_tail(shape: float, begin: float) -> tuple[float, float, np.ndarray]:
    """Upper tail beyond distribution function `begin`: sqrt of the gamma variable on a uniform grid of -log(1 - u).

    Returns (start of the grid, cells per unit, value and slope per cell (cells + 1, 2)); the last u is 1 - 2^-53.
    """
    start, stop = -np.log(1 - begin), 54 * np.log(2)
    grid = np.linspace(start, stop, TAIL_CELLS + 1)
    x = gammainccinv(shape, np.exp(-grid))
    slope = gammaincc(shape, x) * np.exp(gammaln(shape) + x) * x ** (1 - shape) / (2 * np.sqrt(x))
    cell = (stop - start) / TAIL_CELLS
    return start, 1 / cell, np.stack([np.sqrt(x), slope * cell], axis=1)


def root_gamma(u: np.ndarray, shape: float) -> np.ndarray:
    """Square root of a gamma draw of the given shape and scale 1. u (n,)."""
    table = distributions.gamma_table(shape)[0]
    return _root_gamma(u, table, _copy_of(shape), distributions.EXACT, *gamma_tail(shape, distributions.EXACT))


@cache
def _copy_of(shape):
    """Memory for a copy of the table, kept: a new piece of it each time takes longer to get than to fill."""
    return distributions.gamma_table(shape)[0].copy()


@kernel
def _root_gamma(u, original, table, begin, start, per_unit, beyond):
    """The same: linear within a cell of the table, cubic within one of the tail's table."""
    table[:] = original  # read in order, it comes from memory faster than cell by cell
    cells = len(table) - 1
    value, tail, n = np.empty(len(u)), np.empty(len(u), np.int64), 0
    for i in range(len(u)):
        place = u[i] * cells
        below = np.int64(place)
        cell = np.uint64(below)  # unsigned: does not count from the end
        value[i] = table[cell] + (place - below) * (table[cell + np.uint64(1)] - table[cell])
    for i in range(len(u)):
        if u[i] >= begin:
            tail[n] = i
            n += 1
    for i in tail[:n]:
        place = (-np.log(1 - u[i]) - start) * per_unit
        cell = min(max(np.int64(place), 0), len(beyond) - 2)
        t, low, high = place - cell, beyond[cell], beyond[cell + 1]
        gain = high[0] - low[0]
        value[i] = low[0] + t * (low[1] + t * (3 * gain - 2 * low[1] - high[1] + t * (low[1] + high[1] - 2 * gain)))
    return value
