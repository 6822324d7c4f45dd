"""The worth of knowing each parameter before choosing between scenarios, and of knowing them all."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.methods import emulator, value_of_information
from sim.studies.common.decision import Decision, make_decision
from sim.studies.common.sample import Sample, simulate
from sim.studies.sweep.run import HOURS
from sim.studies.voi.sentences import answer
from sim.studies.voi.tables import report_data


@dataclass
class Informed:
    """The worth of knowing. every: EVPI; each: EVPPI of the parameters, most worth first; held: emulators on unseen points.

    All in the unit of the measure, or in CNY of net benefit where the choice says what the measure is worth.
    """

    sample: Sample
    every: value_of_information.InformationValue
    each: list[value_of_information.InformationValue]
    held: list[emulator.Accuracy]

    @property
    def best(self) -> str:
        """The scenario that is best on average over the parameters."""
        return self.sample.decision.scenarios[int(self.sample.benefit.mean(axis=(0, 1)).argmax())]

    @property
    def table(self) -> pd.DataFrame:
        """EVPPI: a row a parameter, most worth first. part: of EVPI; in_measure: in units of the measure where it is CNY."""
        rows = [vars(w) | {"clear": w.clear, "part": self.part(w)} for w in self.each]
        return pd.DataFrame(rows).assign(**self._in_measure([w.value for w in self.each]))

    @property
    def scenarios(self) -> pd.DataFrame:
        """A row a scenario: mean benefit over points, and the share of points at which it is best in the mean over seeds."""
        benefit = self.sample.benefit.mean(axis=1)
        best = np.bincount(benefit.argmax(axis=1), minlength=benefit.shape[1]) / len(benefit)
        about = {"scenario": self.sample.decision.scenarios, "benefit": benefit.mean(axis=0), "best": best}
        return pd.DataFrame(about)

    def part(self, worth: value_of_information.InformationValue) -> float:
        """A parameter's worth as a part of that of all; not a number where that is nothing."""
        return worth.value / self.every.value if self.every.value > 0 else float("nan")

    def _in_measure(self, values):
        worths = self.sample.decision.values
        return {"in_measure": np.array(values) / next(iter(worths.values()))} if len(worths) == 1 else {}

    def verdict(self, lang: str = "en") -> str:
        """The answer in sentences."""
        return answer(report_data(self), lang)


def voi(
    scenarios: Sequence[str],
    *overrides: str,
    engine: str = "local",
    workers: int | None = None,
    folder: Path | str | None = None,
    hours: float = HOURS,
    **question: Any,
) -> Informed:
    """Find what to measure next: `voi(["service_first"], "cluster=toy", reference="baseline", value=500000).table`.

    question: as of `make_decision` (reference, measures, value, vary, grades, points, replicates, year, seed): value: CNY that one
    more of the measure is worth; None for the measure alone, whatever it costs. Returns Informed.
    """
    decision = make_decision(scenarios, overrides, **question)
    return carry_out(decision, engine=engine, workers=workers, folder=folder, hours=hours)


def carry_out(decision: Decision, **settings: Any) -> Informed:
    """Carry out a decision."""
    emulator.check_library()
    return analysed(simulate(decision, **settings))


def analysed(
    sample: Sample, draws: int = value_of_information.DRAWS, shuffles: int = value_of_information.SHUFFLES
) -> Informed:
    """Find the worth of each parameter in a sample."""
    decision, owners = sample.decision, sample.decision.scale.owners
    every, emulators = value_of_information.evpi(sample.x, owners, sample.benefit, draws)
    each = value_of_information.evppi(sample.x, owners, sample.benefit, draws, shuffles)
    apart = sample.benefit - sample.benefit[:, :, :1]
    held = [
        emulator.cross_validated(sample.x, apart[:, :, k + 1], owners, start=one) for k, one in enumerate(emulators)
    ]
    order = sorted(each, key=lambda w: (not w.clear, -w.value, decision.space.names.index(w.name)))
    return Informed(sample, every, order, held)
