"""What a sweep asks: every run by its name, each named once, and which of them are simulated together."""

from dataclasses import dataclass, field, replace

from sim.engine.files import digest
from sim.engine.mistakes import ConfigurationError
from sim.runs.matched_pairs import shareable
from sim.runs.settings import at_point
from sim.runs.store.identity import LENGTH, question_of, run_name
from sim.runs.unit import Unit
from sim.studies.common.scenarios import scenarios_of
from sim.studies.sweep.space import COMPOSED


@dataclass
class Plan:
    """Rows of a sweep and the work behind them. frames: Setups of the scenarios by the values that are files."""

    frames: dict = field(default_factory=dict)
    rows: list = field(default_factory=list)  # (run id, point, scenario, seed)
    names: dict = field(default_factory=dict)  # run id -> RunName
    units: list = field(default_factory=list)

    @property
    def setups(self):
        """The scenarios' Setups at the first point's files, its numbers aside."""
        return next(iter(self.frames.values()))

    def missing(self, found):
        """Units, each with those of its runs only that are not found."""
        left = [(unit, {n: r for n, r in unit.runs.items() if r.run_id not in found}) for unit in self.units]
        return [replace(unit, runs=runs) for unit, runs in left if runs]


def plan(design, scenarios, seeds, overrides=(), own=None):
    """The Plan of a design, or all that is wrong with what is asked. scenarios: names, or Setups as they are.

    A point that contradicts itself is planned too: its runs fail and say why.
    """
    composed = [name for name in design.space.names if name in COMPOSED]
    found = Plan()
    for point, values in zip(design.points.index.tolist(), design.points.to_dict("records"), strict=True):
        files = tuple(f"{name}={values.pop(name)}" for name in composed)
        if files not in found.frames:
            found.frames[files] = _setups(scenarios, [*overrides, *files], own)
        asked = _questions(found.frames[files], values)
        for seed in seeds:
            _add(found, point, seed, asked, files, values)
    return found


def _questions(setups, values):
    """{scenario: question} at a point."""
    try:
        return {s.scenario: question_of(s) for s in at_point(setups, values)}
    except ConfigurationError:
        return {s.scenario: digest(["contradiction", question_of(s), values], LENGTH) for s in setups}


def _add(found, point, seed, asked, files, values):
    fresh = {}
    for scenario, question in asked.items():
        name = run_name(question, seed)
        found.rows.append((name.run_id, point, scenario, seed))
        if name.run_id not in found.names:
            found.names[name.run_id] = fresh[scenario] = name
    if fresh:
        found.units.append(Unit(files, values, seed, fresh))


def _setups(scenarios, overrides, own):
    if all(isinstance(s, str) for s in scenarios):
        return scenarios_of(list(scenarios), overrides, own)
    if overrides or not shareable(scenarios):
        raise ConfigurationError(
            "scenarios: Setups must share everything but their policies, and take neither overrides nor dimensions that are files."
        )
    return list(scenarios)
