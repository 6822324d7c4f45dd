"""Tables as planners read them: titles in both languages beside every key, years in words, reasons in words."""

from typing import Any

import pandas as pd

from sim.model.measures.definitions import describe
from sim.model.measures.measure import UNITS
from sim.studies.common.pairs import WHOLE
from sim.studies.compare.costs import WHY, describe_costs

TIER_TITLES = {
    "general": ("一般人员", "general staff"),
    "skilled": ("专业人才", "skilled staff"),
    "high_level": ("高层次人才", "high-level staff"),
}
SIZE_TITLES = {
    "large": ("大型城市（100个及以上载体）", "large cities (100 carriers or more)"),
    "medium": ("中型城市（30至99个载体）", "medium cities (30 to 99 carriers)"),
    "small": ("小型城市（不足30个载体）", "small cities (fewer than 30 carriers)"),
}


SETTING_UNITS = {  # units of settings that no measure has; those of measures stand in sim.model.measures.measure
    "1/month": ("/月", "a month"), "1/year": ("/年", "a year"), "1/year/min": ("/年/分钟", "a year and minute"), "km": ("公里", "km"),
    "grade": ("级", "grades"), "year": ("年", "years"),
}  # fmt: skip


def setting_unit(code):
    """What readers call the unit of a setting that is varied: {zh, en}."""
    zh, en = SETTING_UNITS.get(code) or UNITS.get(code) or (code, code)
    return {"zh": zh, "en": en}


def setting_title(dimension, setups):
    """What readers call a setting that is varied: {zh, en}; its lever named, and of several numbers which."""
    title, parts = dimension.title, dimension.name.split(".")
    if parts[0] == "policies":
        lever = next(p.title for s in setups for p in s.policies if p.name == parts[1])
        return {"zh": f"{lever['zh']}：{title['zh']}", "en": f"{lever['en']}: {title['en']}"}
    if parts[0] == "parameters" and len(parts) == 4:
        zh, en = TIER_TITLES.get(parts[3], (parts[3], parts[3]))
        return {"zh": f"{title['zh']}：{zh}", "en": f"{title['en']}: {en}"}
    return title


def unit_titles(data):
    """Titles of every unit of a cluster by its kind: {kind: {key: (zh, en)}}."""
    return {
        "cluster": {"cluster": (data.title["zh"], data.title["en"])},
        "park": {p.key: (p.title_zh, p.title_en) for p in data.parks},
        "operator": {o.key: (o.title_zh, o.title_en) for o in data.operators},
        "sector": {key: (about["title"]["zh"], about["title"]["en"]) for key, about in data.sectors.items()},
        "tier": TIER_TITLES,
        "city": {c.name: (c.title["zh"], c.title["en"]) for c in getattr(data, "cities", ())},
        "city_size": SIZE_TITLES,
    }


def with_titles(table, setups, horizon=None):
    """The same rows with the titles of scenario, unit and measure after each key, and the year in words.

    horizon: (first policy year, last year), which stand for year 0.
    """
    table, units = table.copy(), unit_titles(setups[0].data)
    scenarios = {s.scenario: (s.title["zh"], s.title["en"]) for s in setups}
    measures = {
        key: (about["title"]["zh"], about["title"]["en"]) for key, about in (describe() | describe_costs()).items()
    }
    for column in ("scenario", "cheaper", "dearer", "measure"):
        known = measures if column == "measure" else scenarios
        if column in table:
            _beside(table, column, [known.get(key, (key, key)) for key in table[column]])
    if "unit" in table:
        _beside(table, "unit", [units[k].get(u, (u, u)) for k, u in zip(table.unit_kind, table.unit, strict=True)])
    if "year" in table and horizon:
        whole = f"{horizon[0]}-{horizon[1]}"
        table.insert(table.columns.get_loc("year") + 1, "period", [whole if y == WHOLE else str(y) for y in table.year])
    return table


def with_reasons(table):
    """Costs with the reason why one is not defined in words of both languages."""
    known = {"": ("", "")} | WHY
    return table.assign(why_zh=[known[w][0] for w in table.why], why_en=[known[w][1] for w in table.why])


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
    for k, lang in enumerate(("zh", "en")):
        table.insert(at + k, f"{column}_{lang}", [title[k] for title in titles])
