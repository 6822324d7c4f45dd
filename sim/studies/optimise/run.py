"""The best packages for the money: a search over levers, sizes, starts and targets, and what is left of it on new seeds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd

from sim.engine.mistakes import ConfigurationError
from sim.engine.optional import require
from sim.methods.additive_proposals import proposals
from sim.methods.nsga2 import search, spaced, undominated
from sim.model.measures.definitions import SPENDING
from sim.model.policies import Policy
from sim.runs.executors.choose import opened
from sim.runs.store.folder import RunFolder
from sim.runs.store.shards import RunStore
from sim.studies.optimise.candidates import Evaluator
from sim.studies.optimise.confirm import SAME_COST, beaten_by, challengers, confirmed
from sim.studies.optimise.levers import key_of
from sim.studies.optimise.outside_worlds import compromise
from sim.studies.optimise.question import Question, make_question
from sim.studies.optimise.sentences import answer
from sim.studies.optimise.tables import (
    differences_of,
    gains_of,
    levers_table,
    regret_table,
    report_data,
    searched_table,
)

FAILED = 1e12  # what a candidate is told to lose whose run failed


@dataclass
class Optimised:
    """Packages found, as tables.

    searched: a row a candidate; points: a row a point and measure on the new seeds, difference to the reference with its 95 %
    interval; beaten: named packages against the best point that costs no more; levers: what each point consists of; regret: by
    point, world and objective. packages: {point: policies}; chosen: the point recommended.
    """

    question: Question
    budget: float | None
    searched: pd.DataFrame
    points: pd.DataFrame
    beaten: pd.DataFrame
    levers: pd.DataFrame
    regret: pd.DataFrame
    packages: dict[str, tuple[Policy, ...]]
    titles: dict[str, dict[str, str]]
    chosen: str
    runs: int

    def verdict(self, lang: str = "en") -> str:
        """The answer in a sentence."""
        return answer(report_data(self), lang)


def optimise(
    scenarios: Sequence[str] | None = None,
    *overrides: str,
    workers: int | None = 1,
    engine: str = "serial",
    own: str | None = None,
    **question: Any,
) -> Optimised:
    """Optimise in memory: `optimise(["service_first"], "cluster=toy", objectives=["graduates", "public_spending"]).points`.

    scenarios: named packages to begin with and to beat; None for all there are. question: see `make_question`; objectives are two to
    four measures, budget a sum in CNY or the name of a scenario whose cost is the limit. Returns Optimised.
    """
    with TemporaryDirectory() as out:
        return go_on(make_question(scenarios, overrides, own=own, **question), out, engine=engine, workers=workers)


def folder_of(question: Question, out: Path | str) -> RunFolder:
    """The study's folder: the same search, longer or shorter, finds it again."""
    return RunFolder(out, "optimise", question.setups, question.identity(), question.seed, parts=None)


