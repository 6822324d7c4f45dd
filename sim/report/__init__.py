"""Reports: figures, tables and a page for planners, in Chinese and English, made from the results alone.

Nothing here knows the model. `ReportData` says what a report needs; the sentences in it are computed from that.
"""

from __future__ import annotations

from sim.report.data import ReportData
from sim.report.drawing import Drawing
from sim.report.figures import drawn, write_figures
from sim.report.page import write_page
from sim.report.words import LANGUAGES

__all__ = ["Drawing", "ReportData", "write_figures", "write_page", "write_report"]


def write_report(data, folder, langs=LANGUAGES, pictures=None):
    """The figures (PNG, SVG) and the page in each language; returns the files written. pictures: those already drawn."""
    pictures = drawn(data, langs) if pictures is None else pictures
    figures = write_figures(data, folder, langs, pictures)
    return [*write_page(data, folder, langs, pictures), *figures]
