"""What to measure next: the worth of knowing each parameter before choosing between scenarios, and of knowing them all."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.methods import emulator
from sim.methods import value_of_information as information
from sim.runs.provenance import model_digest
from sim.runs.store.folder import write_table
from sim.studies.common import decision as choices
from sim.studies.discover.run import titled
from sim.studies.sweep.run import HOURS


@dataclass
class Informed:
    """What was found. every: EVPI; each: EVPPI of the parameters, most worth first; held: emulators on unseen points.

    All in the unit of the measure, or in CNY of net benefit where the choice says what the measure is worth.
    """

    sample: choices.Sample
    every: information.InformationValue
    each: list
    held: list

    @property
    def best(self):
        """The scenario that is best on average over the parameters."""
        return self.sample.choice.scenarios[int(self.sample.benefit.mean(axis=(0, 1)).argmax())]

    @property
    def table(self):
        """EVPPI: a row a parameter, most worth first. part: of EVPI; in_measure: in units of the measure where it is CNY."""
        rows = [vars(w) | {"clear": w.clear, "part": self.part(w)} for w in self.each]
        return pd.DataFrame(rows).assign(**self._in_measure([w.value for w in self.each]))

    @property
    def scenarios(self):
        """A row a scenario: mean benefit over points, and the share of points at which it is best in the mean over seeds."""
        benefit = self.sample.benefit.mean(axis=1)
        best = np.bincount(benefit.argmax(axis=1), minlength=benefit.shape[1]) / len(benefit)
        about = {"scenario": self.sample.choice.scenarios, "benefit": benefit.mean(axis=0), "best": best}
        return pd.DataFrame(about)

    def part(self, worth):
        """A parameter's worth as a part of that of all; not a number where that is nothing."""
        return worth.value / self.every.value if self.every.value > 0 else float("nan")

    def _in_measure(self, values):
        worths = self.sample.choice.values
        return {"in_measure": np.array(values) / next(iter(worths.values()))} if len(worths) == 1 else {}

    def verdict(self, lang="en"):
        """The answer in sentences."""
        from sim.studies.voi.sentences import answer

        return answer(report_data(self), lang)


def voi(scenarios, *overrides, engine="local", workers=None, folder=None, hours=HOURS, **question):
    """What to measure next: `voi(["service_first"], "cluster=toy", reference="baseline", value=500000).table`.

    question: as of `choices.asked` (reference, measures, value, vary, grades, points, replicates, year, seed): value: CNY that one
    more of the measure is worth; None for the measure alone, whatever it costs. Returns Informed.
    """
    choice = choices.asked(scenarios, overrides, **question)
    return carry_out(choice, engine=engine, workers=workers, folder=folder, hours=hours)


def carry_out(choice, **settings):
    """A Choice carried out."""
    emulator.check_library()
    return analysed(choices.simulate(choice, **settings))


def analysed(sample, draws=information.DRAWS, shuffles=information.SHUFFLES):
    """Informed from a Sample."""
    choice, owners = sample.choice, sample.choice.scale.owners
    every, emulators = information.evpi(sample.x, owners, sample.benefit, draws)
    each = information.evppi(sample.x, owners, sample.benefit, draws, shuffles)
    apart = sample.benefit - sample.benefit[:, :, :1]
    held = [
        emulator.cross_validated(sample.x, apart[:, :, k + 1], owners, start=one) for k, one in enumerate(emulators)
    ]
    order = sorted(each, key=lambda w: (not w.clear, -w.value, choice.space.names.index(w.name)))
    return Informed(sample, every, order, held)


def report_data(found, run_id=""):
    """What the figure and the sentences need."""
    from sim.studies.voi.sentences import InformationData

    choice = found.sample.choice
    return InformationData(
        scenarios={s.scenario: s.title for s in choice.setups}, best=found.best, choices=found.scenarios,
        measure=choices.yardstick(choice), years=choice.years, parameters=choices.parameter_titles(choice), each=found.table,
        every=found.every, held=found.held, points=len(found.sample.points), pairs=choice.replicates, run_id=run_id,
        version=model_digest(), values=choices.valued(choice),
    )  # fmt: skip


def write(found, folder, *, began, figures=True):
    """Write tables, figures and the answer into the study's folder, a RunFolder; the manifest last. Returns the files."""
    from sim.studies.voi.sentences import answer

    data, files = report_data(found, folder.id), []
    emulators = pd.DataFrame([vars(h) | {"failed_points": found.sample.failed} for h in found.held])
    every = pd.DataFrame([{key: getattr(found.every, key) for key in ("value", "low", "high")}])
    tables = {"evppi": titled(found.table, data), "evpi": every, "choices": found.scenarios, "emulator": emulators}
    for name, table in (tables | {"points": found.sample.points}).items():
        write_table(folder.path / f"{name}.csv", table)
        files.append(folder.path / f"{name}.csv")
    if figures:
        from sim.studies.voi.figures import write_figures

        files += write_figures(data, folder.path)
    asked = len(found.sample.points) + found.sample.failed
    answers = {lang: answer(data, lang) for lang in ("zh", "en")}
    folder.manifest(done=len(found.sample.points), asked=asked, began=began, files=files, answer=answers)
    return files
