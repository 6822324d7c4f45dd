"""The question of a search: objectives, budget, levers, worlds, and how long."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.engine.calendar import month_number
from sim.engine.mistakes import ConfigurationError, did_you_mean
from sim.inputs import catalogue
from sim.methods.nsga2 import POPULATION
from sim.model.measures.definitions import MEASURES, SPENDING
from sim.model.setup import Setup
from sim.runs.matched_pairs import seeds_of
from sim.studies.common.horizon import checked_measures, checked_year
from sim.studies.common.scenarios import checked_reference, scenarios_of
from sim.studies.optimise.levers import Levers, levers_of
from sim.studies.optimise.outside_worlds import DRAWS, World, worlds_of
from sim.studies.sweep.space import varies

OBJECTIVES = ("graduates", "talent_retention_rate", SPENDING)
DECISION = "2026-01"
CANDIDATES, REPLICATES, CONFIRM, FRONT = 400, 4, 20, 12


@dataclass(frozen=True)
class Question:
    """A search, checked. setups: the reference first, then the named packages. budget: CNY beyond the reference."""

    setups: list[Setup]
    levers: Levers
    worlds: list[World]
    objectives: tuple[str, ...]
    budget: float | str | None
    decision: int
    year: int | None
    replicates: int
    confirm: int
    front: int
    candidates: int
    population: int
    seed: int

    @property
    def measures(self) -> tuple[str, ...]:
        """Measures that are kept of a run: the objectives, and what it cost."""
        return tuple(dict.fromkeys([*self.objectives, SPENDING]))

    @property
    def signs(self) -> np.ndarray:
        """1 where more is better, -1 where less is (objectives,)."""
        return np.array([-1.0 if MEASURES[m].good == "down" else 1.0 for m in self.objectives])

    @property
    def gains(self) -> tuple[str, ...]:
        """Objectives that are not money."""
        return tuple(m for m in self.objectives if m != SPENDING)

    @property
    def searched(self) -> list[int]:
        """Seeds of the search."""
        return seeds_of(self.seed, self.replicates)

    @property
    def new(self) -> list[int]:
        """Seeds that the search has not seen."""
        return seeds_of(self.seed + self.replicates, self.confirm)

    def identity(self) -> dict[str, Any]:
        """Settings that make it another search. More candidates, new seeds or points shown only make it longer."""
        return {
            "objectives": self.objectives, "budget": self.budget, "decision": self.decision, "year": self.year,
            "replicates": self.replicates, "population": self.population,
            "levers": [[lever.policy.name, repr(lever)] for lever in self.levers.levers],
            "worlds": [[world.key, world.setup.resolved, world.drawn] for world in self.worlds],
        }  # fmt: skip


def make_question(
    scenarios: Sequence[str] | None = None,
    overrides: Sequence[str] = (),
    *,
    objectives: Sequence[str] = OBJECTIVES,
    budget: float | str | None = None,
    reference: str = "baseline",
    candidates: int = CANDIDATES,
    population: int = POPULATION,
    replicates: int = REPLICATES,
    confirm: int = CONFIRM,
    front: int = FRONT,
    robust: str = "none",
    draws: int = DRAWS,
    levers: Sequence[str] | None = None,
    search: str = "levers",
    delays: Sequence[int] | None = None,
    decision: str = DECISION,
    year: int | None = None,
    seed: int = 1,
    own: str | None = None,
) -> Question:
    """The question, or every mistake in it."""
    objectives, problems = tuple(checked_measures(objectives, "objectives")), []
    if not 2 <= len(objectives) <= 4:
        problems.append(f"objectives=[{','.join(objectives)}]: {len(objectives)} named; expected two to four.")
    problems += [
        f"objectives=[…,{m},…]: more of it is neither better nor worse, so it cannot be an objective."
        for m in objectives
        if MEASURES[m].good == "none"
    ]
    if not set(objectives) - {SPENDING}:
        problems.append("objectives: name at least one measure beside public_spending.")
    if confirm < 2:
        problems.append(f"confirm={confirm}: expected 2 new seeds or more; one has no interval.")
    if candidates < population:
        problems.append(f"candidates={candidates}: fewer than one generation of population={population}; ask for more.")
    if problems:
        raise ConfigurationError(problems)
    names = list(scenarios or [name for name in catalogue.options("scenario", own) if name != reference])
    if isinstance(budget, str):  # its scenario is among the named packages, whose cost is known
        known = [n for n in catalogue.options("scenario", own) if n != reference]
        if budget not in known:
            raise ConfigurationError(
                f"budget={budget}: expected CNY, such as 2e9, or a scenario other than {reference}; {did_you_mean(budget, known)}"
            )
        names.append(budget)
    names = list(dict.fromkeys([reference, *names]))
    checked_reference(reference, catalogue.options("scenario", own))
    plain = [o for o in overrides if not varies(o)]
    mine = {p for n in names for p in catalogue.package(n, own)}
    setups = scenarios_of(names, [o for o in plain if not o.startswith("policies.") or o.split(".")[1] in mine], own)
    start = _decision(decision, setups)
    searched = levers_of(search, levers, overrides, decision=start, delays=delays, own=own)
    worlds = worlds_of(setups[0], robust, overrides, draws=draws, seed=seed, own=own)
    year = checked_year(year, setups[0], start // 12)
    return Question(
        setups,
        searched,
        worlds,
        objectives,
        budget,
        start,
        year,
        replicates,
        confirm,
        front,
        candidates,
        population,
        seed,
    )


def _decision(text, setups):
    try:
        month = np.datetime64(text, "M")
    except ValueError:
        raise ConfigurationError(f"decision={text}: expected a month such as {DECISION}.") from None
    problems = [
        f"decision={text}: policies.{p.name} of {s.scenario} starts before it, in {p.start}; decide earlier."
        for s in setups
        for p in s.policies
        if p.start < month
    ]
    if not setups[0].data.start <= month <= setups[0].run.until:
        problems = [
            f"decision={text}: expected a month from {setups[0].data.start} to run.until, {setups[0].run.until}."
        ]
    if problems:
        raise ConfigurationError(problems)
    return month_number(month)
