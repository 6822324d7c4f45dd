"""Which assumptions an answer rests on: screening, indices of the strongest, the split of the spread, a tornado."""

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd

from sim.studies import screening, sobol, split
from sim.studies.pairs import interval

KEYS = ["measure", "scenario", "against"]


@dataclass(frozen=True)
class Plan:
    """How much is simulated. A unit of work is one point and one seed through all scenarios.

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

    def units(self, numbers, structures):
        """Units of work by stage, in their order, for so many numbers and structures."""
        k = min(self.strongest, numbers)
        return {
            "screening": self.trajectories * (numbers + 1),
            "indices": self.base * (k + 2) * self.seeds,
            "split": structures * self.points * self.luck,
            "tornado": (2 * k + 1) * self.ends,
        }


QUICK = Plan(trajectories=3, strongest=6, base=16, seeds=2, points=6, luck=3, ends=3)
FULL = Plan(trajectories=20, strongest=10, base=256, seeds=4, points=32, luck=6, ends=20)
PLANS = {"quick": QUICK, "full": FULL}


@dataclass(frozen=True)
class Output:
    """One number a run: the level of a measure in a scenario, or its difference against another on the same seed."""

    measure: str
    scenario: str
    against: str = ""

    @property
    def keys(self):
        """Its columns in every table."""
        return {"measure": self.measure, "scenario": self.scenario, "against": self.against}


def outputs_of(measures, scenarios, reference):
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
    """What one design gave: x (points, numbers) as a table, and for each output y (points, seeds)."""

    x: pd.DataFrame
    y: dict
    failed: int = 0


@dataclass
class Found:
    """Tables of a sensitivity study; each has columns measure, scenario, against (empty for a level).

    structures: (name, y by output (points, seeds)) in their order.
    """

    plan: Plan
    space: object
    outputs: list
    screened: Stage
    strongest: list
    varied: Stage
    ends: Stage
    structures: list = field(default_factory=list)
    seed: int = 0

    @cached_property
    def screening(self):
        """A row an output and number: mu, mu_star with its interval, sigma, and luck_alone, what luck would show."""
        parts = []
        for output in self.outputs:
            table, dropped = screening.screen(
                self.space.problem(),
                self.screened.x.to_numpy(float),
                self.screened.y[output],
                self.plan.levels,
                self.seed,
            )
            seeds = self.screened.y[output].shape[1]
            alone = screening.luck_alone(self.reshuffled(output), seeds, self.plan.levels)
            parts.append(table.assign(**output.keys, luck_alone=alone, dropped=dropped))
        return _first(parts)

    def reshuffled(self, output):
        """Variance of luck that shared seeds do not cancel, among the points of the indices, which have several seeds."""
        return sobol.reshuffled(self.varied.y[output])

    @cached_property
    def indices(self):
        """A row an output and one of the strongest: first and total order with intervals, PAWN, and what it is by chance.

        parameters, luck: variances in the output's unit squared; rows, dropped: base rows.
        """
        parts, space = [], self.varied_space
        for output in self.outputs:
            y = self.varied.y[output]
            found = sobol.indices(y, space.names, seed=self.seed)
            distance = screening.distances(space.problem(), self.varied.x.to_numpy(float), y, self.seed)
            distance = distance.rename(columns={"low": "pawn_low", "high": "pawn_high"}).drop(columns="name")
            table = pd.concat([found.table, distance], axis=1)
            rest = {"parameters": found.parameters, "luck": found.luck, "rows": found.rows, "dropped": found.dropped}
            parts.append(table.assign(**output.keys, points=len(y), **rest))
        return _first(parts)

    @cached_property
    def varied_space(self):
        """The space of the strongest alone."""
        return replace(self.space, dimensions=tuple(d for d in self.space.dimensions if d.name in self.strongest))

    @cached_property
    def split(self):
        """A row an output and part: its variance, its share of the spread and the share's interval."""
        parts = []
        for output in self.outputs if len(self.structures) else ():
            found = split.split(np.stack([y[output] for _, y in self.structures]))
            parts.append(found.table.assign(**output.keys, points=found.points, dropped=found.dropped))
        columns = [*KEYS, "part", "variance", "share", "low", "high", "points", "dropped"]
        return _first(parts) if parts else pd.DataFrame(columns=columns)

    @cached_property
    def tornado(self):
        """A row an output, number and end: the change from today's values with its interval over seeds."""
        rows = []
        for output in self.outputs:
            y = self.ends.y[output]
            change = y[1:] - y[0]
            for k, (name, end) in enumerate(ends_of(self.varied_space)):
                mean, low, high = (
                    map(float, interval(change[k][np.isfinite(change[k])])) if _some(change[k]) else (np.nan,) * 3
                )
                value = self.ends.x[name].iloc[k + 1]
                rows.append(
                    output.keys | {"name": name, "end": end, "value": value, "change": mean, "low": low, "high": high}
                )
        return pd.DataFrame(rows)

    @cached_property
    def overview(self):
        """A row an output: its mean at today's values with the interval of runs, and where it lay in the screening.

        keeps: share of the screening's points at which a difference has the sign it has today.
        """
        rows = []
        for output in self.outputs:
            centre, tried = self.ends.y[output][0], self.screened.y[output].mean(axis=1)
            tried = tried[np.isfinite(tried)]
            mean, low, high = map(float, interval(centre[np.isfinite(centre)])) if _some(centre) else (np.nan,) * 3
            keeps = float((np.sign(tried) == np.sign(mean)).mean()) if output.against and len(tried) else np.nan
            least, most = (tried.min(), tried.max()) if len(tried) else (np.nan, np.nan)
            rows.append(
                output.keys
                | {"today": mean, "today_low": low, "today_high": high, "least": least, "most": most}
                | {"keeps": keeps, "points": len(tried)}
            )
        return pd.DataFrame(rows)


