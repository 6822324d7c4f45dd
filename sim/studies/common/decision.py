"""A choice between scenarios under parameters that nobody knows: what is asked, its sample, and what each choice is worth."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from sim.engine.mistakes import ConfigurationError
from sim.methods.emulator import FEWEST, Scale
from sim.model.measures.definitions import MEASURES, SPENDING, describe
from sim.model.setup import Setup
from sim.report.words import in_both
from sim.studies.common.horizon import checked_measures, checked_year, years_that_count
from sim.studies.common.scenarios import first_policy_month, scenarios_of, with_reference
from sim.studies.common.titles import setting_title, setting_unit
from sim.studies.sweep.designs import Design, sobol
from sim.studies.sweep.space import VARIED_GRADES, Space, space_of

POINTS, REPLICATES = 128, 6
LEAST = 3  # pairs a point: fewer do not tell how luck spreads
PRESENT = -1  # number of the point at which every parameter is as it is


@dataclass(frozen=True)
class Decision:
    """A choice that is to be made, checked.

    values: {measure: CNY that one more of it is worth}, or none: then the one measure counts by itself, and what it costs does
    not. years: first and last that count.
    """

    setups: list[Setup]
    reference: str
    measures: list[str]
    values: dict[str, float]
    overrides: tuple[str, ...]
    space: Space
    points: int
    replicates: int
    years: tuple[int, int]
    year: int | None
    seed: int
    own: str | None = None

    @property
    def scenarios(self) -> list[str]:
        """Names, in the order asked for."""
        return [setup.scenario for setup in self.setups]

    @property
    def seeds(self) -> list[int]:
        """The seeds of every point."""
        return list(range(self.seed, self.seed + self.replicates))

    @property
    def scale(self) -> Scale:
        """The scale of the parameters from 0 to 1."""
        words = tuple(d.name for d in self.space.dimensions if not d.numeric)
        ranges = {d.name: (d.low, d.high) if d.numeric else d.values or () for d in self.space.dimensions}
        return Scale(ranges, words)

    @property
    def now(self) -> dict[str, Any]:
        """The present value of every parameter."""
        return {d.name: d.now for d in self.space.dimensions}

    @property
    def identity(self) -> dict[str, Any]:
        """Everything that makes it another study, as plain data."""
        ranges = [(d.name, d.low, d.high, d.values) for d in self.space.dimensions]
        asked = {"measures": self.measures, "values": self.values, "points": self.points, "years": self.years}
        return asked | {"reference": self.reference, "replicates": self.replicates, "space": ranges}

    def design(self) -> Design:
        """The sample, evenly spread between the bounds, with the present values as point -1."""
        sample = sobol(self.space, self.points, self.seed)
        table = sample.points.copy()
        table.loc[PRESENT] = [self.now[name] for name in table]
        return Design("sobol", self.space, table.sort_index(), sample.meta | {"present": PRESENT})

    def listed(self, rows: Sequence[dict[str, Any]]) -> Design:
        """Return a design of points given by hand, all else as it is: rows are {name: value}."""
        table = pd.DataFrame([self.now | row for row in rows], columns=self.space.names)
        return Design("listed", self.space, table.rename_axis("point"), {"points": len(table)})


def make_decision(
    scenarios: Sequence[str], overrides: Sequence[str] = (), *, reference: str | None = None,
    measures: str | Sequence[str] = ("graduates",), value: float | dict[str, float] | None = None,
    vary: Sequence[str] | None = None, grades: Sequence[str] = VARIED_GRADES, points: int = POINTS,
    replicates: int = REPLICATES, year: int | None = None, seed: int = 1, own: str | None = None,
) -> Decision:  # fmt: skip
    """Return a Decision, or every mistake in it. value: CNY for one of the measure, or {measure: CNY}; None for the measure alone."""
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
    return Decision(
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


def yardstick(decision: Decision) -> dict[str, Any]:
    """Measure that the choice is judged by, as an entry of measures: {title, unit, percent, good, total}."""
    if decision.values:
        return {
            "title": in_both("net_benefit"), "unit": setting_unit("CNY"), "percent": False, "good": "up", "total": True,
        }  # fmt: skip
    measure = decision.measures[0]
    return describe()[measure] | {"total": MEASURES[measure].total}


def valued(decision: Decision) -> list[tuple[dict[str, str], float]]:
    """Titles of the measures that net benefit is made of and what one more of each is worth: [({zh, en}, CNY)]."""
    return [(describe()[measure]["title"], worth) for measure, worth in decision.values.items()]


def parameter_titles(decision: Decision) -> dict[str, dict[str, Any]]:
    """{name: {title, unit, now, low, high}} of every parameter, titles and units in both languages."""
    found = {}
    for d in decision.space.dimensions:
        found[d.name] = {
            "title": setting_title(d, decision.setups), "unit": setting_unit(d.unit), "now": d.now, "low": d.low, "high": d.high,
            "word": not d.numeric,
        }  # fmt: skip
    return found
