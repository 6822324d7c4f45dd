"""Tables of parks against official criteria, and the files they are written to."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import ndtri

from sim.methods.intervals import CONFIDENCE, interval
from sim.model.criteria import UNITS, Criterion, RuleSet
from sim.model.setup import Setup
from sim.model.status import Level
from sim.report.words import LANGUAGES, say, within
from sim.runs.results import Matched
from sim.runs.store.folder import RunFolder, write_table
from sim.studies.criteria.sentences import CriteriaTiles


@dataclass
class CriteriaResults:
    """Tidy tables: a row a park, year and criterion; a row a park, year and rule set; a row a year and rule set."""

    setups: Sequence[Setup]
    reference: str
    tests: pd.DataFrame
    levels: pd.DataFrame
    counts: pd.DataFrame
    pairs: int

    @property
    def sets(self) -> dict[str, RuleSet]:
        """Rule sets by key."""
        return self.setups[0].criteria.sets


def tables_of(setups: Sequence[Setup], matched: Sequence[Matched], reference: str) -> dict[str, pd.DataFrame]:
    """Return the tables of matched pairs by name."""
    read = [ParkTests(setup, matched) for setup in setups]
    base = next(r for r in read if r.setup.scenario == reference)
    sets = setups[0].criteria.sets.values()
    found = {
        "tests": [r.tests(rules) for r in read for rules in sets if rules.criteria],
        "levels": [r.levels(rules) for r in read for rules in sets],
        "counts": [r.counts(rules, base) for r in read for rules in sets],
    }
    return {name: pd.concat(tables, ignore_index=True) for name, tables in found.items()}


def wilson(share: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """95 % interval of a share of n runs by Wilson (1927): (low, high); right at shares of 0 and 1 as well."""
    z = ndtri(0.5 + CONFIDENCE / 2)
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return np.clip(middle - half, 0, 1), np.clip(middle + half, 0, 1)


class ParkTests:
    """One scenario's figures as arrays (replicates, years, parks)."""

    def __init__(self, setup: Setup, matched: Sequence[Matched]) -> None:
        known = [m.outcomes[setup.scenario].criteria for m in matched]
        self.setup, found = setup, [values for values in known if values is not None]
        self.n, self.years, self.keys = len(found), found[0].periods, found[0].units
        values = np.stack([f.values for f in found], axis=1)
        self.known = dict(zip(found[0].measures, values, strict=True))
        self.special = np.array([bool(p.focus) for p in setup.data.parks])
        self.names = [(p.title_zh, p.title_en) for p in setup.data.parks]

    def meets(self, rules: RuleSet) -> np.ndarray:
        """(replicates, years, parks) bool."""
        return rules.meets(self.known, self.special)

    def _grid(self, rules):
        """The first columns of a table with a row a year and park."""
        years, parks = len(self.years), len(self.keys)
        zh, en = zip(*self.names, strict=True)
        return pd.DataFrame({
            "scenario": self.setup.scenario, "year": np.repeat(self.years, parks), "park": list(self.keys) * years,
            "park_zh": list(zh) * years, "park_en": list(en) * years, "rule_set": rules.key,
            "variant": np.tile(np.where(self.special, "specialised", "general"), years),
        })  # fmt: skip

    def tests(self, rules: RuleSet) -> pd.DataFrame:
        """A row a year, park and criterion: value against bar, and in which share of runs it is met."""
        parts = []
        for c in rules.criteria:
            bar = np.broadcast_to(c.bar(self.special), (len(self.years), len(self.keys)))
            table = self._grid(rules).assign(
                criterion=c.key, criterion_zh=c.title["zh"], criterion_en=c.title["en"], unit=c.unit,
                simulated=c.simulated, recognition=c.recognition and c.simulated, bar=bar.ravel(), source=c.source,
            )  # fmt: skip
            columns = dict.fromkeys(("value", "p05", "median", "p95", "lacking", "met", "met_low", "met_high"), np.nan)
            if c.simulated:
                values, met = self.known[c.figure], c.met(self.known[c.figure], self.special).mean(axis=0)
                mean, (low, high) = values.mean(axis=0), wilson(met, self.n)
                p05, median, p95 = np.quantile(values, [0.05, 0.5, 0.95], axis=0)
                short = np.maximum(bar - values, 0).mean(axis=0)
                columns = {"value": mean, "p05": p05, "median": median, "p95": p95, "lacking": short}
                columns |= {"met": met, "met_low": low, "met_high": high}
            table = table.assign(**{name: np.ravel(v) if np.ndim(v) else v for name, v in columns.items()})
            parts.append(table[np.isfinite(table.bar)].assign(runs=self.n))
        return pd.concat(parts, ignore_index=True)

    def levels(self, rules: RuleSet) -> pd.DataFrame:
        """A row a year and park: in which share of runs it meets the set, which level it holds, and what it lacks."""
        met = self.meets(rules).mean(axis=0)
        low, high = wilson(met, self.n)
        level = int(Level[rules.level.upper()])
        held = (self.known["level"] >= level).mean(axis=0).ravel() if level else np.nan
        asked = {special: rules.asked(special) for special in (False, True)}
        places = [
            (asked[bool(special)], year, park)
            for year in range(len(self.years))
            for park, special in enumerate(self.special)
        ]
        simulated = np.tile([len(asked[bool(special)]) for special in self.special], len(self.years))
        shares, missing = list(zip(met.ravel(), simulated, strict=True)), len(rules.missing)
        found = {f"finding_{lang}": [_finding(share, n, missing, lang) for share, n in shares] for lang in LANGUAGES}
        lacks = {f"lacks_{lang}": [self._lacks(*place, lang) for place in places] for lang in LANGUAGES}
        return self._grid(rules).assign(
            met=met.ravel(), met_low=low.ravel(), met_high=high.ravel(), recognised=held, simulated=simulated,
            not_simulated=missing, **found, **lacks, runs=self.n,
        )  # fmt: skip

    def _lacks(self, asked, year, park, lang):
        """Criteria that most runs miss, their median against the bar; empty if there is none."""
        lacking = []
        for c in asked:
            values, bar = self.known[c.figure][:, year, park], float(c.bar(self.special[park]))
            if (values < bar).mean() > 0.5:
                value, wanted = shown(float(np.median(values)), c, lang), shown(bar, c, lang)
                title = within(c.title[lang], lang)
                lacking.append(say(lang, "criteria_lacks", title=title, value=value, bar=wanted))
        return say(lang, "semicolon").join(lacking)

    def counts(self, rules: RuleSet, base: "ParkTests") -> pd.DataFrame:
        """A row a year: how many parks meet the set, and how many more than under the reference."""
        count, other = (r.meets(rules).sum(axis=2).astype(float) for r in (self, base))
        mean, low, high = interval(count)
        low, high = np.clip(low, 0, len(self.keys)), np.clip(high, 0, len(self.keys))
        gap, least, most = interval(count - other)
        same = (np.sign(count - other) == np.sign(gap)).mean(axis=0)
        return pd.DataFrame({
            "scenario": self.setup.scenario, "rule_set": rules.key, "year": self.years, "parks": mean, "low": low,
            "high": high, "of": len(self.keys), "difference": gap, "difference_low": least, "difference_high": most,
            "same_sign": np.where(gap == 0, np.nan, same), "simulated": len(rules.simulated),
            "not_simulated": len(rules.missing), "runs": self.n,
        })  # fmt: skip


