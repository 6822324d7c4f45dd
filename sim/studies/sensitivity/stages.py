"""Stages that find what an answer rests on: screening, indices of the strongest, the split of the spread, a tornado."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from sim.engine.mistakes import ConfigurationError
from sim.methods import screening, sobol, variance_split
from sim.methods.intervals import CONFIDENCE, interval
from sim.studies.sensitivity.structures import Structure
from sim.studies.sweep import designs
from sim.studies.sweep.designs import Design
from sim.studies.sweep.space import Space

KEYS = ["measure", "scenario", "against"]


@dataclass(frozen=True)
class Plan:
    """Sizes of what is simulated. A unit of work is one point and one seed through all scenarios.

    trajectories, levels: of Morris over all numbers, with one seed. strongest: how many numbers go on. base, seeds: base
    rows of Saltelli's design over them, and seeds. points, luck: sets of all numbers under each structure, and seeds.
    ends: seeds of the tornado.
    """

    trajectories: int
    strongest: int
    base: int
    seeds: int
    points: int
    luck: int
    ends: int
    levels: int = 4

    def units(self, numbers: int, structures: int) -> dict[str, int]:
        """Units of work by stage, in their order, for so many numbers and structures."""
        k = min(self.strongest, numbers)
        return {
            "screening": self.trajectories * (numbers + 1),
            "indices": self.base * (k + 2) * self.seeds,
            "split": structures * self.points * self.luck,
            "tornado": (2 * k + 1) * self.ends,
        }


QUICK = Plan(trajectories=2, strongest=6, base=16, seeds=2, points=5, luck=3, ends=3)
FULL = Plan(trajectories=20, strongest=10, base=256, seeds=4, points=32, luck=6, ends=20)
PLANS = {"quick": QUICK, "full": FULL}


@dataclass(frozen=True)
class Output:
    """One number a run: the level of a measure in a scenario, or its difference against another on the same seed."""

    measure: str
    scenario: str
    against: str = ""

    @property
    def keys(self) -> dict[str, str]:
        """Its columns in every table."""
        return {"measure": self.measure, "scenario": self.scenario, "against": self.against}


def outputs_of(measures: Sequence[str], scenarios: Sequence[str], reference: str) -> list[Output]:
    """Each measure's level in the reference and the effect of every other scenario on it."""
    return [
        output
        for measure in measures
        for output in (
            Output(measure, reference),
            *(Output(measure, name, reference) for name in scenarios if name != reference),
        )
    ]


@dataclass
class Stage:
    """Results of one design: for each output y (points, seeds), not a number where a run failed; failed: units of work."""

    design: Design
    y: dict[Output, np.ndarray]
    failed: int = 0


