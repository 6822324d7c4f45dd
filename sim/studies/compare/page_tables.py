"""The tables of the page, as plain rows of words, so that the template only sets them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from sim.report.style import palette
from sim.report.units import money_unit, percent, plain, sized, unit_of
from sim.report.words import say
from sim.studies.compare import sentences
from sim.studies.compare.figures.scorecard import background, columns
from sim.studies.compare.report_data import COST_PER_GRADUATE, SPENDING, WHOLE_HORIZON, ReportData

GRADES_SHOWN = ("measured", "derived", "borrowed", "literature", "assumed")
GRADE_COLOURS = {
    "measured": "#0b6e99",
    "derived": "#4f93b0",
    "borrowed": "#a9c3ce",
    "literature": "#a9c3ce",
    "assumed": "#e3b27c",
}


def cards(data: ReportData, lang: str) -> list[dict[str, str]]:
    """One card a headline measure: the leading package in the last year and how far it is from the reference."""
    made = []
    for measure in data.headline:
        lead = data.lead(measure)
        difference = data.difference(lead, measure) if lead else None
        clear = difference is not None and difference.clear
        shown = lead if lead and clear else data.reference
        unit = unit_of(data.measures[measure], lang, data.level(data.reference, measure))
        card = {
            "title": data.measure_name(measure, lang),
            "of": say(lang, "card_of", year=data.last_year, package=data.name(shown, lang)),
            "value": unit.level(data.level(shown, measure)),
            "colour": palette(data.scenarios, data.reference)[shown],
            "tone": "",
            "change": say(lang, "card_unclear") if difference is not None else "",
            "interval": "",
        }
        if difference is not None and clear:
            change = say(lang, "card_change", change=unit.change(difference.mean))
            bounds = {"low": unit.bare_change(difference.low), "high": unit.bare_change(difference.high)}
            card["tone"] = data.tone(difference)
            card["change"] = ("▲ " if difference.mean > 0 else "▼ ") + change
            card["interval"] = say(lang, "card_interval", **bounds)
        made.append(card)
    return made


def scorecard_table(data: ReportData, lang: str) -> dict[str, list[dict[str, Any]]]:
    """The scorecard as rows: heads, and for each scenario its name, colour and cells."""
    table = columns(data, lang)
    colours = palette(data.scenarios, data.reference)
    rows = [
        {"name": data.name(key, lang), "colour": colours[key], "cells": [_set(cells[key]) for _, _, cells in table]}
        for key in data.ordered
    ]
    return {"heads": [{"title": title, "note": note} for title, note, _ in table], "rows": rows}


def _set(cell):
    return cell._asdict() | {"background": background(cell)}


def difference_groups(data: ReportData, measures: Iterable[str], lang: str) -> list[dict[str, Any]]:
    """Differences by measure: a title with the year, and one row a package with interval, agreement and runs saved."""
    groups = []
    for measure in measures:
        if measure == SPENDING:
            first, last = data.years
            when, year = say(lang, "whole_horizon", first=first, last=last), WHOLE_HORIZON
        else:
            when, year = str(data.last_year), data.last_year
        found = [d for key in data.packages if (d := data.difference(key, measure, year)) is not None]
        if not found or measure not in data.measures:
            continue
        largest = max((abs(d.mean) for d in found if math.isfinite(d.mean)), default=1.0)
        unit = unit_of(data.measures[measure], lang, largest)
        rows = [_difference_row(data, d, _fine_enough(unit, found), lang) for d in found]
        title = data.measure_name(measure, lang)
        groups.append({"title": title, "when": when, "unit": unit.change_label, "rows": rows})
    return groups


def _fine_enough(unit, found):
    """More digits for amounts, so that both ends of a narrow interval do not read alike."""
    widths = [(d.high - d.low) / unit.size for d in found if math.isfinite(d.high - d.low) and d.high > d.low]
    if unit.kind == "percent" or not widths:
        return unit
    wanted = math.ceil(-math.log10(sorted(widths)[len(widths) // 2])) + 1
    return unit._replace(digits=min(max(unit.digits, wanted), unit.digits + 2))


def _difference_row(data, d, unit, lang):
    def between(low, high):
        if not (math.isfinite(low) and math.isfinite(high)):
            return plain(math.nan)
        return say(lang, "interval_short", low=unit.bare_change(low), high=unit.bare_change(high))

    return {
        "name": data.name(d.scenario, lang),
        "mean": unit.bare_change(d.mean),
        "interval": between(d.low, d.high),
        "range": between(d.p05, d.p95),
        "same_sign": percent(d.same_sign, 0),
        "runs_saved": plain(d.runs_saved),
        "tone": data.tone(d),
        "verdict": say(lang, "clear" if d.clear else "unclear"),
    }


def cost_table(data: ReportData, lang: str) -> dict[str, list] | None:
    """Cost of one more of each outcome, when more than the cost of a graduate is known; None otherwise."""
    given = list(dict.fromkeys(data.costs["measure"]))
    measures = [m for m in given if m in data.measures]
    if not set(measures) - {COST_PER_GRADUATE}:
        return None
    table = {"heads": [], "rows": [{"name": data.name(key, lang), "cells": []} for key in data.packages]}
    table["notes"] = [n for n in (sentences.prices_sentence(data, lang), say(lang, "cost_undiscounted")) if n]
    for measure in measures:
        costs = [data.cost(key, measure) for key in data.packages]
        values = sorted(abs(c.value) for c in costs if c is not None and c.defined and math.isfinite(c.value))
        unit = money_unit(values[len(values) // 2] if values else 1e6, lang)
        note = say(lang, "interval_unit", unit=unit.label)
        table["heads"].append({"title": data.measure_name(measure, lang), "note": note})
        for row, cost in zip(table["rows"], costs, strict=True):
            if cost is None or not cost.defined:
                word = say(lang, "not_applicable" if cost is None else "undefined")
                row["cells"].append({"value": "", "below": word, "tone": "unclear", "prices": ""})
                continue
            fine = sized(unit, cost.value)
            interval = say(lang, "interval_short", low=fine.bare(cost.low), high=fine.bare(cost.high))
            cell = {"value": fine.bare(cost.value), "below": interval, "tone": "plain", "prices": ""}
            if math.isfinite(cost.price_low) and cost.price_low < cost.price_high:
                cell["prices"] = say(lang, "at_prices", low=fine.bare(cost.price_low), high=fine.bare(cost.price_high))
            row["cells"].append(cell)
    return table


def park_rows(data: ReportData, lang: str) -> list[dict[str, Any]]:
    """Each park's occupancy under the reference and the leading package, in the order of the short ids."""
    lead, levels = data.lead(), data.park_levels
    change = data.park_differences(lead) if lead else None
    rows = []
    for park in data.parks.itertuples(index=False):
        row = {
            "label": park.label,
            "name": park.title_zh if lang == "zh" else park.title_en,
            "place": park.place_zh,
            "minutes": plain(float(park.minutes)),
            "reference": percent(float(levels.loc[park.key, data.reference])),
        }
        if change is not None:
            mean, low, high = change.loc[park.key]
            row |= {"lead": percent(float(levels.loc[park.key, lead])), "change": plain(100 * mean, 1, sign=True)}
            row["clear"] = bool(low > 0 or high < 0)
        rows.append(row)
    return rows


def grades(data: ReportData, lang: str) -> list[dict[str, Any]]:
    """Numbers of parameters by the kind of evidence they rest on, strongest first, with a share for the bar."""
    total = sum(data.grades.values())
    order = [*(g for g in GRADES_SHOWN if g in data.grades), *(g for g in data.grades if g not in GRADES_SHOWN)]
    return [
        {
            "name": say(lang, f"grade_{grade}") if grade in GRADES_SHOWN else grade,
            "text": say(lang, f"grade_{grade}_text") if grade in GRADES_SHOWN else "",
            "count": data.grades[grade],
            "share": round(100 * data.grades[grade] / total, 3) if total else 0,
            "colour": GRADE_COLOURS.get(grade, "#c9d1d8"),
        }
        for grade in order
        if data.grades[grade]
    ]


def definitions(data: ReportData, lang: str) -> list[dict[str, str]]:
    """Meaning and unit of each measure, headline measures first."""
    order = [*data.headline, *(m for m in data.measures if m not in data.headline)]
    described = [data.measures[measure] for measure in order]
    return [{"name": m["title"][lang], "unit": m["unit"][lang], "text": m["definition"][lang]} for m in described]
