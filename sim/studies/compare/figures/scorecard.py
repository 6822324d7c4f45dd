"""The scorecard: one row a scenario, one column a measure, and how far each package moves it from the reference."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from sim.report.style import (
    BETTER,
    FAINT,
    GREY,
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
from sim.report.units import Unit, money_unit, sized, unit_of
from sim.report.words import say
from sim.studies.compare.report_data import COST_PER_GRADUATE, SPENDING, WHOLE_HORIZON, ReportData
from sim.studies.compare.sentences import overall_sentence

ROW, HEAD = 0.46, 0.56
NAMES, MONEY = 1.72, 1.34
HATCH = "////"


class Cell(NamedTuple):
    """Contents of one cell: a value, a change with its arrow or a line below, and how it is coloured.

    tone: "better", "worse", "unclear", or "plain" where good and bad do not apply; strength 0 to 1 deepens the tint.
    """

    value: str
    change: str = ""
    below: str = ""
    tone: str = "plain"
    strength: float = 0.0


def _change(difference, unit):
    """▲ for more, ▼ for less, and by how much; no arrow for what rounds to nothing."""
    shown = round(difference / unit.size, unit.digits)
    return ("▲" if shown > 0 else "▼" if shown < 0 else "") + unit.bare_change(abs(difference), sign=False)


def rate_cells(data: ReportData, measure: str, lang: str) -> dict[str, Cell]:
    """One headline measure for every scenario: {scenario: Cell}."""
    unit = unit_of(data.measures[measure], lang, data.level(data.reference, measure))
    # The deepest tint stands for the largest change, but never for one under two points.
    alike = [d for m in data.headline if _alike(data, m, measure) for d in data.compared(m)]
    largest = max((abs(d.mean) for d in alike if math.isfinite(d.mean)), default=0)
    largest = max(largest, 0.02) if data.measures[measure]["percent"] else largest
    cells = {}
    for key in data.ordered:
        value = unit.level(data.level(key, measure))
        difference = data.difference(key, measure) if key != data.reference else None
        if difference is None or not math.isfinite(difference.mean):
            cells[key] = Cell(value, say(lang, "reference") if key == data.reference else "")
            continue
        cells[key] = Cell(
            value,
            _change(difference.mean, unit),
            "",
            data.tone(difference),
            abs(difference.mean) / largest if largest else 0,
        )
    return cells


def _alike(data, a, b):
    """Rates share one scale of tint, so that a deeper cell is a larger change wherever it stands."""
    return a == b or (data.measures[a]["percent"] and data.measures[b]["percent"])


def spending_cells(data: ReportData, lang: str) -> tuple[dict[str, Cell], Unit]:
    """Public spending over all years, and its unit: ({scenario: Cell}, unit)."""
    totals = {key: data.spending(key) for key in data.ordered}
    unit = money_unit(max((t for t in totals.values() if math.isfinite(t)), default=math.nan), lang)
    cells = {}
    for key, total in totals.items():
        difference = data.difference(key, SPENDING, WHOLE_HORIZON) if key != data.reference else None
        if difference is None:
            cells[key] = Cell(unit.bare(total), say(lang, "reference") if key == data.reference else "")
        else:
            cells[key] = Cell(unit.bare(total), _change(difference.mean, unit), tone=data.tone(difference))
    return cells, unit


def cost_cells(data: ReportData, lang: str) -> tuple[dict[str, Cell], Unit]:
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


def columns(data: ReportData, lang: str) -> list[tuple[str, str, dict[str, Cell]]]:
    """The scorecard as columns: (title, what its numbers are, {scenario: Cell}); figure and page both read it."""
    first, last = data.years
    when = say(lang, "mean_in_year", year=last)
    result = [(data.measure_name(m, lang), when, rate_cells(data, m, lang)) for m in data.headline]
    cells, unit = spending_cells(data, lang)
    span = say(lang, "sum_over_years" if first < last else "sum_over_year", first=first, last=last, unit=unit.label)
    result.append((say(lang, "spending_total"), span, cells))
    if data.packages:
        cells, unit = cost_cells(data, lang)
        result.append((say(lang, "per_graduate"), say(lang, "interval_unit", unit=unit.label), cells))
    return result


def subtitle(data: ReportData, lang: str) -> str:
    """Say what the numbers in the cells are."""
    key = "scorecard_subtitle" if data.packages else "scorecard_subtitle_single"
    return say(lang, key, year=data.last_year, reference=data.name(data.reference, lang))


def scorecard(data: ReportData, lang: str) -> Figure:
    """Draw which package does best on what, to be seen at one look."""
    table = columns(data, lang)
    height = HEAD + ROW * len(data.ordered) + (0.34 if data.packages else 0.05)
    with house():
        sheet = Sheet(height, overall_sentence(data, lang), subtitle(data, lang), data.source_line(lang))
        canvas = sheet.canvas(height)
        money = len(table) - len(data.headline)
        rate = (WIDTH - 2 * MARGIN - NAMES - money * MONEY) / len(data.headline)
        widths = [rate] * len(data.headline) + [MONEY] * money
        _names(sheet, canvas, data, lang)
        x = MARGIN + NAMES
        for (title, note, cells), width in zip(table, widths, strict=True):
            _column(canvas, x, width, title, note, [cells[key] for key in data.ordered])
            x += width
        if data.packages:
            _key(canvas, HEAD + ROW * len(data.ordered) + 0.2, lang)
    return sheet.figure


def _names(sheet, canvas, data, lang):
    """The scenarios down the left side, each with its own colour, and a line above every row."""
    colours = palette(data.scenarios, data.reference)
    for row, key in enumerate(data.ordered):
        y = HEAD + ROW * row
        canvas.plot([MARGIN, WIDTH - MARGIN], [y, y], color=LINE, linewidth=0.8)
        canvas.add_patch(Rectangle((MARGIN, y + 0.1), 0.05, ROW - 0.2, facecolor=colours[key]))
        bold = key != data.reference
        lines = wrap(data.name(key, lang), NAMES - 0.24, 9.5, bold, lines=2)
        style = {"size": 9.5 if len(lines) == 1 else 8.5, "weight": "bold" if bold else "normal"}
        sheet.lines(MARGIN + 0.13, y + ROW / 2, lines, 0.15, **style)
    y = HEAD + ROW * len(data.ordered)
    canvas.plot([MARGIN, WIDTH - MARGIN], [y, y], color=LINE, linewidth=0.8)


def _column(canvas, x, width, title, note, cells):
    """One measure: its title, what its numbers are, and a cell for every scenario."""
    middle = x + width / 2
    heading = wrap(title, width - 0.1, 9.5, bold=True, lines=2)
    size = 9.5 if len(heading) == 1 else 8.5
    for k, line in enumerate(reversed(heading)):
        canvas.text(middle, HEAD - 0.27 - 0.15 * k, line, size=size, weight="bold", ha="center", va="baseline")
    canvas.text(middle, HEAD - 0.13, note, size=7, color=FAINT, ha="center", va="center")
    # Values end and changes begin at the same place in all rows, so that the eye can run down them.
    values = max((width_of(cell.value, 11.5, bold=True) for cell in cells), default=0)
    changes = max((width_of(cell.change, 8.5, bold=True) for cell in cells[1:] if cell.value), default=0)
    for row, cell in enumerate(cells):
        box = x + 0.05, HEAD + ROW * row + 0.05, width - 0.1, ROW - 0.1
        _cell(canvas, box, middle + (values - changes) / 2, cell)


def _cell(canvas, box, split, cell):
    """One cell in a box (x, y, width, height); split is where the value ends and the change begins."""
    x, y, width, height = box
    middle = x + width / 2, y + height / 2
    if cell.tone == "unclear":
        hatched = {"facecolor": PALE, "edgecolor": "#dbe1e6", "hatch": HATCH, "linewidth": 0}
        canvas.add_patch(Rectangle((x, y), width, height, **hatched))
    elif tinted := background(cell):
        canvas.add_patch(Rectangle((x, y), width, height, facecolor=tinted))
    style = {"va": "center_baseline"}
    value = style | {"size": 11.5, "weight": "bold"}
    if cell.below:
        canvas.text(middle[0], middle[1] - 0.06, cell.value, ha="center", **value)
        canvas.text(middle[0], middle[1] + 0.11, cell.below, size=7.5, color=GREY, ha="center", **style)
    elif not (cell.value and cell.change):
        canvas.text(*middle, cell.value, ha="center", **value)
        canvas.text(*middle, cell.change, size=8.5, color=GREY, ha="center", **style)
    else:
        moved = cell.tone in ("better", "worse")
        canvas.text(split - 0.035, middle[1], cell.value, ha="right", **value)
        style |= {"size": 8.5 if cell.change[0] in "▲▼0" else 7.5, "weight": "bold" if moved else "normal"}
        colour = {"better": readable(BETTER), "worse": readable(WORSE)}.get(cell.tone, GREY)
        canvas.text(split + 0.035, middle[1], cell.change, color=colour, **style)


def background(cell: Cell) -> str | None:
    """The tint of a cell, deeper for a larger change; None where there is none."""
    if cell.tone == "better":
        return tint(BETTER, 0.08 + 0.3 * cell.strength)
    return tint(WORSE, 0.1 + 0.34 * cell.strength) if cell.tone == "worse" else None


def _key(canvas, y, lang):
    """Say what the tints mean."""
    x = MARGIN + NAMES + 0.05
    for tone, key in (("better", "key_better"), ("worse", "key_worse"), ("unclear", "key_unclear")):
        face = {"better": tint(BETTER, 0.3), "worse": tint(WORSE, 0.34), "unclear": PALE}[tone]
        hatch: dict[str, Any] = {"hatch": HATCH, "edgecolor": "#cfd6dc"} if tone == "unclear" else {}
        canvas.add_patch(Rectangle((x, y - 0.07), 0.24, 0.14, facecolor=face, linewidth=0, **hatch))
        canvas.text(x + 0.3, y, say(lang, key), size=7.5, color=GREY, va="center_baseline")
        x += 0.3 + width_of(say(lang, key), 7.5) + 0.28
