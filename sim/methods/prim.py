"""PRIM, the patient rule induction method: boxes of parameters in which a choice is regretted.

Friedman & Fisher 1999, "Bump hunting in high-dimensional data"; for scenario discovery Bryant & Lempert 2010. A box is found
by peeling, thin slices taken away where regret is least, and by pasting, slices given back as long as regret gains.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import binom

PEEL = 0.05  # share of a box's points that a slice takes, and that one pasted back gives
LEAST = 0.05  # share of all points below which a box is not made smaller
FEW = 10  # points below which a box says nothing
RESAMPLES = 50
CHANCE = 0.05  # a restriction stays only if chance would make as dense a box less often than this


@dataclass(frozen=True)
class Box:
    """A box of parameters: its limits, and what it holds.

    limits: {name: (low, high)} of what is restricted, or a tuple of values of a categorical parameter. mass: share of all points inside;
    density: share of the inside points that are of interest; coverage: share of all that is of interest, by its size, that
    lies inside; mean: of what is of interest inside, its unit.
    """

    limits: dict[str, tuple]
    mass: float
    density: float
    coverage: float
    mean: float

    def holds(self, points: pd.DataFrame) -> np.ndarray:
        """Mark the points that lie inside."""
        return inside(self.limits, _columns(points))


def inside(limits: Mapping[str, tuple], columns: Mapping[str, np.ndarray]) -> np.ndarray:
    """Mark the points that lie within limits (n,) bool. columns: {name: (n,)} of each parameter."""
    found = np.ones(len(next(iter(columns.values()))), bool)
    for name, limit in limits.items():
        found &= _within(columns[name], limit)
    return found


def _within(values, limit):
    return (values >= limit[0]) & (values <= limit[1]) if is_number(values) else np.isin(values, limit)


def is_number(values: np.ndarray) -> bool:
    """Return True if a parameter is a number and not one of a few words."""
    return pd.api.types.is_numeric_dtype(values.dtype)


def _columns(points):
    """Points as arrays by name: pandas is slow at many small questions."""
    return {name: points[name].to_numpy() for name in points}


def trajectory(points: pd.DataFrame, interest: np.ndarray, peel: float = PEEL, least: float = LEAST) -> list[Box]:
    """Peel boxes from the whole space down to the smallest, each the one before less its least interesting slice.

    points: DataFrame, a row a point; interest (n,) at least 0, such as regret.
    """
    columns = _columns(points)
    ends = {name: _ends(values) for name, values in columns.items()}
    limits, boxes = dict(ends), [_box(ends, ends, columns, interest)]
    least = max(FEW, least * len(points))
    while True:
        within = inside(limits, columns)
        n, mean, gains = within.sum(), interest[within].mean(), []
        for name, values in columns.items():
            for smaller in _peeled(values[within], limits[name], peel):
                left = within & _within(values, smaller)
                if least <= left.sum() < n:
                    # Gain for each point given up: a slice of a coarse category may be thicker than one of a number.
                    gain = (interest[left].mean() - mean) / (n - left.sum())
                    gains.append((gain, -len(gains), {name: smaller}))
        if not gains or mean == interest[within].max():
            return boxes
        limits = limits | max(gains, key=lambda found: found[:2])[2]
        boxes.append(_box(limits, ends, columns, interest))


def pasted(box: Box, points: pd.DataFrame, interest: np.ndarray, paste: float = PEEL) -> Box:
    """Give a box back the slices that raise its mean; the same box if none does."""
    columns = _columns(points)
    ends = {name: _ends(values) for name, values in columns.items()}
    limits = ends | box.limits
    while True:
        within = inside(limits, columns)
        mean, gains = interest[within].mean(), []
        for name in box.limits:
            values, free = columns[name], inside({k: v for k, v in limits.items() if k != name}, columns)
            for larger in _widened(values[free & ~within], limits[name], max(1, int(paste * within.sum()))):
                gains.append((interest[free & _within(values, larger)].mean(), -len(gains), {name: larger}))
        best = max(gains, key=lambda found: found[:2], default=(mean, 0, {}))
        if best[0] <= mean:
            return _box(limits, ends, columns, interest)
        limits = limits | best[2]


def best_box(points: pd.DataFrame, interest: np.ndarray, peel: float = PEEL, least: float = LEAST) -> Box | None:
    """Find the box that says most: highest harmonic mean of coverage and density along the trajectory, then pasted.

    None if nothing is of interest, or if no box is denser than the whole space.
    """
    interest = np.asarray(interest, float)
    if not (interest > 0).any() or (interest > 0).all():
        return None
    boxes = trajectory(points, interest, peel, least)
    found = max(boxes, key=lambda box: box.coverage * box.density / max(box.coverage + box.density, 1e-12))
    found = without_chance(pasted(found, points, interest, peel), points, interest)
    return found if found.limits and found.density > boxes[0].density else None


def without_chance(box: Box, points: pd.DataFrame, interest: np.ndarray) -> Box:
    """Lift the restrictions of a box that chance explains, the least sure first (quasi-p values, Bryant & Lempert 2010)."""
    columns, limits = _columns(points), dict(box.limits)
    while limits:
        within = inside(limits, columns)
        chances = {}
        for name in limits:
            wider = inside({k: v for k, v in limits.items() if k != name}, columns)
            inner = (interest[within] > 0).sum()
            chances[name] = binom.sf(inner - 1, within.sum(), (interest[wider] > 0).mean())
        worst = max(chances, key=lambda name: chances[name])
        if chances[worst] <= CHANCE:
            break
        del limits[worst]
    ends = {name: _ends(values) for name, values in columns.items()}
    return _box(ends | limits, ends, columns, interest)


def covering(
    points: pd.DataFrame, interest: np.ndarray, most: int = 2, peel: float = PEEL, least: float = LEAST
) -> list[Box]:
    """Find several boxes, each among the points that those before left out; an empty list if there is none."""
    points, interest = points.reset_index(drop=True), np.asarray(interest, float)
    columns, left, boxes = _columns(points), np.ones(len(points), bool), []
    ends = {name: _ends(values) for name, values in columns.items()}
    while len(boxes) < most and left.sum() >= 2 * FEW:
        found = best_box(points.loc[left], interest[left], peel, max(least * len(points), FEW) / left.sum())
        if found is None:
            break
        whole = _box(ends | found.limits, ends, columns, np.where(left, interest, 0))
        if whole.density <= (interest > 0).mean():
            break
        boxes.append(whole)
        left &= ~found.holds(points)
    return boxes


@dataclass(frozen=True)
class Stability:
    """Stability of a box when it is sought again from other points and seeds.

    again: {name: share of resamples whose own box restricts it}; density, coverage: median of the resamples' boxes on points
    and seeds that they were not found on; base: share of interest among those; found: share of resamples with a box.
    """

    again: dict[str, float]
    density: float
    coverage: float
    base: float
    found: float


def stability(
    points: pd.DataFrame,
    values: np.ndarray,
    interest_of: Callable[[np.ndarray], np.ndarray],
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Stability:
    """Find boxes of resampled points and seeds, and judge them on the points and seeds left out.

    values (n, seeds, …); interest_of(values) -> (n,) of interest, from some of the seeds.
    """
    rng, n = np.random.default_rng(seed), len(points)
    seeds, names, scores = values.shape[1], dict.fromkeys(points, 0), []
    for _ in range(resamples):
        chosen = rng.integers(0, n, n)
        out = np.setdiff1d(np.arange(n), chosen)
        half = rng.permutation(seeds)
        # Half of the seeds find the box and the other half judge it; one seed has to do both.
        finds, judges = (half[: (seeds + 1) // 2], half[(seeds + 1) // 2 :]) if seeds > 1 else (half, half)
        box = best_box(points.iloc[chosen].reset_index(drop=True), interest_of(values[chosen][:, finds]))
        if box is None or len(out) < FEW:
            continue
        for name in box.limits:
            names[name] += 1
        judged, held = interest_of(values[out][:, judges]), box.holds(points.iloc[out])
        density = (judged[held] > 0).mean() if held.any() else 0.0
        scores.append((density, judged[held].sum() / max(judged.sum(), 1e-12), (judged > 0).mean()))
    share = {name: count / resamples for name, count in names.items()}
    density, coverage, base = np.median(scores, axis=0).tolist() if scores else (np.nan,) * 3
    return Stability(share, density, coverage, base, len(scores) / resamples)


def _ends(values):
    if is_number(values):
        return float(values.min()), float(values.max())
    return tuple(sorted(set(values.tolist())))


def _box(limits, ends, columns, interest):
    within, total = inside(limits, columns), interest.sum()
    return Box(
        limits={name: limit for name, limit in limits.items() if limit != ends[name]}, mass=float(within.mean()),
        density=float((interest[within] > 0).mean()), coverage=float(interest[within].sum() / total) if total else 0.0,
        mean=float(interest[within].mean()),
    )  # fmt: skip


def _peeled(values, limit, peel):
    """Limits with a slice less: two for a number, one for each value of a category."""
    if not is_number(values):
        return [tuple(v for v in limit if v != value) for value in limit] if len(limit) > 1 else []
    values = np.sort(values)
    k, found = max(1, int(peel * len(values))), []
    if (low := _between(values, k)) is not None:
        found.append((low, limit[1]))
    if (high := _between(-values[::-1], k)) is not None:
        found.append((limit[0], -high))
    return found


def _between(values, k):
    """The middle of the gap above the k lowest of ordered values, ties going with the lower; None if nothing is left."""
    above = np.searchsorted(values, values[k - 1], side="right")
    return None if above >= len(values) else float((values[above - 1] + values[above]) / 2)


def _widened(values, limit, k):
    """Limits with a slice more on either side, from the points that only this parameter keeps out."""
    if not is_number(values):
        return [(*limit, value) for value in sorted(set(values.tolist()) - set(limit))]
    values, found = np.sort(values), []
    below, above = values[values < limit[0]], values[values > limit[1]]
    if len(below):
        found.append((float(below[-min(k, len(below))]), limit[1]))
    if len(above):
        found.append((limit[0], float(above[min(k, len(above)) - 1])))
    return found
