"""Findings of an attribution: shares with intervals, what they cost, what parts do together; and its files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.methods import shapley
from sim.methods.intervals import CONFIDENCE, interval
from sim.model.measures.definitions import MEASURES, SPENDING, describe
from sim.runs.provenance import model_digest
from sim.runs.results import KeptRun
from sim.runs.store.folder import RunFolder, write_table
from sim.studies.attribute.question import Game
from sim.studies.attribute.sentences import AttributionData, answer
from sim.studies.common.horizon import checked_year, over_horizon, whole
from sim.studies.compare.costs import fieller

MILLION = 1e6


@dataclass
class Attributed:
    """Effect of a package shared out. Arrays are by pair of runs: (pairs, parts or pairs of parts, measures).

    sampling: variance of the sampling error of `by_pair`, 0 where all coalitions were simulated. first, last, together:
    None where coalitions were sampled.
    """

    game: Game
    seeds: list[int]
    since: int
    until: int
    year: int | None
    levels: np.ndarray  # (pairs, 2, measures): reference and package
    by_pair: np.ndarray
    sampling: np.ndarray
    first: np.ndarray | None
    last: np.ndarray | None
    together: np.ndarray | None

    @property
    def measures_asked(self) -> list[str]:
        """The measures asked for: without spending, unless nothing else was."""
        return [m for m in self.game.measures if m != SPENDING] or [SPENDING]

    @cached_property
    def shares(self) -> pd.DataFrame:
        """A row a measure and part: its share of the effect, alone, last, and per million spent.

        mean, low, high: Student's t over pairs, which holds the luck of runs and the error of sampled orders together;
        sampling_error: standard error of the mean from sampled orders alone. per_million: units of the measure per million
        CNY of the part's own share of spending, with Fieller's interval, where that share is clearly above zero.
        """
        rows, n = [], len(self.seeds)
        spending = self.by_pair[:, :, self.game.measures.index(SPENDING)]
        for m, measure in enumerate(self.game.measures):
            for i, part in enumerate(self.game.parts):
                own = self.by_pair[:, i, m]
                error = np.sqrt(self.sampling[:, i, m].mean() / n)
                row = {"measure": measure, "part": part.key, **_mean_and_interval("", own), "sampling_error": error}
                row |= _mean_and_interval("first_", None if self.first is None else self.first[:, i, m])
                row |= _mean_and_interval("last_", None if self.last is None else self.last[:, i, m])
                value, low, high, defined = np.nan, np.nan, np.nan, False
                if MEASURES[measure].total and measure != SPENDING and interval(spending[:, i])[1] > 0:
                    value, low, high, defined = fieller(own, spending[:, i] / MILLION)
                row |= {"spending": spending[:, i].mean(), "per_million": value, "per_million_low": low}
                rows.append(row | {"per_million_high": high, "per_million_defined": bool(defined), "pairs": n})
        return pd.DataFrame(rows)

    @cached_property
    def wholes(self) -> pd.DataFrame:
        """A row a measure: level of reference and package, and the effect of the whole with its interval."""
        rows = []
        for m, measure in enumerate(self.game.measures):
            level = self.levels[:, :, m].mean(axis=0)
            effect = _mean_and_interval("", self.levels[:, 1, m] - self.levels[:, 0, m])
            rows.append(
                {"measure": measure, "reference": level[0], "package": level[1], **effect, "pairs": len(self.seeds)}
            )
        return pd.DataFrame(rows)

    @cached_property
    def contrasts(self) -> pd.DataFrame:
        """A row a measure and two parts: how much more the first adds than the other, on the same pairs of runs.

        Intervals hold for all pairs of parts together (Bonferroni); clear: this one leaves out zero.
        """
        return self._pairwise(
            np.stack(
                [self.by_pair[:, i] - self.by_pair[:, j] for i, j in shapley.pairs_of(len(self.game.parts))], axis=1
            )
        )

    @cached_property
    def interactions(self) -> pd.DataFrame:
        """A row a measure and two parts: what they do together beyond what they do apart (Shapley interaction index).

        Intervals hold for all pairs of parts together (Bonferroni); clear: this one leaves out zero. Empty where
        coalitions were sampled.
        """
        return self._pairwise(() if self.together is None else self.together)

    def _pairwise(self, values: Any) -> pd.DataFrame:
        rows, pairs = [], shapley.pairs_of(len(self.game.parts))
        for m, measure in enumerate(self.game.measures if len(values) else ()):
            for k, (i, j) in enumerate(pairs):
                mean, low, high = map(float, interval(values[:, k, m], confidence=1 - (1 - CONFIDENCE) / len(pairs)))
                names = {"measure": measure, "part": self.game.parts[i].key, "other": self.game.parts[j].key}
                rows.append(names | {"mean": mean, "low": low, "high": high, "clear": low > 0 or high < 0})
        return pd.DataFrame(rows, columns=["measure", "part", "other", "mean", "low", "high", "clear"])

    @cached_property
    def pairs(self) -> pd.DataFrame:
        """A row a pair of runs, measure and part: its share, from which all else follows."""
        n, k, m = self.by_pair.shape
        return pd.DataFrame(
            {
                "replicate": np.repeat(self.seeds, k * m), "part": np.tile(np.repeat([p.key for p in self.game.parts], m), n),
                "measure": np.tile(self.game.measures, n * k), "share": self.by_pair.ravel(),
            }
        )  # fmt: skip


def _mean_and_interval(prefix, values):
    if values is None:
        return {f"{prefix}{name}": np.nan for name in ("mean", "low", "high")}
    return dict(zip((f"{prefix}mean", f"{prefix}low", f"{prefix}high"), map(float, interval(values)), strict=True))


def attributed(game: Game, runs: Sequence[Mapping[int, KeptRun]], year: int | None = None) -> Attributed:
    """Return the Attributed of a game from the runs of each seed, as `play` returns them.

    year: that year alone, else all from the first part's start.
    """
    n = len(game.parts)
    since = game.since
    year = checked_year(year, game.reference, since)
    found = {"levels": [], "by_pair": [], "sampling": [], "first": [], "last": [], "together": []}
    every = [next(iter(coalitions.values())) for coalitions in runs]  # a run of each seed
    for one, coalitions in zip(every, runs, strict=True):
        values = np.stack(
            [over_horizon(game.measures, run.years, run.of(game.measures), since, year) for run in coalitions.values()]
        )
        whole(values, game.measures)
        found["levels"].append(values[[0, -1]])
        if game.orders is None:
            found["by_pair"].append(shapley.shares(values))
            found["sampling"].append(np.zeros((n, len(game.measures))))
            found["first"].append(shapley.first_in(values, n))
            found["last"].append(shapley.last_in(values, n))
            found["together"].append(shapley.interactions(values))
        else:
            joining = shapley.orders([part.key for part in game.parts], one.seed, game.orders)
            share, error = shapley.sampled(dict(zip(coalitions, values, strict=True)), joining)
            found["by_pair"].append(share)
            found["sampling"].append(error)
    arrays: dict[str, Any] = {name: np.stack(parts) if parts else None for name, parts in found.items()}
    return Attributed(
        game=game, seeds=[one.seed for one in every], since=since, until=int(every[0].years[-1]), year=year,
        **arrays,
    )  # fmt: skip


def report_data(results: Attributed, folder: RunFolder | None) -> AttributionData:
    """Data of the figure and the sentences, from an attribution."""
    game = results.game
    measures = {key: about | {"total": MEASURES[key].total} for key, about in describe().items()}
    years = (results.year, results.year) if results.year else (results.since, results.until)
    return AttributionData(
        package=game.package.title, reference=game.reference.title, parts={p.key: p.title for p in game.parts},
        measures=measures, shares=results.shares, wholes=results.wholes, contrasts=results.contrasts,
        interactions=results.interactions, years=years, orders=game.orders, pairs=len(results.seeds),
        run_id=folder.id if folder else "", version=model_digest(),
    )  # fmt: skip


def write(results: Attributed, folder: RunFolder, *, began: str, asked: int, figures: bool) -> list[Path]:
    """Write tables and figures into the study's folder; the manifest last. Returns the files."""
    files, data = [], report_data(results, folder)
    for name in ("shares", "wholes", "interactions", "contrasts"):
        for form in ("csv", "parquet"):
            files.append(write_table(folder.path / f"{name}.{form}", getattr(results, name)))
    files.append(write_table(folder.path / "pairs.parquet", results.pairs))
    if figures:
        from sim.studies.attribute.figures import write_figures

        files += write_figures(data, results.measures_asked, folder.path)
    answers = {lang: " ".join(answer(data, m, lang) for m in results.measures_asked) for lang in ("zh", "en")}
    folder.manifest(done=len(results.seeds), asked=asked, began=began, files=files, answer=answers)
    return files
