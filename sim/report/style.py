"""The house style: our own font, colours that stay with a scenario, and the sheet every figure is drawn on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib import resources
from typing import Any
from unicodedata import east_asian_width

import matplotlib as mpl
import matplotlib.style
import numpy as np
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import ArrayLike

from sim.report.units import plain, tick_digits

FAMILY = "Incubator Sans SC"
WIDTH = 9.2  # inches; printed on the 16.6 cm of an A4 page it shrinks to 0.71
MARGIN = 0.14

INK, GREY, FAINT, LINE, PALE = "#17212b", "#5b6875", "#8a96a3", "#d7dde3", "#f1f4f6"
BAR, NAVY = "#c0394b", "#123a5c"
REFERENCE_COLOUR = "#0b6e99"
PACKAGE_COLOURS = ("#d1495b", "#edae49", "#4f7942")
REST_COLOUR = "#8d98a5"
# Blue for better and orange for worse: on Chinese screens red and green carry meanings of their own.
BETTER, WORSE = "#0b6e99", "#c8642b"
ORANGE_TO_BLUE = ["#b4531f", "#eeb98f", "#fbfaf7", "#8fc0d8", "#0b5f87"]
SAND_TO_NAVY = ["#f8efcf", "#c3ddb6", "#6fb9b3", "#2f86ab", "#173f6d"]
DIVERGING = LinearSegmentedColormap.from_list("orange to blue", ORANGE_TO_BLUE)
LEVELS = LinearSegmentedColormap.from_list("sand to navy", SAND_TO_NAVY)

RULES = {
    "font.family": [FAMILY, "DejaVu Sans"],
    "font.size": 8.5,
    "text.color": INK,
    "axes.unicode_minus": True,
    "axes.edgecolor": "#aab4be",
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.color": "#e4e9ed",
    "grid.linewidth": 0.7,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "ytick.major.size": 0,
    "xtick.major.size": 3,
    "hatch.linewidth": 0.6,
    "lines.solid_capstyle": "round",
    "savefig.dpi": 300,
    "savefig.facecolor": "white",
    "svg.fonttype": "path",
    "svg.hashsalt": "incubator",
    "pdf.fonttype": 42,
}


@cache
def font_path(bold: bool = False) -> str:
    """Path of our own font; an error if it does not, because the next best thing is boxes in place of Chinese."""
    name = f"IncubatorSansSC-{'Bold' if bold else 'Regular'}.ttf"
    path = resources.files("sim.report").joinpath("fonts", name)
    if not path.is_file():
        raise FileNotFoundError(f"the font {name} is missing from sim/report/fonts; without it Chinese cannot be drawn")
    return str(path)


@cache
def register_fonts() -> None:
    """Tell matplotlib of our font once, and make sure that it is found."""
    for bold in (False, True):
        font_manager.fontManager.addfont(font_path(bold))
        wanted = font_manager.FontProperties(family=FAMILY, weight="bold" if bold else "normal")
        found = font_manager.findfont(wanted, fallback_to_default=False)
        if found != font_path(bold):
            raise FileNotFoundError(f"{FAMILY} resolves to {found}, not to the font of this package")


@contextmanager
def house() -> Iterator[None]:
    """Draw in the house style, whatever the user's own matplotlib settings, and leave those as they were."""
    register_fonts()
    with mpl.style.context(["default", RULES]):
        yield


# --- colours -------------------------------------------------------------------------------------------------------


def palette(names: Iterable[str], reference: str) -> dict[str, str]:
    """A colour for each scenario, however it fares: blue the reference, three for packages, grey for the rest."""
    packages = [name for name in names if name != reference]
    colours = [*PACKAGE_COLOURS, *[REST_COLOUR] * len(packages)]
    return {reference: REFERENCE_COLOUR} | dict(zip(packages, colours, strict=False))


def luminance(colour: Any) -> float:
    """Brightness of a colour, 0 to 1."""
    return float(np.dot(to_rgb(colour), (0.299, 0.587, 0.114)))


def text_on(colour: Any) -> str:
    """Colour of text: white on dark, ink on light."""
    return "white" if luminance(colour) < 0.52 else INK


def tint(colour: Any, strength: float) -> str:
    """A colour thinned with white; strength 1 leaves it, 0 is white."""
    return to_hex(1 - strength * (1 - np.array(to_rgb(colour))))


def readable(colour: Any) -> str:
    """The same hue, dark enough to be read as text on white."""
    rgb = np.array(to_rgb(colour))
    while luminance(rgb) > 0.46:
        rgb = rgb * 0.94
    return to_hex(rgb)


# --- measuring and breaking text -----------------------------------------------------------------------------------


@cache
def _advance(character, bold):
    """Width of one character as a share of the type size; a square for one that another font will have to draw."""
    if ord(character) not in _known_characters():
        return 1.0
    font = font_manager.get_font(font_path(bold))
    font.set_size(100, 72)
    return font.load_char(ord(character)).linearHoriAdvance / 65536 / 100


def width_of(text: str, size: float, bold: bool = False) -> float:
    """Width of one line of text in inches."""
    return sum(_advance(character, bold) for character in text) * size / 72


def _pieces(text):
    """Split text where a line may break: after each Chinese character, after each space, never before closing marks."""
    pieces = []
    for character in text:
        before = pieces[-1][-1] if pieces else " "
        in_word = not _wide(character) and not _wide(before) and before != " "
        if pieces and (in_word or character in "，。；：、）」》％%！？ " or before in "（「《"):
            pieces[-1] += character
        else:
            pieces.append(character)
    return pieces


