"""The figures of a report: each is a function of ReportData and a language that returns a matplotlib Figure."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sim.report.files import FORMS, Pictures, draw_figures, save_pictures, with_data
from sim.report.words import LANGUAGES
from sim.studies.compare.figures import cost_effect, differences, fans, scorecard, tiles
from sim.studies.compare.report_data import ReportData
from sim.studies.compare.sentences import cost_sentence, headline, overall_sentence, parks_sentence, sure_sentence

FIGURES = {
    "scorecard": (scorecard.scorecard, overall_sentence),
    "fans": (fans.fans, headline),
    "differences": (differences.differences, sure_sentence),
    "cost_effect": (cost_effect.cost_effect, cost_sentence),
    "tiles": (tiles.tiles, parks_sentence),
}


def figures_of(data: ReportData) -> list[str]:
    """The names of the figures these results can fill."""
    left_out = ({"differences"} if not data.packages else set()) | ({"tiles"} if not len(data.parks) else set())
    left_out |= {"cost_effect"} if len(data.packages) < 2 else set()
    return [name for name in FIGURES if name not in left_out]


def drawn(data: ReportData, langs: Iterable[str] = LANGUAGES, forms: Iterable[str] = FORMS) -> Pictures:
    """Every figure in every language as bytes: {(language, name, form): bytes}."""
    figures = {name: FIGURES[name] for name in figures_of(data)}
    return draw_figures(with_data(data, figures), data.run_id, langs, forms)


def write_figures(
    data: ReportData, folder: Path | str, langs: Iterable[str] = LANGUAGES, pictures: Pictures | None = None
) -> list[Path]:
    """Save every figure as PNG (300 dpi) and SVG under figures/<language>/; pictures are those already drawn."""
    pictures = drawn(data, langs) if pictures is None else pictures
    return save_pictures({key: content for key, content in pictures.items() if key[0] in langs}, folder)
