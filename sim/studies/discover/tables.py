"""The tables of `discover`, the data of its figures and sentences, and the files they are written to."""

from pathlib import Path
from typing import Any

import pandas as pd

from sim.methods import flip_points
from sim.runs.provenance import model_digest
from sim.runs.store.folder import RunFolder, write_table
from sim.studies.common.decision import parameter_titles, valued, yardstick
from sim.studies.common.titles import with_parameter_titles
from sim.studies.discover.sentences import DiscoveryData, answer


def report_data(results: Any, run_id: str = "") -> DiscoveryData:
    """Return the data of figures and sentences."""
    decision = results.sample.decision
    flipping = [f.name for f in results.flips if f.name in results.emulator.kept]
    numbers = [name for name in flipping if name not in decision.scale.words][:2]
    chart = {}
    if len(numbers) == 2:
        first, second, mean, better = flip_points.chance_map(results.emulator, decision.scale, decision.now, numbers)
        chart = {"names": numbers, "first": first, "second": second, "mean": mean, "better": better}
    stable = results.boxes[0][1] if results.boxes else None
    return DiscoveryData(
        scenarios={s.scenario: s.title for s in decision.setups}, preferred=results.preferred, other=results.other,
        measure=yardstick(decision), years=decision.years, parameters=parameter_titles(decision),
        present=results.present, simulated=results.simulated, flips=results.table, boxes=results.limits, chart=chart, held=results.held,
        stability=stable, regretted=float((results.regret > 0).mean()), checked=results.checked, points=len(results.sample.points),
        pairs=decision.replicates, run_id=run_id, version=model_digest(), values=valued(decision),
    )  # fmt: skip


def write(results: Any, folder: RunFolder, *, began: str, figures: bool = True) -> list[Path]:
    """Write tables, figures and the answer into the study's folder, a RunFolder; the manifest last. Returns the files."""
    data, files = report_data(results, folder.id), []
    points = results.sample.points.assign(
        difference=results.difference.mean(axis=1), regret=results.regret, spread=results.difference.std(axis=1, ddof=1)
    )
    tables = {
        "flips": with_parameter_titles(results.table, data),
        "boxes": with_parameter_titles(results.limits, data),
        "points": points,
    }
    tables["emulator"] = pd.DataFrame([vars(results.held) | {"failed_points": results.sample.failed}])
    for name, table in (tables | {"checked": with_parameter_titles(results.checked, data)}).items():
        if len(table.columns):
            files.append(write_table(folder.path / f"{name}.csv", table))
    if figures:
        from sim.studies.discover.figures import write_figures

        files += write_figures(data, folder.path)
    asked = len(results.sample.points) + results.sample.failed
    folder.manifest(
        done=len(results.sample.points), asked=asked, began=began, files=files,
        answer={lang: answer(data, lang) for lang in ("zh", "en")},
    )  # fmt: skip
    return files
