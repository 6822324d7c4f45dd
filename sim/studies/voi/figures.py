"""The worth of knowing a parameter before choosing: a bar each, all of them together at the top."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from matplotlib.figure import Figure

from sim.report.files import save_figures, with_data
from sim.report.sampled import judged, source_of
from sim.report.style import (
    BAND,
    BETTER,
    FAINT,
    GREY,
    INK,
    MARGIN,
    NAVY,
    UNCLEAR,
    WIDTH,
    Sheet,
    amounts,
    house,
    tint,
    width_of,
    wrap,
)
from sim.report.words import LANGUAGES, say
from sim.studies.voi.sentences import InformationData, figure_title, share

ROW, HEAD, BAR, MOST = 0.36, 0.32, 0.5, 12
NAMES, COLUMN = 3.4, 1.0  # inches for the names at most, and for each column of figures


def information(data: InformationData, lang: str) -> Figure:
    """Draw the worth of each parameter: data is InformationData. Returns a matplotlib Figure."""
    rows, unit = list(data.each.itertuples())[:MOST], data.unit(lang)
    height = HEAD + ROW * (len(rows) + 1)
    with house():
        subtitle = say(lang, "voi_subtitle", judged=judged(data, lang))
        sheet = Sheet(
            height + 0.45,
            figure_title(data, lang),
            subtitle,
            source_of(data, min(data.held, key=lambda held: held.r2), lang),
        )
        left = _names(sheet, data, rows, lang)
        right = WIDTH - MARGIN - 2 * COLUMN - 0.1
        _figures(sheet, data, rows, right, unit, lang)
        axes = sheet.axes(left, HEAD, right - left, ROW * (len(rows) + 1))
        axes.patch.set_visible(False)
        _bar(axes, 0, data.every, NAVY, True, unit)
        for k, row in enumerate(rows, start=1):
            _bar(axes, k, row, BETTER if row.clear else UNCLEAR, row.clear, unit)
            floor = row.floor / unit.size
            axes.plot([floor, floor], [k - 0.36, k + 0.36], color=INK, linewidth=1.2, zorder=5)
        _axis(axes, len(rows), unit)
    return sheet.figure


def _names(sheet, data, rows, lang):
    canvas, widest = sheet.canvas(HEAD + ROW * (len(rows) + 1)), 0.0
    names = [say(lang, "voi_all"), *(data.parameters[row.name]["title"][lang] for row in rows)]
    for k, name in enumerate(names):
        if k % 2 == 0:
            canvas.fill_between([MARGIN, WIDTH - MARGIN], HEAD + ROW * k, HEAD + ROW * (k + 1), color=BAND, linewidth=0)
        lines = wrap(name[0].upper() + name[1:], NAMES, 8, bold=k == 0, lines=2)
        widest = max(widest, *(width_of(line, 8, bold=k == 0) for line in lines))
        weight = "bold" if k == 0 else "normal"
        sheet.lines(MARGIN + 0.08, HEAD + ROW * (k + 0.5), lines, 0.14, size=8, weight=weight, color=INK)
    return MARGIN + 0.3 + widest


def _figures(sheet, data, rows, left, unit, lang):
    """Columns: worth with its interval, part of all."""
    heads = [
        say(lang, "voi_head") + (f" ({unit.change_label})" if unit.change_label else ""),
        say(lang, "voi_head_share"),
    ]
    ends = [left + 1.3 * COLUMN, left + 2 * COLUMN + 0.04]
    for right, head in zip(ends, heads, strict=True):
        sheet.text(right, HEAD - 0.06, head, size=7.5, color=FAINT, ha="right", va="bottom")
    for k, row in enumerate([data.every, *rows]):
        y, style = HEAD + ROW * (k + 0.5), {"ha": "right", "va": "center_baseline"}
        sure = k == 0 or row.clear
        figure, low, high = (unit.bare_change(value, sign=False) for value in (row.value, row.low, row.high))
        weight = "bold" if sure else "normal"
        sheet.text(ends[0], y - 0.055, figure, size=8, color=INK if sure else GREY, weight=weight, **style)
        sheet.text(ends[0], y + 0.085, say(lang, "interval_short", low=low, high=high), size=6.5, color=FAINT, **style)
        if k:
            sheet.text(ends[1], y, share(row, data), size=8, color=GREY, **style)


def _bar(axes, k, row, colour, sure, unit):
    face = tint(colour, 0.75) if sure else "white"
    axes.barh(k, row.value / unit.size, BAR, facecolor=face, edgecolor=colour, linewidth=1, zorder=3)
    ends = [row.low / unit.size, row.high / unit.size]
    axes.plot(ends, [k, k], color=INK if sure else GREY, linewidth=1, zorder=4)


def _axis(axes, rows, unit):
    axes.set(ylim=(rows + 0.5, -0.5), yticks=[])
    axes.set_xlim(0, max(axes.get_xlim()[1], 1e-9))
    amounts(axes, unit.change_label)


def write_figures(data: InformationData, folder: Path | str, langs: Iterable[str] = LANGUAGES) -> list[Path]:
    """Save the worth of each parameter; returns the files."""
    return save_figures(with_data(data, {"information": (information, figure_title)}), folder, data.run_id, langs)
