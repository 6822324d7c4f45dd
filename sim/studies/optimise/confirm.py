"""Rivals chosen on the seeds of the search and judged on new ones, with intervals that hold for all claims at once."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from sim.methods.intervals import CONFIDENCE, interval
from sim.methods.nsga2 import undominated
from sim.model.measures.definitions import SPENDING
from sim.studies.optimise.question import Question

SPARE = 0.03  # share of a package's cost that its challenger leaves unspent on the seeds of the search: new ones may cost more
SAME_COST = 0.02  # share by which two sums may differ and still count as equal


def challengers(q: Question, values: np.ndarray, known: np.ndarray) -> dict[str, int | None]:
    """For each named package the row of `values` that does best against it at no more cost, None if none does.

    values (rows, worlds, seeds, measures), known the same of the reference and the named packages. Best: the largest gain in
    the objective in which it gains least, each on the scale of what all rows span.
    """
    at = [q.measures.index(m) for m in q.gains]
    signs = np.array([s for s, m in zip(q.signs, q.objectives, strict=True) if m != SPENDING])
    mine, theirs = values.mean(axis=(1, 2)), known.mean(axis=(1, 2))
    spent = q.measures.index(SPENDING)
    span = np.ptp(np.concatenate([mine, theirs])[:, at], axis=0)
    span = np.where(span > 0, span, 1.0)
    best_against = {}
    for k, setup in enumerate(q.setups[1:], start=1):
        least = (signs * (mine[:, at] - theirs[k, at]) / span).min(axis=1)
        least[mine[:, spent] > (1 - SPARE) * theirs[k, spent]] = -np.inf
        best = int(np.argmax(least)) if len(least) else 0
        best_against[setup.scenario] = best if len(least) and np.isfinite(least[best]) else None
    return best_against


def beaten_by(
    q: Question, names: Sequence[str], labels: Sequence[str], fresh: np.ndarray, rivals: Mapping[str, int | None]
) -> pd.DataFrame:
    """Each named package against its challenger on new seeds, seed by seed, worlds averaged.

    Columns: package, point, measure, mean, low, high (of the challenger minus the package; 95 % for all packages and measures
    together, Bonferroni), clear (the interval lies on the better side), no_dearer, beaten (clear in at least two objectives
    beside money, or in all if there is but one, at no more cost). fresh: reference and named first, then labels.
    """
    claims = max(1, len(names) - 1) * (len(q.gains) + 1)
    level = 1 - (1 - CONFIDENCE) / claims
    rows = []
    for k, name in enumerate(names[1:], start=1):
        rival = rivals.get(name)
        if rival is None:
            rows.append((name, "", "", np.nan, np.nan, np.nan, False, False, False))
            continue
        row = len(names) + rival
        gap = (fresh[row] - fresh[k]).mean(axis=0)  # (seeds, measures)
        mean, low, high = interval(gap, confidence=level)
        cost = float((fresh[k] - fresh[0])[..., q.measures.index(SPENDING)].mean())
        no_dearer = bool(high[q.measures.index(SPENDING)] <= SAME_COST * abs(cost))
        better = {
            m: bool(low[q.measures.index(m)] > 0 if s > 0 else high[q.measures.index(m)] < 0)
            for m, s in zip(q.objectives, q.signs, strict=True)
        }
        won = no_dearer and sum(better[m] for m in q.gains) >= min(2, len(q.gains))
        for j, m in enumerate(q.measures):
            rows.append((name, labels[rival], m, mean[j], low[j], high[j], better.get(m, high[j] < 0), no_dearer, won))
    columns = ["package", "point", "measure", "mean", "low", "high", "clear", "no_dearer", "beaten"]
    return pd.DataFrame(rows, columns=columns)


def confirmed(q: Question, keys: Sequence[str], fresh: np.ndarray, old: np.ndarray, named: int) -> pd.DataFrame:
    """Each point on new seeds: difference to the reference with its 95 % interval, worlds averaged, beside what the search saw.

    Columns: point, kind (reference, named, found), measure, mean, low, high, searched, level, on_front (by the means).
    """
    gap = (fresh - fresh[0]).mean(axis=1)  # (rows, seeds, measures)
    seen = (old - old[0]).mean(axis=(1, 2))
    mean, low, high = interval(np.moveaxis(gap, 1, 0))
    at = [q.measures.index(m) for m in q.objectives]
    best = undominated(-q.signs * mean[:, at])
    rows = []
    for k, key in enumerate(keys):
        kind = "reference" if k == 0 else "named" if k < named else "found"
        for j, m in enumerate(q.measures):
            level = fresh[k, ..., j].mean()
            rows.append((key, kind, m, mean[k, j], low[k, j], high[k, j], seen[k, j], level, bool(best[k])))
    columns = ["point", "kind", "measure", "mean", "low", "high", "searched", "level", "on_front"]
    return pd.DataFrame(rows, columns=columns)
