"""Paired differences: what overlapping bands hide, package by package, and how sure each difference is."""

from __future__ import annotations

import math

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from sim.report.style import (
    BAND,
    FAINT,
    GREY,
    INK,
    MARGIN,
    REST_COLOUR,
    UNCLEAR,
    WIDTH,
    Sheet,
    amounts,
    house,
    palette,
    readable,
    tint,
    width_of,
    wrap,
)
from sim.report.units import percent, unit_of
from sim.report.words import say
from sim.studies.compare.report_data import ReportData
from sim.studies.compare.sentences import sure_sentence

ROW, HEAD = 0.42, 0.5
SHARE, APART = 0.5, 0.24  # inches at the right of a panel: for the share of pairs that agree, and before the next panel


def differences(data: ReportData, lang: str) -> Figure:
    """Draw how far each package moves each headline measure, and how sure: one panel a measure, one row a package."""
    rows = len(data.packages)
    subtitle = say(lang, "differences_subtitle", year=data.last_year, reference=data.name(data.reference, lang))
    with house():
        sheet = Sheet(HEAD + ROW * rows + 0.5, sure_sentence(data, lang), subtitle, data.source_line(lang))
        if not rows:
            return sheet.figure
        left = _names(sheet, data, lang)
        slot = (WIDTH - MARGIN - left) / len(data.headline)
        for k, measure in enumerate(data.headline):
            x, right = left + slot * k, left + slot * (k + 1) - APART
            sheet.text(x, 0.08, data.measure_name(measure, lang), size=10.5, weight="bold", va="top")
            sheet.text(right, HEAD - 0.05, say(lang, "same_sign"), size=7, color=FAINT, ha="right", va="bottom")
            for row, key in enumerate(data.packages):
                _share(sheet, right, HEAD + ROW * (row + 0.5), data.difference(key, measure))
            forest(sheet.axes(x, HEAD, slot - SHARE - APART, ROW * rows), data, measure, lang)
    return sheet.figure


def _names(sheet, data, lang):
    """The packages down the left side on alternating bands; returns where the panels may begin."""
    canvas = sheet.canvas(HEAD + ROW * len(data.packages))
    colours = palette(data.scenarios, data.reference)
    widest = 0.0
    for row, key in enumerate(data.packages):
        if row % 2 == 0:
            canvas.add_patch(Rectangle((MARGIN, HEAD + ROW * row), WIDTH - 2 * MARGIN, ROW, facecolor=BAND))
        colour = INK if colours[key] == REST_COLOUR else readable(colours[key])
        lines = wrap(data.name(key, lang), 1.45, 9, bold=True, lines=2)
        widest = max(widest, *(width_of(line, 9, bold=True) for line in lines))
        sheet.lines(MARGIN + 0.08, HEAD + ROW * (row + 0.5), lines, 0.155, size=9, weight="bold", color=colour)
    return MARGIN + 0.33 + widest


def _share(sheet, right, y, difference):
    """The share of pairs that point the way of the mean."""
    if difference is not None:
        colour = INK if difference.clear else GREY
        words = percent(difference.same_sign, 0)
        sheet.text(right, y, words, size=8, color=colour, ha="right", va="center_baseline")


def forest(axes: Axes, data: ReportData, measure: str, lang: str) -> Axes:
    """Draw one measure on a panel: a dot, a thick and a thin line for each package, and a line at no difference."""
    axes.patch.set_visible(False)
    colours = palette(data.scenarios, data.reference)
    found = [data.difference(key, measure) for key in data.packages]
    found = [d if d is not None and math.isfinite(d.mean) else None for d in found]
    unit = unit_of(data.measures[measure], lang, max((abs(d.mean) for d in found if d), default=1.0))
    for row, d in enumerate(found):
        if d is not None:
            _row(axes, row, d, unit, colours[d.scenario])
    low, high = axes.get_xlim()
    low, high = min(low, 0), max(high, 0)
    pad = 0.06 * (high - low)
    axes.set(xlim=(low - pad, high + pad), ylim=(len(found) - 0.5, -0.5), yticks=[])
    axes.axvline(0, color=GREY, linewidth=1)
    amounts(axes, say(lang, "points_axis", unit=unit.change_label), sign=True)
    return axes


def _row(axes, row, d, unit, colour):
    """One package: the range of pairs, the interval of the mean, the mean and its number."""
    y = row + 0.14
    colour = UNCLEAR if not d.clear else GREY if colour == REST_COLOUR else colour
    p05, p95, low, high, mean = (value / unit.size for value in (d.p05, d.p95, d.low, d.high, d.mean))
    axes.plot([p05, p95], [y, y], color=colour, linewidth=1, solid_capstyle="butt")
    axes.plot([low, high], [y, y], color=tint(colour, 0.55), linewidth=4.6, solid_capstyle="butt")
    dot = {"markerfacecolor": colour if d.clear else "white", "markeredgecolor": colour}
    axes.plot([mean], [y], "o", markersize=4.2, zorder=5, **dot)
    axes.annotate(
        unit.bare_change(d.mean),
        (mean, y),
        xytext=(0, 4.5),
        textcoords="offset points",
        size=7.5,
        ha="center",
        va="bottom",
        weight="bold" if d.clear else "normal",
        color=readable(colour) if d.clear else GREY,
        # The row's own colour behind the number keeps the zero line from striking it through.
        bbox={"facecolor": "white" if row % 2 else BAND, "edgecolor": "none", "pad": 0.6},
    )
