"""The question to be settled: which measures, how exactly, and with which probability."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sim.engine.mistakes import ConfigurationError, did_you_mean
from sim.model.measures.definitions import MEASURES
from sim.studies.common.horizon import checked_measures

LEAST = 5  # pairs below which a spread says nothing
MINIMUM, BUDGET, PROBABILITY = 20, 200, 0.95
POINTS = 0.005  # half-width of a share unless another is asked for: half a point
PART = 0.01  # half-width of any other measure: this part of what the reference shows in its first run


@dataclass(frozen=True)
class Question:
    """A question to be settled, checked."""

    measures: list[str]
    half_widths: dict[str, float]  # by measure, only those asked for
    ranking: bool
    probability: float
    minimum: int
    budget: int


def make_question(
    measures: Sequence[str], half_width: float | Sequence[float] | Mapping[str, float] | None = None, ranking: bool = False,
    probability: float = PROBABILITY, minimum: int = MINIMUM, budget: int = BUDGET,
) -> Question:  # fmt: skip
    """The question, or every mistake in it, one sentence each."""
    measures, problems = checked_measures(measures), []
    widths = _widths(measures, half_width, problems)
    if ranking:
        problems += [
            f"measures=[…,{m},…]: more of it is neither better nor worse, so there is nothing to rank by; "
            "leave it out or ask for half_width without ranking."
            for m in measures
            if MEASURES[m].good == "none"
        ]
    if not (_number(probability) and 0.5 <= probability < 1):
        problems.append(f"probability={probability}: expected a number from 0.5 to below 1, such as 0.95.")
    if not (isinstance(minimum, int) and minimum >= LEAST):
        problems.append(f"minimum={minimum}: expected a whole number of pairs from {LEAST} on.")
    elif not (isinstance(budget, int) and budget >= minimum):
        problems.append(f"budget={budget}: below the minimum of {minimum} pairs; give more, or lower minimum=N.")
    if problems:
        raise ConfigurationError(problems)
    return Question(measures, widths, bool(ranking), float(probability), minimum, budget)


def _widths(measures, given, problems):
    """Half-widths by measure as they were asked for."""
    if given is None:
        return {}
    if isinstance(given, dict):
        problems += [
            f"half_width of '{m}': not among the measures; {did_you_mean(m, measures)}"
            for m in given
            if m not in measures
        ]
        widths = {m: given[m] for m in measures if m in given}
    else:
        listed = list(given) if isinstance(given, (list, tuple)) else [given]
        if len(listed) != len(measures):
            problems.append(f"half_width={given}: {len(listed)} for {len(measures)} measures; give one each.")
        widths = dict(zip(measures, listed, strict=False))
    for m, value in widths.items():
        if not (_number(value) and value > 0):
            problems.append(
                f"half_width={value} for {m}: expected a number above 0, in the measure's unit ({MEASURES[m].unit})."
            )
    return widths


def _number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def usual_width(measure: str, level: float) -> float:
    """The half-width if none is asked for: half a point, or a hundredth of the reference's level as one round figure."""
    if MEASURES[measure].percent:
        return POINTS
    part = PART * abs(level)
    return float(f"{part:.0e}") if part > 0 else 1.0
