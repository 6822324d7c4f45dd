"""Conditions that make a choice wrong, in sentences computed from flip points and boxes; only what is clear is claimed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from sim.report.sampled import compact, quality
from sim.report.units import Unit, percent, unit_of
from sim.report.words import listed, say, sentences, within

SURE_COVERAGE = 0.8  # share of unseen points inside 95 % intervals below which the emulator is not to be trusted
TURNS = {"above": "flip_above", "below": "flip_below"}
OPEN = {"above": "flip_open_above", "below": "flip_open_below"}
TOLD = 3  # flip points named in a sentence at most
STABLE = 0.5  # share of resampled boxes that must restrict a parameter for a sentence to name it
GAIN = 1.5  # times the share of all points that a box must have of wrong choices, on points it was not found on


@dataclass(frozen=True, eq=False)
class DiscoveryData:
    """Data of the figures and the sentences. Titles are mappings {"zh": …, "en": …}.

    flips: rows of sim.methods.flip_points.Flip, nearest first; boxes: rows a restricted parameter; chart: the map over two
    parameters, empty if there is none; held: the emulator on unseen points; stability: of the first box, or None; regretted:
    share of points at which the preferred choice is worse. checked: rows of the nearest flip's check on new seeds. pairs: a point.
    values: [(title of a measure, CNY that one more is worth)], empty if the measure counts by itself.
    """

    scenarios: Mapping
    preferred: str
    other: str
    measure: Mapping
    years: tuple
    parameters: Mapping
    present: Any
    simulated: tuple
    flips: pd.DataFrame
    boxes: pd.DataFrame
    chart: Mapping
    held: Any
    stability: Any
    regretted: float
    checked: pd.DataFrame
    points: int
    pairs: int
    run_id: str
    version: str
    values: list

    def title(self, scenario: str, lang: str) -> str:
        """The title of a scenario."""
        return self.scenarios[scenario][lang]

    def parameter(self, name: str, lang: str) -> str:
        """The title of a parameter as it reads inside a sentence."""
        return within(self.parameters[name]["title"][lang], lang)

    def unit(self, lang: str) -> Unit:
        """The unit of differences."""
        sizes = [abs(v) for v in (self.present.mean, self.present.low, self.present.high)]
        return unit_of(self.measure, lang, max(sizes))

    def number(self, name: str, value: float | str | None, lang: str, unit: bool = True) -> str:
        """A value of a parameter with its unit."""
        if value is None or (isinstance(value, float) and math.isnan(value)):
            return ""
        about = self.parameters[name]
        if isinstance(value, str) or about["word"]:
            return str(value)
        text = about["unit"][lang]
        shown = compact(value, about["high"] - about["low"])
        return shown + ((text if lang == "zh" else f" {text}") if unit and text else "")


def trusted(data: DiscoveryData) -> bool:
    """True if the emulator's intervals may be believed."""
    return data.held.coverage >= SURE_COVERAGE


def figure_title(data: DiscoveryData, lang: str) -> str:
    """The nearest flip point in a sentence; or that there is none, or none to be named."""
    words = {"a": data.title(data.preferred, lang), "b": data.title(data.other, lang)}
    words["measure"] = within(data.measure["title"][lang], lang)
    unit, now = data.unit(lang), data.present
    if not now.clear:
        return say(lang, "flip_unclear", low=unit.bare_change(now.low), high=unit.change(now.high), **words)
    if not trusted(data):
        return say(lang, "flip_untrusted", coverage=percent(data.held.coverage, 0), **words)
    rows = named(data)
    if not rows:
        return say(lang, "flip_none", n=len(data.flips), **words)
    return say(lang, "flip_unless", condition=condition(data, rows[0], lang), **words)


def named(data: DiscoveryData) -> list:
    """Rows of flips that may be named, nearest first: none where the preference itself is not clear."""
    if not (data.present.clear and trusted(data)):
        return []
    return [row for row in data.flips.itertuples() if row.status in ("flip", "open")]


