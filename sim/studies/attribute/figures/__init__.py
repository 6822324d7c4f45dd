"""The figures of an attribution: where the change came from, and what parts do together."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path

from sim.report.files import save_figures
from sim.report.words import LANGUAGES
from sim.studies.attribute.figures import interactions, waterfall
from sim.studies.attribute.sentences import AttributionData, figure_title, together


def write_figures(
    data: AttributionData, measures: Iterable[str], folder: Path | str, langs: Iterable[str] = LANGUAGES
) -> list[Path]:
    """Save a waterfall a measure, and its interactions if known; returns the files."""
    figures = {}
    for measure in measures:
        figures[f"waterfall_{measure}"] = (
            partial(waterfall.waterfall, data, measure),
            partial(figure_title, data, measure),
        )
        if (data.interactions["measure"] == measure).any():
            figures[f"interplay_{measure}"] = (
                partial(interactions.interplay, data, measure),
                partial(together, data, measure),
            )
    return save_figures(figures, folder, data.run_id, langs)
