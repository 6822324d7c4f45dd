"""The question of a sensitivity study: which outputs, which numbers and structures, and how large it is."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from sim.engine.mistakes import ConfigurationError, did_you_mean
from sim.engine.optional import salib
from sim.model.measures.definitions import HEADLINE
from sim.model.setup import Setup
from sim.studies.common.horizon import checked_measures, checked_year, years_that_count
from sim.studies.common.scenarios import checked_reference, first_policy_month, scenarios_of
from sim.studies.sensitivity.stages import PLANS, Output, Plan, outputs_of
from sim.studies.sensitivity.structures import Structure, structures_of
from sim.studies.sweep.space import VARIED_GRADES, Space, space_of

LEAST = {"trajectories": 2, "strongest": 1, "base": 4, "seeds": 1, "points": 3, "luck": 3, "ends": 2}
QUICK_STRUCTURES = 4
ALL = "all"
POWERS = ("base",)  # Sobol's sequence is balanced at powers of two only
LONG = 3600  # seconds from which a study has to be asked for twice


@dataclass(frozen=True)
class Question:
    """A sensitivity study, checked. overrides: settings of all runs; space: the numbers searched, and how far."""

    setups: list[Setup]
    reference: str
    measures: list[str]
    overrides: tuple[str, ...]
    space: Space
    structures: list[Structure]
    plan: Plan
    years: tuple[int, int]
    seed: int
    own: str | None = None

    @property
    def scenarios(self) -> list[str]:
        """Names, the reference among them."""
        return [setup.scenario for setup in self.setups]

    @property
    def units(self) -> dict[str, int]:
        """Units of work by stage."""
        return self.plan.units(len(self.space.dimensions), len(self.structures))

    @property
    def identity(self) -> dict[str, Any]:
        """Settings that make it another study, as plain data."""
        return {
            "reference": self.reference, "measures": self.measures, "years": self.years,
            "space": [(d.name, d.low, d.high) for d in self.space.dimensions],
            "structures": [s.name for s in self.structures],
            "plan": {part.name: getattr(self.plan, part.name) for part in fields(self.plan)},
        }  # fmt: skip

    @property
    def outputs(self) -> list[Output]:
        """Levels in the reference and effects of the others."""
        return outputs_of(self.measures, self.scenarios, self.reference)


def make_question(
    scenarios: Sequence[str],
    overrides: Sequence[str] = (),
    *,
    reference: str | None = None,
    measures: Sequence[str] = HEADLINE,
    vary: str | Sequence[str] | None = None,
    grades: Sequence[str] = VARIED_GRADES,
    structures: Sequence[str] | None = None,
    design: str = "quick",
    year: int | None = None,
    seed: int = 1,
    own: str | None = None,
    **sizes: int | None,
) -> Question:
    """A Question, or every mistake in it. Arguments as of `sensitivity`."""
    names = list(scenarios)
    if reference and reference not in names:
        names = [reference, *names]
    if not names:
        raise ConfigurationError("scenarios=[]: name at least one, such as scenarios=[baseline,service_first].")
    plan = planned(design, **sizes)
    salib("analyze.morris")  # told before anything is simulated
    measures = checked_measures(measures)
    setups = scenarios_of(names, overrides, own)
    reference = checked_reference(reference, names)
    since = int(str(first_policy_month(setups))[:4])
    year = checked_year(year, setups[0], since)
    space = searched(setups, vary, grades, measures)
    found = structures_of(setups[0], structures, own)
    if structures is None and design == "quick":
        found = found[:QUICK_STRUCTURES]
    years = years_that_count(setups[0], since, year)
    return Question(setups, reference, measures, tuple(overrides), space, found, plan, years, seed, own)


def searched(
    setups: Sequence[Setup], vary: str | Sequence[str] | None, grades: Sequence[str], measures: Sequence[str]
) -> Space:
    """The space asked for. vary: as of `space_of`; None, or 'all' among others, for all parameters of these grades.

    Beside 'all', a setting with a range of its own is searched over that.
    """
    named = None if vary is None else [vary] if isinstance(vary, str) else list(vary)
    if named is not None and ALL not in named:
        return space_of(setups, named, grades)
    every = unpriced(space_of(setups, None, grades), measures)
    if not (own := [name for name in named or () if name != ALL]):
        return every
    narrowed = space_of(setups, own, grades)
    return Space([d for d in every.dimensions if d.name not in narrowed.names] + list(narrowed.dimensions))


def planned(design: str = "quick", **sizes: int | None) -> Plan:
    """A plan by name with some sizes changed, or every mistake in it, one sentence each."""
    if design not in PLANS:
        raise ConfigurationError(f"design={design}: no such design; {did_you_mean(design, PLANS)}")
    given = {name: value for name, value in sizes.items() if value is not None}
    problems = [f"{name}: no such size; {did_you_mean(name, LEAST)}" for name in given if name not in LEAST]
    for name, value in given.items():
        if name in LEAST and not (isinstance(value, int) and value >= LEAST[name]):
            problems.append(f"{name}={value}: expected a whole number from {LEAST[name]} on.")
        elif name in POWERS and value & (value - 1):
            problems.append(f"{name}={value}: expected a power of two, such as {1 << (value.bit_length() - 1)}.")
    if problems:
        raise ConfigurationError(problems)
    return replace(PLANS[design], **given)


def unpriced(space: Space, measures: Sequence[str]) -> Space:
    """The space without unit prices of public spending, which move nothing but spending; with them where that is asked.

    The seed fund's round is no mere price: firms receive it.
    """
    if "public_spending" in measures:
        return space
    prices = {
        d.name
        for d in space.dimensions
        if d.name.startswith("parameters.money.") and d.unit.startswith("CNY") and not d.name.endswith(".seed_round")
    }
    return space.only([name for name in space.names if name not in prices])
