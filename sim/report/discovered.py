"""The figures of a discovery on disk: flip points along every parameter, and the map over the two that matter."""

from __future__ import annotations

from pathlib import Path

from sim.report.discovery import message
from sim.report.figures.flips import chart, chart_title, flips
from sim.report.saving import render, write_atomically
from sim.report.words import LANGUAGES


def write_figures(data, folder, langs=LANGUAGES):
    """Save both figures as PNG (300 dpi) and SVG under figures/<language>/; the map only if two numbers matter."""
    files, drawn = [], {"flips": (flips, message)}
    if data.chart is not None:
        drawn["map"] = (chart, chart_title)
    for lang in langs:
        for name, (draw, said) in drawn.items():
            figure = draw(data, lang)
            for form in ("png", "svg"):
                path = Path(folder) / "figures" / lang / f"{name}.{form}"
                files.append(write_atomically(path, render(figure, form, said(data, lang), data.run_id)))
    return files