def go_on(
    question: Question,
    out: Path | str,
    *,
    engine: str = "serial",
    workers: int | None = None,
    fresh: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Optimised:
    """Search, choose, and run what was chosen again on new seeds. Returns Optimised.

    out: folder in whose store runs are kept and found again. progress(runs known, runs at most) is called after each run.
    """
    q = question
    require("optuna", "incubator optimise")
    named = {s.scenario: s.policies for s in q.setups}
    most = len(q.worlds) * ((q.candidates + len(named)) * q.replicates + (q.front + len(named)) * q.confirm)
    tell = progress and (lambda done: progress(done, max(done, most)))
    with opened(engine, workers) as pool:
        store = RunStore(Path(out) / "store")
        run = Evaluator(q.worlds, q.decision, q.measures, q.decision // 12, q.year, pool, store, fresh, tell)
        known = run(list(named.values()), q.searched)  # (named, worlds, seeds, measures), the reference first
        _whole(q, known)
        budget = _budget(q, named, known)
        result, packages, values = _search(q, run, named, known, budget)
        front = _front(q, result, {key_of(p) for p in named.values()}, [key_of(p) for p in packages])
        picked = _picked(q, result, front, values, known)
        picked.sort(key=lambda row: values[row][..., q.measures.index(SPENDING)].mean())
        labels = {f"P{k:02d}": packages[row] for k, row in enumerate(picked, start=1)}
        again = run([*named.values(), *labels.values()], q.new)
    _whole(q, again)
    store.together()
    tables = searched_table(q, result, packages, values, known)
    return _concluded(q, budget, named, labels, again, np.concatenate([known, values[picked]]), tables, len(run.runs))


def _whole(q, values):
    """Refuse a measure that has no value where it must have one."""
    missing = [m for m, there in zip(q.measures, np.isfinite(values).all(axis=(0, 1, 2)), strict=True) if not there]
    if missing:
        raise ConfigurationError(
            f"objectives=[…,{missing[0]},…]: has no value in these years (nothing to divide by, or the run is too short); "
            "choose another, or a later run.until."
        )


def _budget(q, named, known):
    if not isinstance(q.budget, str):
        return q.budget
    spent = differences_of(q, known, known[0])[..., q.measures.index(SPENDING)]
    return float(spent[list(named).index(q.budget)].max())


def _search(q, run, named, known, budget):
    """The search itself: losses are the largest shortfall behind the best named package over the worlds."""
    best = gains_of(q, differences_of(q, known, known[0])).max(axis=0)  # (worlds, objectives)
    packages, values = [], []

    def evaluate(points):
        tried = [q.levers.package(point) for point in points]
        mine = run(tried, q.searched)
        packages.extend(tried)
        values.extend(mine)
        differences = differences_of(q, mine, known[0])
        spent = differences[..., q.measures.index(SPENDING)].max(axis=1)
        excess = np.zeros(len(tried)) if budget is None else spent / max(abs(budget), 1.0) - 1
        failed = np.asarray(~np.isfinite(differences).all(axis=(1, 2)))
        losses = (best - gains_of(q, differences)).max(axis=1)
        return np.where(failed[:, None], FAILED, losses), np.where(failed, FAILED, excess)

    at, spent = [q.measures.index(m) for m in q.gains], q.measures.index(SPENDING)
    signs = np.array([sign for sign, m in zip(q.signs, q.objectives, strict=True) if m != SPENDING])
    named_by = differences_of(q, known[1:], known[0]).mean(axis=1)
    rivals = [(signs * row[at], float(row[spent])) for row in named_by if budget is None or row[spent] <= budget]

    def then(points):
        differences = differences_of(q, np.stack(values), known[0]).mean(axis=1)
        whole = np.isfinite(differences).all(axis=1)
        differences = differences[whole]
        return proposals(
            q.levers.sizes, points[whole], signs * differences[:, at], differences[:, spent], rivals, q.levers.point([])
        )

    first = q.levers.beginnings(list(named.values()), q.population, q.seed)
    result = search(
        q.levers.sizes, evaluate, objectives=len(q.objectives), candidates=q.candidates, seed=q.seed,
        population=q.population, first=first, then=then,
    )  # fmt: skip
    return result, packages, np.stack(values)


def _front(q, result, own, keys):
    """Rows of the front that are no named package; where these hold all of it, the best of the rest."""
    rows = np.array([row for row in result.front if keys[row] not in own], int)
    if not len(rows):
        rows = np.array([row for row, key in enumerate(keys) if result.excess[row] <= 0 and key not in own], int)
        rows = rows[undominated(result.losses[rows])] if len(rows) else rows
    if not len(rows):
        raise ConfigurationError(
            f"budget={q.budget}: none of {len(keys)} candidates keeps within it; give more, or search on with candidates=N."
        )
    return rows


def _picked(q, result, front, values, known):
    """Rows worth running again: the compromise, the challengers of the named packages, and the front evenly."""
    gains = gains_of(q, differences_of(q, values[front], known[0]))
    rivals = challengers(q, values[front], known)
    keep = [compromise(gains), *dict.fromkeys(r for r in rivals.values() if r is not None)]
    return [int(front[k]) for k in spaced(result.losses[front], max(q.front, len(set(keep))), keep)]


def _concluded(q, budget, named, labels, fresh, old, searched, runs):
    """Tables from what was run; fresh and old: (points, worlds, seeds, measures), the reference first, then named, then found."""
    names, keys = list(named), [*named, *labels]
    titles = {s.scenario: s.title for s in q.setups} | {n: {"zh": f"搜索点{n[1:]}", "en": f"Found {n}"} for n in labels}
    points = confirmed(q, keys, fresh, old, len(names))
    rivals = challengers(q, old[len(names) :], old[: len(names)])
    beaten = beaten_by(q, names, list(labels), fresh, rivals)
    gains = gains_of(q, differences_of(q, fresh, fresh[0]))
    mine = range(len(names), len(keys))
    within = [k for k in mine if budget is None or _spent(q, fresh, k) <= (1 + SAME_COST) * budget] or list(mine)
    chosen = keys[compromise(gains, within)]
    return Optimised(
        q, budget, searched, points, beaten, levers_table(q, named | labels), regret_table(q, keys, gains), labels | named, titles, chosen,
        runs,
    )  # fmt: skip


def _spent(q, fresh, row):
    return float(differences_of(q, fresh[[row]], fresh[0])[..., q.measures.index(SPENDING)].max())
