"""Outside worlds and draws of parameters in which candidates have to do well, and regret: what each gives away there."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim.engine.mistakes import ConfigurationError, did_you_mean
from sim.inputs.catalogue import options
from sim.inputs.config import load
from sim.model.setup import Setup
from sim.runs.settings import at_point
from sim.studies.sweep.designs import latin
from sim.studies.sweep.space import VARIED_GRADES, space_of, varies

ROBUST = ("none", "demand", "parameters")
DRAWS = 4


@dataclass(frozen=True)
class World:
    """One state of the world. setup: place, numbers and outside world, without policies; drawn: parameters that differ."""

    key: str
    title: dict[str, str]
    setup: Setup
    drawn: dict[str, Any]


def worlds_of(
    setup: Setup,
    robust: str = "none",
    overrides: Sequence[str] = (),
    *,
    draws: int = DRAWS,
    seed: int = 1,
    own: str | None = None,
) -> list[World]:
    """The worlds of a study, the one asked for first: alone, with the other paths of demand, or with draws of parameters.

    Draws are a Latin hypercube over the bounds of every parameter graded borrowed or assumed, or over the settings and
    bounds typed, 'parameters.choice.rent_sensitivity=0.5..2'. A draw that contradicts itself is replaced by the next.
    """
    if robust not in ROBUST:
        raise ConfigurationError(f"robust={robust}: not known; {did_you_mean(robust, ROBUST)}")
    bare = setup.without_policies()
    ranges = [o for o in overrides if varies(o) and not o.startswith("policies.")]
    if ranges and robust != "parameters":
        raise ConfigurationError(f"{ranges[0]}: a parameter is drawn between bounds only with robust=parameters.")
    base = World("asked", {"zh": "设定情形", "en": "As asked for"}, bare, {})
    if robust == "none":
        return [base]
    if robust == "demand":
        common = [o for o in overrides if not o.startswith(("policy=", "policies.", "demand=")) and not varies(o)]
        setups: dict[str, Any] = {name: load([*common, f"demand={name}"], own) for name in options("demand", own)}
        here: Any = setup  # as every setup that was loaded, it has a demand
        mine = here.demand.name
        first = [replace(base, key=mine, title=here.demand.title)]
        return first + [World(n, s.demand.title, s.without_policies(), {}) for n, s in setups.items() if n != mine]
    return [base, *_drawn(bare, ranges, draws, seed)]


def _drawn(bare, ranges, draws, seed):
    space, worlds, tried, problems = space_of(bare, ranges or None, VARIED_GRADES), [], 0, []
    while len(worlds) < draws:
        for point in latin(space, draws, seed + tried).points.to_dict("records"):
            try:
                changed = at_point([bare], point)[0]
            except ConfigurationError as error:
                problems = error.problems
                continue
            number = len(worlds) + 1
            title = {"zh": f"参数抽样{number}", "en": f"Parameter draw {number}"}
            worlds.append(World(f"draw{number}", title, changed, point))
        tried += 1
        if tried > 20:
            raise ConfigurationError(["robust=parameters: no draw of these parameters holds together.", *problems])
    return worlds[:draws]


def regret(gains: np.ndarray) -> np.ndarray:
    """Return what each row gives away against the best of them in each world. gains (rows, worlds, objectives), more is better."""
    gains = np.asarray(gains, float)
    return gains.max(axis=0) - gains


def compromise(gains: np.ndarray, among: Sequence[int] | np.ndarray | None = None) -> int:
    """The row whose largest regret is least, each objective on the scale of its range in each world. gains as in `regret`.

    among: rows that may be taken; all of them set the best and the range.
    """
    given = regret(gains)
    span = given.max(axis=0)
    largest = (given / np.where(span > 0, span, 1.0)).max(axis=(1, 2))
    rows = np.arange(len(largest)) if among is None else np.asarray(among)
    return int(rows[np.argmin(largest[rows])])
