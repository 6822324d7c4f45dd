"""Sentences on what an answer rests on, computed from a sensitivity study; each claim only if its interval allows it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

from sim.report.checks import lacking
from sim.report.units import MINUS, Unit, percent, plain, unit_of
from sim.report.words import listed, say, sentences, within

KEYS = ["measure", "scenario", "against"]
PARTS = {"luck": "spread_part_luck", "parameters": "spread_part_parameters", "structure": "spread_part_structure"}
ADVICE = {
    "luck": "rests_advice_luck",
    "parameters": "rests_advice_parameters",
    "structure": "rests_advice_structure",
    "none": "rests_advice_none",
}
COLUMNS = {
    "outputs": (*KEYS, "today", "today_low", "today_high", "least", "most", "keeps", "points"),
    "screening": (*KEYS, "name", "mu_star", "low", "high", "luck_most"),
    "indices": (*KEYS, "name", "first", "total", "total_low", "total_high", "pawn", "nothing", "points"),
    "tornado": (*KEYS, "name", "end", "value", "change", "low", "high", "clear"),
    "split": (*KEYS, "part", "variance", "share", "low", "high"),
}


class Asked(NamedTuple):
    """One output: a level (against is empty), or the effect of a scenario against the reference."""

    measure: str
    scenario: str
    against: str


@dataclass(frozen=True, eq=False)
class SensitivityData:
    """Data of the figures and sentences of a sensitivity study.

    Titles are mappings {"zh": …, "en": …}. numbers: by dotted name a title, unit, grade, low, high and value today.
    Tables have the columns named above; years: first and last that count; structures: titles by name.
    """

    scenarios: Mapping[str, Mapping[str, str]]
    measures: Mapping[str, Mapping]
    numbers: Mapping[str, Mapping]
    structures: Mapping[str, Mapping[str, str]]
    outputs: pd.DataFrame
    screening: pd.DataFrame
    indices: pd.DataFrame
    tornado: pd.DataFrame
    split: pd.DataFrame
    years: tuple[int, int]
    sets: int
    seeds: int
    units: int
    run_id: str
    version: str

    def __post_init__(self) -> None:
        """Refuse tables that lack a column, naming all."""
        if missing := lacking(self, COLUMNS):
            raise ValueError("cannot report: " + "; ".join(missing))

    def asked(self, measure: str | None = None) -> list[Asked]:
        """The outputs, of one measure or of all, levels first."""
        rows = self.outputs if measure is None else self.outputs[self.outputs["measure"] == measure]
        return [Asked(*row) for row in rows[KEYS].itertuples(index=False)]

    def of(self, table: str, output: Asked) -> pd.DataFrame:
        """The rows of one output."""
        rows = getattr(self, table)
        return rows[(rows[KEYS] == list(output)).all(axis=1)]

    def unit(self, output: Asked, lang: str, typical: float | None = None) -> Unit:
        """The unit an output is written in."""
        row = self.of("outputs", output).iloc[0]
        values = [abs(v) for v in (row["today"], row["least"], row["most"]) if math.isfinite(v)]
        return unit_of(self.measures[output.measure], lang, max(values, default=1.0) if typical is None else typical)

    def what(self, output: Asked, lang: str) -> str:
        """An output as it reads at the head of a sentence."""
        title = self.measures[output.measure]["title"][lang]
        words = {"measure": within(title, lang) if output.against else title}
        found = say(
            lang, "rests_effect" if output.against else "rests_level", scenario=self.scenarios[output.scenario][lang], **words
        )  # fmt: skip
        return found[0].upper() + found[1:]

    def name(self, number: str, lang: str) -> str:
        """The title of a number."""
        return self.numbers[number]["title"][lang]

    def period(self, measure: str, lang: str) -> str:
        """The years that count, and how."""
        first, last = self.years
        key = "years_one" if first == last else "years_sum" if self.measures[measure]["total"] else "years_mean"
        return say(lang, key, first=first, last=last, year=first)


def rests(data: SensitivityData, output: Asked, lang: str) -> str:
    """Say what an output rests on most, as far as the indices allow."""
    rows = data.of("indices", output).sort_values("total", ascending=False, kind="stable")
    what = data.what(output, lang)
    sure = rows[(rows["total_low"] > 0) & rows["total"].notna()]
    if sure.empty:
        return say(lang, "rests_unclear", what=what, points=plain(rows["points"].max()))
    top = sure.iloc[0]
    shown = {key: percent(bounded(top[key]), 0) for key in ("total", "total_low", "total_high")}
    words = {"what": what, "name": data.name(top["name"], lang), "share": shown["total"]}
    words |= {"low": shown["total_low"], "high": shown["total_high"]}
    tied = sure[sure["total"] > top["total_low"]]
    if len(tied) > 1:
        names = [f"「{data.name(n, lang)}」" if lang == "zh" else f'"{data.name(n, lang)}"' for n in tied["name"][:3]]
        return say(lang, "rests_tied", names=listed(names, lang), **words)
    return say(lang, "rests_most", **words)


def answer(data: SensitivityData, output: Asked, lang: str) -> str:
    """Say what an output rests on: the strongest assumption, how firm the sign is, how many guesses, and what would help."""
    row, unit = data.of("outputs", output).iloc[0], data.unit(output, lang)
    write = unit.change if output.against else unit.level
    bare = unit.bare_change if output.against else unit.bare
    words = {"mean": write(row["today"]), "low": bare(row["today_low"]), "high": bare(row["today_high"])}
    claims = [say(lang, "rests_today", **words)]
    n = plain(row["points"])
    if output.against and (row["today_low"] > 0 or row["today_high"] < 0):
        claims.append(say(lang, "rests_keeps", share=percent(row["keeps"], 0), n=n))
    else:
        claims.append(say(lang, "rests_range", n=n, low=write(row["least"]), high=write(row["most"])))
    claims.append(counts(data, output, lang))
    claims.append(parts(data, output, lang))
    return sentences((rests(data, output, lang), say(lang, "semicolon").join(filter(None, claims))), lang)


def counts(data: SensitivityData, output: Asked, lang: str) -> str:
    """Say how many of the numbers searched move an output by more than luck, by grade."""
    rows = data.of("screening", output)
    moving = rows.loc[rows["mu_star"] > rows["luck_most"].fillna(0), "name"]
    grades = pd.Series([data.numbers[name]["grade"] for name in moving], dtype=object).value_counts()
    if not len(rows):
        return ""
    if not len(moving):
        return say(lang, "rests_counts_none", all=len(rows))
    told = [
        say(lang, "rests_grade", n=n, grade=within(say(lang, f"grade_{grade}"), lang)) for grade, n in grades.items()
    ]
    return say(lang, "rests_counts", moving=len(moving), all=len(rows), grades=listed(told, lang))


def parts(data: SensitivityData, output: Asked, lang: str) -> str:
    """Luck, parameters and structure in percent, and what would help; nothing where the split is unknown."""
    rows = data.of("split", output).set_index("part")
    if rows.empty or rows["share"].isna().any():
        return ""
    shown = {
        part: say(
            lang,
            "rests_share",
            share=percent(row["share"], 0),
            low=plain(100 * row["low"]),
            high=percent(row["high"], 0),
        )
        for part, row in rows.iterrows()
    }
    return say(lang, "rests_split", advice=say(lang, ADVICE[leading(rows)]), **shown)


def leading(rows: pd.DataFrame) -> str:
    """The part of a split that is most of it, clearly: its interval lies above the others' shares. rows by part."""
    top = rows["share"].idxmax()
    return top if (rows.drop(index=top)["share"] < rows.loc[top, "low"]).all() else "none"