def _some(values):
    return np.isfinite(values).any()


def _first(parts):
    """One table of several, the keys first."""
    table = pd.concat(parts, ignore_index=True)
    return table[[*KEYS, *(column for column in table.columns if column not in KEYS)]]


def ends_of(space):
    """Which number is at which end in the tornado's points, after the first, where all are as today."""
    return [(dimension.name, end) for dimension in space.dimensions for end in ("low", "high")]


def find(plan, space, outputs, run, *, structures=(), today=None, seed=1):
    """Carry out a plan. Returns Found.

    run(stage, points, seeds, settings): simulates the points (a table, a column a number) with the seeds and returns a
    Stage of all outputs; settings: those of a structure, as on the command line. today: values of the numbers now.
    """
    from sim.studies import designs

    seeds = lambda n: list(range(seed, seed + n))  # noqa: E731
    design = designs.morris(space, plan.trajectories, plan.levels, seed=seed)
    screened = run("screening", design.points, seeds(1), ())
    tables = [
        screening.screen(space.problem(), design.points.to_numpy(float), screened.y[o], plan.levels, seed)[0]
        for o in outputs
    ]
    names = screening.strongest(tables, plan.strongest)
    few = replace(space, dimensions=tuple(d for d in space.dimensions if d.name in names))
    varied = run("indices", designs.saltelli(few, plan.base, seed=seed).points, seeds(plan.seeds), ())
    sets = designs.latin(space, plan.points, seed=seed).points
    variants = []
    for structure in structures:
        free = [name for name in sets.columns if name not in structure.pinned]
        variants.append((structure, run("split", sets[free], seeds(plan.luck), structure.settings).y))
    ends = run("tornado", tornado_points(few, today), seeds(plan.ends), ())
    return Found(plan, space, outputs, screened, names, varied, ends, variants, seed)


def tornado_points(space, today):
    """Today's values, and each number at both ends of its range in turn: a table (2k + 1, k)."""
    centre = {name: today[name] for name in space.names}
    rows = [centre]
    for dimension in space.dimensions:
        rows += [centre | {dimension.name: dimension.low}, centre | {dimension.name: dimension.high}]
    return pd.DataFrame(rows)
