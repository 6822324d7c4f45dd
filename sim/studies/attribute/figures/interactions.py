"""Effect that parts of a package have together beyond what they do apart: a cell for each two of them."""

from __future__ import annotations

import math

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from sim.report.style import DIVERGING, FAINT, GREY, INK, MARGIN, PALE, WIDTH, Sheet, house, text_on, width_of, wrap
from sim.report.words import say
from sim.studies.attribute.figures.waterfall import method_and_source
from sim.studies.attribute.sentences import AttributionData, span, together

ROW, LINE_HEIGHT, GAP = 0.46, 0.13, 0.03
NAMES = 2.1  # inches for the names at most


def interplay(data: AttributionData, measure: str, lang: str) -> Figure:
    """Draw the interactions of an attribution for one measure: blue strengthens, orange replaces."""
    parts, found = list(data.parts), data.interactions[data.interactions["measure"] == measure]
    lines = {key: wrap(data.name(key, lang), NAMES, 8.5, lines=2) for key in parts}
    left = MARGIN + 0.25 + max(width_of(line, 8.5) for key in parts[1:] for line in lines[key])
    width = (WIDTH - MARGIN - left) / (len(parts) - 1)
    heads = [wrap(data.name(key, lang), width - 0.1, 7.5, lines=3) for key in parts[:-1]]
    top = 0.12 + LINE_HEIGHT * max(map(len, heads))
    height = top + ROW * (len(parts) - 1)
    title = together(data, measure, lang) or say(lang, "interplay_none", measure=data.measure_name(measure, lang))
    words = {"measure": data.measures[measure]["title"][lang], "unit": data.unit(measure, lang).change_label}
    with house():
        sheet = Sheet(
            height + 0.1, title, say(lang, "interplay_subtitle", **words), method_and_source(data, measure, lang)
        )
        canvas = sheet.canvas(height)
        for row, key in enumerate(parts[1:]):
            sheet.lines(MARGIN, top + ROW * (row + 0.5), lines[key], 0.15, size=8.5, color=INK)
        for column, head in enumerate(heads):
            middle, style = top - 0.06 - LINE_HEIGHT / 2 * len(head), {"size": 7.5, "color": GREY, "ha": "center"}
            sheet.lines(left + width * (column + 0.5), middle, head, LINE_HEIGHT, **style)
        most = float(found["mean"].abs().max()) or 1.0
        for pair in found.itertuples():
            one, other = sorted((parts.index(pair.part), parts.index(pair.other)))
            at = left + width * one, top + ROW * (other - 1)
            _cell(sheet, canvas, at, width, pair, most, data, measure, lang)
    return sheet.figure


def _cell(sheet, canvas, at, width, pair, most, data, measure, lang):
    """One pair of parts: its interaction, tinted if clear, with the interval below."""
    x, y = at
    unit, good = data.unit(measure, lang), data.measures[measure]["good"]
    colour = DIVERGING(0.5 + 0.5 * (-1 if good == "down" else 1) * pair.mean / most) if pair.clear else PALE
    canvas.add_patch(Rectangle((x + GAP, y + GAP), width - 2 * GAP, ROW - 2 * GAP, facecolor=colour))
    ink = text_on(colour) if pair.clear else GREY
    middle, style = x + width / 2, {"ha": "center", "va": "center_baseline"}
    digits = unit._replace(digits=max(unit.digits, _digits(most / unit.size)))
    below = span(digits.bare_change(pair.low), digits.bare_change(pair.high), lang)
    weight = "bold" if pair.clear else "normal"
    sheet.text(middle, y + ROW / 2 - 0.06, digits.bare_change(pair.mean), size=8.5, color=ink, weight=weight, **style)
    sheet.text(middle, y + ROW / 2 + 0.1, below, size=6.5, color=ink if pair.clear else FAINT, **style)


def _digits(largest):
    """Digits with which the largest interaction shows two figures."""
    return min(3, max(0, 1 - math.floor(math.log10(largest)))) if 0 < largest < 100 else 0
