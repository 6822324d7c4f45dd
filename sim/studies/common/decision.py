"""A choice between scenarios under parameters that nobody knows: what is asked, its sample, and what each choice is worth."""

import math
from dataclasses import dataclass, field

import numpy as np

from sim.engine.fields import ConfigurationError
from sim.methods.emulator import FEWEST, Scale
from sim.model.measures.definitions import MEASURES, UNITS, describe
from sim.studies.common.horizon import checked_measures, checked_year, years_that_count
from sim.studies.common.scenarios import first_policy_month, scenarios_of, with_reference
from sim.studies.common.titles import setting_title, setting_unit
from sim.studies.sweep.designs import Design, sobol
from sim.studies.sweep.run import HOURS, sweep
from sim.studies.sweep.space import VARIED_GRADES, space_of

POINTS, REPLICATES = 128, 6
LEAST = 3  # pairs a point: fewer do not tell how luck spreads
PRESENT = -1  # number of the point at which every parameter is as it is
SPENDING = "public_spending"
NET_BENEFIT = "net_benefit"


@dataclass(frozen=True)
class Choice:
    """What is to be chosen, checked.

    values: {measure: CNY that one more of it is worth}, or none: then the one measure counts by itself, and what it costs does
    not. years: first and last that count.
    """

    setups: list
    reference: str
    measures: list
    values: dict
    overrides: tuple
    space: object
    points: int
    replicates: int
    years: tuple
    year: int | None
    seed: int
    own: str | None = None

    @property
    def scenarios(self):
        """Names, in the order asked for."""
        return [setup.scenario for setup in self.setups]

    @property
    def seeds(self):
        """The seeds of every point."""
        return list(range(self.seed, self.seed + self.replicates))

    @property
    def scale(self):
        """The scale of the parameters from 0 to 1."""
        words = tuple(d.name for d in self.space.dimensions if not d.numeric)
        ranges = {d.name: d.values if d.name in words else (d.low, d.high) for d in self.space.dimensions}
        return Scale(ranges, words)

    @property
    def now(self):
        """The present value of every parameter."""
        return {d.name: d.now for d in self.space.dimensions}

    @property
    def identity(self):
        """What makes it another study, as plain data."""
        ranges = [(d.name, d.low, d.high, d.values) for d in self.space.dimensions]
        asked = {"measures": self.measures, "values": self.values, "points": self.points, "years": self.years}
        return asked | {"reference": self.reference, "replicates": self.replicates, "space": ranges}

    def design(self):
        """The sample, evenly spread between the bounds, with the present values as point -1."""
        sample = sobol(self.space, self.points, self.seed)
        table = sample.points.copy()
        table.loc[PRESENT] = [self.now[name] for name in table]
        return Design("sobol", self.space, table.sort_index(), sample.meta | {"present": PRESENT})

    def listed(self, rows):
        """A design of points given by hand, all else as it is: rows are {name: value}."""
        import pandas as pd

        table = pd.DataFrame([self.now | row for row in rows], columns=self.space.names)
        return Design("listed", self.space, table.rename_axis("point"), {"points": len(table)})


def asked(
    scenarios, overrides=(), *, reference=None, measures=("graduates",), value=None, vary=None, grades=VARIED_GRADES, points=POINTS,
    replicates=REPLICATES, year=None, seed=1, own=None,
):  # fmt: skip
    """A Choice, or every mistake in it. value: CNY for one of the measure, or {measure: CNY}; None for the measure alone."""
    names, reference = with_reference(list(scenarios), reference)
    measures, problems = checked_measures(measures), []
    values = _values(value, measures, problems)
    problems += [
        f"measures=[…,{m},…]: more of it is neither better nor worse, so that there is nothing to choose by."
        for m in measures
        if MEASURES[m].good == "none"
    ]
    if not values and len(measures) > 1:
        problems.append(
            f"measures=[{','.join(measures)}]: name one, or say what each is worth, value=[{measures[0]}:500000,{measures[1]}:…]."
        )
    if points < FEWEST:
        problems.append(f"points={points}: expected a whole number from {FEWEST} on.")
    if replicates < LEAST:
        problems.append(
            f"replicates={replicates}: expected a whole number from {LEAST} on, to tell luck from parameters."
        )
    if problems:
        raise ConfigurationError(problems)
    setups = scenarios_of(names, overrides, own)
    since = int(str(first_policy_month(setups))[:4])
    year = checked_year(year, setups[0], since)
    space = _inside(space_of(setups, vary, grades))
    years = years_that_count(setups[0], since, year)
    return Choice(
        setups, reference, measures, values, tuple(overrides), space, points, replicates, years, year, seed, own
    )


