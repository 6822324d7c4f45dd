"""Tables as planners read them: titles in both languages beside every key, years in words, reasons in words."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from sim.model.district_data import ClusterData
from sim.model.measures.definitions import describe
from sim.model.measures.measure import UNITS
from sim.model.setup import Setup
from sim.report.words import LANGUAGES, in_both, say
from sim.studies.common.pairs import WHOLE
from sim.studies.compare.costs import WHY, describe_costs
from sim.studies.sweep.space import Dimension

TIER_TITLES = {"general": "tier_general", "skilled": "tier_skilled", "high_level": "tier_high_level"}
SIZE_TITLES = {"large": "cities_large", "medium": "cities_medium", "small": "cities_small"}
SETTING_UNITS = {  # units of settings that no measure has; those of measures stand in sim.model.measures.measure
    "1/month": "unit_a_month", "1/year": "unit_a_year", "1/year/min": "unit_a_year_and_minute", "km": "unit_km",
    "grade": "unit_grades", "year": "unit_years",
}  # fmt: skip


def setting_unit(code: str) -> dict[str, str]:
    """Unit of a setting that is varied, as readers call it: {zh, en}."""
    if code in SETTING_UNITS:
        return in_both(SETTING_UNITS[code])
    return dict(zip(LANGUAGES, UNITS.get(code, (code, code)), strict=True))


def setting_title(dimension: Dimension, setups: Sequence[Setup]) -> dict[str, str]:
    """Title of a setting that is varied: {zh, en}; its lever named, and of several numbers which."""
    title, parts = dimension.title or {}, dimension.name.split(".")
    if parts[0] == "policies":
        whole = next(p.title for s in setups for p in s.policies if p.name == parts[1])
        return {lang: say(lang, "setting_of", whole=whole[lang], part=title[lang]) for lang in LANGUAGES}
    if parts[0] == "parameters" and len(parts) == 4:
        tier = in_both(TIER_TITLES[parts[3]]) if parts[3] in TIER_TITLES else _as_it_is(parts[3])
        return {lang: say(lang, "setting_of", whole=title[lang], part=tier[lang]) for lang in LANGUAGES}
    return title


def unit_titles(data: ClusterData) -> dict[str, dict[str, dict[str, str]]]:
    """Titles of every unit of a cluster by its kind: {kind: {key: {zh, en}}}."""
    return {
        "cluster": {"cluster": data.title},
        "park": {p.key: {"zh": p.title_zh, "en": p.title_en} for p in data.parks},
        "operator": {o.key: {"zh": o.title_zh, "en": o.title_en} for o in data.operators},
        "sector": {key: about["title"] for key, about in data.sectors.items()},
        "tier": {key: in_both(words) for key, words in TIER_TITLES.items()},
        "city": {c.name: c.title for c in getattr(data, "cities", ())},
        "city_size": {key: in_both(words) for key, words in SIZE_TITLES.items()},
    }


def with_titles(table: pd.DataFrame, setups: Sequence[Setup], horizon: tuple[int, int] | None = None) -> pd.DataFrame:
    """The same rows with the titles of scenario, unit and measure after each key, and the year in words.

    horizon: (first policy year, last year), which stand for year 0.
    """
    table, units = table.copy(), unit_titles(setups[0].data)
    scenarios = {s.scenario: s.title for s in setups}
    measures = {key: about["title"] for key, about in (describe() | describe_costs()).items()}
    for column in ("scenario", "cheaper", "dearer", "measure"):
        known = measures if column == "measure" else scenarios
        if column in table:
            _beside(table, column, [known.get(key, _as_it_is(key)) for key in table[column]])
    if "unit" in table:
        _beside(
            table, "unit", [units[k].get(u, _as_it_is(u)) for k, u in zip(table.unit_kind, table.unit, strict=True)]
        )
    if "year" in table and horizon:
        whole = f"{horizon[0]}-{horizon[1]}"
        table.insert(table.columns.get_loc("year") + 1, "period", [whole if y == WHOLE else str(y) for y in table.year])
    return table


def with_reasons(table: pd.DataFrame) -> pd.DataFrame:
    """Costs with the reason why one is not defined in words of both languages."""
    said = {f"why_{lang}": [say(lang, WHY[why]) if why else "" for why in table.why] for lang in LANGUAGES}
    return table.assign(**said)


def with_parameter_titles(table: pd.DataFrame, data: Any) -> pd.DataFrame:
    """The same rows with titles and units of the parameters in both languages after their names."""
    if "name" not in table:
        return table
    about, at = [data.parameters[name] for name in table["name"]], table.columns.get_loc("name") + 1
    table = table.copy()
    for k, (key, lang) in enumerate([("title", "zh"), ("title", "en"), ("unit", "zh"), ("unit", "en")]):
        table.insert(at + k, f"{key}_{lang}", [one[key][lang] for one in about])
    return table


def _beside(table, column, titles):
    at = table.columns.get_loc(column) + 1
    for k, lang in enumerate(LANGUAGES):
        table.insert(at + k, f"{column}_{lang}", [title[lang] for title in titles])


def _as_it_is(key):
    return dict.fromkeys(LANGUAGES, key)
