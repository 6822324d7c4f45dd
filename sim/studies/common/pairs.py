"""Matched pairs as arrays: yearly values of two scenarios side by side, and the interval of a mean."""

from dataclasses import dataclass

import numpy as np

from sim.model.measures.definitions import MEASURES

WHOLE = 0  # the year that stands for all years from the first policy on


@dataclass(frozen=True)
class Paired:
    """Paired differences of one scenario against the reference: values (pairs, measures, periods, units)."""

    measures: list
    units: list
    years: list
    reference: np.ndarray
    other: np.ndarray


def paired(matched, scenario, reference, kind, since):
    """Yearly values of both scenarios by pair, and the whole horizon since a year as period 0."""
    first = matched[0].outcomes[reference].yearly[kind]
    years = [int(y) for y in first.periods]

    def stack(name):
        values = np.stack([m.outcomes[name].yearly[kind].values for m in matched])
        late = values[:, :, [i for i, y in enumerate(years) if y >= since], :]
        with np.errstate(invalid="ignore"):
            totals = np.array([MEASURES[key].total for key in first.measures])[None, :, None]
            some = np.isfinite(late).sum(axis=2)
            whole = np.where(totals, np.nansum(late, axis=2), np.nansum(late, axis=2) / np.maximum(some, 1))
            whole = np.where(some > 0, whole, np.nan)
        return np.concatenate([values, whole[:, :, None, :]], axis=2)

    return Paired(first.measures, first.units, [*years, WHOLE], stack(reference), stack(scenario))
