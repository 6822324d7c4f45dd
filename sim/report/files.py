"""Figures as files: drawn in every language and form, with their source inside, and the same bytes each time."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from sim.engine.files import write_whole
from sim.report.style import house
from sim.report.words import LANGUAGES

FORMS = ("png", "svg")
Figures = Mapping[str, tuple[Callable[[str], Figure], Callable[[str], str]]]  # name -> (draws it, says its title)
Pictures = dict[tuple[str, str, str], bytes]  # (language, name, form) -> content


def render(figure: Figure, form: str, title: str, run_id: str) -> bytes:
    """A figure as bytes, "png" (300 dpi) or "svg", with its title and the run's id inside and no date.

    A character that no font of ours can draw is an error: a box in a printed report is seen too late.
    """
    about = {"Title": title, "Description": f"run {run_id}"}
    if form == "svg":
        metadata = about | {"Identifier": run_id, "Date": None, "Creator": None}
        options = {}
    else:
        metadata = about | {"Software": None}
        options = {"pil_kwargs": {"compress_level": 4}}
    content = io.BytesIO()
    with house(), warnings.catch_warnings():
        warnings.filterwarnings("error", message=".*missing from font.*")
        try:
            figure.savefig(content, format=form, metadata=metadata, **options)
        except UserWarning as problem:
            raise ValueError(f"a title holds a character that our font cannot draw, change it: {problem}") from problem
    return content.getvalue()


def with_data(data: Any, figures: Mapping[str, tuple[Callable, Callable]]) -> Figures:
    """Figures of the same data: {name: (draws it, says its title)}, given as functions of data and language."""
    return {name: (partial(draw, data), partial(title, data)) for name, (draw, title) in figures.items()}


def draw_figures(
    figures: Figures, run_id: str, langs: Iterable[str] = LANGUAGES, forms: Iterable[str] = FORMS
) -> Pictures:
    """Draw every figure in every language and form."""
    pictures = {}
    for lang in langs:
        for name, (draw, title) in figures.items():
            figure, text = draw(lang), title(lang) or name
            for form in forms:
                pictures[lang, name, form] = render(figure, form, text, run_id)
    return pictures


def save_pictures(pictures: Pictures, folder: Path | str) -> list[Path]:
    """Write pictures to figures/<language>/<name>.<form> in a study's folder; returns the files."""
    return [
        write_whole(Path(folder) / "figures" / lang / f"{name}.{form}", content)
        for (lang, name, form), content in pictures.items()
    ]


def save_figures(figures: Figures, folder: Path | str, run_id: str, langs: Iterable[str] = LANGUAGES) -> list[Path]:
    """Draw figures and save them as PNG (300 dpi) and SVG under figures/<language>/; returns the files."""
    return save_pictures(draw_figures(figures, run_id, langs), folder)
