"""Tiles: one a park, laid out by rough location, under the reference and under the leading package."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.colors import Colormap, Normalize, to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from scipy.optimize import linear_sum_assignment

from sim.report.style import (
    DIVERGING,
    FAINT,
    GREY,
    INK,
    LEVELS,
    MARGIN,
    PALE,
    WIDTH,
    Sheet,
    house,
    palette,
    readable,
    text_on,
    wrap,
)
from sim.report.units import percent, plain
from sim.report.words import say
from sim.studies.compare.report_data import ReportData
from sim.studies.compare.sentences import parks_sentence

HEAD, BAR, GAP = 0.36, 0.62, 0.22
LARGEST_TILE, LABELLED_TILE = 0.62, 0.34  # inches
LEAST_SCALE = 0.05  # a difference under five points never gets the deepest colour


def tiles(data: ReportData, lang: str) -> Figure:
    """Draw where the change happens: parks under the reference, under the leading package, and the difference."""
    lead = data.lead()
    panels = 3 if lead else 1
    panel = (WIDTH - 2 * MARGIN - (panels - 1) * GAP) / panels
    # Beside others a grid is square; alone it takes the breadth of the sheet.
    cells, columns, rows = layout(data.parks, 1.0 if lead else 2.4)
    tile = min(panel / columns, LARGEST_TILE if lead else 1.3 * LARGEST_TILE)
    blocks = len(set(data.parks["place_zh"])) > 1 and tile >= LABELLED_TILE
    note = say(lang, "tiles_subtitle" if blocks else "tiles_subtitle_plain", year=data.last_year)
    with house():
        sheet = Sheet(HEAD + tile * rows + BAR, parks_sentence(data, lang), note, data.source_line(lang))
        colours = palette(data.scenarios, data.reference)
        levels = data.park_levels
        norm = level_norm(levels[[key for key in (data.reference, lead) if key]].to_numpy(float))
        for k, key in enumerate([data.reference, lead][: min(panels, 2)]):
            name = data.name(key, lang)
            title = say(lang, "tiles_reference", name=name) if key == data.reference and lead else name
            axes = _panel(sheet, k, panel, tile, (columns, rows), title, readable(colours[key]))
            values = levels[key].to_numpy(float)
            draw_tiles(axes, data.parks, cells, values, [percent(v, 0) for v in values], (LEVELS, norm), tile)
            _borders(axes, data.parks, cells, blocks)
        _bar(sheet, 0, panel, tile * rows, (LEVELS, norm), lambda v: percent(v, 0), say(lang, "tiles_level_bar"))
        if lead:
            change = data.park_differences(lead)
            largest = max(float(np.nanmax(np.abs(change["mean"].to_numpy()), initial=0.0)), LEAST_SCALE)
            scale = DIVERGING, Normalize(-largest, largest)
            axes = _panel(sheet, 2, panel, tile, (columns, rows), say(lang, "tiles_difference"), INK)
            unclear = ~((change["low"] > 0) | (change["high"] < 0)).to_numpy()
            words = [plain(100 * v, 1 if largest < 0.1 else 0, sign=True) for v in change["mean"]]
            draw_tiles(axes, data.parks, cells, change["mean"].to_numpy(), words, scale, tile, unclear)
            _borders(axes, data.parks, cells, blocks)
            note = say(lang, "tiles_difference_bar")
            _bar(sheet, 2, panel, tile * rows, scale, lambda v: plain(100 * v, 0, sign=True), note)
    return sheet.figure


# --- where a tile stands -------------------------------------------------------------------------------------------


def layout(parks: pd.DataFrame, breadth: float = 1.0) -> tuple[np.ndarray, int, int]:
    """A place on a grid for every park, near where it lies: ((n, 2) column and row from the top left, columns, rows).

    Parks are pulled halfway to the middle of their sub-district so that its tiles stand together; then every park gets
    a tile of its own so that the sum of squared moves is least. breadth is columns over rows.
    """
    n = len(parks)
    columns = max(min(math.ceil(math.sqrt(n * breadth)), n), 1)
    rows = max(math.ceil(n / columns), 1)
    if not n:
        return np.zeros((0, 2), int), columns, rows
    spot = parks[["longitude", "latitude"]].astype(float)
    spot = spot.fillna(spot.mean()).fillna(0.0)
    middle = spot.groupby(parks["place_zh"].to_numpy()).transform("mean")
    wanted = (0.5 * spot + 0.5 * middle).to_numpy()
    # Ranks spread crowded parks out; a little of the true distance keeps far ones at the rim.
    rank = wanted.argsort(axis=0, kind="stable").argsort(axis=0, kind="stable") / max(n - 1, 1)
    extent = np.ptp(wanted, axis=0)
    true = (wanted - wanted.min(axis=0)) / np.where(extent > 0, extent, 1)
    at = 0.75 * rank + 0.25 * true
    at = np.column_stack([at[:, 0] * (columns - 1), (1 - at[:, 1]) * (rows - 1)])
    grid = np.array([(c, r) for r in range(rows) for c in range(columns)])
    cost = ((at[:, None, :] - grid[None, :, :]) ** 2).sum(axis=2)
    _, chosen = linear_sum_assignment(cost)
    return grid[chosen], columns, rows


def level_norm(values: np.ndarray) -> Normalize:
    """One scale for all panels of levels: tens of percent around the values."""
    found = values[np.isfinite(values)]
    if not len(found):
        return Normalize(0, 1)
    low, high = math.floor(found.min() * 10) / 10, math.ceil(found.max() * 10) / 10
    return Normalize(min(low, 0.4 if found.min() >= 0.4 else low), max(high, low + 0.1))


# --- drawing -------------------------------------------------------------------------------------------------------


def _panel(sheet, k, panel, tile, shape, title, colour):
    """An empty grid with a heading; k counts panels from the left."""
    columns, rows = shape
    left = MARGIN + k * (panel + GAP)
    for line in wrap(title, panel, 9.5, bold=True, lines=1):
        sheet.text(left, 0.06, line, size=9.5, weight="bold", color=colour, va="top")
    axes = sheet.axes(left, HEAD, tile * columns, tile * rows)
    axes.set(xlim=(0, columns), ylim=(rows, 0))
    axes.axis("off")
    return axes


def draw_tiles(
    axes: Axes, parks: pd.DataFrame, cells: np.ndarray, values: np.ndarray, words: Sequence[str],
    scale: tuple[Colormap, Normalize], tile: float, unclear: np.ndarray | None = None,
) -> Axes:  # fmt: skip
    """Colour one tile a park by its value and, where there is room, write its short id and the value."""
    colours, norm = scale
    known = np.isfinite(values)
    faces = np.where(known[:, None], colours(norm(np.where(known, values, 0.0))), to_rgba(PALE))
    unclear = (np.zeros(len(values), bool) if unclear is None else unclear) | ~known
    faces[unclear & known] = to_rgba(PALE)
    edge = 0.03 if tile >= LABELLED_TILE else 0.06
    boxes = [Rectangle((c + edge, r + edge), 1 - 2 * edge, 1 - 2 * edge) for c, r in cells]
    axes.add_collection(PatchCollection(boxes, facecolors=faces, linewidths=0))
    hatched = [box for box, flag in zip(boxes, unclear & known, strict=True) if flag]
    if hatched:
        axes.add_collection(
            PatchCollection(hatched, facecolors="none", edgecolors="#d3dae0", hatch="////", linewidths=0)
        )
    if tile < LABELLED_TILE:
        return axes
    small, large = (6.2, 7.6) if tile < 0.5 else (7, 9)
    for (c, r), label, word, face, grey in zip(cells, parks["label"], words, faces, unclear, strict=True):
        ink = GREY if grey else text_on(face[:3])
        axes.text(c + 0.5, r + 0.32, label, size=small, color=ink, ha="center", va="center_baseline", alpha=0.85)
        weight = "normal" if grey else "bold"
        axes.text(c + 0.5, r + 0.69, word, size=large, color=ink, ha="center", va="center_baseline", weight=weight)
    return axes


def _borders(axes, parks, cells, wanted):
    """Heavy lines where neighbouring tiles belong to different sub-districts."""
    if not wanted:
        return
    place = {tuple(cell): name for cell, name in zip(cells.tolist(), parks["place_zh"], strict=True)}
    for (c, r), name in place.items():
        if place.get((c + 1, r), name) != name:
            axes.plot([c + 1, c + 1], [r, r + 1], color=INK, linewidth=0.9, solid_capstyle="projecting")
        if place.get((c, r + 1), name) != name:
            axes.plot([c, c + 1], [r + 1, r + 1], color=INK, linewidth=0.9, solid_capstyle="projecting")


def _bar(sheet, k, panel, below, scale, write, note):
    """A thin colour scale below a panel, its ends and middle written out."""
    colours, norm = scale
    left, width = MARGIN + k * (panel + GAP), min(panel, 2.0)
    axes = sheet.axes(left, HEAD + below + 0.14, width, 0.09)
    axes.imshow(np.linspace(0, 1, 128)[None, :], cmap=colours, aspect="auto", extent=(norm.vmin, norm.vmax, 0, 1))
    axes.set_yticks([])
    stops = [norm.vmin, (norm.vmin + norm.vmax) / 2, norm.vmax]
    axes.set_xticks(stops, [write(stop) for stop in stops])
    axes.tick_params(axis="x", length=0, pad=2, labelsize=7, labelcolor=GREY)
    for label, side in zip(axes.get_xticklabels(), ("left", "center", "right"), strict=True):
        label.set_horizontalalignment(side)
    axes.grid(False)
    axes.spines["bottom"].set_visible(False)
    sheet.text(left, HEAD + below + 0.44, note, size=7, color=FAINT, va="top")
