"""One number a run: a measure over the years from the first policy on, or in one year."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from sim.engine.mistakes import ConfigurationError, did_you_mean
from sim.model.measures.definitions import MEASURES, of_cluster
from sim.model.setup import Setup
from sim.runs.results import Outcome


def checked_measures(measures: str | Sequence[str], word: str = "measures") -> list[str]:
    """Return the measures asked for, or a sentence that says which of them there is not. word: what they are called where asked."""
    measures = [measures] if isinstance(measures, str) else list(measures)
    said = f"{word}=[{','.join(measures)}]"
    if not measures:
        raise ConfigurationError(
            f"{said}: name at least one, such as {word}=[graduates]; see 'incubator list measures'."
        )
    known = of_cluster()
    problems = [
        f"{said}: '{m}' is no measure of a whole cluster; {did_you_mean(m, known)}" for m in measures if m not in known
    ]
    problems += [f"{said}: '{m}' is named twice." for m in sorted({m for m in measures if measures.count(m) > 1})]
    if problems:
        raise ConfigurationError(problems)
    return measures


def checked_year(year: int | None, setup: Setup, since: int) -> int | None:
    """Return the year asked for, or none for the whole horizon; a sentence if no policy is in force in it."""
    last = last_year(setup)
    if last < since:
        raise ConfigurationError(
            f"run.until = {setup.run.until}: no whole year is simulated from {since} on, when the first policy starts."
        )
    if year is not None and not since <= year <= last:
        raise ConfigurationError(f"year={year}: expected a year from {since}, when the first policy starts, to {last}.")
    return year


def last_year(setup: Setup) -> int:
    """The last year that is simulated whole."""
    until = str(setup.run.until)
    return int(until[:4]) - (until[5:7] != "12")


def years_that_count(setup: Setup, since: int, year: int | None = None) -> tuple[int, int]:
    """First and last year of the horizon, or a checked year alone."""
    return (year, year) if year else (since, last_year(setup))


def over_horizon(
    measures: Sequence[str], years: ArrayLike, values: np.ndarray, since: int, year: int | None = None
) -> np.ndarray:
    """Each measure over the years from `since` on: counts added up, everything else averaged; or in one year alone.

    values (measures, years, …). Returns (measures, …), not a number where no year has a value.
    """
    years = np.asarray(years)
    if year is not None:
        return values[:, years == year][:, 0]
    late = values[:, years >= since]
    total = np.array([MEASURES[key].total for key in measures]).reshape(-1, *[1] * (values.ndim - 2))
    some = np.isfinite(late).sum(axis=1)
    with np.errstate(invalid="ignore"):
        whole = np.nansum(late, axis=1)
    return np.where(some > 0, np.where(total, whole, whole / np.maximum(some, 1)), np.nan)


def whole(values: np.ndarray, measures: Sequence[str]) -> np.ndarray:
    """Values of one seed (…, measures) as they are, refused in a sentence where a measure has none."""
    known = np.asarray(np.isfinite(values).all(axis=0))
    missing = [m for m, there in zip(measures, known, strict=True) if not there]
    if missing:
        raise ConfigurationError(
            f"measures=[…,{missing[0]},…]: has no value in these years (nothing to divide by, or the run is too short); "
            "choose another, or a later run.until."
        )
    return values


def measured(outcome: Outcome, measures: Sequence[str], since: int, year: int | None = None) -> np.ndarray:
    """Return the same of an Outcome's whole cluster."""
    found = outcome.yearly["cluster"]
    rows = [found.measures.index(key) for key in measures]
    return over_horizon(measures, found.periods, found.values[rows, :, 0], since, year)
