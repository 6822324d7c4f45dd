"""Matched pairs as arrays: yearly values of two scenarios side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.runs.results import Matched
from sim.studies.common.horizon import over_horizon

WHOLE = 0  # the year that stands for all years from the first policy on


@dataclass(frozen=True)
class Paired:
    """Paired differences of one scenario against the reference: values (pairs, measures, periods, units)."""

    measures: Sequence[str]
    units: Sequence[str]
    years: Sequence[int]
    reference: np.ndarray
    other: np.ndarray


def paired(matched: Sequence[Matched], scenario: str, reference: str, kind: str, since: int) -> Paired:
    """Yearly values of both scenarios by pair, and the whole horizon since a year as period 0."""
    first = matched[0].outcomes[reference].yearly[kind]
    years = [int(y) for y in first.periods]

    def stack(name):
        values = [m.outcomes[name].yearly[kind].values for m in matched]
        whole = [over_horizon(first.measures, years, one, since) for one in values]
        return np.concatenate([np.stack(values), np.stack(whole)[:, :, None]], axis=2)

    return Paired(first.measures, first.units, [*years, WHOLE], stack(reference), stack(scenario))
