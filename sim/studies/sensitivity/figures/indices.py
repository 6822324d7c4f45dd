"""Assumptions that an answer rests on: Sobol indices with PAWN, and a tornado; a panel for each output."""

from __future__ import annotations

import math
from collections.abc import Sequence

from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.report.style import (
    BAND,
    FAINT,
    GREY,
    INK,
    LINE,
    MARGIN,
    REFERENCE_COLOUR,
    WIDTH,
    Sheet,
    house,
    palette,
    text_on,
    tint,
    width_of,
    wrap,
)
from sim.report.units import percent, plain, tick_digits, unit_of
from sim.report.words import say
from sim.studies.sensitivity.sentences import (
    Asked,
    SensitivityData,
    bounded,
    clearest,
    rests,
    short,
    source_line,
    tornado_message,
)

ROW, HEAD, FEET = 0.46, 0.42, 0.45
NAMES = 2.35  # inches for the names at most
BAR = 0.6  # height of a bar as a share of its row
APART = 0.28  # inches between panels
PANELS = 4  # a figure holds no more: whoever asks for more outputs gets more figures


def indices(data: SensitivityData, outputs: Sequence[Asked], lang: str) -> Figure:
    """Shares of variance by assumption, outputs of one measure side by side. data: SensitivityData. Returns a Figure."""
    rows = _order(data, outputs, "indices", "total")
    subtitle = say(lang, "indices_subtitle", **_about(data, outputs, lang))
    return _sheet(
        data, outputs, rows, rests(data, clearest(data, outputs, "indices"), lang), subtitle, _indices_panel, lang
    )


def tornado(data: SensitivityData, outputs: Sequence[Asked], lang: str) -> Figure:
    """Changes when one assumption goes to the ends of its range, outputs side by side. Returns a matplotlib Figure."""
    rows = _order(data, outputs, "tornado", "change")
    subtitle = say(lang, "tornado_subtitle", **_about(data, outputs, lang))
    title = tornado_message(data, clearest(data, outputs, "tornado"), lang)
    return _sheet(data, outputs, rows, title, subtitle, _tornado_panel, lang)


def _about(data, outputs, lang):
    measure = outputs[0].measure
    return {"measure": data.measures[measure]["title"][lang], "years": data.period(measure, lang)}


def _order(data, outputs, table, column):
    """Names of the assumptions, the strongest for any of the outputs first."""
    best = {}
    for output in outputs:
        rows = data.of(table, output)
        size = rows.groupby("name", sort=False)[column].apply(lambda values: values.abs().max())
        for name, value in (size / size.max()).items():
            best[name] = max(best.get(name, 0), value if math.isfinite(value) else 0)
    return sorted(best, key=lambda name: -best[name])


def _sheet(data, outputs, rows, title, subtitle, panel, lang):
    height = HEAD + ROW * len(rows)
    colours = palette(data.scenarios, outputs[0].scenario)
    with house():
        sheet = Sheet(height + FEET, title, subtitle, source_line(data, lang))
        left = _names(sheet, data, rows, lang)
        slot = (WIDTH - MARGIN - left + APART) / len(outputs)
        for k, output in enumerate(outputs):
            colour = colours[output.scenario] if output.against else REFERENCE_COLOUR
            key = "rests_panel_effect" if output.against else "rests_panel_level"
            heads = wrap(
                say(lang, key, scenario=data.scenarios[output.scenario][lang]), slot - APART, 9, bold=True, lines=2
            )
            sheet.lines(left + slot * k, HEAD / 2 - 0.02, heads, 0.155, size=9, weight="bold", color=INK)
            axes = sheet.axes(left + slot * k, HEAD, slot - APART, ROW * len(rows))
            axes.patch.set_visible(False)
            panel(axes, data, output, rows, colour, lang)
            axes.set(ylim=(len(rows) - 0.5, -0.5), yticks=[])
            axes.grid(True, axis="x")
            axes.grid(False, axis="y")
            axes.spines["bottom"].set_color(LINE)
    return sheet.figure


