"""Pairs until the answer is settled: differences known to a half-width, or scenarios in order, with a set probability."""

from collections import namedtuple
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.methods.stopping import Precision, Ranking
from sim.model.measures.definitions import describe
from sim.model.setup import Setup
from sim.runs.executors.processes import over_seeds
from sim.runs.matched_pairs import seeds_of
from sim.runs.results import KeptRun
from sim.runs.simulate import simulate_matched
from sim.runs.store.folder import RunFolder
from sim.runs.store.matched_runs import MatchedRuns
from sim.studies.common.horizon import checked_year, over_horizon, whole
from sim.studies.common.scenarios import first_policy_month, scenarios_of, with_reference
from sim.studies.settle.question import BUDGET, MINIMUM, PROBABILITY, Question, make_question, usual_width
from sim.studies.settle.sentences import Settling, answer

COLUMNS = ("measure", "scenario", "against", "mean", "half_width", "low", "high", "asked", "settled", "needed", "pairs")
ComparisonRow = namedtuple("ComparisonRow", COLUMNS)  # a Comparison with the names of its scenarios and measure


@dataclass
class Settled:
    """Comparisons: `table` has a row for each at the end, `course` the same after each number of pairs.

    needed: pairs in all that would do, estimated from the spread so far; infinite if none would.
    """

    setups: Sequence[Setup]
    reference: str
    measures: Sequence[str]
    ranking: bool
    probability: float
    budget: int
    year: int | None
    table: pd.DataFrame
    course: pd.DataFrame
    pairs: int

    @property
    def settled(self) -> bool:
        """True if every comparison is settled."""
        return bool(self.table["settled"].all())

    @property
    def more(self) -> float:
        """Pairs still missing, estimated; 0 if settled, infinite if no number would do."""
        return 0 if self.settled else max(1, self.table.loc[~self.table["settled"], "needed"].max() - self.pairs)

    def verdict(self, lang: str = "en") -> str:
        """The answer in a sentence."""
        titles = {s.scenario: s.title for s in self.setups}
        found = Settling(self.table, titles, describe(), self.ranking, self.probability, self.pairs)
        return answer(found, lang)


def settle(
    scenarios: Sequence[str],
    *overrides: str,
    reference: str | None = None,
    measures: str | Sequence[str] = ("graduates",),
    half_width: float | Sequence[float] | Mapping[str, float] | None = None,
    ranking: bool = False,
    probability: float = PROBABILITY,
    minimum: int = MINIMUM,
    budget: int = BUDGET,
    year: int | None = None,
    seed: int = 1,
    workers: int | None = None,
    own: str | None = None,
) -> Settled:
    """Settle in memory: `settle(["service_first"], "cluster=toy", reference="baseline", half_width=2).table`.

    half_width: a number, one a measure in their order, or {measure: number}, in the measure's unit (0.005 of a share is
    half a point); None for the defaults. ranking: order the scenarios instead; half_width is then the difference below
    which two are as good as equal. year: that year alone, else all years from the first policy on. Returns Settled.
    """
    names, against = with_reference(list(scenarios), reference)
    question = make_question(measures, half_width, ranking, probability, minimum, budget)
    setups = scenarios_of(names, overrides, own)
    return go_on(setups, against, question, seed=seed, year=year, workers=workers)


def go_on(
    setups: Sequence[Setup],
    reference: str,
    question: Question,
    *,
    seed: int = 1,
    year: int | None = None,
    workers: int | None = None,
    folder: RunFolder | None = None,
    fresh: bool = False,
    progress: Callable[[int, list[ComparisonRow] | None], None] | None = None,
) -> Settled:
    """Simulate pair after pair until the question is settled or the budget spent. Returns Settled.

    progress(done, comparisons) is called after each pair, with None before the minimum. Seeds count in their order, so
    that the same question is settled by the same pairs however many processes there are.
    """
    names = [s.scenario for s in setups]
    since = int(str(first_policy_month(setups))[:4])
    year = checked_year(year, setups[0], since)
    runs, course, rows, rule = [], [], [], None
    pairs = in_order(setups, seeds_of(seed, question.budget), reference, question.measures, workers, folder, fresh)
    try:
        for _, rows_of in pairs:
            levels = np.array([_level(rows_of[name], question.measures, since, year) for name in names])
            rule = rule or _rule(question, names.index(reference), levels)
            runs.append(whole(levels, question.measures))
            if len(runs) >= question.minimum:
                rows = [_row(c, names, question.measures, len(runs)) for c in rule.look(np.stack(runs))]
                course += rows
            if progress:
                progress(len(runs), rows or None)
            if rows and all(row.settled for row in rows):
                break
    except KeyboardInterrupt as stop:
        stop.done = len(runs)  # pyright: ignore[reportAttributeAccessIssue]: told by it
        raise
    finally:
        pairs.close()
    return Settled(
        setups, reference, question.measures, question.ranking, question.probability, question.budget, year,
        pd.DataFrame(rows, columns=COLUMNS), pd.DataFrame(course, columns=COLUMNS), len(runs),
    )  # fmt: skip


def _level(row, measures, since, year):
    return over_horizon(measures, row.years, row.of(measures), since, year)


def _rule(question, reference, levels):
    if question.ranking:
        widths = tuple(question.half_widths.get(m) for m in question.measures)
        return Ranking(widths, question.probability, question.minimum)
    usual = [usual_width(m, level) for m, level in zip(question.measures, levels[reference], strict=True)]
    widths = tuple(question.half_widths.get(m, w) for m, w in zip(question.measures, usual, strict=True))
    return Precision(reference, widths, question.probability, question.minimum)


def _row(c, names, measures, pairs):
    return ComparisonRow(
        measures[c.measure], names[c.scenario], names[c.against], c.mean, c.half_width, c.low, c.high,
        np.nan if c.target is None else c.target, c.settled, c.pairs_needed, pairs,
    )  # fmt: skip


def in_order(
    setups: Sequence[Setup],
    seeds: Iterable[int],
    reference: str,
    measures: Sequence[str],
    workers: int | None = None,
    folder: RunFolder | None = None,
    fresh: bool = False,
) -> Generator[tuple[int, dict[str, KeptRun]], None, None]:
    """Yield (seed, {scenario: KeptRun}) in the order of the seeds, missing runs simulated a little ahead.

    Whole pairs are simulated and put aside, so that a comparison of the same scenarios finds them done.
    """
    runs, seeds = MatchedRuns(setups, folder and folder.store), list(seeds)
    waiting = {} if fresh else runs.kept(seeds, measures)
    missing = [seed for seed in seeds if seed not in waiting]
    first = seeds.index(missing[0]) if missing else len(seeds)
    for seed in seeds[:first]:
        yield seed, waiting.pop(seed)
    seeds = seeds[first:]
    stream = over_seeds(simulate_matched, setups, missing, workers, reference=reference) if missing else iter(())
    try:
        for matched in stream:
            waiting[matched.seed] = runs.runs(matched)
            if folder:
                folder.keep(matched)
                runs.keep(matched)
            while seeds and seeds[0] in waiting:
                seed = seeds.pop(0)
                yield seed, waiting.pop(seed)
    finally:
        runs.flush()
        if close := getattr(stream, "close", None):
            close()
