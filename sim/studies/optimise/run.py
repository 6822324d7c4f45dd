"""The best packages for the money: a search over levers, sizes, starts and targets, and what is left of it on new seeds."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

from sim.engine.calendar import month_number
from sim.engine.fields import ConfigurationError, did_you_mean
from sim.engine.optional import require
from sim.inputs import catalogue as shipped
from sim.methods.additive_proposals import proposals
from sim.methods.nsga2 import POPULATION, search, spaced, undominated
from sim.model.measures.definitions import MEASURES, SPENDING, describe
from sim.runs.executors.choose import opened
from sim.runs.matched_pairs import seeds_of
from sim.runs.store.folder import RunFolder
from sim.runs.store.shards import RunStore
from sim.studies.common.horizon import checked_measures, checked_year
from sim.studies.common.scenarios import checked_reference, scenarios_of
from sim.studies.optimise.candidates import Evaluator
from sim.studies.optimise.confirm import SAME_COST, beaten_by, challengers, confirmed
from sim.studies.optimise.levers import Levers, key_of, levers_of
from sim.studies.optimise.outside_worlds import DRAWS, compromise, worlds_of
from sim.studies.optimise.tables import differences_of, gains_of, levers_table, regret_table, searched_table
from sim.studies.sweep.space import varies

OBJECTIVES = ("graduates", "talent_retention_rate", SPENDING)
DECISION = "2026-01"
CANDIDATES, REPLICATES, CONFIRM, FRONT = 400, 4, 20, 12
FAILED = 1e12  # what a candidate is told to lose whose run failed


@dataclass(frozen=True)
class Question:
    """What is asked, checked. setups: the reference first, then the named packages. budget: CNY beyond the reference."""

    setups: list
    levers: Levers
    worlds: list
    objectives: tuple
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
    def measures(self):
        """What is kept of a run: the objectives, and what it cost."""
        return tuple(dict.fromkeys([*self.objectives, SPENDING]))

    @property
    def signs(self):
        """1 where more is better, -1 where less is (objectives,)."""
        return np.array([-1.0 if MEASURES[m].good == "down" else 1.0 for m in self.objectives])

    @property
    def gains(self):
        """Objectives that are not money."""
        return tuple(m for m in self.objectives if m != SPENDING)

    @property
    def searched(self):
        """Seeds of the search."""
        return seeds_of(self.seed, self.replicates)

    @property
    def new(self):
        """Seeds that the search has not seen."""
        return seeds_of(self.seed + self.replicates, self.confirm)

    def identity(self):
        """What makes it another search. How many candidates, new seeds and points are shown only makes it longer."""
        return {
            "objectives": self.objectives, "budget": self.budget, "decision": self.decision, "year": self.year,
            "replicates": self.replicates, "population": self.population,
            "levers": [[lever.policy.name, repr(lever)] for lever in self.levers.levers],
            "worlds": [[world.key, world.setup.resolved, world.drawn] for world in self.worlds],
        }  # fmt: skip


@dataclass
class Optimised:
    """What was found, as tables.

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
    packages: dict
    titles: dict
    chosen: str
    runs: int

    def verdict(self, lang="en"):
        """The answer in a sentence."""
        from sim.studies.optimise.report import report_data
        from sim.studies.optimise.sentences import answer

        return answer(report_data(self), lang)


def asked(
    scenarios=None, overrides=(), *, objectives=OBJECTIVES, budget=None, reference="baseline", candidates=CANDIDATES,
    population=POPULATION, replicates=REPLICATES, confirm=CONFIRM, front=FRONT, robust="none", draws=DRAWS, levers=None,
    search="levers", delays=None, decision=DECISION, year=None, seed=1, own=None,
):  # fmt: skip
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
    names = list(scenarios or [name for name in shipped.options("scenario", own) if name != reference])
    if isinstance(budget, str):  # its scenario is among the named packages, whose cost is known
        known = [n for n in shipped.options("scenario", own) if n != reference]
        if budget not in known:
            raise ConfigurationError(
                f"budget={budget}: expected CNY, such as 2e9, or a scenario other than {reference}; {did_you_mean(budget, known)}"
            )
        names.append(budget)
    names = list(dict.fromkeys([reference, *names]))
    checked_reference(reference, shipped.options("scenario", own))
    plain = [o for o in overrides if not varies(o)]
    mine = {p for n in names for p in shipped.package(n, own)}
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


def optimise(scenarios=None, *overrides, workers=1, engine="serial", own=None, **question):
    """Optimise in memory: `optimise(["service_first"], "cluster=toy", objectives=["graduates", "public_spending"]).points`.

    scenarios: named packages to begin with and to beat; None for all there are. question: see `asked`; objectives are two to
    four measures, budget a sum in CNY or the name of a scenario whose cost is the limit. Returns Optimised.
    """
    with TemporaryDirectory() as out:
        return go_on(asked(scenarios, overrides, own=own, **question), out, engine=engine, workers=workers)


