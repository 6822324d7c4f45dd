"""The figure of the value of information on disk."""

from __future__ import annotations

from pathlib import Path

from sim.report.figures.information import information
from sim.report.informing import message
from sim.report.saving import render, write_atomically
from sim.report.words import LANGUAGES


def write_figures(data, folder, langs=LANGUAGES):
    """Save the worth of each parameter as PNG (300 dpi) and SVG under figures/<language>/."""
    files = []
    for lang in langs:
        figure = information(data, lang)
        for form in ("png", "svg"):
            path = Path(folder) / "figures" / lang / f"information.{form}"
            files.append(write_atomically(path, render(figure, form, message(data, lang), data.run_id)))
    return files
