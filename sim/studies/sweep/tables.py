"""Results of a sweep: tidy tables of runs and outcomes, levels and paired differences, and the files they are written to."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from sim.engine.mistakes import ConfigurationError
from sim.model.measures.definitions import MEASURES
from sim.model.setup import Setup
from sim.runs.results import KeptRun
from sim.runs.store.folder import RunFolder, write_table
from sim.studies.common.horizon import checked_measures
from sim.studies.common.scenarios import checked_reference, first_policy_month
from sim.studies.compare.tables import measures_table
from sim.studies.sweep.designs import Design
from sim.studies.sweep.plan import Plan

RUNS = {  # column -> (unit, zh, en)
    "run_id": ("", "运行编号：同一问题、同一代码，编号与结果都相同", "name of the run: the same for the same question and code"),
    "point": ("", "设计点编号，见design.csv", "number of the design's point, see design.csv"),
    "scenario": ("", "情景", "scenario"),
    "seed": ("", "随机种子；同一种子的情景可配对比较", "seed; scenarios of one seed and point are a matched pair"),
    "ok": ("", "是否成功", "whether the run went well"),
    "error": ("", "出错时的回溯信息", "traceback of a run that failed"),
    "seconds": ("s", "用时", "time taken"),
}  # fmt: skip
OUTCOMES = {
    **{name: RUNS[name] for name in ("run_id", "point", "scenario", "seed")},
    "measure": ("", "指标，见measures.csv", "measure, see measures.csv"),
    "unit": ("", "指标单位", "unit of the measure"),
    "year": ("year", "年份", "calendar year"),
    "value": ("unit", "数值，单位见unit列", "value, in the unit of column unit"),
}  # fmt: skip


@dataclass
class Sweep:
    """Runs of a sweep and their outcomes.

    runs: a row a point, scenario and seed; rows share a run_id where a point changes nothing in a scenario. outcomes: a row
    a measure and year of each run that went well; unit: of the measure. since: year in which the first policy starts.
    """

    design: Design
    setups: Sequence[Setup]
    reference: str
    measures: Sequence[str]
    since: int
    runs: pd.DataFrame
    outcomes: pd.DataFrame
    manifest: dict = field(default_factory=dict)
    folder: Path | None = None

    @property
    def scenarios(self) -> list[str]:
        """Names of the scenarios."""
        return [s.scenario for s in self.setups]

    @property
    def seeds(self) -> list[int]:
        """Seeds, in order."""
        return sorted(self.runs["seed"].unique().tolist())

    @property
    def failed(self) -> pd.DataFrame:
        """Rows of runs that failed, with the traceback."""
        return self.runs[~self.runs["ok"]]

    @cached_property
    def digest(self) -> str:
        """Hash of all that was found, whoever computed it and in whichever order; times and tracebacks left out."""
        total = hashlib.sha256()
        for table in (self.runs.drop(columns=["seconds", "error"]), self.outcomes):
            for name in table:
                column = table[name].to_numpy()
                total.update(name.encode())
                total.update(column.tobytes() if column.dtype.kind in "ifb" else "\n".join(map(str, column)).encode())
        return total.hexdigest()[:16]

    def levels(self, measure: str, scenario: str, years: int | str | Sequence[int] | None = None) -> pd.DataFrame:
        """A measure in a year, or over years: DataFrame by (point, seed) with the column `value`.

        years: 2035, (2026, 2035) or '2026..2035'; None: all from the year on in which the first policy starts. Over years
        counts are added up and everything else is averaged, as `compare` does. Runs that failed are left out.
        """
        if measure not in self.measures:
            checked_measures([measure])
            raise ConfigurationError(f"{measure}: not among the measures of this sweep, {', '.join(self.measures)}.")
        checked_reference(scenario, self.scenarios)
        first, last = self._span(years)
        table = self.outcomes
        mine = (table["measure"] == measure) & (table["scenario"] == scenario) & table["year"].between(first, last)
        values = table[mine].groupby(["point", "seed"], sort=True)["value"]
        return (values.sum(min_count=1) if MEASURES[measure].total else values.mean()).to_frame("value")

    def differences(
        self,
        package: str,
        reference: str | None = None,
        measure: str | None = None,
        years: int | str | Sequence[int] | None = None,
    ) -> pd.DataFrame:
        """Package minus reference on the same point and seed (a matched pair): as `levels`."""
        measure = measure or self.measures[0]
        one, other = (self.levels(measure, name, years) for name in (package, reference or self.reference))
        return (one - other).dropna()

    def _span(self, years):
        known = sorted(self.outcomes["year"].unique().tolist())
        if not known:
            return self.since, self.since
        if years is None:
            return self.since, known[-1]
        first, _, last = (
            str(years).partition("..") if not isinstance(years, (tuple, list)) else (years[0], "", years[-1])
        )
        try:
            first, last = int(first), int(last or first)
        except ValueError:
            first, last = 1, 0
        if not known[0] <= first <= last <= known[-1]:
            raise ConfigurationError(
                f"years={years}: expected a year such as {known[-1]}, or a span inside {known[0]}..{known[-1]}."
            )
        return first, last


def conclude(design: Design, plan: Plan, runs: Mapping[str, KeptRun], measures: Sequence[str], reference: str) -> Sweep:
    """The Sweep of a Plan from its rows."""
    rows = sorted(plan.rows, key=lambda row: (row[1], row[3], row[2]))
    kept = [runs[row[0]] for row in rows]
    table = pd.DataFrame(rows, columns=["run_id", "point", "scenario", "seed"])
    table["ok"] = np.array([row.ok for row in kept], bool)
    table["error"] = [row.error for row in kept]
    table["seconds"] = np.array([row.seconds for row in kept], float)
    since = int(str(first_policy_month(plan.setups))[:4])
    return Sweep(design, plan.setups, reference, measures, since, table, _outcomes(rows, kept, measures))


def _outcomes(rows, kept, measures):
    """Tidy table of the runs that went well, in their order."""
    good = [(row, run) for row, run in zip(rows, kept, strict=True) if run.ok]
    if not good:
        return pd.DataFrame({name: [] for name in OUTCOMES})
    picked, sizes = [], []
    for _, run in good:
        picked.append(run.values[[run.measures.index(m) for m in measures]].ravel())
        sizes.append((len(measures), len(run.years)))
    counts = [m * y for m, y in sizes]
    columns = {
        name: np.repeat(np.array([row[k] for row, _ in good]), counts)
        for k, name in enumerate(("run_id", "point", "scenario", "seed"))
    }
    order = np.concatenate([np.repeat(np.arange(m), y) for m, y in sizes])
    columns["measure"] = np.array(measures)[order]
    columns["unit"] = np.array([MEASURES[m].unit for m in measures])[order]
    columns["year"] = np.concatenate([np.tile(run.years, len(measures)) for _, run in good]).astype(int)
    columns["value"] = np.concatenate(picked)
    table = pd.DataFrame(columns)
    return table[np.isfinite(table["value"].to_numpy())].reset_index(drop=True)


def columns_table(design: Design) -> pd.DataFrame:
    """The dictionary of columns: table, column, unit and meaning of each in both languages."""
    tables = {"runs": RUNS, "outcomes": OUTCOMES}
    rows = [(table, name, *about) for table, columns in tables.items() for name, about in columns.items()]
    rows += [("design", "point", *RUNS["point"])]
    rows += [("design", d.name, d.unit, d.title["zh"], d.title["en"]) for d in design.space.dimensions]
    return pd.DataFrame(rows, columns=["table", "column", "unit", "meaning_zh", "meaning_en"])


def write(results: Sweep, folder: RunFolder, *, began: str) -> list[Path]:
    """Write tables and their dictionaries into the study's folder, a RunFolder; the manifest last. Returns the files."""
    files = []

    def put(name, table, digits=10):
        files.append(write_table(folder.path / name, table, digits))

    put("runs.parquet", results.runs)
    put("outcomes.parquet", results.outcomes)
    put("design.csv", results.design.points.reset_index(), digits=17)
    put("columns.csv", columns_table(results.design))
    put("measures.csv", measures_table())
    space = [
        {"name": d.name, "low": d.low, "high": d.high, "values": d.values, "unit": d.unit}
        for d in results.design.space.dimensions
    ]
    results.manifest = folder.manifest(
        done=int(results.runs["ok"].sum()), asked=len(results.runs), began=began, files=files, answer={},
        also={
            "design": {"kind": results.design.kind, "points": len(results.design), **results.design.meta}, "space": space,
            "different_runs": int(results.runs["run_id"].nunique()), "failed": len(results.failed), "digest": results.digest,
        },
    )  # fmt: skip
    results.folder = folder.path
    return files
