"""The front: what each package spends beyond the reference and what it adds, found ones beside the named."""

from __future__ import annotations

from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.report.style import BAR, BETTER, GREY, INK, LINE, MARGIN, WIDTH, Sheet, house, readable, spread, tint, wrap
from sim.report.units import plain, tick_digits
from sim.report.words import say
from sim.studies.optimise.sentences import SPENDING, OptimisingData, figure_title, source_line

HEIGHT, HEAD, LEFT, GAP = 3.6, 0.34, 0.46, 0.7
ROOM = 1.25  # inches right of a panel's points for names


def pareto(data: OptimisingData, lang: str) -> Figure:
    """A panel for each objective beside money: crosses are intervals, grey dots all candidates of the search."""
    about = {"reference": data.name(data.reference, lang), "years": "–".join(map(str, dict.fromkeys(data.years)))}
    subtitle = say(lang, "optimise_subtitle", seeds=data.seeds[1], searched=data.seeds[0], **about)
    with house():
        rows = -(-len(data.gains) // 2)
        columns = min(2, len(data.gains))
        sheet = Sheet(rows * (HEAD + HEIGHT + 0.48), figure_title(data, lang), subtitle, source_line(data, lang))
        width = (WIDTH - 2 * MARGIN - columns * LEFT - (columns - 1) * (GAP - LEFT)) / columns
        for k, measure in enumerate(data.gains):
            x, y = MARGIN + LEFT + (k % columns) * (width + GAP), (k // columns) * (HEAD + HEIGHT + 0.48)
            unit = data.unit(measure, lang)
            title = data.measures[measure]["title"][lang] + (f" ({unit.change_label})" if unit.change_label else "")
            sheet.text(x - LEFT, y + 0.06, title, size=9.5, weight="bold", va="top")
            _panel(sheet.axes(x, y + HEAD, width, HEIGHT), data, measure, lang, (width, HEIGHT))
    return sheet.figure


def _panel(axes, data, measure, lang, size):
    money, unit = data.unit(SPENDING, lang), data.unit(measure, lang)
    shown = data.named("named") + data.named("found")
    placed = {point: (data.row(point, SPENDING), data.row(point, measure)) for point in shown}
    xs = [v / money.size for cost, _ in placed.values() for v in (cost.low, cost.high)]
    ys = [v / unit.size for _, gain in placed.values() for v in (gain.low, gain.high)]
    right = max(xs) * (1 + ROOM / max(size[0] - ROOM, 1))
    low, high = min(0.0, *ys), max(0.0, *ys)
    room = 0.06 * (high - low) or 1.0
    axes.set(xlim=(min(0.0, min(xs)) - 0.02 * right, right), ylim=(low - room, high + room))
    axes.grid(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(True)
        axes.spines[side].set_color(LINE)
    axes.axhline(0, color=GREY, linewidth=0.9)
    axes.scatter(
        data.searched[SPENDING] / money.size,
        data.searched[measure] / unit.size,
        s=4,
        color="#c9d0d7",
        linewidths=0,
        zorder=1,
    )
    for point, (cost, gain) in placed.items():
        _cross(axes, cost, gain, money, unit, point, point == data.chosen, data)
    for along in (axes.xaxis, axes.yaxis):
        along.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    for along, ticks in ((axes.xaxis, axes.get_xticks()), (axes.yaxis, axes.get_yticks())):
        digits = tick_digits(float(ticks[1] - ticks[0]))
        along.set_major_formatter(FuncFormatter(lambda v, _, d=digits: plain(v, d)))
    axes.set_xlabel(say(lang, "optimise_spending", unit=money.label), size=7.5, color=GREY, labelpad=3)
    _names(axes, data, placed, money, unit, lang, size)


def _cross(axes, cost, gain, money, unit, point, chosen, data):
    """A point with both intervals: a blue dot if it was found, a red diamond if it has a name; the recommended one ringed."""
    named = point in data.named("named")
    colour = BAR if named else BETTER
    x, y = cost["mean"] / money.size, gain["mean"] / unit.size
    axes.plot([cost.low / money.size, cost.high / money.size], [y, y], color=tint(colour, 0.6), linewidth=1.4, zorder=3)
    axes.plot([x, x], [gain.low / unit.size, gain.high / unit.size], color=tint(colour, 0.6), linewidth=1.4, zorder=3)
    axes.plot([x], [y], "D" if named else "o", markersize=5 if named else 4.5, color=colour, zorder=5)
    if chosen:
        axes.plot(
            [x], [y], "o", markersize=11, markerfacecolor="none", markeredgecolor=BETTER, markeredgewidth=1.3, zorder=6
        )


def _names(axes, data, placed, money, unit, lang, size):
    """Names of the named packages in a column at the right, and of the recommended point beside it."""
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    line = 0.15 / size[1] * (top - bottom)
    inch = (right - left) / size[0]
    column = right - (ROOM - 0.12) * inch
    points = data.named("named")
    texts = [wrap(data.name(point, lang), ROOM - 0.1, 7.5, lines=2) for point in points]
    at = [placed[point][1]["mean"] / unit.size for point in points]
    places = spread(at, [line * (len(lines) + 0.3) for lines in texts], bottom + line, top - line)
    for point, lines, y, own in zip(points, texts, places, at, strict=True):
        x = placed[point][0]["mean"] / money.size
        axes.plot([x, column - 0.03 * inch], [own, y], color=tint(BAR, 0.25), linewidth=0.6, zorder=2)
        axes.text(
            column, y, "\n".join(lines), size=7.5, color=readable(BAR), va="center", linespacing=1.1, zorder=6,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
        )  # fmt: skip
    if data.chosen in placed:
        cost, gain = placed[data.chosen]
        axes.annotate(
            data.chosen, (cost["mean"] / money.size, gain["mean"] / unit.size), xytext=(0, 8), textcoords="offset points",
            size=8, weight="bold", color=INK, ha="center", va="bottom", zorder=7,
        )  # fmt: skip
