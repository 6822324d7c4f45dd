"""The files of a study that ran until it was settled."""

from pathlib import Path
from typing import Any

from sim.runs.store.folder import RunFolder, write_table


def write(results: Any, folder: RunFolder, *, began: str) -> list[Path]:
    """Write the comparisons, and how they came about, into the study's folder; the manifest last."""
    tables = {"settled.csv": results.table, "settled.parquet": results.table, "course.parquet": results.course}
    files = [write_table(folder.path / name, table) for name, table in tables.items()]
    answer = {lang: results.verdict(lang) for lang in ("zh", "en")}
    folder.manifest(
        done=results.pairs,
        asked=results.pairs if results.settled else results.budget,
        began=began,
        files=files,
        answer=answer,
    )
    return files
