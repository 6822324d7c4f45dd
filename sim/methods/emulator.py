"""An emulator of a model: its output at points that were not simulated, and how far that may be wrong.

A Gaussian process of scikit-learn over the parameters that matter; the noise of runs and the parameters left out are its
own noise. Rasmussen & Williams 2006, chapters 2 and 5.
"""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd
from scipy.linalg import cho_solve, cholesky

from sim.engine.mistakes import ConfigurationError
from sim.engine.optional import require

MOST = 8  # parameters whose effect may have any shape; the weakest beyond them are left to noise
FOLDS = 5
FEWEST = 20  # points of a study; all folds but one of them are what an emulator needs at least
SMOOTH = (0.2, 100.0)  # shortest and longest scale of a parameter's effect, in units of its range
NORMAL = 1.959964  # half-width of 95 % of a normal distribution


@dataclass(frozen=True)
class Scale:
    """Parameters as columns from 0 to 1: a number by its bounds, a word by a column of 0 and 1 for each of its values.

    ranges: {name: (low, high)} of a number, {name: (value, …)} of a word; words: names of the latter.
    """

    ranges: Mapping[str, tuple]
    words: tuple[str, ...] = ()

    @property
    def owners(self) -> list[str]:
        """Parameter that each column belongs to."""
        return [name for name, found in self.ranges.items() for _ in (found if name in self.words else (0,))]

    def __call__(self, points: pd.DataFrame) -> np.ndarray:
        """Points (a column a parameter) as (n, columns)."""
        columns = []
        for name, found in self.ranges.items():
            if name in self.words:
                columns += [(points[name] == value).to_numpy(float) for value in found]
            else:
                columns.append((points[name].to_numpy(float) - found[0]) / (found[1] - found[0]))
        return np.column_stack(columns)