def _finding(share, simulated, missing, lang):
    """Finding of the tests on a park, never hiding what is not simulated."""
    if not simulated:
        return say(lang, "criteria_untestable")
    rest = say(lang, "criteria_untested", n=missing) if missing else ""
    return say(lang, "criteria_finding", share=f"{share:.0%}", n=simulated, rest=rest)


def shown(value: float, criterion: Criterion, lang: str) -> str:
    """A figure with its unit: 72 %, 24 firms."""
    unit = UNITS[criterion.unit][lang == "en"]
    if criterion.unit == "share":
        return f"{100 * value:.0f}%"
    digits = 0 if criterion.unit in ("m2", "CNY") else 1 if value % 1 else 0
    return f"{value:,.{digits}f}" + ("" if lang == "zh" else " ") + unit


def most_lacking(results: CriteriaResults, rules: RuleSet, scenario: str) -> tuple[Criterion, float] | None:
    """The criterion that keeps most parks from the set in the last year: (Criterion, parks on average) or None."""
    rows = results.tests[(results.tests.scenario == scenario) & (results.tests.rule_set == rules.key)]
    rows = rows[(rows.year == rows.year.max()) & rows.simulated.astype(bool)]
    short = (1 - rows.met.astype(float)).groupby(rows.criterion).sum()
    if not len(short) or short.max() < 0.5:
        return None
    return next(c for c in rules.criteria if c.key == short.idxmax()), float(short.max())


