"""Genetic search by NSGA-II: it proposes points of a grid, and a function of the caller says what they are worth.

The library is Optuna (extra `studies`), with its study in memory. What a search has found so far is a pure function of its
seed and of the worth of the points, so a search that was killed is repeated from its seed, and every point that was already
evaluated is looked up and not simulated again: it goes on to the last bit as if it had not been stopped. Optuna's own journal
file is not used for that: a process killed in the middle of a line leaves a journal that nothing can be added to any more.
"""

import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.engine.optional import require

POPULATION = 40


@dataclass(frozen=True)
class SearchResult:
    """All points that were evaluated, and what they are worth.

    points (n, k): places on the grid; losses (n, objectives): less is better; excess (n,): by how much a point breaks the
    constraint, 0 or less if it keeps it.
    """

    points: np.ndarray
    losses: np.ndarray
    excess: np.ndarray

    @property
    def front(self) -> np.ndarray:
        """Rows of the points that keep the constraint and that no other such point beats; of equal points the first."""
        rows = np.flatnonzero(self.excess <= 0)
        if not len(rows):
            return rows
        _, first = np.unique(self.points[rows], axis=0, return_index=True)
        rows = rows[np.sort(first)]
        return rows[undominated(self.losses[rows])]


def undominated(losses: np.ndarray) -> np.ndarray:
    """Mark the rows that no other beats by being as good in everything and better in something. losses (n, objectives)."""
    losses = np.asarray(losses, float)
    no_worse = (losses[:, None, :] <= losses[None, :, :]).all(axis=2)
    better = (losses[:, None, :] < losses[None, :, :]).any(axis=2)
    return np.logical_not((no_worse & better).any(axis=0))


def search(
    sizes: Mapping[str, int],
    evaluate: Callable[[list[dict[str, int]]], tuple[Sequence | np.ndarray, Sequence | np.ndarray]],
    *,
    objectives: int,
    candidates: int,
    seed: int = 1,
    population: int = POPULATION,
    first: Iterable[Mapping[str, int]] = (),
    then: Callable[[np.ndarray], Iterable[Mapping[str, int]]] | None = None,
) -> SearchResult:
    """Search a grid, a generation at a time, until so many candidates are evaluated.

    sizes: {name: number of places on its grid}. evaluate: takes points {name: place} and returns (losses, excess) as in
    SearchResult. first: points to begin with. then: called with all points (n, k) after each generation, returns some for
    the next. More candidates go on from fewer: their first ones are the same.
    """
    optuna = require("optuna", "a search by NSGA-II")
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    names = list(sizes)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        sampler = optuna.samplers.NSGAIISampler(population_size=population, seed=seed)
        study = optuna.create_study(directions=["minimize"] * objectives, sampler=sampler)
        for point in first:
            study.enqueue_trial({name: int(point[name]) for name in names})
        points, losses, excess = [], [], []
        while len(points) < candidates:
            asked = [study.ask() for _ in range(min(population, candidates - len(points)))]
            generation = [{name: trial.suggest_int(name, 0, sizes[name] - 1) for name in names} for trial in asked]
            worth, over = evaluate(generation)
            for trial, values, beyond in zip(asked, worth, over, strict=True):
                trial.set_constraint("constraint", float(beyond))
                study.tell(trial, [float(v) for v in values])
            points += [[point[name] for name in names] for point in generation]
            losses += list(worth)
            excess += list(over)
            if then and len(asked) == population:
                for point in then(np.array(points, int)):
                    study.enqueue_trial({name: int(point[name]) for name in names})
    return SearchResult(np.array(points, int), np.array(losses, float), np.array(excess, float))


def spaced(values: np.ndarray, count: int, keep: Iterable[int] = ()) -> list[int]:
    """Pick rows that represent many: those to keep, then each the farthest from all picked. values (n, k), scaled to ranges."""
    values = np.asarray(values, float)
    span = np.ptp(values, axis=0)
    scaled = (values - values.min(axis=0)) / np.where(span > 0, span, 1.0)
    taken = list(dict.fromkeys(keep)) or [int(np.argmin(scaled[:, 0]))]
    while len(taken) < min(count, len(values)):
        far = np.linalg.norm(scaled[:, None, :] - scaled[None, taken, :], axis=2).min(axis=1)
        far[taken] = -1.0
        taken.append(int(np.argmax(far)))
    return taken
