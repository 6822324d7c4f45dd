"""Numbers as readers write them: points, percent, money in 亿元 or CNY m, a true minus sign."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

MINUS = "\u2212"
NONE = "\u2013"


def plain(value: float, digits: int = 0, sign: bool = False) -> str:
    """A number with thousands commas, a true minus, and a plus only if asked; a dash for nothing."""
    if not math.isfinite(value):
        return NONE
    value = round(value, digits) + 0.0  # never -0.0
    text = f"{abs(value):,.{digits}f}"
    return (MINUS if value < 0 else "+" if sign and value > 0 else "") + text


def percent(share: float, digits: int = 1) -> str:
    """A share as percent."""
    return plain(100 * share, digits) + "%" if math.isfinite(share) else NONE


class Unit(NamedTuple):
    """Way in which a measure is written: divided by `size`, rounded to `digits`, set into a pattern such as "{}万元".

    kind is "percent", "money" or "count"; label is the unit alone, for the head of a column.
    """

    kind: str
    size: float
    digits: int
    pattern: str
    change_pattern: str
    label: str
    change_label: str

    def bare(self, value: float) -> str:
        """A value without its unit."""
        return plain(value / self.size, self.digits)

    def level(self, value: float) -> str:
        """A value with its unit: 76.3%, 345万元, 120家."""
        return self.pattern.format(self.bare(value)) if math.isfinite(value) else NONE

    def bare_change(self, value: float, sign: bool = True) -> str:
        """A difference without its unit."""
        return plain(value / self.size, self.digits, sign)

    def change(self, value: float, sign: bool = True) -> str:
        """A difference with its unit: +6.6个百分点."""
        return self.change_pattern.format(self.bare_change(value, sign)) if math.isfinite(value) else NONE


def unit_of(measure: Mapping, lang: str, typical: float = 1.0) -> Unit:
    """Unit in which a measure is written; a typical value picks the size of money and the digits of counts.

    measure is an entry of ReportData.measures.
    """
    if measure["percent"]:
        points = {"zh": "个百分点", "en": "points"}[lang]
        return Unit("percent", 0.01, 1, "{}%", ("{}" if lang == "zh" else "{} ") + points, "%", points)
    if measure["unit"]["en"].upper().startswith("CNY"):
        return money_unit(typical, lang)
    label = measure["unit"][lang]
    typical = abs(typical) if math.isfinite(typical) else 1.0
    digits = 0 if typical >= 100 else 1 if typical >= 1 else 3
    pattern = (("{}" if lang == "zh" else "{} ") + label).rstrip()
    return Unit("count", 1.0, digits, pattern, pattern, label, label)


def money_unit(typical: float, lang: str) -> Unit:
    """Unit of money: 万元 or 亿元 in Chinese, thousands, millions or billions in English, by what is typical of a column."""
    typical = abs(typical) if math.isfinite(typical) else 0.0
    steps = {
        "zh": [(1e8, "{}亿元"), (1e4, "{}万元"), (1.0, "{}元")],
        "en": [(1e9, "CNY {} bn"), (1e6, "CNY {} m"), (1e3, "CNY {} k"), (1.0, "CNY {}")],
    }[lang]
    size, pattern = next((step for step in steps if typical >= step[0]), steps[-1])
    label = " ".join(pattern.replace("{}", "").split())
    return sized(Unit("money", size, 0, pattern, pattern, label, label), typical)


def sized(unit: Unit, typical: float) -> Unit:
    """The same unit with about three figures for values like this one: 8.84, 36.1, 117."""
    shown = abs(typical) / unit.size if math.isfinite(typical) else 100.0
    return unit._replace(digits=0 if shown >= 100 or unit.size == 1.0 else 1 if shown >= 10 else 2)


def tick_digits(step: float) -> int:
    """Digits that the ticks of an axis need when they stand this far apart."""
    return 0 if step >= 0.999 else 1 if step >= 0.0999 else 2
