"""A sensitivity study carried out on the model: how long it will take, and its runs through `sweep`."""

import math
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.engine.mistakes import ConfigurationError
from sim.studies.common.scenarios import scenarios_of
from sim.studies.sensitivity.question import Question, make_question
from sim.studies.sensitivity.sentences import answer
from sim.studies.sensitivity.stages import Found, Stage, find
from sim.studies.sensitivity.tables import TABLES, report_data
from sim.studies.sweep import designs
from sim.studies.sweep.run import sweep
from sim.studies.sweep.space import COMPOSED

HOURS = 1.0  # a study expected to take longer is not begun unless allowed


@dataclass
class Sensitivity:
    """Results of a sensitivity study: tables as of `Found`, and the question they answer."""

    question: Question
    found: Found
    failed: int

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The tables by name: overview, screening, indices, tornado, split; DataFrames."""
        return {name: getattr(self.found, name) for name in TABLES}

    def verdict(self, lang: str = "en") -> str:
        """Say what the answers rest on, a paragraph an output: effects, or levels where only one scenario was named."""
        data = report_data(self.found, self.question)
        outputs = [output for output in data.asked() if output.against] or data.asked()
        return "\n".join(answer(data, output, lang) for output in outputs)


def sensitivity(
    scenarios: Sequence[str],
    *overrides: str,
    engine: str = "local",
    workers: int | None = None,
    hours: float = HOURS,
    folder: Path | str | None = None,
    **question: Any,
) -> Sensitivity:
    """Find what answers rest on: `sensitivity(["baseline", "service_first"], "cluster=toy", vary=["parameters.choice.*"])`.

    scenarios: names; reference: one of them, the first unless named. Outputs are the level of each of `measures` in the
    reference and the effect of every other scenario on it, over the years from the first policy on, or in one `year`. vary:
    settings as of `space_of`; None for all parameters of these `grades`. structures: names as of `structures_of`. design:
    "quick" or "full", whose sizes (trajectories, strongest, base, seeds, points, luck, ends) can be given one by one.
    engine, workers, folder: as of `sweep`; hours: longest time that is begun. Returns Sensitivity.
    """
    return carry_out(
        make_question(scenarios, overrides, **question), engine=engine, workers=workers, hours=hours, folder=folder
    )


def carry_out(
    question: Question,
    *,
    engine: str = "local",
    workers: int | None = None,
    hours: float = HOURS,
    folder: Path | str | None = None,
    fresh: bool = False,
    progress: Callable[[str, int, int], None] | None = None,
    announce: Callable[[float], None] | None = None,
    say: Callable[[str], None] | None = None,
) -> Sensitivity:
    """Carry out a Question. progress(stage, done, units) and announce(seconds) are called as it goes; announce before it begins."""
    run = Runner(question, engine, workers, folder, fresh, progress, say)
    seconds = run.seconds()
    if announce:
        announce(seconds)
    if seconds > 3600 * hours:
        raise ConfigurationError(
            f"this study takes about {seconds / 3600:,.1f} hours, and {hours:g} is allowed; write hours={math.ceil(1.2 * seconds / 3600)} "
            "to let it, or ask for less, such as design=quick."
        )
    found = find(question.plan, question.space, question.outputs, run, question.structures, question.seed)
    return Sensitivity(question, found, run.failed)


class Runner:
    """Simulates stages of a study by `sweep`, and keeps count. Runs that were made before are found in the folder."""

    def __init__(
        self,
        question: Question,
        engine: str = "local",
        workers: int | None = None,
        folder: Path | str | None = None,
        fresh: bool = False,
        progress: Callable[[str, int, int], None] | None = None,
        say: Callable[[str], None] | None = None,
    ) -> None:
        self.question, self.folder, self.fresh, self.say = question, folder, fresh, say
        self.engine, self.workers = engine, workers
        self.progress = progress or (lambda stage, done, units: None)
        self.failed = 0

    def seconds(self) -> float:
        """Estimate how long the study will take, from a unit of work at the present values, which it needs anyway.

        It is the second unit that counts, since the first loads the model too.
        """
        present = designs.one_at_a_time(self.question.space)
        one = designs.Design("listed", present.space, present.points.iloc[:1], {})
        seeds = [self.question.seed, self.question.seed + 1]
        runs = self._sweep(one, seeds, (), engine="serial").runs
        units = sum(self.question.units.values())
        return units * float(runs.loc[runs["seed"] == seeds[1], "seconds"].sum()) / self._processes()

    def _processes(self):
        return 1 if self.engine == "serial" else self.workers or os.cpu_count() or 1

    def __call__(self, stage: str, design: designs.Design, seeds: Sequence[int], settings: Sequence[str]) -> Stage:
        """One stage, as `find` wants it."""
        units, scenarios = len(design) * len(seeds), len(self.question.scenarios)
        swept = self._sweep(
            design, seeds, settings,
            progress=lambda done, total: self.progress(stage, min(done // scenarios, units), units),
        )  # fmt: skip
        bad = swept.failed[["point", "seed"]].drop_duplicates()
        self.failed += len(bad)
        if len(bad) == units:
            last = swept.failed["error"].iloc[0].strip().splitlines()[-1]
            raise ConfigurationError(f"no run of the {stage} went well; the first failed with: {last}")
        y = {output: self._values(swept, output, design, seeds) for output in self.question.outputs}
        return Stage(design, y, len(bad))

    def _values(self, swept, output, design, seeds):
        """(points, seeds), not a number where a run failed or has no value."""
        if output.against:
            table = swept.differences(output.scenario, output.against, output.measure, self.question.years)
        else:
            table = swept.levels(output.measure, output.scenario, self.question.years)
        wide = table["value"].unstack("seed").reindex(index=design.points.index, columns=seeds)
        return wide.to_numpy(float) if len(table) else np.full((len(design), len(seeds)), np.nan)

    def _sweep(self, design, seeds, settings, engine=None, progress=None):
        scenarios, overrides = self._scenarios(design, settings)
        return sweep(
            design, scenarios, seeds=seeds, measures=self.question.measures, overrides=overrides,
            reference=self.question.reference, engine=engine or self.engine, workers=self.workers, folder=self.folder,
            own=self.question.own, hours=math.inf, fresh=self.fresh, progress=progress, say=self.say,
        )  # fmt: skip

    def _scenarios(self, design, settings):
        """Scenarios under the settings of a structure, and the overrides that `sweep` composes itself.

        Composed once here, unless the design varies whole files, which only `sweep` can.
        """
        question = self.question
        named = {setting.partition("=")[0] for setting in settings}
        overrides = [*(o for o in question.overrides if o.partition("=")[0] not in named), *settings]
        if set(design.space.names) & set(COMPOSED):
            return question.scenarios, overrides
        return (scenarios_of(question.scenarios, overrides, question.own) if settings else question.setups), []
