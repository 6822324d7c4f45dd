"""Measures: a formula, its unit, which way is better, and the kinds of unit it is defined for."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sim.model.measures.window import Window

UNITS = {  # code -> (zh, en)
    "share": ("", ""),
    "1/year": ("/年", "per year"),
    "firm": ("家", "firms"),
    "person": ("人", "people"),
    "m2": ("㎡", "m²"),
    "m2/month": ("㎡/月", "m² a month"),
    "CNY": ("元", "CNY"),
    "CNY/year": ("元/年", "CNY a year"),
    "CNY/m2/month": ("元/㎡/月", "CNY/m²/month"),
    "month": ("个月", "months"),
    "case": ("件", "cases"),
    "1": ("", ""),
    "per 1000 m2": ("家/千㎡", "firms per 1,000 m²"),
    "person/firm": ("人/家", "people per firm"),
    "min": ("分钟", "min"),
}
GOOD = ("up", "down", "none")  # which way is better; none: the model does not judge

UNIT_KINDS = ("cluster", "park", "operator", "sector", "tier")
OF_SPACE = ("cluster", "park", "operator")  # space is not a sector's
OF_FIRMS = (*OF_SPACE, "sector")
OF_PEOPLE = (*OF_FIRMS, "tier")  # people alone are counted by tier of talent
OF_THE_WHOLE = ("cluster",)


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One measure: called with a window of counts, it returns its values (periods, units)."""

    key: str
    formula: Callable[[Window], np.ndarray]
    unit: str
    good: str
    kinds: tuple[str, ...]  # kinds of unit it is defined for
    total: bool  # a count that adds up over years

    def __post_init__(self) -> None:
        for what, value, known in (("unit", self.unit, UNITS), ("good", self.good, GOOD)):
            if value not in known:
                raise ValueError(f"formulas.py: {self.key} has {what} '{value}'; expected one of {', '.join(known)}.")
        if unknown := set(self.kinds) - set(UNIT_KINDS):
            raise ValueError(
                f"formulas.py: {self.key} has kinds {', '.join(sorted(unknown))}; expected some of {', '.join(UNIT_KINDS)}."
            )

    def __call__(self, w: Window) -> np.ndarray:
        return self.formula(w)

    @property
    def percent(self) -> bool:
        """True if it is shown in per cent, and differences in points."""
        return self.unit in ("share", "1/year")


def measure(
    unit: str, *, good: str = "none", kinds: tuple[str, ...] = OF_FIRMS, total: bool = False
) -> Callable[[Callable[[Window], np.ndarray]], Measure]:
    """Make a formula a measure, by the name of its function; unit and the rest are those of `Measure`."""

    def made(formula: Callable[[Window], np.ndarray]) -> Measure:
        return Measure(key=formula.__name__, formula=formula, unit=unit, good=good, kinds=kinds, total=total)

    return made
