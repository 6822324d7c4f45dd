"""The model as a function, for the tools of others: settings by name in, plain numbers out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.engine.mistakes import ConfigurationError
from sim.model.setup import Setup
from sim.runs.matched_pairs import seeds_of
from sim.runs.results import RunName
from sim.runs.settings import at_point
from sim.runs.unit import simulate_scenarios
from sim.studies.common.horizon import checked_measures, checked_year, over_horizon
from sim.studies.common.scenarios import first_policy_month, scenarios_of
from sim.studies.sweep.space import Space


@dataclass(frozen=True)
class Function:
    """Called with settings it simulates them: `run(**{"parameters.choice.rent_sensitivity": 1.2})["graduates"]`.

    setups: one, or the package and its reference: then every number is a paired difference. Every point is simulated on the
    same seeds, so that luck cancels where points are compared. It can be sent to other processes.
    """

    setups: tuple[Setup, ...]
    measures: tuple[str, ...]
    seeds: tuple[int, ...]
    year: int | None = None

    def __call__(self, seed: int | None = None, **settings: Any) -> dict[str, float]:
        """{measure: mean over the seeds}, or over one seed alone, so that a tool can handle replications by itself.

        Settings not named stay as they are. Raises ConfigurationError for those that do not exist, lie outside their bounds
        or contradict each other, RuntimeError with the traceback where the model fails.
        """
        setups = at_point(self.setups, settings)
        # Burn-ins of points that nobody asks for again would push others out of the cache.
        cached = all(
            a.parameters is b.parameters and a.rules is b.rules for a, b in zip(setups, self.setups, strict=True)
        )
        seeds = self.seeds if seed is None else (int(seed),)
        values = np.mean([self._once(setups, s, cached) for s in seeds], axis=0)
        return dict(zip(self.measures, values.tolist(), strict=True))

    def rows(self, x: np.ndarray, space: Space) -> np.ndarray:
        """The same for a sample as SALib draws it: x (n, k) inside `space.bounds`. Returns (n, measures)."""
        low, high = space.bounds.T
        points = space.table((np.atleast_2d(x) - low) / (high - low)).to_dict("records")
        return np.array([list(self(**point).values()) for point in points])

    def _once(self, setups, seed, cached):
        """(measures,) on one seed: a level, or package minus reference."""
        since = int(str(first_policy_month(self.setups))[:4])
        levels = []
        names = {s.scenario: RunName(s.scenario, "", seed) for s in setups}
        for run in simulate_scenarios(setups, seed, names, self.measures, cached):
            if run.error:
                raise RuntimeError(f"{run.run_id}, seed {seed}: {run.error}")
            levels.append(over_horizon(self.measures, run.years, run.values, since, self.year))
        return levels[0] if len(levels) == 1 else levels[0] - levels[1]


def as_function(
    scenario: str,
    *overrides: str,
    measures: str | Sequence[str],
    reference: str | None = None,
    seeds: int | Sequence[int] = 1,
    year: int | None = None,
    own: str | None = None,
) -> Function:
    """A Function: `as_function("service_first", "cluster=toy", measures=["graduates"], reference="baseline", seeds=4)`.

    reference: scenario to subtract, on the same seeds; None for levels. seeds: a list, or how many from 1 on. year: one
    alone; None for all from the first policy's on, counts added up and everything else averaged.
    """
    seeds = seeds_of(1, seeds) if isinstance(seeds, int) else [int(seed) for seed in seeds]
    if not seeds:
        raise ConfigurationError("seeds: name at least one.")
    measures = checked_measures(measures)
    setups = scenarios_of([scenario] if reference is None else [scenario, reference], overrides, own)
    year = checked_year(year, setups[0], int(str(first_policy_month(setups))[:4]))
    return Function(tuple(setups), tuple(measures), tuple(seeds), year)
