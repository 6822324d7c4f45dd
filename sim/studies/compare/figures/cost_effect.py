"""Cost against effect: what each package spends beyond the reference and what it adds, both with their intervals."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

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
    spread,
    tint,
    wrap,
)
from sim.report.units import money_unit, plain, sized, tick_digits
from sim.report.words import say
from sim.studies.compare.report_data import COST_PER_GRADUATE, COST_PER_RETAINED, ReportData
from sim.studies.compare.sentences import cost_sentence

PANELS = {  # cost -> words for the panel's title and for one more of its effect
    COST_PER_GRADUATE: ("cost_effect_graduates", "cost_effect_each_graduates"),
    COST_PER_RETAINED: ("cost_effect_retained", "cost_effect_each_retained"),
}
HEIGHT, HEAD, LEFT, GAP = 3.0, 0.34, 0.46, 0.75
UNDEFINED = "#9aa5af"
NICE = (1, 2, 5)


def cost_effect(data: ReportData, lang: str) -> Figure:
    """Draw where money goes furthest: a panel for graduates and one for people retained, a cross for each package."""
    first, last = data.years
    first = int(data.policy_start[:4]) if data.policy_start else first
    about = {"first": first, "last": last, "reference": data.name(data.reference, lang)}
    panels = [m for m in PANELS if any(data.cost(key, m) is not None for key in data.packages)]
    with house():
        subtitle = say(lang, "cost_effect_subtitle", **about)
        sheet = Sheet(HEAD + HEIGHT + 0.48, cost_sentence(data, lang) or "", subtitle, data.source_line(lang))
        width = (WIDTH - 2 * MARGIN - len(panels) * LEFT - (len(panels) - 1) * (GAP - LEFT)) / max(len(panels), 1)
        for k, measure in enumerate(panels):
            x = MARGIN + LEFT + k * (width + GAP)
            sheet.text(x - LEFT, 0.06, say(lang, PANELS[measure][0]), size=9.5, weight="bold", va="top")
            panel(sheet.axes(x, HEAD, width, HEIGHT), data, measure, lang, (width, HEIGHT))
    return sheet.figure


def panel(axes: Axes, data: ReportData, measure: str, lang: str, size: tuple[float, float]) -> Axes:
    """Draw one effect: rays of equal cost, then crosses with names. size: inches."""
    found = [c for key in data.packages if (c := data.cost(key, measure)) is not None]
    unit = money_unit(max((abs(c.spending) for c in found), default=1e6), lang)
    x, y = (
        _reach([(c.spending_low, c.spending, c.spending_high) for c in found], unit.size),
        _reach([(c.effect_low, c.effect, c.effect_high) for c in found], 1.0),
    )
    axes.set(xlim=x, ylim=y)
    axes.grid(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(True)
        axes.spines[side].set_color(LINE)
    axes.axhline(0, color=GREY, linewidth=0.9)
    axes.axvline(0, color=GREY, linewidth=0.9)
    for along, locator in ((axes.xaxis, MaxNLocator(5)), (axes.yaxis, MaxNLocator(5))):
        along.set_major_locator(locator)
    for along, ticks in ((axes.xaxis, axes.get_xticks()), (axes.yaxis, axes.get_yticks())):
        digits = tick_digits(float(np.diff(ticks[:2])[0]))
        along.set_major_formatter(FuncFormatter(lambda v, _, d=digits: plain(v, d)))
    axes.set_xlabel(say(lang, "cost_effect_spending", unit=unit.label), size=7.5, color=GREY, labelpad=3)
    _rays(axes, unit, measure, lang)
    colours = palette(data.scenarios, data.reference)
    for cost in found:
        _cross(axes, cost, unit, colours[cost.scenario])
    _names(axes, data, found, unit, colours, lang, size)
    return axes


def _reach(values, size):
    """Limits of an axis: all intervals and zero, with room."""
    finite = [v / size for triple in values for v in triple if math.isfinite(v)]
    low, high = min([0.0, *finite]), max([0.0, *finite])
    room = 0.08 * (high - low) or 1.0
    return (low - room if low < 0 else 0.0), high + 1.6 * room


def ray_costs(low: float, high: float, most: int = 5) -> list[float]:
    """Round costs between two: 1, 2, 5, 10 … at most so many, evenly picked."""
    if not (math.isfinite(low) and math.isfinite(high)) or low <= 0 or high <= low:
        return []
    steps = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    found = [m * 10.0**k for k in steps for m in NICE if low <= m * 10.0**k <= high]
    return found if len(found) <= most else [found[i] for i in np.linspace(0, len(found) - 1, most).round().astype(int)]


def _rays(axes, unit, measure, lang):
    """Lines from nothing along which one more costs the same, named where they leave the panel."""
    (_, x), (_, y) = axes.get_xlim(), axes.get_ylim()
    middle = x * unit.size / y if y > 0 else math.nan
    for cost in ray_costs(middle / 6, middle * 6):
        slope = unit.size / cost
        end = (x, slope * x) if slope * x <= y else (y / slope, y)
        axes.plot([0, end[0]], [0, end[1]], color="#dfe5ea", linewidth=0.9, zorder=1)
        fine = sized(money_unit(cost, lang), cost)
        each = say(lang, PANELS[measure][1])
        name = say(lang, "cost_effect_ray", cost=fine._replace(digits=0).level(cost), each=each)
        top = end[1] >= y
        place = (
            {"xytext": (0, 2), "ha": "center", "va": "bottom"}
            if top
            else {"xytext": (-3, 2), "ha": "right", "va": "bottom"}
        )
        axes.annotate(name, end, textcoords="offset points", size=6.5, color=FAINT, **place)


def _cross(axes, cost, unit, colour):
    """The mean of a package with the 95 % intervals of its spending and of its effect."""
    colour = UNDEFINED if not cost.defined else GREY if colour == REST_COLOUR else colour
    x, y = cost.spending / unit.size, cost.effect
    axes.plot(
        [cost.spending_low / unit.size, cost.spending_high / unit.size],
        [y, y],
        color=tint(colour, 0.65),
        linewidth=2,
        zorder=3,
    )
    axes.plot([x, x], [cost.effect_low, cost.effect_high], color=tint(colour, 0.65), linewidth=2, zorder=3)
    face = colour if cost.defined else "white"
    axes.plot([x], [y], "o", markersize=5, markerfacecolor=face, markeredgecolor=colour, zorder=5)


def _names(axes, data, found, unit, colours, lang, size):
    """Names beside their points, on the side with more room, pushed apart where they would overlap."""
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    line = 0.16 / size[1] * (top - bottom)
    sides = {False: [], True: []}
    for cost in found:
        sides[cost.spending / unit.size > (left + right) / 2].append(cost)
    for leftwards, costs in sides.items():
        texts = [wrap(data.name(c.scenario, lang), 1.5, 8, bold=True, lines=2) for c in costs]
        heights = [line * len(lines) for lines in texts]
        places = spread([c.effect + line * 0.75 for c in costs], heights, bottom + line, top - line)
        for cost, lines, y in zip(costs, texts, places, strict=True):
            x, shift = cost.spending / unit.size, 0.1 / size[0] * (right - left)
            colour = (
                GREY
                if not cost.defined
                else INK
                if colours[cost.scenario] == REST_COLOUR
                else readable(colours[cost.scenario])
            )
            at = x - shift if leftwards else x + shift
            if abs(y - cost.effect) > 1.6 * line:
                axes.plot([x, at], [cost.effect, y], color=tint(colour, 0.4), linewidth=0.6, zorder=2)
            text = "\n".join(lines)
            axes.text(
                at, y, text, size=8, weight="bold" if cost.defined else "normal", color=colour, va="center", zorder=6,
                ha="right" if leftwards else "left", linespacing=1.15,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8, "alpha": 0.85},
            )  # fmt: skip
