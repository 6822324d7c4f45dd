"""Luck, parameters, structure: whose doing the spread of each result is, and so what would narrow it."""

from __future__ import annotations

import math

from matplotlib.figure import Figure

from sim.report.style import (
    BAND,
    FAINT,
    GREY,
    INK,
    MARGIN,
    NAVY,
    REFERENCE_COLOUR,
    WIDTH,
    Sheet,
    house,
    text_on,
    tint,
    width_of,
    wrap,
)
from sim.report.units import percent, unit_of
from sim.report.words import listed, say
from sim.studies.sensitivity.sentences import SensitivityData, source_line, split_message

ROW, HEAD, NAMES, COLUMN = 0.4, 0.34, 2.6, 0.95
WORDS = {"luck": "spread_luck", "parameters": "spread_parameters", "structure": "spread_structure"}
COLOURS = {"luck": tint(NAVY, 0.25), "parameters": REFERENCE_COLOUR, "structure": "#edae49"}


def spread(data: SensitivityData, lang: str) -> Figure:
    """A bar of three parts for each output, with its level or effect today and its spread. Returns a matplotlib Figure."""
    outputs = [output for output in data.asked() if len(data.of("split", output))]
    subtitle = say(
        lang, "spread_subtitle", years=_years(data), points=data.sets, k=len(data.numbers), m=len(data.structures),
        structures=listed([title[lang] for title in data.structures.values()], lang), seeds=data.seeds,
    )  # fmt: skip
    with house():
        sheet = Sheet(HEAD + ROW * len(outputs) + 0.1, split_message(data, lang), subtitle, source_line(data, lang))
        left = _names(sheet, data, outputs, lang)
        right = WIDTH - MARGIN - 2 * COLUMN - 0.1
        _legend(sheet, left, lang)
        for k, key in enumerate(("spread_today", "spread_sd")):
            x = right + 0.1 + COLUMN * (k + 1) - 0.06
            sheet.text(x, HEAD - 0.06, say(lang, key), size=7.5, color=FAINT, ha="right", va="bottom")
        for k, output in enumerate(outputs):
            y = HEAD + ROW * k
            _bar(sheet.axes(left, y + 0.06, right - left, ROW - 0.12), data.of("split", output))
            for column, text in enumerate(_figures(data, output, lang)):
                x = right + 0.1 + COLUMN * (column + 1) - 0.06
                sheet.text(x, y + ROW / 2, text, size=8, color=INK, ha="right", va="center_baseline")
    return sheet.figure


def _years(data):
    first, last = data.years
    return f"{first}" if first == last else f"{first}–{last}"


def _names(sheet, data, outputs, lang):
    canvas, widest = sheet.canvas(HEAD + ROW * len(outputs)), 0.0
    for k, output in enumerate(outputs):
        if k % 2 == 0:
            canvas.fill_between([MARGIN, WIDTH - MARGIN], HEAD + ROW * k, HEAD + ROW * (k + 1), color=BAND, linewidth=0)
        lines = wrap(data.what(output, lang), NAMES, 8, bold=True, lines=2)
        widest = max(widest, *(width_of(line, 8, bold=True) for line in lines))
        sheet.lines(MARGIN + 0.08, HEAD + ROW * (k + 0.5), lines, 0.135, size=8, weight="bold", color=INK)
    return MARGIN + 0.3 + widest


def _legend(sheet, x, lang):
    for part, colour in COLOURS.items():
        word = say(lang, WORDS[part])
        sheet.text(x, HEAD - 0.06, "■", size=8, color=colour, va="bottom")
        sheet.text(x + 0.15, HEAD - 0.06, word, size=8, color=GREY, va="bottom")
        x += 0.15 + width_of(word, 8) + 0.22


def _bar(axes, rows):
    """One stacked bar; a part that is wide enough says its share and, small, the share's interval."""
    axes.set(xlim=(0, 1), ylim=(0, 1))
    axes.axis("off")
    at, long = 0.0, axes.bbox.width / axes.figure.dpi
    for row in rows.itertuples():
        if not math.isfinite(row.share):
            continue
        colour = COLOURS[row.part]
        axes.barh(0.5, row.share, 1, left=at, color=colour, linewidth=0)
        large, small = percent(row.share, 0), f"{percent(row.low, 0)}–{percent(row.high, 0)}"
        middle, ink = at + row.share / 2, text_on(colour)
        if row.share * long > max(width_of(large, 8), width_of(small, 6)) + 0.06:
            axes.text(middle, 0.66, large, size=8, weight="bold", color=ink, ha="center", va="center_baseline")
            axes.text(middle, 0.24, small, size=6, color=ink, ha="center", va="center_baseline")
        elif row.share * long > width_of(large, 7) + 0.04:
            axes.text(middle, 0.5, large, size=7, weight="bold", color=ink, ha="center", va="center_baseline")
        at += row.share


def _figures(data, output, lang):
    """The level or effect today, and the standard deviation of the whole spread."""
    unit = data.unit(output, lang)
    today = data.of("outputs", output).iloc[0]["today"]
    sd = math.sqrt(max(data.of("split", output)["variance"].clip(lower=0).sum(), 0.0))
    wide = unit_of(data.measures[output.measure], lang, sd)
    return unit.change(today) if output.against else unit.level(today), wide.change(sd, sign=False)