def _wide(character):
    return east_asian_width(character) in "WF"


def wrap(text: str, width: float, size: float, bold: bool = False, lines: int = 3) -> list[str]:
    """Break text into at most so many lines that fit a width in inches; what is left over ends in dots."""
    done, line = [], ""
    for piece in _pieces(text):
        if line and width_of((line + piece).rstrip(), size, bold) > width:
            done.append(line.rstrip())
            line = ""
        line += piece
    done.append(line.rstrip())
    done = [part for part in done if part]
    if len(done) > lines:
        last = done[lines - 1]
        while last and width_of(last + "...", size, bold) > width:
            last = last[:-1]
        done = [*done[: lines - 1], last.rstrip() + "..."]
    return done


def missing_characters(text: str) -> list[str]:
    """Characters our font does not have, so that a title can be refused before a long run and not after it."""
    known = _known_characters()
    return sorted({character for character in text if character.isprintable() and ord(character) not in known})


@cache
def _known_characters():
    return frozenset(font_manager.get_font(font_path()).get_charmap())


def spread(wanted: ArrayLike, heights: ArrayLike, low: float, high: float) -> np.ndarray:
    """Places for labels near the wanted ones, in the same order, none overlapping, between low and high if they fit."""
    wanted, heights = np.asarray(wanted, dtype=float), np.asarray(heights, dtype=float)
    order = np.argsort(wanted, kind="stable")
    # Subtract the room already due; then "no overlap" only means "not falling", and pooling neighbours solves it.
    tall = heights[order]
    due = np.concatenate([[0.0], np.cumsum((tall[1:] + tall[:-1]) / 2)])[: len(wanted)]
    blocks = []
    for value in wanted[order] - due:
        blocks.append([value, 1])
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (b, m), (a, n) = blocks.pop(), blocks.pop()
            blocks.append([(a * n + b * m) / (n + m), n + m])
    level = np.concatenate([np.full(n, value) for value, n in blocks]) if blocks else np.zeros(0)
    room = max(high - low - (due[-1] if len(due) else 0), 0)
    placed = np.empty(len(wanted))
    placed[order] = np.clip(level, low, low + room) + due
    return placed


# --- the sheet -----------------------------------------------------------------------------------------------------


class Sheet:
    """A page with a red bar, a message for a title, a grey subtitle and a source line; the body between is yours.

    Places in the body are inches from its top left corner.
    """

    def __init__(self, body: float, title: str, subtitle: str, foot: str) -> None:
        inner = WIDTH - 2 * MARGIN
        titles = wrap(title, inner, 13, bold=True, lines=2)
        subtitles = wrap(subtitle, inner, 9)
        feet = wrap(foot, inner, 7, lines=2)
        self.top = 0.17 + 0.26 * len(titles) + 0.19 * len(subtitles) + 0.14
        self.height = self.top + body + 0.2 + 0.14 * len(feet)
        self.figure = Figure(figsize=(WIDTH, self.height))
        self.title, self.subtitle = title, subtitle
        self.figure.add_artist(
            Rectangle(
                (MARGIN / WIDTH, 1 - 0.06 / self.height),
                *(0.46 / WIDTH, 0.06 / self.height),
                transform=self.figure.transFigure,
                facecolor=BAR,
            )
        )
        y = 0.17 - self.top
        for line in titles:
            self.text(MARGIN, y, line, size=13, weight="bold", va="top")
            y += 0.26
        for line in subtitles:
            self.text(MARGIN, y + 0.02, line, size=9, color=GREY, va="top")
            y += 0.19
        for k, line in enumerate(feet):
            self.text(MARGIN, body + 0.14 + 0.14 * k, line, size=7, color=FAINT, va="top")

    def text(self, x: float, y: float, words: str, **style: Any) -> Text:
        """Write words at a place in the body."""
        return self.figure.text(x / WIDTH, 1 - (self.top + y) / self.height, words, **style)

    def lines(self, x: float, middle: float, lines: Sequence[str], step: float, **style: Any) -> None:
        """Write one or two lines around a middle height, on the same baseline whatever their letters."""
        for k, line in enumerate(lines):
            self.text(x, middle + step * (k - (len(lines) - 1) / 2), line, va="center_baseline", **style)

    def axes(self, x: float, y: float, width: float, height: float) -> Axes:
        """A panel whose top left corner is at a place in the body."""
        bottom = 1 - (self.top + y + height) / self.height
        axes = self.figure.add_axes((x / WIDTH, bottom, width / WIDTH, height / self.height))
        axes.tick_params(labelfontfamily=[FAMILY, "DejaVu Sans"])
        return axes

    def canvas(self, height: float) -> Axes:
        """A bare panel over the whole body, in inches from the top left, for tables drawn by hand."""
        axes = self.axes(0, 0, WIDTH, height)
        axes.set(xlim=(0, WIDTH), ylim=(height, 0))
        axes.axis("off")
        return axes


def amounts(axes: Axes, label: str, sign: bool = False) -> None:
    """Make the lower axis one of amounts: few round ticks with as many digits as they need. sign: of changes."""
    axes.grid(True, axis="x")
    axes.grid(False, axis="y")
    axes.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
    first, second = axes.get_xticks()[:2]
    digits = tick_digits(float(second - first))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: plain(v, digits if v or not sign else 0, sign=sign)))
    axes.set_xlabel(label, size=7.5, color=GREY, labelpad=3)
    axes.spines["bottom"].set_color(LINE)


BAND, UNCLEAR = "#f5f7f9", "#9aa5af"
