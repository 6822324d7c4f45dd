"""The figures of a sensitivity study on disk: indices, tornado, and the three-way split."""

from __future__ import annotations

from pathlib import Path

from sim.report.figures.assumptions import PANELS, indices, tornado
from sim.report.figures.spread import spread
from sim.report.resting import clearest, rests, split_message, tornado_message
from sim.report.saving import render, write_atomically
from sim.report.words import LANGUAGES


def write_figures(data, folder, langs=LANGUAGES):
    """Save the figures as PNG (300 dpi) and SVG under figures/<language>/; returns their paths."""
    files = []
    for lang in langs:
        for name, (draw, title) in _figures(data).items():
            figure = draw(lang)
            for form in ("png", "svg"):
                path = Path(folder) / "figures" / lang / f"{name}.{form}"
                files.append(write_atomically(path, render(figure, form, title(lang), data.run_id)))
    return files


def _figures(data):
    """name -> (draws it in a language, says its title in a language); outputs of a measure beside each other."""
    found = {}
    for measure in dict.fromkeys(output.measure for output in data.asked()):
        outputs = data.asked(measure)
        for part, first in enumerate(range(0, len(outputs), PANELS)):
            shown, name = outputs[first : first + PANELS], measure + (f"_{part + 1}" if part else "")
            found[f"sobol_{name}"] = (
                _bound(indices, data, shown),
                _bound(rests, data, clearest(data, shown, "indices")),
            )
            moved = clearest(data, shown, "tornado")
            found[f"tornado_{name}"] = (_bound(tornado, data, shown), _bound(tornado_message, data, moved))
    if data.split["share"].notna().any():
        found["split"] = (_bound(spread, data), _bound(split_message, data))
    return found


def _bound(draw, *given):
    return lambda lang: draw(*given, lang)
