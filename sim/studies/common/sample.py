"""The sample that a decision is studied on: what each choice is worth at points spread over the parameters."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.engine.mistakes import ConfigurationError
from sim.methods.emulator import FEWEST
from sim.model.measures.definitions import MEASURES, SPENDING
from sim.studies.common.decision import Decision
from sim.studies.sweep.run import HOURS, sweep
from sim.studies.sweep.tables import Sweep


@dataclass
class Sample:
    """Benefits that were simulated. points: a row a point, the present one apart; benefit (points, seeds, choices) in the order of the
    scenarios, more of it better; present (seeds, choices). failed: points left out because a run failed or has no value.
    """  # fmt: skip

    decision: Decision
    points: pd.DataFrame
    benefit: np.ndarray
    present: np.ndarray
    failed: int

    @property
    def x(self) -> np.ndarray:
        """Points as columns from 0 to 1."""
        return self.decision.scale(self.points)


def simulate(
    decision: Decision, *, engine: str = "local", workers: int | None = None, folder: Path | str | None = None,
    hours: float = HOURS, fresh: bool = False, progress: Callable[[int, int], Any] | None = None,
    say: Callable[[str], Any] | None = None,
) -> Sample:  # fmt: skip
    """Simulate the sample of a Decision, through `sweep`."""
    design = decision.design()
    found = _swept(
        decision, design, decision.seeds, engine=engine, workers=workers, folder=folder, hours=hours, fresh=fresh,
        progress=progress, say=say,
    )  # fmt: skip
    benefit = benefits(found, decision, design.points.index, decision.seeds)
    good = np.asarray(np.isfinite(benefit).all(axis=(1, 2)))
    if not good[0]:
        raise ConfigurationError(f"the runs with every parameter as it is failed: {_first(found)}")
    kept = good.copy()
    kept[0] = False
    if kept.sum() < FEWEST:
        raise ConfigurationError(f"only {kept.sum()} points went well; the first that failed: {_first(found)}")
    points = design.points[kept].reset_index(drop=True)
    return Sample(decision, points, benefit[kept], benefit[0], int((~good).sum()))


def simulate_at(
    decision: Decision, rows: Sequence[dict[str, Any]], seeds: Sequence[int], **settings: Any
) -> np.ndarray:
    """Benefits (rows, seeds, choices) at points given by hand: {name: value}, all else as it is."""
    design = decision.listed(rows)
    return benefits(_swept(decision, design, seeds, **settings), decision, design.points.index, seeds)


def _swept(decision, design, seeds, **settings):
    measures = [*decision.measures, *([SPENDING] if decision.values else [])]
    return sweep(
        design, decision.scenarios, seeds=seeds, measures=list(dict.fromkeys(measures)), overrides=decision.overrides,
        reference=decision.reference, own=decision.own, **settings,
    )  # fmt: skip


def _first(found):
    errors = found.failed["error"]
    return errors.iloc[0].strip().splitlines()[-1] if len(errors) else "a measure has no value in these years"


def benefits(found: Sweep, decision: Decision, points: pd.Index, seeds: Sequence[int]) -> np.ndarray:
    """Worth of each choice at each point and seed, from a Sweep: (points, seeds, choices), not a number if unknown."""

    def table(measure, scenario):
        levels = found.levels(measure, scenario, decision.years)["value"]
        return levels.unstack("seed").reindex(index=points, columns=seeds).to_numpy(float)

    worths = []
    for scenario in decision.scenarios:
        if not decision.values:
            sign = 1 if MEASURES[decision.measures[0]].good == "up" else -1
            worths.append(sign * table(decision.measures[0], scenario))
            continue
        signs = {m: 1 if MEASURES[m].good == "up" else -1 for m in decision.measures}
        worth = sum(signs[m] * decision.values[m] * table(m, scenario) for m in decision.measures)
        worths.append(worth - table(SPENDING, scenario))
    return np.stack(worths, axis=-1)