def _values(value, measures, problems):
    """{measure: CNY} of what was said, or nothing."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        if len(measures) > 1:
            problems.append(f"value={value}: name the measure of every value, such as value=[{measures[0]}:{value}].")
        value = {measures[0]: value}
    problems += [f"value=[…,{m}:…]: '{m}' is not among the measures." for m in value if m not in measures]
    problems += [f"value: says nothing of what one of '{m}' is worth in CNY." for m in measures if m not in value]
    for m, worth in value.items():
        if not (isinstance(worth, (int, float)) and not isinstance(worth, bool) and math.isfinite(worth) and worth > 0):
            problems.append(f"value=[{m}:{worth}]: expected a number of CNY above 0.")
        if m == SPENDING:
            problems.append(f"value=[{m}:{worth}]: spending is subtracted as it is; leave it out.")
    return value


def _inside(space):
    """The space, or a sentence where the present values lie outside what is searched."""
    problems = []
    for d in space.dimensions:
        known = d.now in d.values if d.values is not None else d.now is not None and d.low <= d.now <= d.high
        if not known:
            among = ", ".join(map(str, d.values)) if d.values is not None else f"{d.low:g} to {d.high:g}"
            problems.append(f"{d.name}: its present value {d.now} is not in the range searched, {among}; widen that.")
    if problems:
        raise ConfigurationError(problems)
    return space


@dataclass
class Sample:
    """What was simulated. points: a row a point, the present one apart; benefit (points, seeds, choices) in the order of the
    scenarios, more of it better; present (seeds, choices). failed: points left out because a run failed or has no value.
    """  # fmt: skip

    choice: Choice
    points: object
    benefit: np.ndarray
    present: np.ndarray
    failed: int
    manifest: dict = field(default_factory=dict)

    @property
    def x(self):
        """Points as columns from 0 to 1."""
        return self.choice.scale(self.points)


def simulate(choice, *, engine="local", workers=None, folder=None, hours=HOURS, fresh=False, progress=None, say=None):
    """The sample of a Choice, through `sweep`."""
    design = choice.design()
    found = _swept(
        choice, design, choice.seeds, engine=engine, workers=workers, folder=folder, hours=hours, fresh=fresh,
        progress=progress, say=say,
    )  # fmt: skip
    benefit = benefits(found, choice, design.points.index, choice.seeds)
    good = np.isfinite(benefit).all(axis=(1, 2))
    if not good[0]:
        raise ConfigurationError(f"the runs with every parameter as it is failed: {_first(found)}")
    kept = good.copy()
    kept[0] = False
    if kept.sum() < FEWEST:
        raise ConfigurationError(f"only {kept.sum()} points went well; the first that failed: {_first(found)}")
    points = design.points[kept].reset_index(drop=True)
    return Sample(choice, points, benefit[kept], benefit[0], int((~good).sum()))


def at(choice, rows, seeds, **settings):
    """Benefits (rows, seeds, choices) at points given by hand: {name: value}, all else as it is."""
    design = choice.listed(rows)
    return benefits(_swept(choice, design, seeds, **settings), choice, design.points.index, seeds)


def _swept(choice, design, seeds, **settings):
    measures = [*choice.measures, *([SPENDING] if choice.values else [])]
    return sweep(
        design, choice.scenarios, seeds=seeds, measures=list(dict.fromkeys(measures)), overrides=choice.overrides,
        reference=choice.reference, own=choice.own, **settings,
    )  # fmt: skip


def _first(found):
    errors = found.failed["error"]
    return errors.iloc[0].strip().splitlines()[-1] if len(errors) else "a measure has no value in these years"


def benefits(found, choice, points, seeds):
    """What each choice is worth at each point and seed, from a Sweep: (points, seeds, choices), not a number if unknown."""

    def table(measure, scenario):
        levels = found.levels(measure, scenario, choice.years)["value"]
        return levels.unstack("seed").reindex(index=points, columns=seeds).to_numpy(float)

    told = []
    for scenario in choice.scenarios:
        if not choice.values:
            sign = 1 if MEASURES[choice.measures[0]].good == "up" else -1
            told.append(sign * table(choice.measures[0], scenario))
            continue
        signs = {m: 1 if MEASURES[m].good == "up" else -1 for m in choice.measures}
        worth = sum(signs[m] * choice.values[m] * table(m, scenario) for m in choice.measures)
        told.append(worth - table(SPENDING, scenario))
    return np.stack(told, axis=-1)


def yardstick(choice):
    """What the choice is judged by, as an entry of measures: {title, unit, percent, good, total}."""
    if choice.values:
        return {
            "title": {"zh": "净效益", "en": "net benefit"}, "unit": dict(zip(("zh", "en"), UNITS["CNY"], strict=True)),
            "percent": False, "good": "up", "total": True,
        }  # fmt: skip
    measure = choice.measures[0]
    return describe()[measure] | {"total": MEASURES[measure].total}


def valued(choice):
    """Titles of the measures that net benefit is made of and what one more of each is worth: [({zh, en}, CNY)]."""
    return [(describe()[measure]["title"], worth) for measure, worth in choice.values.items()]


def parameter_titles(choice):
    """{name: {title, unit, now, low, high}} of every parameter, titles and units in both languages."""
    found = {}
    for d in choice.space.dimensions:
        found[d.name] = {
            "title": setting_title(d, choice.setups), "unit": setting_unit(d.unit), "now": d.now, "low": d.low, "high": d.high,
            "word": not d.numeric,
        }  # fmt: skip
    return found
