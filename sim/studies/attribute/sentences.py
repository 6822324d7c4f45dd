"""Sentences on which part did the work, computed from the shares; a claim appears only if its interval leaves out zero."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from sim.report.checks import lacking
from sim.report.units import Unit, plain, unit_of
from sim.report.words import listed, say, sentences, within
from sim.studies.attribute.question import SPENDING

COLUMNS = {
    "shares": (
        "measure",
        "part",
        "mean",
        "low",
        "high",
        "sampling_error",
        "spending",
        "per_million",
        "per_million_defined",
    ),
    "wholes": ("measure", "reference", "package", "mean", "low", "high"),
    "contrasts": ("measure", "part", "other", "mean", "low", "high", "clear"),
    "interactions": ("measure", "part", "other", "mean", "low", "high", "clear"),
}


@dataclass(frozen=True, eq=False)
class AttributionData:
    """Data of the figure and the sentences of an attribution.

    Titles are mappings {"zh": …, "en": …}; parts has one for each part's key. Intervals are of 95 %, those of contrasts and
    interactions for all pairs of parts together. orders: None if all coalitions were simulated. years: first
    and last of those that count, the same if it is one.
    """

    package: Mapping[str, str]
    reference: Mapping[str, str]
    parts: Mapping[str, Mapping[str, str]]
    measures: Mapping[str, Mapping]
    shares: pd.DataFrame
    wholes: pd.DataFrame
    contrasts: pd.DataFrame
    interactions: pd.DataFrame
    years: tuple[int, int]
    orders: int | None
    pairs: int
    run_id: str
    version: str

    def __post_init__(self) -> None:
        """Refuse tables that lack a column, naming all."""
        if missing := lacking(self, COLUMNS):
            raise ValueError("cannot report: " + "; ".join(missing))

    @cached_property
    def _wholes(self):
        return self.wholes.set_index("measure")

    def whole(self, measure: str) -> pd.Series:
        """Levels of reference and package and the effect of all parts together."""
        return self._wholes.loc[measure]

    def ordered(self, measure: str) -> list[Any]:
        """Shares of a measure, the largest first: rows of `shares`."""
        rows = self.shares[self.shares["measure"] == measure]
        return list(rows.sort_values("mean", ascending=False, kind="stable").itertuples())

    def name(self, part: str, lang: str) -> str:
        """Title of a part."""
        return self.parts[part][lang]

    def measure_name(self, measure: str, lang: str) -> str:
        """Title of a measure as it reads inside a sentence."""
        return within(self.measures[measure]["title"][lang], lang)

    def unit(self, measure: str, lang: str) -> Unit:
        """The unit its differences are written in."""
        largest = self.shares.loc[self.shares["measure"] == measure, "mean"].abs().max()
        return unit_of(self.measures[measure], lang, max(float(largest), abs(float(self.whole(measure)["mean"]))))

    def tone(self, measure: str, row: Any) -> str:
        """Judge a share, a row of `shares`: "better", "worse", neither ("plain") or "unclear" because its interval holds zero."""
        if not clear(row):
            return "unclear"
        good = self.measures[measure]["good"]
        if good == "none" or measure == SPENDING:
            return "plain"
        return "better" if (row.mean > 0) == (good == "up") else "worse"


def clear(row: Any) -> bool:
    """Return True if the interval of a row, `low` to `high`, leaves out zero."""
    return row.low > 0 or row.high < 0


def figure_title(data: AttributionData, measure: str, lang: str) -> str:
    """Say which part does the most for a measure, of how much in all; neutral where the intervals do not say."""
    whole, unit = data.whole(measure), data.unit(measure, lang)
    name = data.measure_name(measure, lang)
    words = {"package": data.package[lang], "measure": name, "n": len(data.parts)}
    if not clear(whole):
        return say(lang, "work_unclear", low=unit.bare_change(whole.low), high=unit.change(whole.high), **words)
    sign = 1 if whole["mean"] > 0 else -1
    along = [row for row in data.ordered(measure)[::sign] if clear(row) and row.mean * sign > 0]
    if not along:
        return say(lang, "work_none_clear", whole=unit.change(whole["mean"]), **words)
    words["whole"] = unit.bare_change(whole["mean"])
    top = along[0]
    words |= {"part": data.name(top.part, lang), "share": unit.change(top.mean)}
    words |= {"low": unit.bare_change(top.low), "high": unit.bare_change(top.high)}
    tied = [row for row in along[1:] if not _apart(data, measure, top.part, row.part)]
    if len(tied) > 2:
        return say(lang, "work_led", k=len(tied) + 1, **words)
    if tied:
        others = [within(data.name(row.part, lang), lang) for row in tied]
        return say(lang, "work_tied", parts=listed([words["part"], *others], lang), **words)
    return say(lang, "work_most", **words)


def _apart(data, measure, one, other):
    """True if two shares differ clearly on the same pairs of runs."""
    rows = data.contrasts[data.contrasts["measure"] == measure]
    return any({row.part, row.other} == {one, other} and row.clear for row in rows.itertuples())


def together(data: AttributionData, measure: str, lang: str) -> str | None:
    """Name the two parts that clearly help or hinder each other most; None if no two clearly do."""
    rows = data.interactions[(data.interactions["measure"] == measure) & data.interactions["clear"].astype(bool)]
    if rows.empty:
        return None
    row = rows.loc[rows["mean"].abs().idxmax()]
    unit = data.unit(measure, lang)
    sign = 1 if data.whole(measure)["mean"] >= 0 else -1
    key = "work_complements" if row["mean"] * sign > 0 else "work_substitutes"
    digits = unit._replace(digits=unit.digits + (1 if abs(row["mean"]) / unit.size < 10 and unit.digits == 0 else 0))
    return say(
        lang, key, one=data.name(row["part"], lang), other=within(data.name(row["other"], lang), lang),
        size=digits.change(row["mean"]), measure=data.measure_name(measure, lang),
        low=digits.bare_change(row["low"]), high=digits.bare_change(row["high"]),
    )  # fmt: skip


def sampling(data: AttributionData, measure: str, lang: str) -> str | None:
    """Say how much of the shares' error comes from sampled orders, not from the luck of runs; None if none does."""
    if data.orders is None:
        return None
    largest = float(data.shares.loc[data.shares["measure"] == measure, "sampling_error"].max())
    if not math.isfinite(largest):
        return say(lang, "work_sampling_unknown")
    unit = data.unit(measure, lang)
    finer = unit._replace(digits=unit.digits + 1)
    return say(lang, "work_sampling", size=finer.change(largest, sign=False))


def answer(data: AttributionData, measure: str, lang: str) -> str:
    """The answer in one or two sentences."""
    return sentences((figure_title(data, measure, lang), together(data, measure, lang)), lang)


def per_million(row: Any, lang: str) -> tuple[str, str]:
    """Effect of a part, a row of `shares`, for a million CNY of its own share of spending and its interval; or that this is not defined."""
    if not row.per_million_defined:
        return say(lang, "undefined"), ""
    values = (row.per_million, row.per_million_low, row.per_million_high)
    digits = 0 if max(map(abs, values)) >= 100 else 1 if max(map(abs, values)) >= 10 else 2
    value, low, high = (plain(v, digits, sign=True) for v in values)
    return value, span(low, high, lang)


def span(low: str, high: str, lang: str) -> str:
    """An interval as it is written below a figure."""
    return say(lang, "interval_short", low=low, high=high)
