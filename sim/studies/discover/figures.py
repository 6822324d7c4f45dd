"""Flip points along every parameter, and a map of where the preference turns over two of them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path

from matplotlib.colors import TwoSlopeNorm
from matplotlib.figure import Figure

from sim.report.files import save_figures, with_data
from sim.report.sampled import compact, judged, source_of
from sim.report.style import (
    BAND,
    BAR,
    DIVERGING,
    FAINT,
    GREY,
    INK,
    LINE,
    MARGIN,
    NAVY,
    WIDTH,
    Sheet,
    house,
    tint,
    width_of,
    wrap,
)
from sim.report.units import NONE, percent
from sim.report.words import LANGUAGES, say
from sim.studies.discover.sentences import DiscoveryData, figure_title, named

ROW, HEAD, MOST = 0.4, 0.36, 12
NAMES, COLUMN = 3.0, 0.92  # inches for the names at most, and for each column of figures
HEIGHT, LEFT = 3.6, 0.75  # of the map
CLEAR = 0.975  # chance from which one choice is clearly better


def flips(data: DiscoveryData, lang: str) -> Figure:
    """Draw where the preference turns along each parameter: data is DiscoveryData. Returns a matplotlib Figure."""
    rows = list(data.flips.itertuples())[:MOST]
    height = HEAD + ROW * len(rows)
    with house():
        subtitle = say(lang, "flips_subtitle", judged=judged(data, lang))
        sheet = Sheet(height + 0.12, figure_title(data, lang), subtitle, source_of(data, data.held, lang))
        left = _names(sheet, data, rows, lang)
        right = WIDTH - MARGIN - 3 * COLUMN - 0.75
        _figures(sheet, data, rows, right, lang)
        axes = sheet.axes(left, HEAD, right - left, ROW * len(rows))
        axes.patch.set_visible(False)
        axes.set(xlim=(-0.03, 1.03), ylim=(len(rows) - 0.5, -0.5), yticks=[], xticks=[])
        axes.grid(False)
        axes.spines["bottom"].set_visible(False)
        turning = {row.name for row in named(data)}
        for k, row in enumerate(rows):
            _bar(axes, k, row, data, row.name in turning)
    return sheet.figure


def _names(sheet, data, rows, lang):
    """Names down the left on alternating bands; returns where the panel may begin."""
    canvas, widest = sheet.canvas(HEAD + ROW * len(rows)), 0.0
    for k, row in enumerate(rows):
        if k % 2 == 0:
            canvas.fill_between([MARGIN, WIDTH - MARGIN], HEAD + ROW * k, HEAD + ROW * (k + 1), color=BAND, linewidth=0)
        about = data.parameters[row.name]
        unit = about["unit"][lang]
        name = about["title"][lang] + ({"zh": f"（{unit}）", "en": f" ({unit})"}[lang] if unit else "")
        name = name[0].upper() + name[1:]
        lines = wrap(name, NAMES, 8, lines=2)
        widest = max(widest, *(width_of(line, 8) for line in lines))
        sheet.lines(MARGIN + 0.08, HEAD + ROW * (k + 0.5), lines, 0.14, size=8, color=INK)
    return MARGIN + 0.25 + widest


def _figures(sheet, data, rows, left, lang):
    """Columns: present value, where it turns, interval."""
    turning = {row.name for row in named(data)}
    ends = [left + COLUMN, left + 2 * COLUMN + 0.05, left + 3 * COLUMN + 0.68]
    for right, head in zip(ends, ("flips_head_now", "flips_head_flip", "flips_head_interval"), strict=True):
        sheet.text(right, HEAD - 0.06, say(lang, head), size=7.5, color=FAINT, ha="right", va="bottom")
    for k, row in enumerate(rows):
        y, style = HEAD + ROW * (k + 0.5), {"ha": "right", "va": "center_baseline"}
        sheet.text(ends[0], y, data.number(row.name, row.now, lang, unit=False), size=8, color=GREY, **style)
        turns = row.name in turning
        value = data.number(row.name, row.value, lang, unit=False) if turns else NONE
        sheet.text(ends[1], y, value, size=8.5, color=INK, weight="bold" if row.status == "flip" else "normal", **style)
        sheet.text(ends[2], y, _interval(data, row, turns, lang), size=8, color=GREY if turns else FAINT, **style)


def _interval(data, row, turns, lang):
    """The interval of a flip point in words, or why there is none."""
    if not turns and row.status in ("flip", "open"):
        return say(lang, "flips_unnamed")
    if row.status == "none":
        return say(lang, "flips_no")
    if row.status == "possible":
        return say(lang, "flips_possible", chance=percent(row.chance, 0))
    if row.side == "is":
        return say(lang, "flips_sure", chance=percent(row.chance, 0))
    low, high = (data.number(row.name, end, lang, unit=False) for end in (row.low, row.high))
    if row.status == "open":
        return say(lang, "flips_beyond", value=low if row.side == "above" else high)
    return say(lang, "interval_short", low=low, high=high)


def _bar(axes, k, row, data, turns):
    """One parameter between its bounds: present value, flip point, interval."""
    about = data.parameters[row.name]
    axes.plot([0, 1], [k, k], color=LINE, linewidth=1, zorder=1)
    if about["word"]:
        return

    def at(value):
        return (value - about["low"]) / (about["high"] - about["low"])

    if turns:
        low = 0.0 if _missing(row.low) else at(row.low)
        high = 1.0 if _missing(row.high) else at(row.high)
        axes.plot([low, high], [k, k], color=tint(BAR, 0.45), linewidth=7, solid_capstyle="butt", zorder=2)
        open_ends = [(0.0, "<")] * _missing(row.low) + [(1.0, ">")] * _missing(row.high)
        for x, marker in open_ends:
            axes.plot([x], [k], marker=marker, color=tint(BAR, 0.45), markersize=8, clip_on=False, zorder=2)
        axes.plot([at(row.value)], [k], marker="x", color=BAR, markersize=7, markeredgewidth=2, zorder=4)
    axes.plot([at(row.now)], [k], marker="o", color=NAVY, markersize=5, zorder=3)


def _missing(value):
    return value is None or (isinstance(value, float) and math.isnan(value))


def chart_title(data: DiscoveryData, lang: str) -> str:
    """Return the title of the map: the share of it that each choice clearly wins."""
    better, worse = (data.chart["better"] >= CLEAR).mean(), (data.chart["better"] <= 1 - CLEAR).mean()
    words = {"a": data.title(data.preferred, lang), "b": data.title(data.other, lang)}
    words |= {"better": percent(better, 0), "worse": percent(worse, 0)}
    if not better and not worse:
        return say(lang, "map_title_none", **words)
    return say(lang, "map_title_all" if data.chart["mean"].min() > 0 else "map_title_split", **words)


def chart(data: DiscoveryData, lang: str) -> Figure:
    """Draw the map over two parameters: colour the difference, a line where it turns, grey where that is not known."""
    found, unit, names = data.chart, data.unit(lang), data.chart["names"]
    words = {"a": data.title(data.preferred, lang), "b": data.title(data.other, lang)}
    if data.measure["good"] == "down":  # the advantage of the one is how much more of it the other has
        words = {"a": words["b"], "b": words["a"]}
    mean = found["mean"] / unit.size
    most = float(abs(mean).max()) or 1.0
    with house():
        subtitle = say(lang, "map_subtitle", judged=judged(data, lang), **words)
        sheet = Sheet(HEIGHT + 0.55, chart_title(data, lang), subtitle, source_of(data, data.held, lang))
        axes = sheet.axes(MARGIN + LEFT, 0.1, 5.6, HEIGHT)
        axes.grid(False)
        norm = TwoSlopeNorm(0.0, -most, most)
        grid = (found["first"], found["second"])
        drawn = axes.pcolormesh(*grid, mean, cmap=DIVERGING, norm=norm, shading="gouraud", rasterized=True)
        if ((found["better"] < CLEAR) & (found["better"] > 1 - CLEAR)).any():
            axes.contourf(*grid, found["better"], levels=[1 - CLEAR, CLEAR], colors=[FAINT], alpha=0.65)
        clear = (found["better"] >= CLEAR).any() or (found["better"] <= 1 - CLEAR).any()
        if (
            clear and mean.min() < 0 < mean.max()
        ):  # where nothing is clear, a line would claim a turn that nobody has seen
            axes.contour(*grid, mean, levels=[0.0], colors=[INK], linewidths=1.8)
        axes.plot(
            *(data.parameters[n]["now"] for n in names), marker="o", color=NAVY, markersize=7, markeredgecolor="white"
        )
        _label(axes.xaxis, data, names[0], lang)
        _label(axes.yaxis, data, names[1], lang)
        bar = sheet.figure.colorbar(drawn, cax=sheet.axes(MARGIN + LEFT + 6.0, 0.1, 0.18, HEIGHT))
        label = say(lang, "map_label", unit=unit.change_label or "1", **words)
        bar.set_label(label, size=7.5, color=GREY)
        bar.outline.set_visible(False)
    return sheet.figure


def _label(axis, data, name, lang):
    """A parameter along an axis, with its unit."""
    about = data.parameters[name]
    unit, title = about["unit"][lang], about["title"][lang]
    title = title[0].upper() + title[1:]
    if unit:
        title += {"zh": f"（{unit}）", "en": f" ({unit})"}[lang]
    lines = wrap(title, 5.4 if axis.axis_name == "x" else HEIGHT, 8, lines=2)
    axis.set_label_text("\n".join(lines), size=8, color=GREY)
    axis.set_major_formatter(lambda v, _: compact(v, about["high"] - about["low"]))


def write_figures(data: DiscoveryData, folder: Path | str, langs: Iterable[str] = LANGUAGES) -> list[Path]:
    """Save flip points, and the map if two numbers matter; returns the files."""
    figures = {"flips": (flips, figure_title)} | ({"map": (chart, chart_title)} if data.chart else {})
    return save_figures(with_data(data, figures), folder, data.run_id, langs)
