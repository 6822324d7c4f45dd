"""From the reference to the package, part by part: how much of the change each did, and how sure that is."""

from __future__ import annotations

import math

from matplotlib.figure import Figure

from sim.report.source_line import source_line
from sim.report.style import (
    BAND,
    BETTER,
    FAINT,
    GREY,
    INK,
    LINE,
    MARGIN,
    NAVY,
    UNCLEAR,
    WIDTH,
    WORSE,
    Sheet,
    amounts,
    house,
    tint,
    width_of,
    wrap,
)
from sim.report.words import say
from sim.studies.attribute.sentences import AttributionData, clear, figure_title, per_million, sampling, span

ROW, HEAD = 0.36, 0.32
BAR = 0.5  # height of a bar as a share of its row
NAMES, COLUMN = 2.3, 0.95  # inches for the names at most, and for each column of figures
COLOURS = {"better": BETTER, "worse": WORSE, "plain": NAVY, "unclear": UNCLEAR}


def waterfall(data: AttributionData, measure: str, lang: str) -> Figure:
    """Draw an attribution of one measure."""
    rows, whole, unit = data.ordered(measure), data.whole(measure), data.unit(measure, lang)
    if whole["mean"] < 0:
        rows = rows[::-1]
    height = HEAD + ROW * (len(rows) + 2)
    with house():
        sheet = Sheet(
            height + 0.45,
            figure_title(data, measure, lang),
            _subtitle(data, measure, lang),
            method_and_source(data, measure, lang),
        )
        columns = _columns(data, rows, unit, lang)
        left = _names(sheet, data, rows, lang)
        right = WIDTH - MARGIN - COLUMN * len(columns) - 0.1
        _figures(sheet, columns, right, whole, unit, lang)
        axes = sheet.axes(left, HEAD, right - left, ROW * (len(rows) + 2))
        _bars(axes, data, measure, rows, whole, unit)
    return sheet.figure


def _subtitle(data, measure, lang):
    first, last = data.years
    key = (
        "waterfall_year" if first == last else "waterfall_sum" if data.measures[measure]["total"] else "waterfall_mean"
    )
    years = say(lang, key, first=first, last=last, year=last)
    words = {"reference": data.reference[lang], "package": data.package[lang]}
    return say(lang, "waterfall_subtitle", measure=data.measures[measure]["title"][lang], years=years, **words)


def method_and_source(data: AttributionData, measure: str, lang: str) -> str:
    """Say how shares were found, how much of their error is of sampling, and the source line."""
    if data.orders is None:
        method = say(lang, "waterfall_foot_exact", n=2 ** len(data.parts))
    else:
        method = say(lang, "waterfall_foot_sampled", n=data.orders, error=sampling(data, measure, lang))
    return method + source_line(data.version, data.pairs, data.run_id, lang)


def _columns(data, rows, unit, lang):
    """Heads and cells of the figures at the right: the share, and what is known of the part alone, last, and for its money."""
    share = [(unit.bare_change(r.mean), span(unit.bare_change(r.low), unit.bare_change(r.high), lang)) for r in rows]
    found = [(say(lang, "waterfall_share"), share)]
    if data.orders is None:
        found.append((say(lang, "waterfall_alone"), [(unit.bare_change(r.first_mean), "") for r in rows]))
        found.append((say(lang, "waterfall_last"), [(unit.bare_change(-r.last_mean), "") for r in rows]))
    if any(r.per_million_defined for r in rows):
        found.append((say(lang, "waterfall_per_million"), [per_million(r, lang) for r in rows]))
    return found


def _names(sheet, data, rows, lang):
    """Names down the left on alternating bands; returns where the panel may begin."""
    canvas = sheet.canvas(HEAD + ROW * (len(rows) + 2))
    names = [data.reference[lang], *(data.name(row.part, lang) for row in rows), data.package[lang]]
    widest = 0.0
    for k, name in enumerate(names):
        ends = k in (0, len(names) - 1)
        if k % 2 == 0:
            canvas.fill_between([MARGIN, WIDTH - MARGIN], HEAD + ROW * k, HEAD + ROW * (k + 1), color=BAND, linewidth=0)
        lines = wrap(name, NAMES, 8.5, bold=ends, lines=2)
        widest = max(widest, *(width_of(line, 8.5, bold=ends) for line in lines))
        weight = "bold" if ends else "normal"
        sheet.lines(MARGIN + 0.08, HEAD + ROW * (k + 0.5), lines, 0.145, size=8.5, weight=weight, color=INK)
    return MARGIN + 0.3 + widest


