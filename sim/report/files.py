"""Putting figures and pages on disk: whole or not at all, and the same bytes each time."""

from __future__ import annotations

import io
import os
import warnings
from functools import partial
from pathlib import Path

from sim.report.style import house


def write_atomically(path, content):
    """Write a file so that a reader sees the old one or the whole new one, never half of it."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_bytes(content)
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    return path


def render(figure, form, title, run_id):
    """A figure as bytes, "png" (300 dpi) or "svg", with its title and the run's id inside and no date.

    A character that no font of ours can draw is an error: a box in a printed report is seen too late.
    """
    told = {"Title": title, "Description": f"run {run_id}"}
    if form == "svg":
        metadata = told | {"Identifier": run_id, "Date": None, "Creator": None}
        options = {}
    else:
        metadata = told | {"Software": None}
        options = {"pil_kwargs": {"compress_level": 4}}
    content = io.BytesIO()
    with house(), warnings.catch_warnings():
        warnings.filterwarnings("error", message=".*missing from font.*")
        try:
            figure.savefig(content, format=form, metadata=metadata, **options)
        except UserWarning as problem:
            raise ValueError(f"a title holds a character that our font cannot draw, change it: {problem}") from problem
    return content.getvalue()


def of(data, figures):
    """Figures of the same data for `save_figures`: {name: (draws it, says its title)}, functions of data and language."""
    return {name: (partial(draw, data), partial(title, data)) for name, (draw, title) in figures.items()}


def save_figures(figures, folder, run_id, langs):
    """Save figures as PNG (300 dpi) and SVG under figures/<language>/; returns the files.

    figures: {name: (draws it, says its title)}, both functions of the language.
    """
    files = []
    for lang in langs:
        for name, (draw, title) in figures.items():
            figure, said = draw(lang), title(lang) or name
            for form in ("png", "svg"):
                path = Path(folder) / "figures" / lang / f"{name}.{form}"
                files.append(write_atomically(path, render(figure, form, said, run_id)))
    return files
