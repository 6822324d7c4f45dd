"""The files of a study that ran until it was settled."""

from pathlib import Path
from typing import Any

from sim.runs.store.folder import RunFolder, write_table


def write(found: Any, folder: RunFolder, *, began: str) -> list[Path]:
    """Write the comparisons, and how they came about, into the study's folder; the manifest last."""
    tables = {"settled.csv": found.table, "settled.parquet": found.table, "course.parquet": found.course}
    files = [write_table(folder.path / name, table) for name, table in tables.items()]
    answer = {lang: found.verdict(lang) for lang in ("zh", "en")}
    folder.manifest(
        done=found.pairs, asked=found.pairs if found.settled else found.budget, began=began, files=files, answer=answer
    )
    return files
