"""Official criteria: a row a park, a column a criterion; blue where it is met, orange where it is lacking, and by how much."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from sim.report.files import save_figures
from sim.report.source_line import source_line
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
    tint,
    width_of,
    wrap,
)
from sim.report.units import NONE, percent, plain
from sim.report.words import LANGUAGES, say
from sim.studies.criteria.sentences import CriteriaTiles

ROW, LINE_STEP, KEY = 0.185, 0.115, 0.3
NAMES, TILE, NARROW, VERDICT = 2.15, 1.15, 0.58, 0.62  # inches: names of parks, a tile at most, hatched column, shares
MOST = 60  # rows on one sheet
HATCH = "////"


def criteria(data: CriteriaTiles, lang: str) -> Figure:
    """Draw which park meets which criterion, and what the others lack: the parks nearest to the bar first."""
    order = nearest_first(data)[:MOST]
    shares = [(data.meets, data.scenario[lang])]
    if data.reference is not None and data.reference_meets is not None:
        shares.insert(0, (data.reference_meets, data.reference[lang]))
    narrow = NARROW if data.missing else 0
    room = WIDTH - 2 * MARGIN - NAMES - len(shares) * VERDICT - narrow
    width = min(room / len(data.criteria), TILE)
    names = NAMES + room - width * len(data.criteria)
    columns = [(width, about["title"][lang], _bars(about, lang)) for about in data.criteria]
    columns += [(NARROW, say(lang, "criteria_column_missing", n=len(data.missing)), "")] if data.missing else []
    columns += [(VERDICT, name, say(lang, "criteria_column_all")) for _, name in shares]
    headings = [wrap(title, wide - 0.06, 7, bold=True, lines=4) for wide, title, _ in columns]
    head = 0.34 + LINE_STEP * max(map(len, headings))
    height = head + ROW * len(order) + KEY
    with house():
        sheet = Sheet(height, data.title(lang), data.subtitle(lang), _source_line(data, lang, len(order)))
        canvas = sheet.canvas(height)
        tops = head + ROW * np.arange(len(order))
        _names(canvas, data, order, tops, names, lang)
        x = MARGIN + names
        for k, ((wide, _, below), heading) in enumerate(zip(columns, headings, strict=True)):
            _heading(canvas, x + wide / 2, head, wide, heading, below)
            if k < len(data.criteria):
                for y, park in zip(tops, order, strict=True):
                    _tile(canvas, x, y, wide, data, park, k)
            elif data.missing and k == len(data.criteria):
                style: dict[str, Any] = {"facecolor": PALE, "edgecolor": "#cfd6dc", "hatch": HATCH, "linewidth": 0}
                canvas.add_patch(Rectangle((x + 0.03, head + 0.02), wide - 0.06, ROW * len(order) - 0.04, **style))
            else:
                values = shares[k - len(columns) + len(shares)][0]
                for y, park in zip(tops, order, strict=True):
                    _share(canvas, x, y, wide, values[park])
            x += wide
        _key(canvas, MARGIN + names, height - KEY + 0.17, bool(data.missing), _two_bars(data), lang)
    return sheet.figure


def nearest_first(data: CriteriaTiles) -> np.ndarray:
    """Rows of the parks by share of runs that meet all, then by how far their weakest criterion is from its bar."""
    with np.errstate(invalid="ignore", divide="ignore"):
        attained = np.where(np.isnan(data.bar), 1.0, np.minimum(data.value / data.bar, 1.0))
    attained = np.where(np.isfinite(attained), attained, 0.0)
    return np.lexsort((-attained.mean(axis=1), -np.nan_to_num(data.meets)))


def _names(canvas, data, order, tops, width, lang):
    for y, park in zip(tops + ROW / 2, order, strict=True):
        canvas.plot([MARGIN, WIDTH - MARGIN], [y - ROW / 2] * 2, color=LINE, linewidth=0.4, zorder=0)
        canvas.text(MARGIN, y, data.labels[park], size=6.5, color=FAINT, va="center_baseline")
        mark = say(lang, "criteria_special_mark") if data.special[park] else ""
        name = wrap(data.names[lang][park], width - 0.52, 7.5, lines=1)
        canvas.text(MARGIN + 0.22, y, name[0] if name else "", size=7.5, va="center_baseline")
        canvas.text(MARGIN + width - 0.08, y, mark, size=6.5, color=GREY, ha="right", va="center_baseline")


def _heading(canvas, middle, head, width, lines, below):
    bottom = head - (0.24 if below else 0.1)
    for k, line in enumerate(reversed(lines)):
        canvas.text(middle, bottom - LINE_STEP * k, line, size=7, weight="bold", ha="center", va="baseline", color=INK)
    size = 6.5
    while size > 4.5 and width_of(below, size) > width - 0.02:
        size -= 0.25
    canvas.text(middle, head - 0.08, below, size=size, color=GREY, ha="center", va="baseline")


def _bars(about, lang):
    """The bar in a column's head: ≥ 30 / 20 firms; the second figure is for specialised parks."""
    shown = [NONE if bar is None else f"≥{_figure(bar, about['percent'])}" for bar in about["bars"]]
    text = (
        shown[0]
        if shown[0] == shown[1]
        else " / ".join(shown).replace("/ ≥", "/ " if about["bars"][0] is not None else "/ ≥")
    )
    unit = "" if about["percent"] or "/" in about["unit"][lang] or "per" in about["unit"][lang] else about["unit"][lang]
    return text + (unit if lang == "zh" else f" {unit}" if unit else "")


