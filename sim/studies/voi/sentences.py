"""Sentences on what to measure next, computed from the worth of each parameter; a claim only above what chance would show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from sim.report.sampled import quality
from sim.report.units import NONE, Unit, percent, unit_of
from sim.report.words import listed, say, sentences, within

TOLD = 3  # parameters named in a sentence at most


@dataclass(frozen=True, eq=False)
class InformationData:
    """Data of the figure and the sentences. Titles are mappings {"zh": …, "en": …}.

    each: rows a parameter (name, value, low, high, floor, clear, part), most worth first; every: value, low, high of knowing
    all; held: emulators on unseen points; choices: rows a scenario (scenario, benefit, best); values: as in DiscoveryData.
    """

    scenarios: Mapping
    best: str
    choices: pd.DataFrame
    measure: Mapping
    years: tuple
    parameters: Mapping
    each: pd.DataFrame
    every: Any
    held: list
    points: int
    pairs: int
    run_id: str
    version: str
    values: list

    def name(self, parameter: str, lang: str) -> str:
        """The title of a parameter as it reads inside a sentence."""
        return within(self.parameters[parameter]["title"][lang], lang)

    def unit(self, lang: str) -> Unit:
        """The unit of worth, with digits for the largest."""
        return unit_of(self.measure, lang, max(self.every.value, float(self.each["value"].max()), 0.0))


def clear(data: InformationData) -> list:
    """Rows of the parameters whose worth is above what chance would show."""
    return [row for row in data.each.itertuples() if row.clear]


def part(row: Any) -> str:
    """A parameter's part in the worth of all, at most the whole."""
    return percent(min(row.part, 1.0), 0)


def figure_title(data: InformationData, lang: str) -> str:
    """Say what to measure first, and what that is worth; or that nothing pays."""
    unit, rows, every = data.unit(lang), clear(data), data.every
    best = data.scenarios[data.best][lang]
    words = {"all": unit.change(every.value, sign=False), "best": best}
    if _never_in_doubt(data):
        return say(lang, "voi_zero", **words)
    if not rows:
        bounds = {"low": unit.bare_change(every.low, sign=False), "high": unit.change(every.high, sign=False)}
        return say(lang, "voi_none", **words, **bounds)
    top = rows[0]
    return say(
        lang, "voi_first", parameter=data.name(top.name, lang), value=unit.change(top.value, sign=False), share=part(top),
        low=unit.bare_change(top.low, sign=False), high=unit.bare_change(top.high, sign=False), **words,
    )  # fmt: skip


def _never_in_doubt(data):
    """True if one choice is best wherever one looks, whatever the emulator may have missed."""
    return data.every.high == 0 and float(data.choices["best"].max()) == 1 and not clear(data)


def following(data: InformationData, lang: str) -> str | None:
    """Say what to measure after that; None if no more is clear."""
    rows = clear(data)[1:TOLD]
    if not rows:
        return None
    unit = data.unit(lang)
    named = [
        say(lang, "voi_one", parameter=data.name(row.name, lang), value=unit.change(row.value, sign=False))
        for row in rows
    ]
    return say(lang, "voi_next", parameters=listed(named, lang))


def standing(data: InformationData, lang: str) -> str | None:
    """Say what is best on what is known now; None where that is the answer already."""
    if _never_in_doubt(data):
        return None
    row = data.choices[data.choices["scenario"] == data.best].iloc[0]
    return say(lang, "voi_best", best=data.scenarios[data.best][lang], share=percent(row["best"], 0))


def answer(data: InformationData, lang: str) -> str:
    """The answer in a few sentences, the quality of the emulator last."""
    pays = say(lang, "voi_pays") if data.values and clear(data) else None
    worse = min(data.held, key=lambda held: held.r2)
    return sentences(
        [figure_title(data, lang), pays, following(data, lang), standing(data, lang), quality(worse, lang)], lang
    )


def share(row: Any, data: InformationData) -> str:
    """The same for a table: a dash where all together are worth nothing."""
    return part(row) if data.every.value > 0 else NONE