def _names(sheet, data, rows, lang):
    """Assumptions and their ranges down the left on alternating bands; returns where the panels may begin."""
    canvas, widest = sheet.canvas(HEAD + ROW * len(rows)), 0.0
    for k, name in enumerate(rows):
        if k % 2 == 0:
            canvas.fill_between([MARGIN, WIDTH - MARGIN], HEAD + ROW * k, HEAD + ROW * (k + 1), color=BAND, linewidth=0)
        about = data.numbers[name]
        lines = wrap(data.name(name, lang), NAMES, 8, bold=True, lines=2)
        unit = f" {about['unit'][lang]}".rstrip()
        ends = {key: short(about[key]) for key in ("low", "high")} | {"today": short(about["value"])}
        span = say(lang, "tornado_range", unit=unit, **ends)
        widest = max(widest, width_of(span, 6.5), *(width_of(line, 8, bold=True) for line in lines))
        middle = HEAD + ROW * (k + 0.5)
        sheet.lines(MARGIN + 0.08, middle - 0.065, lines, 0.125, size=8, weight="bold", color=INK)
        below = middle + (0.135 if len(lines) > 1 else 0.085)
        sheet.text(MARGIN + 0.08, below, span, size=6.5, color=FAINT, va="center_baseline")
    return MARGIN + 0.3 + widest


def _indices_panel(axes, data, output, rows, colour, lang):
    """Total order pale, first order dark inside it, whisker for the total, a diamond for PAWN; the figure at the right."""
    table = data.of("indices", output).set_index("name")
    if table["total"].isna().all():
        axes.text(0.5, 0.5, say(lang, "indices_nothing"), transform=axes.transAxes, ha="center", size=8, color=GREY)
    for k, name in enumerate(rows):
        row = table.loc[name]
        if math.isfinite(row["total"]):
            first, total, low, high = (bounded(row[key]) for key in ("first", "total", "total_low", "total_high"))
            axes.barh(k, total, BAR, color=tint(colour, 0.35), linewidth=0, zorder=2)
            axes.barh(k, min(first, total), BAR * 0.5, color=colour, linewidth=0, zorder=3)
            axes.plot([low, high], [k, k], color=INK, linewidth=0.9, zorder=4)
            sure = {"weight": "bold", "color": INK} if low > 0 else {"color": GREY}
            axes.text(1.24, k, percent(total, 0), size=7.5, ha="right", va="center_baseline", **sure)
        if math.isfinite(row["pawn"]):
            face = INK if row["pawn"] > row["nothing"] else "white"
            axes.plot(
                [row["pawn"]], [k + BAR / 2], "D", markersize=3.2, markerfacecolor=face, markeredgecolor=INK, zorder=6
            )  # fmt: skip
    axes.set_xlim(0, 1.26)
    axes.set_xticks([0, 0.5, 1], ["0", "50%", "100%"])
    axes.set_xlabel(say(lang, "indices_axis"), size=7.5, color=GREY, labelpad=3, x=0.5 / 1.26)


def _tornado_panel(axes, data, output, rows, colour, lang):
    """Two bars from zero: pale at the low end, dark at the high end, with the interval of runs."""
    table = data.of("tornado", output)
    unit = unit_of(data.measures[output.measure], lang, table["change"].abs().max())
    far = [0.0]
    for k, name in enumerate(rows):
        for row in table[table["name"] == name].itertuples():
            y = k + (-BAR / 4 if row.end == "low" else BAR / 4)
            change, low, high = (value / unit.size for value in (row.change, row.low, row.high))
            if not math.isfinite(change):
                continue
            face = tint(colour, 0.35) if row.end == "low" else colour
            axes.barh(y, change, BAR / 2, color=face, linewidth=0, zorder=2)
            inside = text_on(face) if min(abs(low), abs(high)) > abs(change) / 2 else INK
            if math.isfinite(low):
                axes.plot([low, high], [y, y], color=INK if inside != "white" else GREY, linewidth=0.8, zorder=3)
            ends = [change, *(v for v in (low, high) if math.isfinite(v))]
            at = max(ends) if change >= 0 else min(ends)
            axes.annotate(
                plain(change, unit.digits, sign=True), (at, y), xytext=(3 if change >= 0 else -3, 0),
                textcoords="offset points", size=6.5, ha="left" if change >= 0 else "right", va="center_baseline",
                color=INK if row.clear else GREY, zorder=5,
            )  # fmt: skip
            far += ends
    low, high = min(far), max(far)
    pad = 0.22 * (high - low) or 1.0
    axes.set_xlim(low - (pad if low < 0 else 0.03 * pad), high + (pad if high > 0 else 0.03 * pad))
    axes.axvline(0, color=GREY, linewidth=1, zorder=4)
    axes.xaxis.set_major_locator(MaxNLocator(3, steps=[1, 2, 5, 10]))
    ticks = axes.get_xticks()
    digits = tick_digits(float(ticks[1] - ticks[0])) if len(ticks) > 1 else unit.digits
    axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: plain(v, digits if v else 0, sign=True)))
    axes.set_xlabel(unit.change_label, size=7.5, color=GREY, labelpad=3)