def tiles_data(results: CriteriaResults, rules: RuleSet, scenario: str, run_id: str, version: str) -> CriteriaTiles:
    """Data of the figure for one rule set under one scenario in the last year."""
    year, setup = int(results.counts.year.max()), next(s for s in results.setups if s.scenario == scenario)
    base = next(s for s in results.setups if s.scenario == results.reference)

    def last(table, name):
        return table[(table.scenario == name) & (table.rule_set == rules.key) & (table.year == year)]

    tests, count = last(results.tests, scenario), last(results.counts, scenario).iloc[0]
    alone = scenario == results.reference
    data, keys = setup.data, [p.key for p in setup.data.parks]
    wide = {
        name: tests.pivot(index="park", columns="criterion", values=name).reindex(
            index=keys, columns=[c.key for c in rules.simulated]
        )
        for name in ("median", "bar", "met")
    }
    meets = {
        name: last(results.levels, name).set_index("park").met.reindex(keys).to_numpy()
        for name in {scenario, base.scenario}
    }
    return CriteriaTiles(
        rules=rules.title, scenario=setup.title, reference=None if alone else base.title, year=year,
        labels=[f"{i + 1:02d}" for i in range(len(keys))],
        names={"zh": [p.title_zh for p in data.parks], "en": [p.title_en for p in data.parks]},
        special=np.array([bool(p.focus) for p in data.parks]),
        criteria=[_about(c) for c in rules.simulated], missing=[c.title for c in rules.missing],
        value=wide["median"].to_numpy(float), bar=wide["bar"].to_numpy(float), met=wide["met"].to_numpy(float),
        meets=meets[scenario], reference_meets=None if alone else meets[base.scenario],
        count=(count.parks, count.low, count.high),
        reference_count=None if alone else float(last(results.counts, base.scenario).parks.iloc[0]),
        difference=None if alone else (count.difference, count.difference_low, count.difference_high),
        pairs=results.pairs, run_id=run_id, version=version,
    )  # fmt: skip


def _about(c):
    bars = [None if np.isnan(c.bar(special)) else float(c.bar(special)) for special in (False, True)]
    return {
        "title": c.title,
        "percent": c.unit == "share",
        "unit": dict(zip(("zh", "en"), UNITS[c.unit], strict=True)),
        "bars": bars,
    }


def write(
    results: CriteriaResults, folder: RunFolder, *, began: str, asked: int, figures: bool, sets: Sequence[RuleSet]
) -> list[Path]:
    """Write tables and figures into the study's folder; the manifest last. Returns the files."""
    path, files = folder.path, []
    titles = {s.scenario: s.title for s in results.setups}
    rule_titles = {key: rules.title for key, rules in results.sets.items()}
    for name in ("tests", "levels", "counts"):
        table = getattr(results, name)
        files.append(write_table(path / f"criteria_{name}.parquet", table))
        table = table.copy()
        for column, known in (("rule_set", rule_titles), ("scenario", titles)):
            for k, lang in enumerate(("zh", "en")):
                table.insert(
                    table.columns.get_loc(column) + 1 + k, f"{column}_{lang}", [known[v][lang] for v in table[column]]
                )
        files.append(write_table(path / f"criteria_{name}.csv", table, digits=6))
    answers = {}
    for rules in sets:
        for setup in results.setups:
            if len(results.setups) > 1 and setup.scenario == results.reference:
                continue
            data = tiles_data(results, rules, setup.scenario, folder.id, folder.identity["model"])
            answers[f"{rules.key}/{setup.scenario}"] = {lang: data.title(lang) for lang in ("zh", "en")}
            if figures:
                from sim.studies.criteria.figures import write_criteria

                files += write_criteria(data, path, f"criteria_{rules.key}_{setup.scenario}")
    folder.manifest(done=results.pairs, asked=asked, began=began, files=files, answer=answers)
    return files
