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


def report_data(found: Any, run_id: str = "") -> DiscoveryData:
    """What figures and sentences need."""
    decision = found.sample.decision
    numbers = [f.name for f in found.flips if f.name in found.emulator.kept and f.name not in decision.scale.words][:2]
    chart = None
    if len(numbers) == 2:
        first, second, mean, better = flip_points.chance_map(found.emulator, decision.scale, decision.now, numbers)
        chart = {"names": numbers, "first": first, "second": second, "mean": mean, "better": better}
    stable = found.boxes[0][1] if found.boxes else None
    return DiscoveryData(
        scenarios={s.scenario: s.title for s in decision.setups}, preferred=found.preferred, other=found.other,
        measure=yardstick(decision), years=decision.years, parameters=parameter_titles(decision),
        present=found.present, simulated=found.simulated, flips=found.table, boxes=found.limits, chart=chart, held=found.held,
        stability=stable, regretted=float((found.regret > 0).mean()), checked=found.checked, points=len(found.sample.points),
        pairs=decision.replicates, run_id=run_id, version=model_digest(), values=valued(decision),
    )  # fmt: skip


def write(found: Any, folder: RunFolder, *, began: str, figures: bool = True) -> list[Path]:
    """Write tables, figures and the answer into the study's folder, a RunFolder; the manifest last. Returns the files."""
    data, files = report_data(found, folder.id), []
    points = found.sample.points.assign(
        difference=found.difference.mean(axis=1), regret=found.regret, spread=found.difference.std(axis=1, ddof=1)
    )
    tables = {
        "flips": with_parameter_titles(found.table, data),
        "boxes": with_parameter_titles(found.limits, data),
        "points": points,
    }
    tables["emulator"] = pd.DataFrame([vars(found.held) | {"failed_points": found.sample.failed}])
    for name, table in (tables | {"checked": with_parameter_titles(found.checked, data)}).items():
        if len(table.columns):
            files.append(write_table(folder.path / f"{name}.csv", table))
    if figures:
        from sim.studies.discover.figures import write_figures

        files += write_figures(data, folder.path)
    asked = len(found.sample.points) + found.sample.failed
    folder.manifest(
        done=len(found.sample.points), asked=asked, began=began, files=files,
        answer={lang: answer(data, lang) for lang in ("zh", "en")},
    )  # fmt: skip
    return files
