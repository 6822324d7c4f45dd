"""The figures of an attribution on disk: where the change came from, and what parts do together."""

from __future__ import annotations

from pathlib import Path

from sim.report.attribution import message, together
from sim.report.figures.interplay import interplay
from sim.report.figures.waterfall import waterfall
from sim.report.saving import render, write_atomically
from sim.report.words import LANGUAGES


def write_figures(data, measures, folder, langs=LANGUAGES):
    """Save a waterfall a measure, and its interactions if known, as PNG (300 dpi) and SVG under figures/<language>/."""
    files = []
    for lang in langs:
        for measure in measures:
            drawn = {"waterfall": (waterfall, message)}
            if (data.interactions["measure"] == measure).any():
                drawn["interplay"] = (interplay, together)
            for name, (draw, said) in drawn.items():
                figure, title = draw(data, measure, lang), said(data, measure, lang) or name
                for form in ("png", "svg"):
                    path = Path(folder) / "figures" / lang / f"{name}_{measure}.{form}"
                    files.append(write_atomically(path, render(figure, form, title, data.run_id)))
    return files
