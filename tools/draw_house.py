"""Draw the house: folders as rooms, floors by what may import what, arrows by what does. SVG, from the sources.

    python -m tools.draw_house docs/images

Ends with exit code 1, and draws nothing, if an arrow points up or sideways, or modules import each other in a circle.
"""

import sys
from html import escape
from pathlib import Path

from tools.house import FLOORS, MODEL, ROOT, against_the_rule, arrows, circle

TITLE = {
    "en": "Every room imports those below it, and only those",
    "zh": "上层可以引用下层，不能反过来",
}
ROOMS = {  # what a room is for
    "engine": (
        "columns of agents, random streams, rationing; knows no incubator",
        "主体的列、随机流、配给；与孵化器无关",
    ),
    "model": ("the science: who acts, by which equations, in which order", "模型本身：主体、方程、每月次序"),
    "methods": ("statistics on arrays", "对数组做统计"),
    "report": ("style, words, files", "样式、用语、文件"),
    "inputs": ("configuration and tables, checked", "读入并检查配置和表格"),
    "runs": ("one run, a pair, many; kept and found again", "一次运行、一对、许多次；保存与续跑"),
    "studies": ("a folder a question: run, tables, sentences, figures", "一问一夹：计算、表格、句子、图"),
    "cli": ("the command incubator", "命令incubator"),
}
WIDTH, LEFT, HIGH, GAP = 960, 20, 64, 46  # of the drawing and of a floor, in points
INNER = 17  # height of a line inside the model


def main(folder):
    """Draw both languages into a folder and return the files; a house against the rule is refused."""
    wrong = against_the_rule(FLOORS, "sim") + against_the_rule(MODEL, "sim.model")
    if circle():
        wrong.append("a circle: " + " -> ".join(circle()))
    if wrong:
        raise SystemExit("\n".join(["the house is not drawn; these imports are against the rule:", *wrong]))
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / f"house.{lang}.svg" for lang in ("en", "zh")]
    for path, lang in zip(files, ("en", "zh"), strict=True):
        path.write_text(drawing(lang), encoding="utf-8", newline="\n")
    return files


def places():
    """Where each room stands: {room: (left, top, width, height)}; the ground floor is at the bottom."""
    found, top = {}, 60
    for floor in reversed(FLOORS):
        rooms = [room for room in floor if (ROOT / room).is_dir()]
        weights = [3 if room == "model" else 1 for room in rooms]
        high = 74 + INNER * len(MODEL) if "model" in rooms else HIGH
        left, wide = LEFT, WIDTH - 2 * LEFT - 24 * (len(rooms) - 1)
        for room, weight in zip(rooms, weights, strict=True):
            found[room] = (left, top, wide * weight / sum(weights), high)
            left += wide * weight / sum(weights) + 24
        top += high + GAP
    return found


def drawing(lang):
    """The house as SVG text."""
    rooms, links = places(), arrows()
    height = max(top + high for _, top, _, high in rooms.values()) + 20
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" font-family="sans-serif" font-size="13">',
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0 8 4 0 8z" fill="#5b6b7a"/></marker></defs>',
        f'<rect width="{WIDTH}" height="{height:.0f}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="34" font-size="18" font-weight="bold" fill="#1b2a38">{TITLE[lang]}</text>',
    ]
    parts += [arrow(rooms, *pair) for pair in sorted(direct(links))]
    parts += [part for room, place in rooms.items() for part in box(room, place, lang)]
    return "\n".join([*parts, "</svg>", ""])


def direct(links):
    """Arrows that no detour over other rooms implies: those that are drawn."""
    below = {}
    for room, other in links:
        below.setdefault(room, set()).add(other)

    def all_below(room):
        found = set()
        for other in below.get(room, ()):
            found |= {other} | all_below(other)
        return found

    return {
        (room, other)
        for room, other in links
        if not any(other in all_below(between) for between in below[room] - {other})
    }


def arrow(rooms, room, other):
    """An arrow from the lower edge of a room to the upper edge of one it imports."""
    left, top, wide, high = rooms[room]
    x, y, width, _ = rooms[other]
    # Straight down where one stands above the other; else between their middles.
    shared = (max(left, x) + min(left + wide, x + width)) / 2
    start, end = (shared, shared) if max(left, x) < min(left + wide, x + width) else (left + wide / 2, x + width / 2)
    return (
        f'<line x1="{start:.0f}" y1="{top + high:.0f}" x2="{end:.0f}" y2="{y - 2:.0f}" stroke="#5b6b7a" stroke-width="1.6" '
        f'marker-end="url(#tip)"><title>{room} → {other}</title></line>'
    )


def box(room, place, lang):
    """A room: its name, what it is for; inside the model, its own floors."""
    left, top, wide, high = place
    about = ROOMS[room][lang == "zh"]
    lines = [
        f'<rect x="{left:.0f}" y="{top:.0f}" width="{wide:.0f}" height="{high:.0f}" rx="6" fill="#eef3f7" stroke="#9fb3c4"/>',
        f'<text x="{left + 12:.0f}" y="{top + 24:.0f}" font-weight="bold" fill="#1b2a38">sim/{room}</text>',
        f'<text x="{left + 12:.0f}" y="{top + 45:.0f}" fill="#3c4b59">{escape(about)}</text>',
    ]
    if room == "model":
        for number, floor in enumerate(reversed(MODEL)):
            y = top + 70 + INNER * number
            lines.append(
                f'<text x="{left + 12:.0f}" y="{y:.0f}" font-size="12" fill="#3c4b59">{" · ".join(floor)}</text>'
            )
    return lines


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        raise SystemExit("draw_house: expected one folder, as in python -m tools.draw_house docs/images")
    print(*main(sys.argv[1]), sep="\n")
