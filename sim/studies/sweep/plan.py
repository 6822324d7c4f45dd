"""The plan of a sweep: every run by its name, each named once, and which of them are simulated together."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from sim.engine.files import digest
from sim.engine.mistakes import ConfigurationError
from sim.model.setup import Setup
from sim.runs.matched_pairs import shareable
from sim.runs.results import RunName
from sim.runs.settings import at_point
from sim.runs.store.identity import LENGTH, question_of, run_name
from sim.runs.unit import Unit
from sim.studies.common.scenarios import scenarios_of
from sim.studies.sweep.designs import Design
from sim.studies.sweep.space import COMPOSED


@dataclass
class Plan:
    """Rows of a sweep and the work behind them. frames: Setups of the scenarios by the values that are files."""

    frames: dict[tuple[str, ...], list[Setup]] = field(default_factory=dict)
    rows: list[tuple] = field(default_factory=list)  # (run id, point, scenario, seed)
    names: dict[str, RunName] = field(default_factory=dict)  # by run id
    units: list[Unit] = field(default_factory=list)

    @property
    def setups(self) -> list[Setup]:
        """The scenarios' Setups at the first point's files, its numbers aside."""
        return next(iter(self.frames.values()))

    def missing(self, known: Collection[str]) -> list[Unit]:
        """Units, each with those of its runs only that are not found."""
        left = [(unit, {n: r for n, r in unit.runs.items() if r.run_id not in known}) for unit in self.units]
        return [replace(unit, runs=runs) for unit, runs in left if runs]


def make_plan(
    design: Design,
    scenarios: Sequence[str | Setup],
    seeds: Sequence[int],
    overrides: Sequence[str] = (),
    own: str | None = None,
) -> Plan:
    """The Plan of a design, or all that is wrong with what is asked. scenarios: names, or Setups as they are.

    A point that contradicts itself is planned too: its runs fail and say why.
    """
    composed = [name for name in design.space.names if name in COMPOSED]
    plan = Plan()
    for point, values in zip(design.points.index.tolist(), design.points.to_dict("records"), strict=True):
        files = tuple(f"{name}={values.pop(name)}" for name in composed)
        if files not in plan.frames:
            plan.frames[files] = _setups(scenarios, [*overrides, *files], own)
        questions = _questions(plan.frames[files], values)
        for seed in seeds:
            _add(plan, point, seed, questions, files, values)
    return plan


def _questions(setups, values):
    """{scenario: question} at a point."""
    try:
        return {s.scenario: question_of(s) for s in at_point(setups, values)}
    except ConfigurationError:
        return {s.scenario: digest(["contradiction", question_of(s), values], LENGTH) for s in setups}


def _add(plan, point, seed, questions, files, values):
    fresh = {}
    for scenario, question in questions.items():
        name = run_name(question, seed)
        plan.rows.append((name.run_id, point, scenario, seed))
        if name.run_id not in plan.names:
            plan.names[name.run_id] = fresh[scenario] = name
    if fresh:
        plan.units.append(Unit(files, values, seed, fresh))


def _setups(scenarios, overrides, own):
    names, setups = [s for s in scenarios if isinstance(s, str)], [s for s in scenarios if isinstance(s, Setup)]
    if len(names) == len(scenarios):
        return scenarios_of(names, overrides, own)
    if names or overrides or not shareable(setups):
        raise ConfigurationError(
            "scenarios: Setups must share everything but their policies, and take neither overrides nor dimensions that are files."
        )
    return setups
