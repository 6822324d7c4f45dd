"""The tables of `voi`, the data of its figures and sentences, and the files they are written to."""

from pathlib import Path
from typing import Any

import pandas as pd

from sim.runs.provenance import model_digest
from sim.runs.store.folder import RunFolder, write_table
from sim.studies.common.decision import parameter_titles, valued, yardstick
from sim.studies.common.titles import with_parameter_titles
from sim.studies.voi.sentences import InformationData, answer


def report_data(results: Any, run_id: str = "") -> InformationData:
    """Return the data of the figure and the sentences."""
    decision = results.sample.decision
    return InformationData(
        scenarios={s.scenario: s.title for s in decision.setups}, best=results.best, choices=results.scenarios,
        measure=yardstick(decision), years=decision.years, parameters=parameter_titles(decision), each=results.table,
        every=results.every, held=results.held, points=len(results.sample.points), pairs=decision.replicates, run_id=run_id,
        version=model_digest(), values=valued(decision),
    )  # fmt: skip


def write(results: Any, folder: RunFolder, *, began: str, figures: bool = True) -> list[Path]:
    """Write tables, figures and the answer into the study's folder, a RunFolder; the manifest last. Returns the files."""
    data, files = report_data(results, folder.id), []
    emulators = pd.DataFrame([vars(h) | {"failed_points": results.sample.failed} for h in results.held])
    every = pd.DataFrame([{key: getattr(results.every, key) for key in ("value", "low", "high")}])
    tables = {
        "evppi": with_parameter_titles(results.table, data),
        "evpi": every,
        "choices": results.scenarios,
        "emulator": emulators,
    }
    for name, table in (tables | {"points": results.sample.points}).items():
        files.append(write_table(folder.path / f"{name}.csv", table))
    if figures:
        from sim.studies.voi.figures import write_figures

        files += write_figures(data, folder.path)
    asked = len(results.sample.points) + results.sample.failed
    answers = {lang: answer(data, lang) for lang in ("zh", "en")}
    folder.manifest(done=len(results.sample.points), asked=asked, began=began, files=files, answer=answers)
    return files
