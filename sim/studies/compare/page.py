"""The report as one web page: a file that opens anywhere, prints on A4 and asks nothing of the network."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from sim.engine.files import write_whole
from sim.report.files import Pictures
from sim.report.style import font_path
from sim.report.words import LANGUAGES, book, say
from sim.studies.compare import page_tables, sentences
from sim.studies.compare.figures import FIGURES, drawn, figures_of, write_figures
from sim.studies.compare.report_data import SPENDING, ReportData

FONTS_HERE = "FONT-FACES-OF-THIS-PAGE"


def write_page(
    data: ReportData, folder: Path | str, langs: Sequence[str] = LANGUAGES, pictures: Pictures | None = None
) -> list[Path]:
    """Write report.zh.html and report.en.html, and report.html as the first of them; each is complete in itself.

    pictures are the SVG figures if they are already drawn, as `figures.drawn` returns them.
    """
    pictures = drawn(data, langs, ("svg",)) if pictures is None else pictures
    folder = Path(folder)
    beside = (folder / "figures").is_dir()
    bare = {lang: _bare(data, lang, pictures, langs, beside) for lang in langs}
    fonts = font_faces("".join(bare.values()))  # the same in both, so that they are cut down once
    pages = {lang: html.replace(FONTS_HERE, fonts).encode("utf-8") for lang, html in bare.items()}
    paths = [write_whole(folder / f"report.{lang}.html", content) for lang, content in pages.items()]
    return [*paths, write_whole(folder / "report.html", pages[langs[0]])]


def page(
    data: ReportData, lang: str, pictures: Pictures, langs: Sequence[str] = LANGUAGES, figures_beside: bool = False
) -> str:
    """The whole page in one language as text; figures_beside adds a line on where the files of the figures are."""
    html = _bare(data, lang, pictures, langs, figures_beside)
    return html.replace(FONTS_HERE, font_faces(html))


def _bare(data, lang, pictures, langs, figures_beside):
    """The page without its fonts."""
    template = _templates().get_template("page.html.j2")
    others = [{"href": f"report.{other}.html", "lang": other} for other in langs if other != lang]
    return template.render(**contents(data, lang, pictures), others=others, figures_beside=figures_beside)


@cache
def _templates():
    return Environment(
        loader=PackageLoader("sim.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def contents(data: ReportData, lang: str, pictures: Pictures) -> dict[str, Any]:
    """Everything the template sets, in words."""
    first, last = data.years
    reference, lead = data.name(data.reference, lang), data.lead()
    key = "compares_none" if not data.packages else "compares_one" if len(data.packages) == 1 else "compares"
    only = data.name(data.packages[0], lang) if data.packages else ""
    explained = {key: scenario["explanation"] for key, scenario in data.scenarios.items()}
    others = [m for m in data.compared_measures() if m not in data.headline and m != SPENDING]
    return {
        "lang": lang,
        "words": book(lang),
        "fonts_here": Markup(FONTS_HERE),
        "title": data.title[lang],
        "period": say(lang, "period", first=first, last=last),
        "compares": say(lang, key, reference=reference, package=only, n=len(data.packages)),
        "headline": sentences.headline(data, lang),
        "findings": sentences.findings(data, lang),
        "cards": page_tables.cards(data, lang),
        "scorecard": page_tables.scorecard_table(data, lang),
        "scorecard_note": _scorecard_note(data, lang),
        "figures": {name: _picture(data, name, lang, pictures) for name in figures_of(data)},
        "differences": page_tables.difference_groups(data, [*data.headline, SPENDING], lang),
        "other_differences": page_tables.difference_groups(data, others, lang),
        "costs": page_tables.cost_table(data, lang),
        "parks": page_tables.park_rows(data, lang),
        "reference_name": reference,
        "lead_name": data.name(lead, lang) if lead else "",
        "scenarios": [{"name": data.name(key, lang), "text": explained[key][lang]} for key in data.ordered],
        "uncertainty": _uncertainty(data, lang),
        "assumptions_text": say(lang, "assumptions_text", n=sum(data.grades.values())),
        "grades": page_tables.grades(data, lang),
        "command": data.command,
        "facts": _facts(data, lang),
        "definitions": page_tables.definitions(data, lang),
        "foot": data.source_line(lang),
        "print_foot": css_string(f"{data.title[lang]}  |  {data.run_id}  |  {say(lang, 'note')}"),
    }


def _scorecard_note(data, lang):
    key = "scorecard_subtitle" if data.packages else "scorecard_subtitle_single"
    return say(lang, key, year=data.last_year, reference=data.name(data.reference, lang))


def _uncertainty(data, lang):
    keys = ["uncertainty_runs", "uncertainty_parameters", "uncertainty_levels"]
    keys += ["uncertainty_chance", "uncertainty_ranking"] if data.packages else []
    return [say(lang, key, pairs=data.pairs) for key in keys]


def _facts(data, lang):
    """Facts that identify this run."""
    facts = [("version", data.version), ("run_id", data.run_id), ("seed", data.seed), ("pairs", data.pairs)]
    facts += [("policy_start_long", data.policy_start)] if data.policy_start else []
    return [{"name": say(lang, key), "value": value} for key, value in facts]


def _picture(data, name, lang, pictures):
    """A figure as an address that holds the figure itself."""
    _, title_of = FIGURES[name]
    coded = base64.b64encode(pictures[lang, name, "svg"]).decode("ascii")
    return {"source": Markup(f"data:image/svg+xml;base64,{coded}"), "alt": title_of(data, lang)}


def css_string(text: str) -> Markup:
    """Text made safe to stand between quotes in a style sheet."""
    plain = "".join(c if c.isalnum() or c in " .,:|" else f"\\{ord(c):x} " for c in text)
    return Markup(plain)


# --- the fonts -----------------------------------------------------------------------------------------------------


def font_faces(html: str) -> str:
    """Style rules that carry our font, cut down to the characters of these pages."""
    used = "".join(sorted(set(html)))
    rules = []
    for bold in (False, True):
        coded = base64.b64encode(subset_font(used, bold)).decode("ascii")
        rules.append(
            '@font-face{font-family:"Incubator Sans SC";font-style:normal;'
            f"font-weight:{700 if bold else 400};src:url(data:font/woff;base64,{coded}) format('woff')}}"
        )
    return "\n".join(rules)


@cache
def subset_font(characters: str, bold: bool = False) -> bytes:
    """Our font with only these characters, as WOFF: WOFF2 would be a fifth smaller and take three times as long."""
    options = Options()
    options.flavor = "woff"
    options.hinting = False
    options.layout_features = ["kern"]
    options.drop_tables += ["vhea", "vmtx", "BASE", "STAT", "gasp"]
    options.name_IDs = [1, 2, 13]
    font = TTFont(font_path(bold), lazy=True, recalcTimestamp=False)
    cutter = Subsetter(options)
    cutter.populate(text=characters)
    cutter.subset(font)
    font.flavor = "woff"
    content = io.BytesIO()
    font.save(content)
    return content.getvalue()


def write_report(
    data: ReportData, folder: Path | str, langs: Sequence[str] = LANGUAGES, pictures: Pictures | None = None
) -> list[Path]:
    """The figures (PNG, SVG) and the page in each language; returns the files written. pictures: those already drawn."""
    pictures = drawn(data, langs) if pictures is None else pictures
    figures = write_figures(data, folder, langs, pictures)
    return [*write_page(data, folder, langs, pictures), *figures]