def _two_bars(data):
    """True if some park is held to a figure after a slash."""
    return bool(data.special.any()) and any(about["bars"][0] != about["bars"][1] for about in data.criteria)


def _figure(value, is_percent):
    if is_percent:
        return percent(value, 0)
    if not math.isfinite(value):
        return NONE
    return plain(value, 0 if abs(value) >= 10 or float(value).is_integer() else 1)


def shade(share: float) -> str:
    """Blue where all runs reach the bar, orange where none does, paler between."""
    if share == 0.5:
        return PALE
    return tint(BETTER if share > 0.5 else WORSE, 0.08 + 0.6 * abs(share - 0.5))


def _tile(canvas, x, y, width, data, park, k):
    """One criterion at one park: the value, and where there is room what is lacking."""
    bar, share = data.bar[park, k], data.met[park, k]
    middle = x + width / 2, y + ROW / 2
    if not math.isfinite(bar):
        canvas.text(*middle, NONE, size=6.5, color=FAINT, ha="center", va="center_baseline")
        return
    canvas.add_patch(Rectangle((x + 0.02, y + 0.015), width - 0.04, ROW - 0.03, facecolor=shade(share), linewidth=0))
    value, is_percent = data.value[park, k], data.criteria[k]["percent"]
    text = _figure(value, is_percent)
    if value < bar:
        short = plain(100 * (value - bar), 0) if is_percent else _figure(value - bar, False)
        whole = f"{text} ({short})"
        text = whole if width_of(whole, 6.8, bold=True) < width - 0.06 and short != "0" else text
    weight = "bold" if share < 0.5 else "normal"
    canvas.text(*middle, text, size=6.8, ha="center", va="center_baseline", weight=weight)


def _share(canvas, x, y, width, share):
    """The share of runs in which a park meets everything, as a bar and a figure."""
    whole = width - 0.08
    for part, face in ((1.0, PALE), (share, tint(BETTER, 0.45))):
        canvas.add_patch(Rectangle((x + 0.04, y + 0.03), whole * part, ROW - 0.06, facecolor=face, linewidth=0))
    canvas.text(x + width / 2, y + ROW / 2, percent(share, 0), size=6.8, ha="center", va="center_baseline")


def _key(canvas, x, y, missing, special, lang):
    """Say what the colours mean."""
    entries = [(shade(1.0), "criteria_key_met"), (shade(0.0), "criteria_key_lacking")]
    entries += [(None, "criteria_key_missing")] if missing else []
    for face, key in entries:
        style: dict[str, Any] = (
            {"facecolor": PALE, "edgecolor": "#cfd6dc", "hatch": HATCH} if face is None else {"facecolor": face}
        )
        canvas.add_patch(Rectangle((x, y - 0.06), 0.22, 0.12, linewidth=0, **style))
        canvas.text(x + 0.27, y, say(lang, key), size=7, color=GREY, va="center_baseline")
        x += 0.27 + width_of(say(lang, key), 7) + 0.25
    if special:
        canvas.text(x, y, say(lang, "criteria_key_special"), size=7, color=GREY, va="center_baseline")


def _source_line(data, lang, rows):
    line = source_line(data.version, data.pairs, data.run_id, lang, compared=data.reference is not None)
    rest = len(data.labels) - rows
    return line + (" " + say(lang, "criteria_rest", n=rest) if rest else "")


def write_criteria(data: CriteriaTiles, folder: Path | str, name: str, langs: Iterable[str] = LANGUAGES) -> list[Path]:
    """Save the figure as PNG (300 dpi) and SVG under figures/<language>/; returns the files."""
    return save_figures({name: (partial(criteria, data), data.title)}, folder, data.run_id, langs)
