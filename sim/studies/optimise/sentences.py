"""Sentences of a search for the best packages, computed from its tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from sim.report.checks import lacking
from sim.report.units import Unit, money_unit, plain, unit_of
from sim.report.words import listed, say, sentences, within
from sim.studies.optimise.question import SPENDING

COLUMNS = {
    "points": ("point", "kind", "measure", "mean", "low", "high", "on_front"),
    "beaten": ("package", "point", "measure", "mean", "low", "high", "clear", "no_dearer", "beaten"),
    "levers": ("point", "policy", "setting", "value", "share"),
    "regret": ("point", "world", "objective", "regret", "share"),
}


@dataclass(frozen=True, eq=False)
class OptimisingData:
    """Data of the figures and sentences of a search.

    points: differences to the reference on new seeds with 95 % intervals, kind reference, named or found; searched: a row a
    candidate, a column a measure; levers: share is the place of a value among those searched, 0 to 1, `main` marks the size of a
    lever; titles: {point: {zh, en}}; levers_of: {policy: title}; sizes: {policy: {zh, en} of the setting that is its size};
    worlds: their titles; years: first and last; seeds: of the search and new ones.
    """

    points: pd.DataFrame
    beaten: pd.DataFrame
    searched: pd.DataFrame
    levers: pd.DataFrame
    regret: pd.DataFrame
    titles: Mapping
    measures: Mapping
    objectives: tuple[str, ...]
    lever_titles: Mapping
    sizes: Mapping
    worlds: Mapping
    reference: str
    chosen: str
    decision: str
    years: tuple[int, int]
    seeds: tuple[int, int]
    runs: int
    budget: float | None
    run_id: str
    version: str

    def __post_init__(self) -> None:
        """Refuse tables that lack a column, naming all."""
        if missing := lacking(self, COLUMNS):
            raise ValueError("cannot report: " + "; ".join(missing))

    @property
    def gains(self) -> list[str]:
        """Objectives that are not money."""
        return [m for m in self.objectives if m != SPENDING]

    def named(self, kind: str) -> list[str]:
        """Points of a kind, cheapest first."""
        rows = self.points[(self.points["kind"] == kind) & (self.points["measure"] == SPENDING)]
        return rows.sort_values("mean", kind="stable")["point"].tolist()

    def row(self, point: str, measure: str) -> pd.Series:
        """A point's difference in a measure, with its interval."""
        rows = self.points[(self.points["point"] == point) & (self.points["measure"] == measure)]
        return rows.iloc[0]

    def name(self, point: str, lang: str) -> str:
        """The title of a point."""
        return self.titles[point][lang]

    def unit(self, measure: str, lang: str) -> Unit:
        """The unit differences of a measure are written in."""
        rows = self.points[self.points["measure"] == measure]
        return unit_of(self.measures[measure], lang, float(rows["mean"].abs().max()))

    def measure_name(self, measure: str, lang: str) -> str:
        """The title of a measure as it reads inside a sentence."""
        return within(self.measures[measure]["title"][lang], lang)


def beaten(data: OptimisingData) -> tuple[list[str], list[str]]:
    """Named packages that were beaten, in their order, and all of them."""
    by = data.beaten.groupby("package", sort=False)["beaten"].any()
    return [name for name, won in by.items() if won], list(by.index)


def figure_title(data: OptimisingData, lang: str) -> str:
    """Say how many named packages are beaten at no more cost: the title of the figure."""
    won, all_of_them = beaten(data)
    names = listed([data.measure_name(m, lang) for m in data.gains], lang)
    key = {1: "optimise_one", 2: "optimise_both"}.get(len(data.gains), "optimise_two")
    what = say(lang, key, **({"measure": names} if len(data.gains) == 1 else {"measures": names}))
    if not won:
        return say(lang, "optimise_none", what=what)
    some = "optimise_all" if len(won) == len(all_of_them) else "optimise_some"
    packages = say(
        lang, some, **({"n": len(won)} if some == "optimise_all" else {"k": len(won), "n": len(all_of_them)})
    )
    return say(lang, "optimise_beats", packages=packages, what=what)


def recommended(data: OptimisingData, lang: str) -> str:
    """The point that is recommended, what it consists of, what it gives and costs."""
    chosen = data.levers[data.levers["point"] == data.chosen]["policy"].unique()
    names = listed([within(data.lever_titles[policy][lang], lang) for policy in chosen], lang)
    told = []
    for measure in data.gains:
        row, unit = data.row(data.chosen, measure), data.unit(measure, lang)
        about = {
            "low": unit.bare_change(row.low),
            "high": unit.bare_change(row.high),
            "change": unit.change(row["mean"]),
        }
        told.append(say(lang, "optimise_effect", measure=data.measure_name(measure, lang), **about))
    row = data.row(data.chosen, SPENDING)
    money = money_unit(row["mean"], lang)
    bounds = say(lang, "interval_short", low=money.bare(row.low), high=money.bare(row.high))
    about = {"spending": money.level(row["mean"]), "bounds": bounds, "reference": data.name(data.reference, lang)}
    return say(
        lang, "optimise_best", point=data.chosen, levers=names, effects=say(lang, "semicolon").join(told), **about
    )


def spent(data: OptimisingData, lang: str) -> str:
    """Say how much was searched, and what the figures rest on."""
    text = say(lang, "optimise_spent", candidates=plain(len(data.searched)), runs=plain(data.runs), seeds=data.seeds[1])
    if len(data.worlds) > 1:
        titles = listed([title[lang] for title in data.worlds.values()], lang)
        gap = "，" if lang == "zh" else ", "
        text += gap + say(lang, "optimise_worlds", worlds=len(data.worlds), titles=titles)
    return text


def answer(data: OptimisingData, lang: str) -> str:
    """The answer in three sentences."""
    return sentences((figure_title(data, lang), recommended(data, lang), spent(data, lang)), lang)


def commonest(data: OptimisingData, lang: str) -> str:
    """The lever that most of the points found have, for the title of the figure of what they consist of."""
    levers = data.levers[data.levers["point"].isin(data.named("found"))]
    counts = levers.groupby("policy")["point"].nunique()
    name = within(data.lever_titles[counts.idxmax()][lang], lang)
    return say(lang, "optimise_levers", common=name, k=int(counts.max()), n=len(data.named("found")))


def least_regret(data: OptimisingData, lang: str) -> str:
    """The point with the least regret in its worst world."""
    return say(lang, "optimise_regret", point=data.name(worst_regret(data).idxmin(), lang))


def worst_regret(data: OptimisingData) -> pd.Series:
    """Largest regret over worlds and objectives by point, as a share of the range there, in the order of the table."""
    return data.regret.groupby("point", sort=False)["share"].max()


def source_line(data: OptimisingData, lang: str) -> str:
    """The source line."""
    candidates, runs = plain(len(data.searched)), plain(data.runs)
    return say(lang, "optimise_foot", version=data.version, run=data.run_id, candidates=candidates, runs=runs)
