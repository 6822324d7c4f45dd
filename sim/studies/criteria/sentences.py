"""Data of a picture of official criteria, and the sentence it says; no model."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.report.units import plain
from sim.report.words import listed, say


@dataclass(frozen=True, eq=False)
class CriteriaTiles:
    """One rule set under one scenario in one year: values against bars by park and criterion.

    value, bar, met (parks, criteria): median of the runs, least value (nan where not asked), share of runs that reach it.
    meets, reference_meets (parks,): share of runs that meet every simulated criterion. count: parks that do, mean with
    its 95 % interval; difference: of the pairs, from the reference. Texts are {"zh": …, "en": …}.
    """

    rules: Mapping[str, str]
    scenario: Mapping[str, str]
    reference: Mapping[str, str] | None
    year: int
    labels: Sequence[str]
    names: Mapping[str, Sequence[str]]
    special: np.ndarray
    criteria: Sequence[Mapping]  # title, percent, unit, bars: (general, specialised)
    missing: Sequence[Mapping[str, str]]
    value: np.ndarray
    bar: np.ndarray
    met: np.ndarray
    meets: np.ndarray
    reference_meets: np.ndarray | None
    count: tuple[float, float, float]
    reference_count: float | None
    difference: tuple[float, float, float] | None
    pairs: int
    run_id: str
    version: str

    @property
    def clear(self) -> bool:
        """True if the number of parks differs from the reference: the 95 % interval of the pairs leaves out zero."""
        return self.difference is not None and bool(self.difference[1] > 0 or self.difference[2] < 0)

    def bar_name(self, lang: str) -> str:
        """The set's name; with what part of it the model can test, if not all."""
        if not self.missing:
            return say(lang, "criteria_whole", rules=self.rules[lang])
        return say(lang, "criteria_part", rules=self.rules[lang], n=len(self.criteria))

    def title(self, lang: str) -> str:
        """Say how many parks meet the bar, against the reference if that clearly differs."""
        n, m = self.count[0], self.reference_count
        digits = 1 if m is not None and self.clear and round(n) == round(m) else 0
        words = {
            "n": plain(n, digits), "total": len(self.labels), "bar": self.bar_name(lang), "year": self.year,
            "package": self.scenario[lang], "reference": self.reference[lang] if self.reference else "",
            "m": plain(m, digits) if m is not None else "",
        }  # fmt: skip
        if self.reference is None:
            return say(lang, "criteria_one", **words)
        return say(lang, "criteria_against" if self.clear else "criteria_alike", **words)

    def subtitle(self, lang: str) -> str:
        """Say what the tiles show, and which criteria the model does not simulate."""
        parts = [say(lang, "criteria_subtitle", year=self.year, package=self.scenario[lang])]
        if self.difference and all(map(math.isfinite, self.difference)):
            mean, low, high = (plain(v, 1, sign=True) for v in self.difference)
            parts.append(say(lang, "criteria_difference", mean=mean, low=low, high=high))
        if self.missing:
            names = listed([title[lang] for title in self.missing], lang)
            parts.append(say(lang, "criteria_missing", n=len(self.missing), names=names))
        return say(lang, "sentence_gap").join(parts)