def condition(data: DiscoveryData, row: Any, lang: str) -> str:
    """Say what would have to be true of one parameter, with its interval and its present value."""
    words = {"parameter": data.parameter(row.name, lang), "value": data.number(row.name, row.value, lang)}
    words["now"] = data.number(row.name, row.now, lang, unit=False)
    if row.side == "is":
        return say(lang, "flip_is", chance=percent(row.chance, 0), **words)
    low, high = (data.number(row.name, end, lang, unit=False) for end in (row.low, row.high))
    about = data.parameters[row.name]
    if row.status == "open":
        near = low if row.side == "above" else high
        bound = data.number(row.name, about["high" if row.side == "above" else "low"], lang, unit=False)
        interval = say(lang, OPEN[row.side], near=near, bound=bound)
    else:
        interval = say(lang, "flip_interval", low=low, high=high)
    return say(lang, TURNS[row.side], interval=interval, **words)


def others(data: DiscoveryData, lang: str) -> str | None:
    """The next flip points in a row; None if there are no more or none may be named."""
    rows = named(data)[1:TOLD]
    if not rows:
        return None
    return say(lang, "flip_also", conditions=say(lang, "semicolon").join(condition(data, row, lang) for row in rows))


def check(data: DiscoveryData, lang: str) -> str | None:
    """Say what new pairs of runs show of the nearest flip; None if it was not simulated or may not be named."""
    if data.checked.empty or not named(data):
        return None
    rows = list(data.checked.itertuples())
    key = (
        "flip_contradicted"
        if any(r.against for r in rows)
        else "flip_confirmed"
        if all(r.agrees for r in rows)
        else "flip_mixed"
    )
    unit, semicolon = data.unit(lang), say(lang, "comma")
    gaps = [
        _gap(row, data.number(row.name, row.value, lang), unit, lang) for row in rows
    ]  # fmt: skip
    return say(lang, key, told=semicolon.join(gaps), n=data.pairs)


def _gap(row, value, unit, lang):
    """By how much the preferred choice is better or worse at a place, with its interval."""
    key, low, high = ("flip_better", row.low, row.high) if row.mean >= 0 else ("flip_worse", -row.high, -row.low)
    size = unit.change(abs(row.mean), sign=False)
    low, high = (unit.bare_change(end, sign=False) for end in (low, high))
    return say(lang, key, value=value, size=size, low=low, high=high)


def box_sentence(data: DiscoveryData, lang: str) -> str:
    """Say where the choice is regretted; or that it hardly is, or that no box holds on other points."""
    words = {"a": data.title(data.preferred, lang), "b": data.title(data.other, lang), "n": data.points}
    words["base"] = percent(data.regretted, 0)
    if data.regretted == 0:
        return say(lang, "box_never", **words)
    stable, rows = data.stability, data.boxes[data.boxes["box"] == 1] if len(data.boxes) else data.boxes
    firm = [row for row in rows.itertuples() if row.again >= STABLE]
    if stable is None or not firm or not stable.density >= GAIN * stable.base:
        return say(lang, "box_none", **words)
    conditions = listed([limit(data, row, lang) for row in firm], lang)
    return say(
        lang, "box_found", conditions=conditions, density=percent(stable.density, 0), coverage=percent(stable.coverage, 0),
        again=percent(min(row.again for row in firm), 0), **words,
    )  # fmt: skip


def limit(data: DiscoveryData, row: Any, lang: str) -> str:
    """One side or both of a box, in words."""
    about, name = data.parameters[row.name], data.parameter(row.name, lang)
    if about["word"]:
        return say(lang, "box_is", parameter=name, values=row.values.replace(",", {"zh": "、", "en": " or "}[lang]))
    width = about["high"] - about["low"]
    low = None if row.low <= about["low"] + 0.03 * width else data.number(row.name, row.low, lang)
    high = None if row.high >= about["high"] - 0.03 * width else data.number(row.name, row.high, lang)
    if low and high:
        low = data.number(row.name, row.low, lang, unit=False)
        return say(lang, "box_between", parameter=name, low=low, high=high)
    return say(lang, "box_over" if low else "box_under", parameter=name, value=low or high)


def answer(data: DiscoveryData, lang: str) -> str:
    """The answer in a few sentences, the quality of the emulator last."""
    parts = [figure_title(data, lang), check(data, lang), others(data, lang), box_sentence(data, lang)]
    return sentences([*parts, quality(data.held, lang)], lang)
