"""Value of information: how much better one could choose by knowing a parameter, or all of them, before choosing.

EVPI and EVPPI by regression on one sample of the parameters: Strong, Oakley & Brennan 2014, "Estimating multiparameter
partial expected value of perfect information from a probabilistic sensitivity analysis sample".
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.interpolate import BSpline

from sim.methods.emulator import MOST, Emulator, noise_draws

DRAWS = 400
SHUFFLES = 200
PIECES = 8  # of a spline; how much it bends is estimated, so that more would change little
TAIL = 0.025
ROUNDING = 1e-9  # of the largest benefit: below this a gain is none
PENALTIES = np.logspace(-3, 7, 41)


@dataclass(frozen=True)
class InformationValue:
    """Value of knowing one parameter: estimate, interval, and what a parameter without any effect would show.

    floor: 95 % quantile of the estimates with the parameter's values shuffled; a value above that is not chance.
    """

    name: str
    value: float
    low: float
    high: float
    floor: float

    @property
    def clear(self) -> bool:
        """Return True if chance alone would hardly show as much, and the interval leaves out nothing at all."""
        return self.value > self.floor and self.low > 0


def gain(benefit: np.ndarray) -> np.ndarray:
    """Gain of choosing anew at each point over the one choice that is best on average. benefit (…, points, choices)."""
    found = benefit.max(axis=-1).mean(axis=-1) - benefit.mean(axis=-2).max(axis=-1)
    return np.where(found > ROUNDING * np.abs(benefit).max(axis=(-1, -2)), found, 0.0)


def evppi(
    x: np.ndarray,
    owners: Sequence[str],
    benefits: np.ndarray,
    draws: int = DRAWS,
    shuffles: int = SHUFFLES,
    seed: int = 0,
) -> list[InformationValue]:
    """Expected value of partial perfect information (EVPPI): of every parameter, in the order of the columns.

    x (n, columns from 0 to 1) and the parameter each belongs to; benefits (n, seeds, choices): of each choice on the same seeds.
    Intervals: resampled points, and a multiplier bootstrap over seeds with Student's tails.
    """
    rng, n = np.random.default_rng(seed), len(x)
    # Differences to the first choice: what all choices share decides nothing.
    apart = benefits - benefits[:, :, :1]
    y, found = apart.mean(axis=1), []
    resampled = [rng.integers(0, n, n) for _ in range(draws)]
    shifted = y[None] + noise_draws(apart, draws, rng)
    shuffled = np.argsort(rng.random((shuffles, n)), axis=1)
    for name in dict.fromkeys(owners):
        own = x[:, [k for k, owner in enumerate(owners) if owner == name]]
        value = float(gain(smooth(own, y)))
        each = [gain(smooth(own[rows], shifted[k][rows])) for k, rows in enumerate(resampled)]
        if value == 0 and max(each, default=0) == 0:
            found.append(InformationValue(name, 0.0, 0.0, 0.0, 0.0))
            continue
        low, high = shifted_interval(value, each)
        nothing = gain(np.moveaxis(smooth(own, np.moveaxis(y[shuffled], 0, 1)), 0, 1))
        found.append(InformationValue(name, value, low, high, float(np.quantile(nothing, 0.95))))
    return found


def shifted_interval(value: float, draws: Sequence) -> tuple[float, float]:
    """Percentile interval of a quantity that is not negative, shifted by the draws' bias: the best of noisy means is too high."""
    low, high = np.quantile(draws, [TAIL, 1 - TAIL]) - (np.mean(draws) - value)
    return max(0.0, float(low)), max(0.0, float(high))


def smooth(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Fit the mean of y (n, …) as a curve of one parameter, or for each of its words: fitted values, of y's shape.

    x (n, 1): a penalised cubic spline whose bending is estimated by restricted maximum likelihood (Wood 2017, section 6.2), for
    each column of y by itself; x (n, words): means of words.
    """
    shape, y = y.shape, y.reshape(len(y), -1)
    if x.shape[1] > 1:
        share = x / np.maximum(x.sum(axis=0), 1)
        return (x @ (share.T @ y)).reshape(shape)
    basis, bent = _spline(x[:, 0])
    inner = basis.T @ y
    outer = np.maximum((y**2).sum(axis=0) - (inner**2).sum(axis=0), 0)
    free = bent < 1e-9 * max(bent.max(), 1e-300)
    rest, bent = inner[~free], bent[~free]
    # (penalties, bent): variance of each coefficient in units of the noise's.
    size = 1 + 1 / (PENALTIES[:, None] * bent)
    spread = outer + np.einsum("pb,by->py", 1 / size, rest**2)
    loss = (len(y) - free.sum()) * np.log(np.maximum(spread, 1e-300)) + np.log(size).sum(axis=1)[:, None]
    best = PENALTIES[loss.argmin(axis=0)]
    kept = np.empty_like(inner)
    kept[free], kept[~free] = inner[free], rest / (1 + best * bent[:, None])
    return (basis @ kept).reshape(shape)


def _spline(x):
    """Orthonormal columns that span a cubic spline of x, and how much each of them bends: (n, q), (q,).

    The first two, straight lines, do not bend (Demmler & Reinsch 1975).
    """
    inner = np.linspace(0, 1, PIECES + 1)
    knots = np.concatenate([[inner[0]] * 3, inner, [inner[-1]] * 3])
    design = BSpline.design_matrix(np.clip(x, 0, 1), knots, 3).toarray()
    # Second derivative of a cubic spline is straight between knots: its square integrates exactly from three places a piece.
    size, places = design.shape[1], np.concatenate([inner[:-1] + part / PIECES for part in (0.0, 0.5, 1.0)])
    places = np.clip(places, 0, 1 - 1e-12)
    second = np.column_stack([BSpline(knots, unit, 3).derivative(2)(places) for unit in np.eye(size)])
    weight = np.repeat([1, 4, 1], PIECES) / 6 / PIECES
    bending = second.T @ (weight[:, None] * second)
    left, single, right = np.linalg.svd(design, full_matrices=False)
    there = single > 1e-8 * single[0]  # pieces without points have no column
    turn = right[there].T / single[there]
    bent, vectors = np.linalg.eigh(turn.T @ bending @ turn)
    return left[:, there] @ vectors, np.maximum(bent, 0)


def evpi(
    x: np.ndarray,
    owners: Sequence[str],
    benefits: np.ndarray,
    draws: int = DRAWS,
    seed: int = 0,
    most: int | None = None,
) -> tuple[InformationValue, list[Emulator]]:
    """Expected value of perfect information (EVPI), and the emulators of each choice against the first that it rests on.

    The noise of runs cannot be known before choosing and does not count.
    """
    apart = (benefits - benefits[:, :, :1])[:, :, 1:]
    n, rng = len(x), np.random.default_rng(seed)
    emulators = [Emulator(x, apart[:, :, k], owners, most or MOST) for k in range(apart.shape[2])]
    zero = np.zeros((n, 1))
    value = float(gain(np.column_stack([zero, *(e.mean(x) for e in emulators)])))
    shifted = noise_draws(apart, draws, rng)
    drawn = np.stack(
        [
            e.mean(x) + shifted[:, :, k] @ e.smoother(x).T + e.of_points(x, draws, seed + 1 + k)
            for k, e in enumerate(emulators)
        ],
        axis=-1,
    )
    drawn = np.concatenate([np.zeros((draws, n, 1)), drawn], axis=-1)
    each = [gain(one[rng.integers(0, n, n)]) for one in drawn]
    low, high = shifted_interval(value, each)
    return InformationValue("all", value, low, high, 0.0), emulators