def folder_of(question, out):
    """The study's folder: the same search, longer or shorter, finds it again."""
    return RunFolder(out, "optimise", question.setups, question.identity(), question.seed, parts=None)


def go_on(question, out, *, engine="serial", workers=None, fresh=False, progress=None):
    """Search, choose, and run what was chosen again on new seeds. Returns Optimised.

    out: folder in whose store runs are kept and found again. progress(runs known, runs at most) is called after each run.
    """
    q = question
    require("optuna", "incubator optimise")
    named = {s.scenario: s.policies for s in q.setups}
    most = len(q.worlds) * ((q.candidates + len(named)) * q.replicates + (q.front + len(named)) * q.confirm)
    told = progress and (lambda done: progress(done, max(done, most)))
    with opened(engine, workers) as crew:
        store = RunStore(Path(out) / "store")
        run = Evaluator(q.worlds, q.decision, q.measures, q.decision // 12, q.year, crew, store, fresh, told)
        known = run(list(named.values()), q.searched)  # (named, worlds, seeds, measures), the reference first
        _whole(q, known)
        budget = _budget(q, named, known)
        found, packages, values = _search(q, run, named, known, budget)
        front = _front(q, found, {key_of(p) for p in named.values()}, [key_of(p) for p in packages])
        picked = _picked(q, found, front, values, known)
        picked.sort(key=lambda row: values[row][..., q.measures.index(SPENDING)].mean())
        labels = {f"P{k:02d}": packages[row] for k, row in enumerate(picked, start=1)}
        again = run([*named.values(), *labels.values()], q.new)
    _whole(q, again)
    store.together()
    tables = searched_table(q, found, packages, values, known)
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
        found = [q.levers.package(point) for point in points]
        mine = run(found, q.searched)
        packages.extend(found)
        values.extend(mine)
        told = differences_of(q, mine, known[0])
        spent = told[..., q.measures.index(SPENDING)].max(axis=1)
        excess = np.zeros(len(found)) if budget is None else spent / max(abs(budget), 1.0) - 1
        failed = ~np.isfinite(told).all(axis=(1, 2))
        losses = (best - gains_of(q, told)).max(axis=1)
        return np.where(failed[:, None], FAILED, losses), np.where(failed, FAILED, excess)

    at, spent = [q.measures.index(m) for m in q.gains], q.measures.index(SPENDING)
    signs = np.array([sign for sign, m in zip(q.signs, q.objectives, strict=True) if m != SPENDING])
    rivals = differences_of(q, known[1:], known[0]).mean(axis=1)
    rivals = [(signs * row[at], float(row[spent])) for row in rivals if budget is None or row[spent] <= budget]

    def then(points):
        told = differences_of(q, np.stack(values), known[0]).mean(axis=1)
        whole = np.isfinite(told).all(axis=1)
        told = told[whole]
        return proposals(q.levers.sizes, points[whole], signs * told[:, at], told[:, spent], rivals, q.levers.point([]))

    first = q.levers.beginnings(list(named.values()), q.population, q.seed)
    found = search(
        q.levers.sizes, evaluate, objectives=len(q.objectives), candidates=q.candidates, seed=q.seed,
        population=q.population, first=first, then=then,
    )  # fmt: skip
    return found, packages, np.stack(values)


def _front(q, found, own, keys):
    """Rows of the front that are no named package; where these hold all of it, the best of the rest."""
    rows = np.array([row for row in found.front if keys[row] not in own], int)
    if not len(rows):
        rows = np.array([row for row, key in enumerate(keys) if found.excess[row] <= 0 and key not in own], int)
        rows = rows[undominated(found.losses[rows])] if len(rows) else rows
    if not len(rows):
        raise ConfigurationError(
            f"budget={q.budget}: none of {len(keys)} candidates keeps within it; give more, or search on with candidates=N."
        )
    return rows


def _picked(q, found, front, values, known):
    """Rows worth running again: the compromise, the challengers of the named packages, and the front evenly."""
    gains = gains_of(q, differences_of(q, values[front], known[0]))
    rivals = challengers(q, values[front], known)
    keep = [compromise(gains), *dict.fromkeys(r for r in rivals.values() if r is not None)]
    return [int(front[k]) for k in spaced(found.losses[front], max(q.front, len(set(keep))), keep)]


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


__all__ = ["Optimised", "Question", "asked", "describe", "folder_of", "go_on", "optimise"]