def tornado_message(data: SensitivityData, output: Asked, lang: str) -> str:
    """Name the assumption that moves an output most when taken to the ends of its range."""
    rows = data.of("tornado", output)
    clear = rows[rows["clear"].astype(bool)]
    if clear.empty:
        return say(lang, "tornado_none", what=within(data.what(output, lang), lang))
    name = clear.loc[clear["change"].abs().idxmax(), "name"]
    ends = rows[rows["name"] == name].set_index("end")
    unit = unit_of(data.measures[output.measure], lang, ends["change"].abs().max())
    number = data.numbers[name]
    return say(
        lang, "tornado_most", what=data.what(output, lang), name=data.name(name, lang),
        low=unit.change(ends["change"].get("low", math.nan)), high=unit.change(ends["change"].get("high", math.nan)),
        at_low=short(number["low"]), at_high=short(number["high"]), today=short(number["value"]),
    )  # fmt: skip


def split_message(data: SensitivityData, lang: str) -> str:
    """Name the one of the three parts that most results owe most of their spread to."""
    outputs = [o for o in data.asked() if not data.of("split", o)["share"].isna().any() and len(data.of("split", o))]
    led = [leading(data.of("split", o).set_index("part")) for o in outputs]
    part = max(dict.fromkeys(led), key=led.count, default="none")
    if part == "none":
        return say(lang, "spread_none")
    words = {"part": say(lang, PARTS[part]), "advice": say(lang, ADVICE[part])}
    key = "spread_all" if len(led) > 1 and led.count(part) == len(led) else "spread_most"
    return say(lang, key, n=led.count(part), all=len(led), **words)


def clearest(data: SensitivityData, outputs: Sequence[Asked], table: str) -> Asked:
    """The output of a figure that its title speaks of: the effect, or else the level, whose strongest assumption is surest."""

    def sure(output):
        rows = data.of(table, output)
        if table == "indices":
            return rows["total_low"].fillna(-1).max()
        apart = rows[["low", "high"]].abs().min(axis=1).where(rows["clear"].astype(bool), -1)
        return (apart / rows["change"].abs().max()).fillna(-1).max()

    some = [output for output in outputs if output.against] or outputs
    return max(some, key=sure)


def bounded(share: float) -> float:
    """A share as it is shown: an estimate may lie a little outside what a share can be."""
    return min(max(share, 0.0), 1.0)


def short(value: float) -> str:
    """A parameter's value with three figures: 0.0416667 as 0.0417, 1500000 as 1,500,000."""
    text = f"{abs(value):.3g}"
    text = f"{float(text):,.0f}" if abs(value) >= 1000 else text
    return (MINUS if value < 0 else "") + text


def source_line(data: SensitivityData, lang: str) -> str:
    """The source line, with where ranges come from."""
    return say(
        lang, "foot_rests", ranges=say(lang, "foot_ranges_own"), version=data.version, units=plain(data.units),
        run_id=data.run_id, note=say(lang, "note"),
    )  # fmt: skip
