"""A sensitivity study of the model: what is asked, what it will cost, its runs, its tables and figures."""

from dataclasses import dataclass, fields, replace

import numpy as np
import pandas as pd

from sim.fields import ConfigurationError, did_you_mean
from sim.indicators import HEADLINE, MEASURES, UNITS, describe
from sim.parameters import catalogue
from sim.provenance import model_digest
from sim.studies import screening
from sim.studies.horizon import checked_measures, checked_year
from sim.studies.sensitivity import PLANS, Found, Plan, Stage, find, outputs_of
from sim.studies.store import write_table
from sim.studies.structures import structures as structures_of
from sim.studies.study import checked_reference, first_policy_month, scenarios_of

LEAST = {"trajectories": 2, "strongest": 1, "base": 4, "seeds": 1, "points": 3, "luck": 3, "ends": 2}
POWERS = ("base",)  # Sobol's sequence is balanced at powers of two only
LONG = 3600  # seconds from which a study has to be asked for twice
PARAMETER_UNITS = {
    "1/month": ("/月", "per month"), "1/year/min": ("/年/分钟", "per year and minute"), "km": ("公里", "km"), "grade": ("级", "grades"),
    "year": ("年", "years"),
}  # fmt: skip


@dataclass(frozen=True)
class Question:
    """A sensitivity study, checked. overrides: settings of all runs; space: the numbers searched, and how far."""

    setups: list
    reference: str
    measures: list
    overrides: tuple
    space: object
    structures: list
    plan: Plan
    years: tuple
    seed: int
    own: str | None = None

    @property
    def scenarios(self):
        """Names, the reference among them."""
        return [setup.scenario for setup in self.setups]

    @property
    def units(self):
        """Units of work by stage."""
        return self.plan.units(len(self.space.dimensions), len(self.structures))

    @property
    def identity(self):
        """What makes it another study, as plain data."""
        return {
            "reference": self.reference, "measures": self.measures, "years": self.years,
            "space": [(d.name, d.low, d.high) for d in self.space.dimensions],
            "structures": [s.name for s in self.structures],
            "plan": {part.name: getattr(self.plan, part.name) for part in fields(self.plan)},
        }  # fmt: skip

    def today(self):
        """Values of the numbers as configured."""
        return {d.name: _at(self.setups, d.name) for d in self.space.dimensions}


def _at(setups, name):
    """A number's value by dotted name, in the first scenario that has it."""
    for setup in setups:
        at = setup.resolved
        for part in name.split("."):
            at = at.get(part) if isinstance(at, dict) else None
        if at is not None:
            return at
    return float("nan")


def planned(design="quick", **sizes):
    """A plan by name with some sizes changed, or every mistake in it, one sentence each."""
    if design not in PLANS:
        raise ConfigurationError(f"design={design}: no such design; {did_you_mean(design, PLANS)}")
    sizes = {name: value for name, value in sizes.items() if value is not None}
    problems = [f"{name}: no such size; {did_you_mean(name, LEAST)}" for name in sizes if name not in LEAST]
    for name, value in sizes.items():
        if name in LEAST and not (isinstance(value, int) and value >= LEAST[name]):
            problems.append(f"{name}={value}: expected a whole number from {LEAST[name]} on.")
        elif name in POWERS and value & (value - 1):
            problems.append(f"{name}={value}: expected a power of two, such as {1 << (value.bit_length() - 1)}.")
    if problems:
        raise ConfigurationError(problems)
    return replace(PLANS[design], **sizes)


def unpriced(space, measures):
    """The space without unit prices of public spending, which move nothing but spending; with them where that is asked.

    The seed fund's round is no mere price: firms receive it.
    """
    if "public_spending" in measures:
        return space
    kept = tuple(
        d for d in space.dimensions
        if not (d.name.startswith("parameters.money.") and d.unit.startswith("CNY") and not d.name.endswith(".seed_round"))
    )  # fmt: skip
    return replace(space, dimensions=kept)


def report_data(found, question, run_id=""):
    """What figures and sentences need, from what was found."""
    from sim.report.resting import SensitivityData

    today = question.today()
    numbers = {
        d.name: {
            "title": {lang: d.title[lang] for lang in ("zh", "en")}, "unit": _unit(d.unit), "grade": _grade(d),
            "low": d.low, "high": d.high, "value": today[d.name],
        }
        for d in question.space.dimensions
    }  # fmt: skip
    return SensitivityData(
        scenarios={s.scenario: s.title for s in question.setups}, numbers=numbers,
        measures={key: about | {"total": MEASURES[key].total} for key, about in describe().items()},
        structures={s.name: s.title for s in question.structures}, outputs=found.overview, screening=found.screening,
        indices=found.indices, tornado=found.tornado, split=found.split, years=question.years, sets=question.plan.points,
        seeds=question.plan.luck, units=sum(question.units.values()), run_id=run_id, version=model_digest(),
    )  # fmt: skip


def _unit(code):
    zh, en = UNITS.get(code) or PARAMETER_UNITS.get(code) or (code, code)
    return {"zh": zh, "en": en}


def _grade(dimension):
    return dimension.grade if dimension.name.startswith("parameters.") else "setting"
