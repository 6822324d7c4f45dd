"""Sentences that several studies say of a sample of parameters and of the emulator fitted to it."""

from __future__ import annotations

import math
from typing import Any

from sim.report.units import percent, plain
from sim.report.words import listed, say, sentences, within


def compact(value: float, span: float) -> str:
    """A number with as many digits as tell a hundredth of a span apart."""
    digits = 0 if span >= 200 else min(6, max(0, 2 - math.floor(math.log10(span)))) if span > 0 else 2
    return plain(value, digits)


def quality(held: Any, lang: str) -> str:
    """Say how well an emulator does on points it has not seen."""
    return say(
        lang, "emulator_held", r2=plain(held.r2, 2), highest=plain(held.highest, 2), coverage=percent(held.coverage, 0),
        n=held.points,
    )  # fmt: skip


def source_of(data: Any, held: Any, lang: str) -> str:
    """The source line of figures: emulator, sample, model."""
    source = say(lang, "discover_foot", points=data.points, pairs=data.pairs, version=data.version, run_id=data.run_id)
    return sentences([quality(held, lang)], lang) + ("" if lang == "zh" else " ") + source + say(lang, "note")


def judged(data: Any, lang: str) -> str:
    """By what the choice is judged, over which years, for a subtitle."""
    first, last = data.years
    key = "waterfall_year" if first == last else "waterfall_sum" if data.measure["total"] else "waterfall_mean"
    years = say(lang, key, first=first, last=last, year=last)
    title = data.measure["title"][lang]
    title = title[0].upper() + title[1:] if lang == "en" else title
    parts = [
        say(lang, "judged_value", measure=within(each[lang], lang), value=plain(worth)) for each, worth in data.values
    ]
    priced = say(lang, "judged_priced", values=listed(parts, lang)) if parts else ""
    return say(lang, "judged_by", measure=title + priced, years=years)
