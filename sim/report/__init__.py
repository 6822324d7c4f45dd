"""Reports: figures, tables and a page for planners, in Chinese and English, made from the results alone.

Nothing here knows the model. `ReportData` says what a report needs; the sentences in it are computed from that.
"""

from __future__ import annotations

from sim.report.data import ReportData
from sim.report.figures import drawn, write_figures
from sim.report.page import write_page
from sim.report.words import LANGUAGES

__all__ = ["ReportData", "write_figures", "write_page", "write_report"]


def write_report(data, folder, langs=LANGUAGES):
    """The figures (PNG, SVG) and the page in each language, drawn once; returns the files written."""
    pictures = drawn(data, langs)
    figures = write_figures(data, folder, langs, pictures)
    return [*write_page(data, folder, langs, pictures), *figures]