@dataclass
class Found:
    """Tables of a sensitivity study; each has columns measure, scenario, against (empty for a level).

    screened, varied, ends: stages of the screening, the indices and the tornado; structures: (Structure, Stage) in order.
    """

    plan: Plan
    outputs: Sequence[Output]
    screened: Stage
    varied: Stage
    ends: Stage
    structures: list[tuple[Structure, Stage]] = field(default_factory=list)
    seed: int = 0

    @cached_property
    def screening(self) -> pd.DataFrame:
        """A row an output and number: mu, mu_star with its interval, sigma, and what luck alone shows as mu_star.

        luck_alone: on average; luck_most: passed by luck for any number in one study of 20.
        """
        parts = []
        for output in self.outputs:
            table, dropped = screened(self.screened, output, self.plan, self.seed)
            seeds = self.screened.y[output].shape[1]
            alone, most = screening.noise_alone(
                self.reshuffled(output), seeds, self.plan.trajectories, self.plan.levels, len(table)
            )
            parts.append(table.assign(**output.keys, luck_alone=alone, luck_most=most, dropped=dropped))
        return _first(parts)

    def reshuffled(self, output: Output) -> float:
        """Variance of luck that shared seeds do not cancel, from the points with several seeds: indices, else tornado."""
        y = self.varied.y[output]
        return sobol.unshared_noise(y if y.shape[1] > 1 else self.ends.y[output])

    @cached_property
    def indices(self) -> pd.DataFrame:
        """A row an output and one of the strongest: first and total order with intervals, PAWN, and what it is by chance.

        parameters, luck: variances in the output's unit squared; rows, dropped: base rows.
        """
        parts, design = [], self.varied.design
        for output in self.outputs:
            y = self.varied.y[output]
            found = sobol.indices(y, design.space.names, seed=self.seed)
            distance = screening.pawn(design.space.problem(), design.x, y, self.seed)
            distance = distance.rename(columns={"low": "pawn_low", "high": "pawn_high"}).drop(columns="name")
            table = pd.concat([found.table, distance], axis=1)
            rest = {"parameters": found.parameters, "luck": found.noise, "rows": found.rows, "dropped": found.dropped}
            parts.append(table.assign(**output.keys, points=len(y), **rest))
        return _first(parts)

    @cached_property
    def split(self) -> pd.DataFrame:
        """A row an output and part: its variance, its share of the spread and the share's interval."""
        parts = []
        for output in self.outputs if len(self.structures) else ():
            found = variance_split.split(np.stack([stage.y[output] for _, stage in self.structures]))
            parts.append(found.table.assign(**output.keys, points=found.points, dropped=found.dropped))
        columns = [*KEYS, "part", "variance", "share", "low", "high", "points", "dropped"]
        return _first(parts) if parts else pd.DataFrame(columns=columns)

    @cached_property
    def tornado(self) -> pd.DataFrame:
        """A row an output, number and end: the change from today's values with its interval over seeds.

        clear: the interval leaves out zero with 95 % for all ends together (Bonferroni).
        """
        rows, ends = [], ends_of(self.ends.design.space)
        for output in self.outputs:
            y = self.ends.y[output]
            for (name, end, value), change in zip(ends, y[1:] - y[0], strict=True):
                mean, low, high = _told(change)
                _, least, most = _told(change, 1 - (1 - CONFIDENCE) / len(ends))
                row = {"name": name, "end": end, "value": value, "change": mean, "low": low, "high": high}
                rows.append(output.keys | row | {"clear": least > 0 or most < 0})
        return pd.DataFrame(rows)

    @cached_property
    def overview(self) -> pd.DataFrame:
        """A row an output: its mean at today's values with the interval of runs, and where it lay in the screening.

        keeps: share of the screening's points at which a difference has the sign it has today.
        """
        rows = []
        for output in self.outputs:
            centre, tried = self.ends.y[output][0], self.screened.y[output].mean(axis=1)
            tried = tried[np.isfinite(tried)]
            mean, low, high = _told(centre)
            keeps = float((np.sign(tried) == np.sign(mean)).mean()) if output.against and len(tried) else np.nan
            least, most = (tried.min(), tried.max()) if len(tried) else (np.nan, np.nan)
            rows.append(
                output.keys
                | {"today": mean, "today_low": low, "today_high": high, "least": least, "most": most}
                | {"keeps": keeps, "points": len(tried)}
            )
        return pd.DataFrame(rows)


def _told(values, confidence=CONFIDENCE):
    """Mean and interval of the values that are there."""
    there = values[np.isfinite(values)]
    return tuple(map(float, interval(there, confidence=confidence))) if len(there) else (np.nan,) * 3


def _first(parts):
    """One table of several, the keys first."""
    table = pd.concat(parts, ignore_index=True)
    return table[[*KEYS, *(column for column in table.columns if column not in KEYS)]]


def ends_of(space: Space) -> list[tuple[str, str, Any]]:
    """Changes of the points of `one_at_a_time` after the first: (name, low, high or the listed value, the value)."""
    found = []
    for d in space.dimensions:
        for value in d.levels(2):
            if value != d.now:
                end = "low" if value == d.low else "high" if value == d.high else str(value)
                found.append((d.name, end, value))
    return found


def screened(stage: Stage, output: Output, plan: Plan, seed: int) -> tuple[pd.DataFrame, int]:
    """The screening's table of one output, and the trajectories left out."""
    design = stage.design
    return screening.screen(design.space.problem(), design.x, stage.y[output], plan.levels, seed)


def find(
    plan: Plan,
    space: Space,
    outputs: Sequence[Output],
    run: Callable[[str, Design, Sequence[int], Sequence[str]], Stage],
    structures: Sequence[Structure] = (),
    seed: int = 1,
) -> Found:
    """Carry out a plan. Returns Found.

    run(stage, design, seeds, settings): simulates a design with the seeds, under settings as on the command line, and
    returns a Stage with all outputs. Seeds count from `seed`, so that all stages share their luck.
    """

    def first(count):
        return [seed + k for k in range(count)]

    design = designs.morris(space, plan.trajectories, plan.levels, seed=seed)
    stage = run("screening", design, first(1), ())
    names = screening.strongest([screened(stage, o, plan, seed)[0] for o in outputs], plan.strongest)
    if not names:
        raise ConfigurationError("vary: none of the settings moves any of the measures in these scenarios.")
    few = space.only(names)
    varied = run("indices", designs.saltelli(few, plan.base, seed=seed), first(plan.seeds), ())
    sets, variants = designs.latin(space, plan.points, seed=seed), []
    for structure in structures:
        free = [name for name in space.names if name not in structure.pinned]
        less = designs.Design("latin", space.only(free), sets.points[free], sets.meta)
        variants.append((structure, run("split", less, first(plan.luck), structure.settings)))
    ends = run("tornado", designs.one_at_a_time(few), first(plan.ends), ())
    return Found(plan, outputs, stage, varied, ends, variants, seed)
