"""Fan charts: how each headline measure moves through the years, and how widely the runs spread."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.report.style import (
    FAINT,
    GREY,
    INK,
    MARGIN,
    REST_COLOUR,
    WIDTH,
    Sheet,
    house,
    palette,
    readable,
    spread,
    width_of,
    wrap,
)
from sim.report.units import plain, tick_digits, unit_of
from sim.report.words import say
from sim.studies.compare.report_data import ReportData
from sim.studies.compare.sentences import headline

HEIGHT, TOP = 2.55, 0.62
LABEL, NAME_WIDTH = 7.8, 0.95  # type size of the labels at the line ends, and inches for a name
MOST_LABELS = 9


def fans(data: ReportData, lang: str) -> Figure:
    """Draw how the headline measures move: one panel each, labels at the line ends."""
    with house():
        note = say(lang, "fans_subtitle")
        if len(data.packages) > 1:
            note += say(lang, "fans_bands_of", reference=data.name(data.reference, lang))
        sheet = Sheet(TOP + HEIGHT + 0.3, headline(data, lang), note, data.source_line(lang))
        count = len(data.headline)
        slot = (WIDTH - 2 * MARGIN + 0.1) / count
        for k, measure in enumerate(data.headline):
            left = MARGIN + slot * k
            courses = data.courses[measure]
            ends = {key: float(quantiles[2, -1]) for key, (_, quantiles) in courses.items()}
            labels = _labels(data, measure, ends, lang)
            right = max((width_of(line, LABEL, True) for lines in labels.values() for line in lines), default=0) + 0.3
            sheet.text(left, 0.08, data.measure_name(measure, lang), size=10.5, weight="bold", va="top")
            sheet.text(left, 0.31, _panel_note(data, measure, lang, slot - 0.12), size=LABEL, color=GREY, va="top")
            axes = sheet.axes(left + 0.36, TOP, slot - 0.36 - right, HEIGHT)
            fan(axes, data, measure, lang)
            _label_ends(axes, data, labels, ends, max((x[-1] for x, _ in courses.values()), default=0))
            if len(labels) < len(ends):
                words = say(lang, "others", n=len(ends) - len(labels))
                sheet.text(left + slot - right - 0.05, TOP + HEIGHT + 0.02, words, size=7, color=FAINT, va="top")
    return sheet.figure


def fan(axes: Axes, data: ReportData, measure: str, lang: str) -> Axes:
    """Draw one measure on a panel: medians of all scenarios, bands of the reference and of the leading package."""
    whole = data.courses[measure]
    courses = {key: course if key == data.reference else _parting(course, whole, data) for key, course in whole.items()}
    shade = palette(data.scenarios, data.reference)
    banded = [key for key in (data.reference, data.lead(measure)) if key in courses]
    for key in banded:
        x, (p05, p25, _, p75, p95) = courses[key]
        axes.fill_between(x, p05, p95, color=shade[key], alpha=0.13, linewidth=0)
        axes.fill_between(x, p25, p75, color=shade[key], alpha=0.25, linewidth=0)
    for key in sorted(courses, key=banded.__contains__):  # those with bands on top
        x, quantiles = courses[key]
        axes.plot(x, quantiles[2], color=shade[key], linewidth=2 if key in banded else 1.4, solid_capstyle="butt")
    first, last = data.years
    axes.set_xlim(first, last + 1)
    step = next((s for s in (1, 2, 3, 5, 10, 20) if (last - first) / s <= 3.5), 50)
    years = [y for y in range(first, last + 1) if y % step == 0] if step > 1 else list(range(first, last + 1))
    axes.set_xticks([y + 0.5 for y in years], [str(y) for y in years])
    axes.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    unit = unit_of(data.measures[measure], lang, max((abs(q[2]).max() for _, q in courses.values()), default=1))
    digits = tick_digits(float(np.diff(axes.get_yticks()[:2])[0]) / unit.size)
    suffix = "%" if unit.kind == "percent" else ""
    axes.yaxis.set_major_formatter(FuncFormatter(lambda v, _: plain(v / unit.size, digits) + suffix))
    axes.tick_params(axis="y", pad=3)
    _policy_line(axes, data, lang)
    return axes


def _parting(course, courses, data):
    """A package's course from where policies start, if until then it runs with the reference; else all of it."""
    x, quantiles = course
    if not data.policy_start or data.reference not in courses:
        return course
    before = x < _position(data.policy_start)
    same = quantiles.shape == courses[data.reference][1].shape
    if not same or not before.any() or not np.allclose(quantiles[:, before], courses[data.reference][1][:, before]):
        return course
    last_shared = before.sum() - 1
    return x[last_shared:], quantiles[:, last_shared:]


