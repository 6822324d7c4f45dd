"""The figures of a sensitivity study: indices, tornado, and the three-way split."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path

from sim.report.files import save_figures
from sim.report.words import LANGUAGES
from sim.studies.sensitivity.figures import indices, variance_split
from sim.studies.sensitivity.sentences import SensitivityData, clearest, rests, split_message, tornado_message


def write_figures(data: SensitivityData, folder: Path | str, langs: Iterable[str] = LANGUAGES) -> list[Path]:
    """Save the figures; returns the files."""
    return save_figures(_figures(data), folder, data.run_id, langs)


def _figures(data):
    """name -> (draws it in a language, says its title in a language); outputs of a measure beside each other."""
    found = {}
    for measure in dict.fromkeys(output.measure for output in data.asked()):
        outputs = data.asked(measure)
        for part, first in enumerate(range(0, len(outputs), indices.PANELS)):
            shown, name = outputs[first : first + indices.PANELS], measure + (f"_{part + 1}" if part else "")
            found[f"sobol_{name}"] = (
                partial(indices.indices, data, shown),
                partial(rests, data, clearest(data, shown, "indices")),
            )
            moved = clearest(data, shown, "tornado")
            found[f"tornado_{name}"] = (partial(indices.tornado, data, shown), partial(tornado_message, data, moved))
    if data.split["share"].notna().any():
        found["split"] = (partial(variance_split.spread, data), partial(split_message, data))
    return found
