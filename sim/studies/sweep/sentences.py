"""Sentences of a sweep, one a measure: at how many points a package does more, and how that spreads over points."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from sim.report.units import unit_of
from sim.report.words import within


def differences(measure: Mapping, title: str, reference: str, values: np.ndarray, seeds: int, lang: str) -> str:
    """A package against the reference. measure: as in ReportData; values (points,): mean difference over seeds."""
    low, high = np.quantile(values, [0.05, 0.95])
    unit = unit_of(measure, lang, np.abs(values).max())
    more, n = int((values > 0).sum()), len(values)
    spread = {
        "zh": f"{unit.bare_change(low)}至{unit.change(high)}",
        "en": f"{unit.bare_change(low)} to {unit.change(high)}",
    }[lang]
    return {
        "zh": f"{title}的{measure['title'][lang]}在{n}个点中的{more}个高于{reference}，平均相差{unit.change(values.mean())}"
        f"（各点的5%至95%：{spread}；每点{seeds}对运行）",
        "en": f"{title}: {measure['title'][lang].lower()} above {within(reference, lang)} at {more} of {n} points, on average by "
        f"{unit.change(values.mean())} (5 to 95 % of points: {spread}; {seeds} pairs a point)",
    }[lang]


def levels(measure: Mapping, title: str, values: np.ndarray, seeds: int, lang: str) -> str:
    """A scenario alone. values (points,): mean over seeds."""
    low, high = np.quantile(values, [0.05, 0.95])
    typical = np.abs(values).max()
    unit = unit_of(measure, lang, typical if math.isfinite(typical) else 1.0)
    return {
        "zh": f"{title}的{measure['title'][lang]}平均为{unit.level(values.mean())}（{len(values)}个点的5%至95%：{unit.bare(low)}至"
        f"{unit.level(high)}；每点{seeds}次运行）",
        "en": f"{title}: {measure['title'][lang].lower()} {unit.level(values.mean())} on average (5 to 95 % of {len(values)} points: "
        f"{unit.bare(low)} to {unit.level(high)}; {seeds} runs a point)",
    }[lang]
