"""The tables of a sensitivity study, the data of its figures and sentences, and its files."""

from pathlib import Path
from typing import Any

import pandas as pd

from sim.model.measures.definitions import MEASURES, describe
from sim.runs.provenance import model_digest
from sim.runs.store.folder import RunFolder, write_table
from sim.studies.common.titles import setting_title, setting_unit
from sim.studies.sensitivity.question import Question
from sim.studies.sensitivity.sentences import SensitivityData
from sim.studies.sensitivity.stages import Found

TABLES = ("overview", "screening", "indices", "tornado", "split")


def report_data(found: Found, question: Question, run_id: str = "") -> SensitivityData:
    """Return the data of figures and sentences."""
    numbers = {
        d.name: {
            "title": setting_title(d, question.setups), "unit": setting_unit(d.unit),
            "grade": _grade(d), "low": d.low, "high": d.high, "value": d.now,
        }
        for d in question.space.dimensions
    }  # fmt: skip
    return SensitivityData(
        scenarios={s.scenario: s.title for s in question.setups}, numbers=numbers,
        measures={key: about | {"total": MEASURES[key].total} for key, about in describe().items()},
        structures={s.name: s.title for s in question.structures}, outputs=found.overview, screening=found.screening,
        indices=found.indices, tornado=found.tornado, split=found.split, years=question.years, sets=question.plan.points,
        seeds=question.plan.luck, units=sum(question.units.values()), run_id=run_id, version=model_digest(),
    )  # fmt: skip


def _grade(dimension):
    return dimension.grade if dimension.name.startswith("parameters.") else "setting"


def write(result: Any, folder: RunFolder, *, began: str, figures: bool = True) -> list[Path]:
    """Write tables, figures and the answer into the study's folder, a RunFolder; the manifest last. Returns the files."""
    files, data = [], report_data(result.found, result.question, folder.id)
    for name, table in result.tables.items():
        table = with_titles(table, data)
        for form in ("csv", "parquet"):
            files.append(write_table(folder.path / f"{name}.{form}", table))
    if figures:
        from sim.studies.sensitivity.figures import write_figures

        files += write_figures(data, folder.path)
    units = sum(result.question.units.values())
    answer = {lang: result.verdict(lang) for lang in ("zh", "en")}
    folder.manifest(done=units - result.failed, asked=units, began=began, files=files, answer=answer)
    return files


def with_titles(table: pd.DataFrame, data: SensitivityData) -> pd.DataFrame:
    """A table with the titles and ranges of its numbers beside their names, for readers of the CSV."""
    if "name" not in table:
        return table
    found = table.copy()
    at = found.columns.get_loc("name") + 1
    for key in ("high", "low", "value"):
        title = {"high": "range_high", "low": "range_low", "value": "today"}[key]
        found.insert(at, title, [data.numbers[name][key] for name in found["name"]])
    for lang in ("en", "zh"):
        found.insert(at, f"title_{lang}", [data.name(name, lang) for name in found["name"]])
    return found
