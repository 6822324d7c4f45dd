"""Rebuild the report font, Incubator Sans SC, from Noto Sans SC.

usage: python tools/make_cjk_subset.py NOTO_SANS_SC UNIHAN [FOLDER]

NOTO_SANS_SC  the variable font, NotoSansSC[wght].ttf; the Python package justmytype-intl-cjk 0.1.0 holds one
UNIHAN        Unihan_OtherMappings.txt, plain or .bz2, for its kTGH entries; the Debian package unicode-data holds it
FOLDER        where to write, sim/report/fonts if left out

Writes Regular and Bold, each as TTF (matplotlib, PDF) and WOFF2 (web pages). Needs fonttools and brotli, which are
installed with the project.
"""

import bz2
import re
import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

FAMILY = "Incubator Sans SC"
WEIGHTS = {"Regular": 400, "Bold": 700}
FONTS = Path(__file__).resolve().parents[1] / "sim" / "report" / "fonts"

# Blocks of Unicode, first and last code point, that tables, charts and English text draw on.
BLOCKS = [
    (0x0020, 0x024F),  # Latin with its accents
    (0x0370, 0x03CF),  # Greek
    (0x2000, 0x206F),  # dashes, quotation marks, spaces
    (0x20A0, 0x20BF),  # currencies
    (0x2190, 0x219F),  # arrows
    (0x2200, 0x226F),  # mathematics, the minus sign among them
    (0x2460, 0x2473),  # numbers in circles
    (0x25A0, 0x25CF),  # triangles, squares, dots
    (0x3000, 0x303F),  # Chinese punctuation
    (0xFF00, 0xFFEF),  # full-width forms
]
SIGNS = "㎡㎥㎞℃‰✓✗"

# Entries of a font's name table: which to drop, since they would tell the old family name, and which to write.
TYPOGRAPHIC_NAMES = (16, 17, 21, 22, 25)
WINDOWS_UNICODE_ENGLISH = (3, 1, 0x409)
# Bits of OS/2.fsSelection.
ITALIC, BOLD, REGULAR = 1 << 0, 1 << 5, 1 << 6


def gb2312():
    """Code points of GB 2312, the older set of everyday characters and signs."""
    points = set()
    for high in range(0xA1, 0xF8):
        for low in range(0xA1, 0xFF):
            points.update(map(ord, bytes([high, low]).decode("gb2312", errors="ignore")))
    return points


def standard_characters(unihan):
    """Code points of the 8,105 characters of 通用规范汉字表: GB 2312 lacks some place names, 垟 of 三垟 for one."""
    text = (bz2.open if unihan.suffix == ".bz2" else open)(unihan, "rt", encoding="utf-8").read()
    points = {int(point, 16) for point in re.findall(r"^U\+([0-9A-F]+)\tkTGH\t", text, flags=re.MULTILINE)}
    if not points:
        raise SystemExit(f"{unihan}: no kTGH entries; Unihan_OtherMappings.txt has them")
    return points


def rename(font, style):
    """Give the font a family name of its own, so that it is never mixed up with an installed Noto Sans SC."""
    postscript = f"{FAMILY.replace(' ', '')}-{style}"
    names = {1: FAMILY, 2: style, 3: postscript, 4: f"{FAMILY} {style}", 6: postscript}
    for number in (*TYPOGRAPHIC_NAMES, *names):
        font["name"].removeNames(nameID=number)
    for number, text in names.items():
        font["name"].setName(text, number, *WINDOWS_UNICODE_ENGLISH)
    bold = style == "Bold"
    font["OS/2"].usWeightClass = WEIGHTS[style]
    font["OS/2"].fsSelection = font["OS/2"].fsSelection & ~(ITALIC | BOLD | REGULAR) | (BOLD if bold else REGULAR)
    font["head"].macStyle = int(bold)


def build(source, style, points):
    """One static, unhinted cut of the variable font with the given characters."""
    variable = TTFont(source, recalcTimestamp=False)
    font = instancer.instantiateVariableFont(variable, {"wght": WEIGHTS[style]}, updateFontNames=False)
    options = subset.Options(
        layout_features=["kern", "mark", "mkmk", "ccmp", "locl"],
        hinting=False,
        name_IDs=["*"],
        notdef_outline=True,
        glyph_names=False,
    )
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=points)
    subsetter.subset(font)
    rename(font, style)
    return font


def main(source, unihan, folder=FONTS):
    """Write the four files and say how large they are."""
    points = gb2312() | standard_characters(Path(unihan)) | set(map(ord, SIGNS))
    for first, last in BLOCKS:
        points.update(range(first, last + 1))
    for style in WEIGHTS:
        font = build(source, style, points)
        path = Path(folder) / f"{FAMILY.replace(' ', '')}-{style}.ttf"
        path.parent.mkdir(parents=True, exist_ok=True)
        font.save(path)
        font.flavor = "woff2"
        font.save(path.with_suffix(".woff2"))
        sizes = ", ".join(f"{p.suffix} {p.stat().st_size // 1024} KB" for p in (path, path.with_suffix(".woff2")))
        print(f"{path.stem}: {len(font.getBestCmap())} characters, {sizes}")


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        raise SystemExit(__doc__)
    main(*sys.argv[1:])
