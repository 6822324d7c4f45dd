"""The scorecard: one row a scenario, one column a measure, and how far each package moves it from the reference."""

from __future__ import annotations

import math
from typing import NamedTuple

from matplotlib.patches import Rectangle

from sim.report.data import COST_PER_GRADUATE, SPENDING, WHOLE_HORIZON
from sim.report.findings import foot, overall_sentence
from sim.report.style import (
    BETTER,
    FAINT,
    GREY,
    INK,
    LINE,
    MARGIN,
    PALE,
    WIDTH,
    WORSE,
    Sheet,
    house,
    palette,
    readable,
    tint,
    width_of,
    wrap,
)
from sim.report.units import money_unit, sized, unit_of
from sim.report.words import say

ROW, HEAD = 0.46, 0.56
NAMES, MONEY = 1.72, 1.34
HATCH = "////"


class Cell(NamedTuple):
    """What stands in one cell: a value, a change with its arrow or a line below, and how it is coloured.

    tone: "better", "worse", "unclear", or "plain" where good and bad do not apply; strength 0 to 1 deepens the tint.
    """

    value: str
    change: str = ""
    below: str = ""
    tone: str = "plain"
    strength: float = 0.0


def arrow(difference):
    """▲ for more, ▼ for less."""
    return "▲" if difference > 0 else "▼" if difference < 0 else ""


def rate_cells(data, measure, lang):
    """One headline measure for every scenario: {scenario: Cell}."""
    unit = unit_of(data.measures[measure], lang, data.level(data.reference, measure))
    # The deepest tint stands for the largest change, but never for one under two points.
    largest = max(
        (abs(d.mean) for m in data.headline for d in data.compared(m) if _alike(data, m, measure) and math.isfinite(d.mean)),
        default=0,
    )
    largest = max(largest, 0.02) if data.measures[measure]["percent"] else largest
    cells = {}
    for key in data.ordered:
        value = unit.level(data.level(key, measure))
        difference = data.difference(key, measure) if key != data.reference else None
        if difference is None or not math.isfinite(difference.mean):
            cells[key] = Cell(value, say(lang, "reference") if key == data.reference else "")
            continue
        change = arrow(round(difference.mean / unit.size, unit.digits)) + unit.bare_change(abs(difference.mean), sign=False)
        cells[key] = Cell(value, change, "", data.tone(difference), abs(difference.mean) / largest if largest else 0)
    return cells


def _alike(data, a, b):
    """Rates share one scale of tint, so that a deeper cell is a larger change wherever it stands."""
    return a == b or (data.measures[a]["percent"] and data.measures[b]["percent"])


def spending_cells(data, lang):
    """Public spending over all years, and its unit: ({scenario: Cell}, unit)."""
    totals = {key: data.spending(key) for key in data.ordered}
    unit = money_unit(max((t for t in totals.values() if math.isfinite(t)), default=math.nan), lang)
    cells = {}
    for key, total in totals.items():
        difference = data.difference(key, SPENDING, WHOLE_HORIZON) if key != data.reference else None
        if difference is None:
            cells[key] = Cell(unit.bare(total), say(lang, "reference") if key == data.reference else "")
        else:
            change = arrow(difference.mean) + unit.bare_change(abs(difference.mean), sign=False)
            cells[key] = Cell(unit.bare(total), change, tone=data.tone(difference))
    return cells, unit