class Emulator:
    """The mean of values (n, seeds) at points x (n, columns from 0 to 1), as a function of the columns that matter."""

    def __init__(
        self,
        x: np.ndarray,
        values: np.ndarray,
        owners: Sequence | None = None,
        most: int = MOST,
        start: Self | None = None,
    ) -> None:
        self.values = np.asarray(values, float)
        self.owners = list(range(x.shape[1])) if owners is None else list(owners)
        self.y = self.values.mean(axis=1)
        if len(self.y) < (least := FEWEST * (FOLDS - 1) // FOLDS):
            raise ConfigurationError(f"{len(self.y)} points are too few for an emulator: expected {least} or more.")
        self.kept = strongest(x, self.y, self.owners, most)
        self.columns = [k for k, owner in enumerate(self.owners) if owner in self.kept]
        self.x = x[:, self.columns]
        self._fit(start)

    def _fit(self, start):
        gaussian, kernels, warning = _library()
        # A first guess that the noise is half of it, and effects about straight over a parameter's range.
        shape = kernels.Matern(np.full(self.x.shape[1], 2.0), SMOOTH, nu=2.5)
        kernel = kernels.ConstantKernel(1.0, (1e-2, 1e3)) * shape + kernels.WhiteKernel(0.5, (1e-4, 2.0))
        if start is not None and start.columns == self.columns:
            kernel = start.kernel
        self.size = float(self.y.std()) or 1.0
        self.middle = float(self.y.mean())
        found = gaussian(kernel, alpha=1e-8, optimizer="fmin_l_bfgs_b", random_state=0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", warning)  # a scale at its bound: a parameter without effect
            found.fit(self.x, (self.y - self.middle) / self.size)
        self.kernel = found.kernel_
        self.noise = float(self.kernel.k2.noise_level) + 1e-8
        self.factor = cholesky(self.kernel.k1(self.x) + self.noise * np.eye(len(self.y)), lower=True)
        self._solve = lambda b: cho_solve((self.factor, True), b)

    def smoother(self, x: np.ndarray) -> np.ndarray:
        """Matrix (m, n) that turns simulated values into emulated ones at x: the emulator is linear in them."""
        n = len(self.y)
        weights = self._solve(self.kernel.k1(self.x, x[:, self.columns])).T
        return weights + (1 - weights.sum(axis=1, keepdims=True)) / n

    def mean(self, x: np.ndarray) -> np.ndarray:
        """Emulated values at x (m, columns): (m,)."""
        return self.smoother(x) @ self.y

    def spread(self, x: np.ndarray) -> np.ndarray:
        """Standard deviation at x (m,) of one more simulated point, the noise of its runs included."""
        cross = self.kernel.k1(self.x, x[:, self.columns])
        known = np.einsum("ij,ij->j", cross, self._solve(cross))
        return self.size * np.sqrt(np.maximum(np.diag(self.kernel.k1(x[:, self.columns])) - known, 0) + self.noise)

    def draws(self, x: np.ndarray, count: int, seed: int = 0) -> np.ndarray:
        """Draw values at x (count, m) that agree with the simulated ones.

        They differ by want of points, the process's own uncertainty, and by the seeds, see `noise_draws`.
        """
        return (self.smoother(x) @ self.of_seeds(count, seed).T).T + self.of_points(x, count, seed + 1)

    def of_seeds(self, count: int, seed: int = 0) -> np.ndarray:
        """Draw mean values of the points (count, n) as other seeds would give them, the same ones at every point."""
        return self.y + noise_draws(self.values, count, np.random.default_rng(seed))

    def of_points(self, x: np.ndarray, count: int, seed: int = 0) -> np.ndarray:
        """Draw errors of values at x for want of points (count, m), mean 0."""
        at = x[:, self.columns]
        cross = self.kernel.k1(self.x, at)
        left = self.kernel.k1(at) - cross.T @ self._solve(cross)
        size, vectors = np.linalg.eigh(left)
        normal = np.random.default_rng(seed).normal(size=(count, len(at)))
        return self.size * (normal * np.sqrt(np.maximum(size, 0))) @ vectors.T


def noise_draws(values: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Draw errors of means over seeds: values (n, seeds, …) to (count, n, …), the same seeds at every point.

    A multiplier bootstrap with the tails of Student's t, because few seeds do not show their own spread well.
    """
    seeds = values.shape[1]
    if seeds < 2:
        return np.zeros((count, *np.delete(values.shape, 1)))
    weights = rng.normal(size=(count, seeds)) * np.sqrt(1 / rng.chisquare(seeds - 1, (count, 1)) / seeds)
    return np.einsum("bs,ns...->bn...", weights, values - values.mean(axis=1, keepdims=True))


@dataclass(frozen=True)
class Accuracy:
    """Accuracy of an emulator on points that it has not seen.

    r2: share of their spread that it explains, below 0 where it does worse than the mean; coverage: share of them inside its
    95 % intervals; highest: r2 that no emulator could pass, because the rest is noise of the seeds, as far as these show it:
    never below r2. points: number of points.
    """

    r2: float
    coverage: float
    highest: float
    points: int


def cross_validated(
    x: np.ndarray,
    values: np.ndarray,
    owners: Sequence | None = None,
    most: int = MOST,
    start: Emulator | None = None,
    folds: int = FOLDS,
    seed: int = 0,
) -> Accuracy:
    """Accuracy of an emulator: each fold of points emulated from the others, the parameters chosen anew."""
    values = np.asarray(values, float)
    y, order = values.mean(axis=1), np.random.default_rng(seed).permutation(len(values))
    misses, spans, inside = 0.0, 0.0, 0
    for fold in np.array_split(order, folds):
        rest = np.setdiff1d(order, fold)
        found = Emulator(x[rest], values[rest], owners, most, start)
        mean, spread = found.mean(x[fold]), found.spread(x[fold])
        misses += ((y[fold] - mean) ** 2).sum()
        spans += ((y[fold] - y[rest].mean()) ** 2).sum()
        inside += (np.abs(y[fold] - mean) <= NORMAL * spread).sum()
    r2 = float(1 - misses / spans) if spans else 0.0
    return Accuracy(r2, float(inside / len(y)), max(r2, _highest(values)), len(y))


def _highest(values):
    """Share of the spread between points that is not noise, judged by what seeds do beyond what they do at all points."""
    n, seeds = values.shape
    if seeds < 2 or n < 2:
        return 1.0
    rest = values - values.mean(axis=1, keepdims=True) - values.mean(axis=0) + values.mean()
    noise = (rest**2).sum() / ((n - 1) * (seeds - 1)) / seeds
    total = values.mean(axis=1).var(ddof=1)
    return float(np.clip(1 - noise / total, 0, 1)) if total else 0.0


def strongest(x: np.ndarray, y: np.ndarray, owners: Sequence, most: int = MOST) -> list:
    """Parameters that explain most of y by a curve of their own, at most so many, in the order of the columns."""
    names = list(dict.fromkeys(owners))
    if len(names) <= most:
        return names
    explained = {}
    for name in names:
        own = x[:, [k for k, owner in enumerate(owners) if owner == name]]
        terms = np.column_stack([np.ones(len(y)), own, own**2])
        explained[name] = -((y - terms @ np.linalg.lstsq(terms, y, rcond=None)[0]) ** 2).sum()
    chosen = sorted(names, key=lambda name: explained[name], reverse=True)[:most]
    return [name for name in names if name in chosen]


def check_library() -> None:
    """Raise ConfigurationError unless scikit-learn is installed, before a long study and not after it."""
    _library()


def _library():
    gaussian = require("sklearn.gaussian_process", "an emulator")
    return (
        gaussian.GaussianProcessRegressor,
        gaussian.kernels,
        require("sklearn.exceptions", "an emulator").ConvergenceWarning,
    )
