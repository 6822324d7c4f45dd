"""Lives: where the firms a package gains would have been without it, and where those are that it loses."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path as Curve

from sim.report.files import save_figures, with_data
from sim.report.source_line import source_line
from sim.report.style import BETTER, FAINT, GREY, INK, MARGIN, WIDTH, WORSE, Sheet, house, spread, width_of, wrap
from sim.report.units import plain
from sim.report.words import say
from sim.studies.ledger.sentences import LivesData, lives_sentence

HEAD, BODY, BAR_WIDTH, GAP = 0.36, 4.6, 0.13, 0.18  # inches
LABELS = 2.7  # inches for the names on either side
REST = "#b9c2cb"


def lives(data: LivesData, lang: str) -> Figure:
    """Bands from each kind of end in the reference world to each kind of end under the package, as wide as the firms in them.

    Drawn are ends in a park in one of the worlds at least. Of the others too little is known: whoever comes to a park is
    followed ever after, and of those elsewhere a sample, so that closures there cannot be set against each other.
    """
    inside = np.array(data.inside)
    moving = data.counts * ~np.eye(len(data.ends), dtype=bool) * (inside[:, None] | inside)
    subtitle = say(lang, "lives_subtitle", month=data.month, others=plain(data.others))
    if data.follow > 1:
        subtitle += {"zh": "。", "en": ". "}[lang] + say(lang, "lives_note", k=data.follow)
    with house():
        sheet = Sheet(
            HEAD + BODY, lives_sentence(data, lang), subtitle, source_line(data.version, data.pairs, data.run_id, lang)
        )
        canvas = sheet.canvas(HEAD + BODY)
        left, right = MARGIN + LABELS, WIDTH - MARGIN - LABELS - BAR_WIDTH
        for x, key, align, name in (
            (left + BAR_WIDTH, "lives_left", "right", data.reference),
            (right, "lives_right", "left", data.package),
        ):
            sheet.text(x, 0.05, say(lang, key, name=name[lang]), size=9.5, weight="bold", va="top", ha=align)
        if moving.sum() == 0:
            return sheet.figure
        tops = [_tops(moving.sum(axis=axis)) for axis in (1, 0)]
        scale = tops[0][1]
        _bands(canvas, data, moving, [tops[0][0], tops[1][0]], scale, (left + BAR_WIDTH, right))
        for side, x in ((0, left), (1, right)):
            _ends(sheet, canvas, data, moving.sum(axis=1 - side), tops[side][0], scale, x, side, lang)
        _key(sheet, lang, (left + right + BAR_WIDTH) / 2)
    return sheet.figure


def _tops(totals):
    """Return the top of each kind of end, in inches from the top of the body, and inches a firm."""
    shown = totals > 0
    scale = (BODY - GAP * (len(totals) - 1)) / totals.sum()
    heights = totals * scale
    start = np.cumsum(heights + GAP * shown) - heights - GAP * shown
    return HEAD + start, scale


def _colour(data, origin, to):
    """Into a park, out of a park, or neither."""
    inside = data.inside
    return BETTER if inside[to] and not inside[origin] else WORSE if inside[origin] and not inside[to] else REST


def _bands(canvas, data, moving, tops, scale, sides):
    """One band for each pair of ends, in the order of the ends on both sides."""
    at = [tops[0].copy(), tops[1].copy()]
    (x0, x1), n = sides, len(data.ends)
    middle = (x0 + x1) / 2
    for origin in range(n):
        for to in range(n):
            height = moving[origin, to] * scale
            if not height:
                continue
            y0, y1 = at[0][origin], at[1][to]
            at[0][origin], at[1][to] = y0 + height, y1 + height
            points = [
                (x0, y0), (middle, y0), (middle, y1), (x1, y1), (x1, y1 + height), (middle, y1 + height),
                (middle, y0 + height), (x0, y0 + height), (x0, y0),
            ]  # fmt: skip
            codes = [Curve.MOVETO, *[Curve.CURVE4] * 3, Curve.LINETO, *[Curve.CURVE4] * 3, Curve.CLOSEPOLY]
            colour = _colour(data, origin, to)
            canvas.add_patch(
                PathPatch(Curve(points, codes), facecolor=colour, alpha=0.34 if colour == REST else 0.5, linewidth=0)
            )


def _ends(sheet, canvas, data, totals, tops, scale, x, side, lang):
    """The kinds of end of one world: a bar, its name and how many firms."""
    shown = np.flatnonzero(totals)
    heights = totals[shown] * scale
    names = [wrap(data.ends[k][lang], LABELS - 0.62, 8.5, lines=2) for k in shown]
    room = [0.15 * len(lines) + 0.05 for lines in names]
    places = spread(tops[shown] + heights / 2, room, HEAD + room[0] / 2, HEAD + BODY - room[-1] / 2)
    for k, top, height, lines, y in zip(shown, tops[shown], heights, names, places, strict=True):
        canvas.add_patch(Rectangle((x, top), BAR_WIDTH, height, facecolor=INK if data.inside[k] else GREY, linewidth=0))
        number, align = plain(totals[k]), "left" if side else "right"
        near = x + BAR_WIDTH + 0.08 if side else x - 0.08
        sheet.text(near, y, number, size=8.5, weight="bold", ha=align, va="center_baseline")
        step = width_of("9,999", 8.5, bold=True) + 0.1
        sheet.lines(near + (step if side else -step), y, lines, 0.145, size=8.5, color=INK, ha=align)


def _key(sheet, lang, middle):
    """Draw the key of the colours between the two heads."""
    parts = [(BETTER, say(lang, "lives_in")), (WORSE, say(lang, "lives_out"))]
    widths = [width_of(words, 8) + 0.2 for _, words in parts]
    x = middle - (sum(widths) + 0.18) / 2
    canvas = sheet.canvas(HEAD)
    for (colour, words), width in zip(parts, widths, strict=True):
        canvas.add_patch(Rectangle((x, 0.1), 0.13, 0.1, facecolor=colour, alpha=0.5, linewidth=0))
        sheet.text(x + 0.18, 0.15, words, size=8, color=FAINT, va="center_baseline")
        x += width + 0.18


def write_figures(data: LivesData, folder: Path | str) -> list[Path]:
    """Save the figure of lives in both languages; returns the files."""
    return save_figures(with_data(data, {"lives": (lives, lives_sentence)}), folder, data.run_id)