def cost_cells(data, lang):
    """Cost of one more graduate, with its interval or the word "undefined", and its unit: ({scenario: Cell}, unit)."""
    costs = {key: data.cost(key, COST_PER_GRADUATE) for key in data.ordered}
    values = [abs(c.value) for c in costs.values() if c is not None and c.defined and math.isfinite(c.value)]
    unit = money_unit(sorted(values)[len(values) // 2] if values else 1e6, lang)
    cells = {}
    for key, cost in costs.items():
        if cost is None:
            cells[key] = Cell(say(lang, "not_applicable"))
        elif not cost.defined:
            cells[key] = Cell("", say(lang, "undefined"), tone="unclear")
        else:
            fine = sized(unit, cost.value)
            interval = say(lang, "interval_short", low=fine.bare(cost.low), high=fine.bare(cost.high))
            cells[key] = Cell(fine.bare(cost.value), below=interval)
    return cells, unit


def columns(data, lang):
    """The scorecard as columns: (title, what its numbers are, {scenario: Cell}); figure and page both read it."""
    first, last = data.years
    result = [
        (data.measure_name(m, lang), say(lang, "mean_in_year", year=last), rate_cells(data, m, lang)) for m in data.headline
    ]
    cells, unit = spending_cells(data, lang)
    span = say(lang, "sum_over_years" if first < last else "sum_over_year", first=first, last=last, unit=unit.label)
    result.append((say(lang, "spending_total"), span, cells))
    if data.packages:
        cells, unit = cost_cells(data, lang)
        result.append((say(lang, "per_graduate"), say(lang, "interval_unit", unit=unit.label), cells))
    return result


def subtitle(data, lang):
    """What the numbers in the cells are."""
    key = "scorecard_subtitle" if data.packages else "scorecard_subtitle_single"
    return say(lang, key, year=data.last_year, reference=data.name(data.reference, lang))


def scorecard(data, lang):
    """Which package does best on what, at one look."""
    table = columns(data, lang)
    height = HEAD + ROW * len(data.ordered) + (0.34 if data.packages else 0.05)
    with house():
        sheet = Sheet(height, overall_sentence(data, lang), subtitle(data, lang), foot(data, lang))
        canvas = sheet.canvas(height)
        money = len(table) - len(data.headline)
        rate = (WIDTH - 2 * MARGIN - NAMES - money * MONEY) / len(data.headline)
        widths = [rate] * len(data.headline) + [MONEY] * money
        _names(canvas, data, lang)
        x = MARGIN + NAMES
        for (title, note, cells), width in zip(table, widths, strict=True):
            _column(canvas, x, width, title, note, [cells[key] for key in data.ordered])
            x += width
        if data.packages:
            _key(canvas, HEAD + ROW * len(data.ordered) + 0.2, lang)
    return sheet.figure


def _names(canvas, data, lang):
    """The scenarios down the left side, each with its own colour, and a line above every row."""
    colours = palette(data.scenarios, data.reference)
    for row, key in enumerate(data.ordered):
        y = HEAD + ROW * row
        canvas.plot([MARGIN, WIDTH - MARGIN], [y, y], color=LINE, linewidth=0.8)
        canvas.add_patch(Rectangle((MARGIN, y + 0.1), 0.05, ROW - 0.2, facecolor=colours[key]))
        bold = key != data.reference
        lines = wrap(data.name(key, lang), NAMES - 0.24, 9.5, bold, lines=2)
        size, weight = 9.5 if len(lines) == 1 else 8.5, "bold" if bold else "normal"
        for k, line in enumerate(lines):
            middle = y + ROW / 2 + 0.15 * (k - (len(lines) - 1) / 2)
            canvas.text(MARGIN + 0.13, middle, line, size=size, weight=weight, va="center_baseline")
    y = HEAD + ROW * len(data.ordered)
    canvas.plot([MARGIN, WIDTH - MARGIN], [y, y], color=LINE, linewidth=0.8)


def _column(canvas, x, width, title, note, cells):
    middle = x + width / 2
    heading = wrap(title, width - 0.1, 9.5, bold=True, lines=2)
    for k, line in enumerate(reversed(heading)):
        size = 9.5 if len(heading) == 1 else 8.5
        canvas.text(middle, HEAD - 0.27 - 0.15 * k, line, size=size, weight="bold", ha="center", va="baseline")
    canvas.text(middle, HEAD - 0.13, note, size=7, color=FAINT, ha="center", va="center")
    gap = 0.07
    value_width = max((width_of(cell.value, 11.5, True) for cell in cells), default=0)
    change_width = max((width_of(cell.change, 8.5, True) for cell in cells[1:] if cell.value), default=0)
    split = middle + (value_width - change_width) / 2
    for row, cell in enumerate(cells):
        top = HEAD + ROW * row
        _cell(canvas, (x + 0.05, top + 0.05, width - 0.1, ROW - 0.1), split, gap, cell)


def _cell(canvas, box, split, gap, cell):
    x, y, width, height = box
    face = {"better": tint(BETTER, 0.08 + 0.3 * cell.strength), "worse": tint(WORSE, 0.1 + 0.34 * cell.strength)}.get(cell.tone)
    if cell.tone == "unclear":
        canvas.add_patch(Rectangle((x, y), width, height, facecolor=PALE, edgecolor="#dbe1e6", hatch=HATCH, linewidth=0))
    elif face:
        canvas.add_patch(Rectangle((x, y), width, height, facecolor=face))
    colour = {"better": readable(BETTER), "worse": readable(WORSE)}.get(cell.tone, GREY)
    middle = y + height / 2
    if not cell.value:
        canvas.text(x + width / 2, middle, cell.change, size=8.5, color=GREY, ha="center", va="center_baseline")
        return
    alone = not cell.change
    if cell.below:
        canvas.text(x + width / 2, middle + 0.11, cell.below, size=7.5, color=GREY, ha="center", va="center_baseline")
    canvas.text(
        *(x + width / 2 if alone else split - gap / 2, middle - (0.06 if cell.below else 0), cell.value),
        **{"size": 11.5, "weight": "bold", "ha": "center" if alone else "right", "va": "center_baseline", "color": INK},
    )
    weight = "bold" if cell.tone in ("better", "worse") else "normal"
    size = 8.5 if cell.tone != "plain" or cell.change[:1] in "▲▼" else 7.5
    canvas.text(split + gap / 2, middle, cell.change, size=size, color=colour, weight=weight, va="center_baseline")


def _key(canvas, y, lang):
    """What the tints mean."""
    x = MARGIN + NAMES + 0.05
    for tone, key in (("better", "key_better"), ("worse", "key_worse"), ("unclear", "key_unclear")):
        face = {"better": tint(BETTER, 0.3), "worse": tint(WORSE, 0.34), "unclear": PALE}[tone]
        hatch = {"hatch": HATCH, "edgecolor": "#cfd6dc"} if tone == "unclear" else {}
        canvas.add_patch(Rectangle((x, y - 0.07), 0.24, 0.14, facecolor=face, linewidth=0, **hatch))
        canvas.text(x + 0.3, y, say(lang, key), size=7.5, color=GREY, va="center_baseline")
        x += 0.3 + width_of(say(lang, key), 7.5) + 0.28