def _position(month):
    """Place on the axis of years where a month begins."""
    return int(str(month)[:4]) + (int(str(month)[5:7]) - 1) / 12


def _policy_line(axes, data, lang):
    """The dashed line at the month from which policies are in force."""
    if not data.policy_start or not data.packages:
        return
    at = _position(data.policy_start)
    low, high = axes.get_xlim()
    if not low < at < high:
        return
    axes.axvline(at, color=FAINT, linewidth=0.9, dashes=(3, 2.4))
    late = at > low + 0.7 * (high - low)
    axes.annotate(
        say(lang, "policy_start"),
        (at, 1.0),
        xycoords=axes.get_xaxis_transform(),
        xytext=(-3 if late else 3, 2),
        textcoords="offset points",
        size=7,
        color=FAINT,
        ha="right" if late else "left",
        va="bottom",
    )


def _panel_note(data, measure, lang, width):
    """One grey line below the name of a panel: the leading package and its interval; long names are cut short."""
    lead = data.lead(measure)
    difference = data.difference(lead, measure) if lead else None
    if difference is None:
        return ""
    if not difference.clear:
        return say(lang, "panel_unclear")
    unit = unit_of(data.measures[measure], lang, difference.mean)
    bounds = {"low": unit.bare_change(difference.low), "high": unit.bare_change(difference.high)}
    bounds["change"] = unit.change(difference.mean)
    room = width - width_of(say(lang, "panel_clear", package="", **bounds), LABEL)
    name = wrap(data.name(lead, lang), room, LABEL, lines=1)[0]
    return say(lang, "panel_clear", package=name, **bounds)


def _labels(data, measure, ends, lang):
    """The words at each line's end, on one line or two: {scenario: lines}; with many scenarios only those in colour."""
    unit = unit_of(data.measures[measure], lang, max(map(abs, ends.values()), default=1))
    colours, lead = palette(data.scenarios, data.reference), data.lead(measure)
    shown = [key for key in ends if len(ends) <= MOST_LABELS or key == lead or colours[key] != REST_COLOUR]
    labels = {}
    for key in shown:
        value = f"{plain(ends[key] / unit.size)}%" if unit.kind == "percent" else unit.bare(ends[key])
        lines = wrap(data.name(key, lang), NAME_WIDTH, LABEL, bold=True, lines=2)
        if width_of(f"{lines[-1]} {value}", LABEL, bold=True) <= NAME_WIDTH + 0.05:
            labels[key] = [*lines[:-1], f"{lines[-1]} {value}"]
        else:
            labels[key] = [lines[0], value] if len(lines) == 1 else [lines[0], f"{lines[1]} {value}"]
    return labels


def _label_ends(axes, data, labels, ends, last):
    """Write the labels beside the line ends, pushed apart, with a thin leader from where the line stops."""
    colours = palette(data.scenarios, data.reference)
    low, high = axes.get_ylim()
    axes.set_ylim(low, high)
    heights = [(0.128 * len(lines) + 0.035) / HEIGHT for lines in labels.values()]
    wanted = [(ends[key] - low) / (high - low) for key in labels]
    for (key, lines), end, at in zip(labels.items(), wanted, spread(wanted, heights, 0.02, 0.98), strict=True):
        grey = INK if key == data.lead() else GREY
        colour = grey if colours[key] == REST_COLOUR else readable(colours[key])
        axes.annotate(
            "",
            xy=(last, low + end * (high - low)),
            xytext=(1.055, at),
            xycoords="data",
            textcoords="axes fraction",
            arrowprops={"arrowstyle": "-", "color": colour, "linewidth": 0.6, "shrinkA": 0, "shrinkB": 0},
        )
        style = {"size": LABEL, "weight": "bold", "color": colour, "linespacing": 1.15}
        axes.text(1.07, at, "\n".join(lines), transform=axes.transAxes, va="center", **style)