def _figures(sheet, columns, left, whole, unit, lang):
    """The columns of figures, and the levels of reference and package in the first."""
    for k, (head, cells) in enumerate(columns):
        right = left + 0.1 + COLUMN * (k + 1) - 0.06
        sheet.text(right, HEAD - 0.06, head, size=7.5, color=FAINT, ha="right", va="bottom")
        for row, (figure, below) in enumerate(cells):
            y = HEAD + ROW * (row + 1.5)
            style = {"color": INK if k == 0 else GREY, "weight": "bold" if k == 0 else "normal"}
            sheet.text(right, y - (0.055 if below else 0), figure, size=8, ha="right", va="center_baseline", **style)
            if below:
                sheet.text(right, y + 0.085, below, size=6.5, color=FAINT, ha="right", va="center_baseline")
    ends = [(0, whole["reference"], ""), (len(columns[0][1]) + 1, whole["package"], _change(whole, unit, lang))]
    right = left + 0.1 + COLUMN - 0.06
    for row, level, below in ends:
        y = HEAD + ROW * (row + 0.5)
        style = {"color": INK, "weight": "bold", "ha": "right", "va": "center_baseline"}
        sheet.text(right, y - (0.055 if below else 0), unit.level(level), size=8, **style)
        sheet.text(right, y + 0.085, below, size=6.5, color=FAINT, ha="right", va="center_baseline")


def _change(whole, unit, lang):
    """The effect of all parts together with its interval."""
    bounds = span(unit.bare_change(whole["low"]), unit.bare_change(whole["high"]), lang)
    return say(lang, "waterfall_change", change=unit.bare_change(whole["mean"]), interval=bounds)


def _bars(axes, data, measure, rows, whole, unit):
    """Floating bars from level to level, with the interval of each part's share at its end."""
    axes.patch.set_visible(False)
    at, ends = whole["reference"] / unit.size, [whole["reference"] / unit.size, whole["package"] / unit.size]
    for k, row in enumerate(rows, start=1):
        mean, low, high = (value / unit.size for value in (row.mean, row.low, row.high))
        colour, sure = COLOURS[data.tone(measure, row)], clear(row)
        face = tint(colour, 0.75) if sure else "white"
        axes.barh(k, mean, BAR, left=at, facecolor=face, edgecolor=colour, linewidth=1, zorder=3)
        if math.isfinite(low):
            axes.plot([at + low, at + high], [k, k], color=INK if sure else GREY, linewidth=1, zorder=4)
            ends += [at + low, at + high]
        axes.plot([at, at], [k - 1, k], color=LINE, linewidth=1, zorder=2)
        at += mean
        ends.append(at)
    axes.plot([at, at], [len(rows), len(rows) + 1], color=LINE, linewidth=1, zorder=2)
    for k, level in ((0, whole["reference"]), (len(rows) + 1, whole["package"])):
        axes.plot(
            [level / unit.size] * 2,
            [k - BAR / 2, k + BAR / 2],
            color=NAVY,
            linewidth=3,
            zorder=4,
            solid_capstyle="butt",
        )
    bounds = [(whole["reference"] + whole[end]) / unit.size for end in ("low", "high")]
    if math.isfinite(bounds[0]):
        axes.plot(bounds, [len(rows) + 1] * 2, color=INK if clear(whole) else GREY, linewidth=1, zorder=4)
        ends += bounds
    low, high = min(ends), max(ends)
    pad = 0.05 * (high - low) or 1.0
    axes.set(xlim=(low - pad, high + pad), ylim=(len(rows) + 1.5, -0.5), yticks=[])
    amounts(axes, unit.label)
