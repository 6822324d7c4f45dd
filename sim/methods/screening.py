"""Screening for the parameters that matter at all, by Morris, and by PAWN where variance says little. Both by SALib."""

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
import pandas as pd

from sim.engine.optional import salib

RESAMPLES = 200
PAWN_RESAMPLES, DUMMIES, SLIDE = 30, 40, 12  # SLIDE: points a slide of PAWN holds at least
COLUMNS = ("name", "mu", "mu_star", "low", "high", "sigma")


def screen(problem: Mapping, x: np.ndarray, y: np.ndarray, levels: int, seed: int = 0) -> tuple[pd.DataFrame, int]:
    """Elementary effects of each parameter on one output: a table, and how many trajectories were left out.

    problem: as SALib has it; x (n, k): points of Morris's design; y (n, seeds), averaged over seeds.
    Columns, in the output's unit for a move over the parameter's whole range: mu the mean effect, mu_star the mean size
    with its bootstrap interval low to high over trajectories (95 %), sigma the spread of effects: of interactions, bends and
    noise. A trajectory with a missing value is left out. Campolongo et al. 2007.
    """
    k = problem["num_vars"]
    mean = np.asarray(y, float).reshape(len(x), -1).mean(axis=1)
    whole = np.isfinite(mean.reshape(-1, k + 1)).all(axis=1)
    kept = np.repeat(whole, k + 1)
    dropped = int((~whole).sum())
    if whole.sum() < 2:
        empty = {column: np.full(k, np.nan) for column in COLUMNS[1:]}
        return pd.DataFrame({"name": problem["names"]} | empty), dropped
    found = salib("analyze.morris").analyze(
        problem, np.asarray(x, float)[kept], mean[kept], num_levels=levels, num_resamples=RESAMPLES, seed=seed
    )
    star, half = (np.asarray(found[key], float) for key in ("mu_star", "mu_star_conf"))
    columns = (problem["names"], found["mu"], star, np.maximum(star - half, 0), star + half, found["sigma"])
    return pd.DataFrame({key: np.asarray(value) for key, value in zip(COLUMNS, columns, strict=True)}), dropped


def noise_alone(variance: float, seeds: int, trajectories: int, levels: int, numbers: int) -> tuple[float, float]:
    """mu_star of a number that has no effect but noise: its mean, and what it stays below in 19 studies of 20.

    variance: of noise that shared seeds do not cancel, see `sobol.unshared_noise`; seeds averaged over; trajectories and
    levels of the Morris grid; numbers: how many, none of which passes the second figure in 19 of 20 studies. Two points
    differ by noise of twice that variance, over a step of levels / 2(levels − 1) of the range.
    """
    step = levels / (2 * (levels - 1))
    size = np.sqrt(2 * variance / seeds) / step
    return float(size * np.sqrt(2 / np.pi)), float(size * _most(trajectories, numbers))


@cache
def _most(trajectories, numbers, draws=100_000):
    """The mean size of so many standard normal draws that none of so many such means passes with 95 % probability."""
    rng, total = np.random.default_rng(1), np.zeros(draws)
    for _ in range(trajectories):
        total += np.abs(rng.normal(size=draws))
    return float(np.quantile(total / trajectories, 1 - 0.05 / numbers))


def strongest(tables: Sequence[pd.DataFrame], count: int) -> list[str]:
    """Names of the parameters that matter most for any of several outputs, the strongest first.

    tables: one of `screen` an output. A parameter counts by its largest share of an output's mu_star; none without effect.
    """
    best = {}
    for table in tables:
        whole = table["mu_star"].sum()
        if np.isfinite(whole) and whole > 0:
            for name, star in zip(table["name"], table["mu_star"] / whole, strict=True):
                best[name] = max(best.get(name, 0.0), float(star))
    ranked = sorted((name for name in best if best[name] > 0), key=lambda name: -best[name])
    return ranked[:count]


def pawn(problem: Mapping, x: np.ndarray, y: np.ndarray, seed: int = 0) -> pd.DataFrame:
    """PAWN of each parameter: how far knowing it moves the distribution of an output, from 0 to 1.

    x (n, k), y (n, seeds), averaged over seeds; any design that fills the space. Columns name, pawn (the median over slides
    of the parameter's range), low and high (95 %, bootstrap over points), nothing (what a parameter without effect stays
    below in 95 of 100 draws: few points have a distance of their own). Pianosi and Wagener 2018.
    """
    k = problem["num_vars"]
    x, mean = np.asarray(x, float), np.asarray(y, float).reshape(len(x), -1).mean(axis=1)
    there = np.isfinite(mean)
    x, mean = x[there], mean[there]
    n, slides = len(x), min(10, max(2, int(there.sum()) // SLIDE))
    if n < 2 * SLIDE or np.ptp(mean) == 0:
        return pd.DataFrame({"name": problem["names"], **dict.fromkeys(("pawn", "low", "high", "nothing"), np.nan)})
    rng, analyze = np.random.default_rng(seed), salib("analyze.pawn").analyze

    def medians(points, values, about=problem):
        return np.asarray(analyze(about, points, values, S=slides)["median"], float)

    value = medians(x, mean)
    draws = []
    for _ in range(PAWN_RESAMPLES):
        pick = rng.integers(n, size=n)
        draws.append(medians(x[pick], mean[pick]))
    # Resampled points repeat, which lengthens every distance alike: only the spread of the draws is used.
    half = 1.96 * np.std(draws, axis=0, ddof=1)
    dummy = {"num_vars": DUMMIES, "names": [f"dummy{i}" for i in range(DUMMIES)], "bounds": [[0, 1]] * DUMMIES}
    nothing = np.quantile(medians(rng.random((n, DUMMIES)), mean, dummy), 0.95)
    low, high = np.maximum(value - half, 0), np.minimum(value + half, 1)
    return pd.DataFrame(
        {"name": problem["names"], "pawn": value, "low": low, "high": high, "nothing": np.full(k, nothing)}
    )
