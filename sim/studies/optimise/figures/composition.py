"""The parts of the packages found, and how they fare in other worlds: two grids of cells."""

from __future__ import annotations

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from sim.report.style import (
    BETTER,
    FAINT,
    GREY,
    INK,
    MARGIN,
    PALE,
    WIDTH,
    WORSE,
    Sheet,
    house,
    text_on,
    tint,
    width_of,
    wrap,
)
from sim.report.units import percent
from sim.report.words import say
from sim.studies.optimise.sentences import OptimisingData, commonest, least_regret, source_line

ROW, GAP, NAMES, HEAD = 0.36, 0.02, 2.5, 0.3


def recipe(data: OptimisingData, lang: str) -> Figure:
    """A row a lever, a column a point from cheap to dear: its size, its start if it waits, a star where it is targeted."""
    points = data.named("found")
    used = data.levers[data.levers["point"].isin(points)]
    policies = [policy for policy in data.lever_titles if (used["policy"] == policy).any()]
    cells = {
        key: dict(zip(part["setting"], part.itertuples(), strict=True))
        for key, part in used.groupby(["point", "policy"])
    }
    rows = [(data.lever_titles[policy][lang], data.sizes[policy][lang]) for policy in policies]

    def cell(row, column):
        settings = cells.get((points[column], policies[row]))
        if settings is None:
            return None
        main = next((s for s in settings.values() if s.main), None)
        text = _short(main.value) if main else "●"
        star = (
            "*" if any(s.value != "all" and s.setting in TARGETS and s.value != "0" for s in settings.values()) else ""
        )
        start = settings["start"].value if "start" in settings else data.decision
        return (
            tint(BETTER, 0.25 + 0.75 * (main.share if main else 1.0)),
            text + star,
            start if start > data.decision else "",
        )

    about = {"decision": data.decision}
    return _grid(data, rows, points, cell, commonest(data, lang), say(lang, "optimise_levers_subtitle", **about), lang)


TARGETS = ("remote_from", "parks", "operators", "sectors", "tiers", "needs", "segments", "platforms")


def _short(value):
    """400000 as 400k, to fit a cell."""
    try:
        number = float(value)
    except ValueError:
        return value
    for size, sign in ((1e6, "M"), (1e3, "k")):
        if abs(number) >= size:
            return f"{number / size:.4g}{sign}"
    return f"{number:g}"


def regrets(data: OptimisingData, lang: str) -> Figure:
    """A row a world, a column a point: the largest regret over the objectives there."""
    points = data.named("named") + data.named("found")
    by = data.regret.groupby(["world", "point"])["share"].max()
    worlds = list(data.worlds)

    def cell(row, column):
        share = float(by[worlds[row], points[column]])
        return tint(WORSE, share), percent(share, 0), ""

    rows = [(title[lang], "") for title in data.worlds.values()]
    titles = "、".join(t for t, _ in rows) if lang == "zh" else ", ".join(t for t, _ in rows)
    subtitle = say(lang, "optimise_regret_subtitle", titles=titles, seeds=data.seeds[1])
    return _grid(data, rows, points, cell, least_regret(data, lang), subtitle, lang)


def _grid(data, rows, points, cell, title, subtitle, lang):
    """Cells under heads: colour, figure and a small line below it; nothing where there is nothing."""
    left = MARGIN + min(NAMES, 0.2 + max(max(width_of(name, 8.5), width_of(size, 6.5)) for name, size in rows))
    width = (WIDTH - MARGIN - left) / len(points)
    heads = [[p] if p in data.named("found") else wrap(data.name(p, lang), width - 0.04, 7, lines=4) for p in points]
    head = max(HEAD, 0.13 * max(map(len, heads)) + 0.12)
    with house():
        sheet = Sheet(head + ROW * len(rows) + 0.1, title, subtitle, source_line(data, lang))
        canvas = sheet.canvas(head + ROW * len(rows))
        for column, (point, lines) in enumerate(zip(points, heads, strict=True)):
            style = {
                "weight": "bold" if point == data.chosen else "normal",
                "color": INK if point == data.chosen else GREY,
            }
            sheet.lines(
                left + width * (column + 0.5),
                head - 0.08 - 0.065 * len(lines),
                lines,
                0.13,
                size=7,
                ha="center",
                **style,
            )
        for row, (name, size) in enumerate(rows):
            y = head + ROW * row
            up = 0.065 if size else 0.0
            sheet.lines(
                MARGIN, y + ROW / 2 - up, wrap(name, left - MARGIN - 0.1, 8.5, lines=1), 0.14, size=8.5, color=INK
            )
            if size:
                below = wrap(size, left - MARGIN - 0.1, 6.5, lines=1)
                sheet.lines(MARGIN, y + ROW / 2 + 0.085, below, 0.1, size=6.5, color=FAINT)
            for column in range(len(points)):
                shown = cell(row, column)
                colour = shown[0] if shown else PALE
                place = (left + width * column + GAP, y + GAP)
                canvas.add_patch(Rectangle(place, width - 2 * GAP, ROW - 2 * GAP, facecolor=colour))
                if shown:
                    _figures(sheet, left + width * (column + 0.5), y + ROW / 2, colour, shown[1], shown[2])
    return sheet.figure


def _figures(sheet, x, y, colour, text, below):
    ink = text_on(colour)
    style = {"ha": "center", "va": "center_baseline", "color": ink}
    sheet.text(x, y - (0.06 if below else 0), text, size=7.5, weight="bold", **style)
    if below:
        sheet.text(x, y + 0.09, below, size=5.5, **style)
