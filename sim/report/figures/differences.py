"""Paired differences: what overlapping bands hide, package by package, and how sure each difference is."""

from __future__ import annotations

import math

from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.report.findings import foot, sure_sentence
from sim.report.style import (
    FAINT,
    GREY,
    INK,
    LINE,
    MARGIN,
    REST_COLOUR,
    WIDTH,
    Sheet,
    house,
    palette,
    readable,
    tint,
    width_of,
    wrap,
)
from sim.report.units import percent, plain, unit_of
from sim.report.words import say

ROW, HEAD = 0.42, 0.5
BAND = "#f5f7f9"
SHARE, APART = 0.5, 0.24  # inches at the right of a panel: for the share of pairs that agree, and before the next panel


def differences(data, lang):
    """How far each package moves each headline measure, and how sure: one panel a measure, one row a package."""
    rows = max(len(data.packages), 1)
    words = {"year": data.last_year, "reference": data.name(data.reference, lang)}
    with house():
        sheet = Sheet(
            HEAD + ROW * rows + 0.5, sure_sentence(data, lang), say(lang, "differences_subtitle", **words), foot(data, lang)
        )
        if not data.packages:
            return sheet.figure
        canvas = sheet.canvas(HEAD + ROW * rows)
        for row in range(0, rows, 2):
            canvas.add_patch(Rectangle((MARGIN, HEAD + ROW * row), WIDTH - 2 * MARGIN, ROW, facecolor=BAND))
        names = {key: wrap(data.name(key, lang), 1.45, 9, bold=True, lines=2) for key in data.packages}
        left = MARGIN + 0.33 + max(width_of(line, 9, True) for lines in names.values() for line in lines)
        colours = palette(data.scenarios, data.reference)
        for row, key in enumerate(data.packages):
            colour = INK if colours[key] == REST_COLOUR else readable(colours[key])
            for k, line in enumerate(names[key]):
                y = HEAD + ROW * (row + 0.5) + 0.155 * (k - (len(names[key]) - 1) / 2)
                sheet.text(MARGIN + 0.08, y, line, size=9, weight="bold", color=colour, va="center_baseline")
        slot = (WIDTH - MARGIN - left) / len(data.headline)
        for k, measure in enumerate(data.headline):
            x = left + slot * k
            sheet.text(x, 0.08, data.measure_name(measure, lang), size=10.5, weight="bold", va="top")
            sheet.text(x + slot - APART, HEAD - 0.05, say(lang, "same_sign"), size=7, color=FAINT, ha="right", va="bottom")
            axes = sheet.axes(x, HEAD, slot - SHARE - APART, ROW * rows)
            axes.patch.set_visible(False)
            forest(axes, data, measure, lang)
    return sheet.figure


def forest(axes, data, measure, lang):
    """Draw one measure on a panel: a dot, a thick and a thin line for each package, and a line at no difference."""
    colours = palette(data.scenarios, data.reference)
    unit = unit_of(data.measures[measure], lang, _largest(data, measure))
    size = unit.size
    count = len(data.packages)
    for row, key in enumerate(data.packages):
        difference = data.difference(key, measure)
        if difference is None or not math.isfinite(difference.mean):
            continue
        colour = "#9aa5af" if not difference.clear else GREY if colours[key] == REST_COLOUR else colours[key]
        y = row + 0.14
        axes.plot([difference.p05 / size, difference.p95 / size], [y, y], color=colour, linewidth=1, solid_capstyle="butt")
        thick = {"color": tint(colour, 0.55), "linewidth": 4.6, "solid_capstyle": "butt"}
        axes.plot([difference.low / size, difference.high / size], [y, y], **thick)
        face = colour if difference.clear else "white"
        axes.plot([difference.mean / size], [y], "o", markersize=4.2, markerfacecolor=face, markeredgecolor=colour, zorder=5)
        axes.annotate(
            *(unit.bare_change(difference.mean), (difference.mean / size, y)),
            xytext=(0, 4.5),
            textcoords="offset points",
            **{"size": 7.5, "ha": "center", "va": "bottom", "weight": "bold" if difference.clear else "normal"},
            color=readable(colour) if difference.clear else GREY,
            bbox={"facecolor": "white" if row % 2 else BAND, "edgecolor": "none", "pad": 0.6},
        )
        axes.annotate(
            *(percent(difference.same_sign, 0), (1, row)),
            xycoords=axes.get_yaxis_transform(),
            xytext=(SHARE * 72, 0),
            textcoords="offset points",
            **{"size": 8, "ha": "right", "va": "center", "color": INK if difference.clear else GREY},
        )
    low, high = axes.get_xlim()
    low, high = min(low, 0), max(high, 0)
    pad = 0.06 * (high - low)
    axes.set(xlim=(low - pad, high + pad), ylim=(count - 0.5, -0.5), yticks=[])
    axes.axvline(0, color=GREY, linewidth=1)
    axes.grid(True, axis="x")
    axes.grid(False, axis="y")
    axes.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
    step = abs(axes.get_xticks()[1] - axes.get_xticks()[0])
    digits = 0 if step >= 1 and step == round(step) else 1 if step >= 0.1 else 2
    axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: plain(v, digits if v else 0, sign=True)))
    axes.set_xlabel(say(lang, "points_axis", unit=unit.change_label), size=7.5, color=GREY, labelpad=3)
    axes.spines["bottom"].set_color(LINE)
    return axes


def _largest(data, measure):
    return max((abs(d.mean) for d in data.compared(measure) if math.isfinite(d.mean)), default=1.0)
