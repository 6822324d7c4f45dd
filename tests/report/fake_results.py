"""Invented results for the tests of reports: plausible in size, true of nowhere."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.studies.compare.report_data import HEADLINE, ReportData

YEARS = range(2022, 2036)
# Package: titles, then its effect in 2035 on occupancy, retention, graduation (shares) and its spending a year (CNY).
PACKAGES = {
    "services_first": ("服务优先", "Services first", (0.066, 0.061, 0.031), 42e6),
    "rent_relief": ("租金减免", "Rent relief", (0.041, 0.001, -0.012), 65e6),
    "talent_homes": ("人才安居", "Talent homes", (0.022, 0.083, 0.0005), 88e6),
    "more_space": ("空间扩张", "More space", (-0.058, 0.002, 0.001), 120e6),
    "promotion": ("招商引资攻坚行动", "Investment promotion drive", (0.031, -0.004, 0.006), 30e6),
    "seed_fund": ("种子资金", "Seed fund", (0.012, 0.008, 0.021), 55e6),
    "coordination": ("全区协同机制", "District-level coordination", (0.018, 0.012, 0.011), 9e6),
}
PLACES = {
    "三垟": (120.703, 27.968),
    "茶山": (120.700, 27.925),
    "梧田": (120.676, 27.968),
    "南白象": (120.682, 27.943),
    "娄桥": (120.612, 27.972),
    "新桥": (120.631, 27.985),
    "瞿溪": (120.553, 27.985),
    "郭溪": (120.583, 27.993),
    "潘桥": (120.580, 27.962),
    "丽岙": (120.637, 27.881),
    "仙岩": (120.655, 27.855),
    "泽雅": (120.434, 28.030),
}
MEASURES = {
    "occupancy_rate": (
        *("入驻率", "Occupancy rate", "%", "%", True, "up"),
        *("已租面积除以竣工装修面积", "let area over fitted-out area"),
    ),
    "talent_retention_rate": (
        *("人才留存率", "Talent retention rate", "%", "%", True, "up"),
        *(
            "1月1日在集群就业的人员中，12月31日仍在区内就业的比例",
            "share of January staff still employed in the district",
        ),
    ),
    "graduation_rate": (
        *("毕业率", "Graduation rate", "%/年", "%/year", True, "up"),
        *("12个月内毕业企业数除以平均在孵企业数", "graduates in 12 months over mean incubatees"),
    ),
    "public_spending": (
        *("财政支出", "Public spending", "元/年", "CNY/year", False, "none"),
        *("各项政策的财政支出", "spending on policies"),
    ),
    "tenants": ("入驻企业数", "Tenants", "家", "firms", False, "up", "租用空间的企业数", "firms leasing space"),
    "cost_per_additional_graduate": (
        *("每新增一家毕业企业成本", "Cost per additional graduate", "元/家", "CNY/graduate", False, "down"),
        *("政策支出除以较参照新增的毕业企业数", "policy spending over graduates above the paired reference"),
    ),
}


def fake_data(parks=36, packages=3, pairs=40, seed=1, scale=1.0, monthly=True):
    """A whole set of results: the reference and the first so many packages, whose effects are multiplied by scale."""
    rng = np.random.default_rng(seed)
    chosen = list(PACKAGES)[:packages]
    effects = {"as_now": np.zeros(3)} | {key: scale * np.array(PACKAGES[key][2]) for key in chosen}
    table = _parks(parks, rng)
    yearly, monthly_rows = [], []
    luck = rng.normal(0, 1, (3, pairs))
    drift = rng.normal(0, 1, (3, pairs, 14 * 12)).cumsum(axis=2) / 12
    park_offset = rng.normal(0, 0.11, parks)
    park_offset = park_offset - park_offset.mean() if parks > 1 else park_offset
    park_share = rng.uniform(-0.4, 2.4, parks)
    for scenario, effect in effects.items():
        own = rng.normal(0, 0.7, (3, pairs, 1)) + rng.normal(0, 0.6, (3, pairs, 14 * 12)).cumsum(axis=2) / 12
        t = np.arange(14 * 12) / 12
        reach = np.clip((t - 4) / 6, 0, 1) ** 0.8
        start, end = np.array([0.60, 0.66, 0.115]), np.array([0.69, 0.71, 0.145])
        path = start[:, None, None] + (end - start)[:, None, None] * (1 - np.exp(-t / 5)) / (1 - np.exp(-13 / 5))
        noise = np.array([0.018, 0.016, 0.008])[:, None, None]
        chance = drift + own * reach * (scenario != "as_now") + 0.7 * luck[:, :, None]
        values = path + effect[:, None, None] * reach + noise * chance
        values = np.clip(values, 0.01, 0.99)
        for k, measure in enumerate(HEADLINE):
            by_year = values[k].reshape(pairs, 14, 12).mean(axis=2)
            yearly.append(_rows(scenario, "cluster", "cluster", measure, by_year))
            if monthly and measure != "talent_retention_rate":
                monthly_rows.append(_months(scenario, measure, values[k]))
        spend = PACKAGES[scenario][3] if scenario != "as_now" else 8e6
        money = np.where(np.arange(14) >= 4, spend, 5e6) * rng.normal(1, 0.03, (pairs, 14))
        yearly.append(_rows(scenario, "cluster", "cluster", "public_spending", money))
        firms = 1600 + 40 * np.arange(14) + 25 * luck[0][:, None] + 900 * effect[0] * np.linspace(0, 1, 14)
        yearly.append(_rows(scenario, "cluster", "cluster", "tenants", firms.round()))
        occupancy = values[0].reshape(pairs, 14, 12).mean(axis=2)
        for j, key in enumerate(table["key"]):
            shift = effect[0] * (park_share[j] - 1) * np.linspace(0, 1, 14)
            at_park = occupancy + park_offset[j] + shift + rng.normal(0, 0.02, (pairs, 14))
            yearly.append(_rows(scenario, "park", key, "occupancy_rate", np.clip(at_park, 0.02, 0.99)))
    yearly = pd.concat(yearly, ignore_index=True)
    empty = pd.DataFrame(columns=["scenario", "replicate", "month", "measure", "value"])
    months = pd.concat(monthly_rows, ignore_index=True) if monthly_rows else empty
    differences = _differences(yearly, chosen)
    return ReportData(
        title={"zh": "瓯海大孵化器集群", "en": "Ouhai incubator cluster"},
        reference="as_now",
        scenarios={"as_now": _scenario("现状延续", "Continue as now")}
        | {k: _scenario(*PACKAGES[k][:2]) for k in chosen},
        monthly=months,
        yearly=yearly,
        differences=differences,
        costs=_costs(differences, chosen),
        measures={key: _measure(*row) for key, row in MEASURES.items()},
        parks=table,
        policy_start="2026-01",
        pairs=pairs,
        run_id="3f9a2c71",
        seed=seed,
        version="0.1.0",
        command="incubator compare cluster=ouhai scenarios=[services_first,rent_relief] replicates=40 seed=1",
        grades={"measured": 9, "derived": 14, "borrowed": 21, "assumed": 37},
    )


def _scenario(zh, en):
    explanation = {
        "zh": f"{zh}：自2026年起执行的政策组合，强度与预算见配置文件。",
        "en": f"{en}: a package of policies in force from 2026.",
    }
    return {"title": {"zh": zh, "en": en}, "explanation": explanation}


def _measure(zh, en, unit_zh, unit_en, is_percent, good, definition_zh, definition_en):
    return {
        "title": {"zh": zh, "en": en},
        "unit": {"zh": unit_zh, "en": unit_en},
        "definition": {"zh": definition_zh, "en": definition_en},
        "percent": is_percent,
        "good": good,
    }


def _parks(n, rng):
    names = list(PLACES)
    place = [names[int(k)] for k in rng.integers(0, len(names), n)]
    spot = np.array([PLACES[p] for p in place]) + rng.normal(0, 0.008, (n, 2))
    digits = max(2, len(str(n)))
    labels = [f"{k + 1:0{digits}d}" for k in range(n)]
    return pd.DataFrame(
        {
            "key": [f"park_{label}" for label in labels],
            "label": labels,
            "title_zh": [f"{p}示例园区{label}" for p, label in zip(place, labels, strict=True)],
            "title_en": [f"Example park {label}" for label in labels],
            "place_zh": [f"{p}街道" for p in place],
            "longitude": spot[:, 0],
            "latitude": spot[:, 1],
            "minutes": rng.integers(8, 50, n),
        }
    )


def _rows(scenario, kind, unit, measure, values):
    pairs, years = values.shape
    return pd.DataFrame(
        {
            "scenario": scenario,
            "replicate": np.repeat(np.arange(pairs), years),
            "year": np.tile(np.array(YEARS), pairs),
            "unit_kind": kind,
            "unit": unit,
            "measure": measure,
            "value": values.ravel(),
        }
    )


def _months(scenario, measure, values):
    pairs, n = values.shape
    names = [f"{year}-{month:02d}" for year in YEARS for month in range(1, 13)]
    replicate = np.repeat(np.arange(pairs), n)
    return pd.DataFrame(
        {
            "scenario": scenario,
            "replicate": replicate,
            "month": names * pairs,
            "measure": measure,
            "value": values.ravel(),
        }
    )


def _differences(yearly, packages):
    """Paired differences from the reference in the last year, and over the whole horizon for spending."""
    keys = ["scenario", "replicate", "unit_kind", "unit", "measure"]
    last = yearly[yearly["year"] == max(YEARS)].set_index(keys)["value"]
    spending = yearly[yearly["measure"] == "public_spending"].groupby(keys)["value"].sum()
    rows = []
    for year, values in ((max(YEARS), last), (0, spending)):
        wide = values.unstack("scenario")
        for package in packages:
            for unit, d in (wide[package] - wide["as_now"]).groupby(["unit_kind", "unit", "measure"]):
                half = 1.96 * d.std() / np.sqrt(len(d))
                free = wide.loc[d.index, [package, "as_now"]].var().sum()
                saved = len(d) * (free / d.var() - 1) if d.var() > 0 else np.nan
                rows.append(
                    (package, *unit[:2], year, unit[2], d.mean(), d.mean() - half, d.mean() + half)
                    + (d.quantile(0.05), d.quantile(0.95), (np.sign(d) == np.sign(d.mean())).mean(), len(d), saved)
                )
    columns = ["scenario", "unit_kind", "unit", "year", "measure", "mean", "low", "high", "p05", "p95"]
    return pd.DataFrame(rows, columns=[*columns, "same_sign", "pairs", "runs_saved"])


def _costs(differences, packages):
    """Graduates as a multiple of the rate's difference; one unit price makes half of the spending."""
    rows = []
    for package in packages:
        own = differences[(differences["scenario"] == package) & (differences["unit_kind"] == "cluster")]
        graduates = own[own["measure"] == "graduation_rate"].iloc[0]
        spent = own[(own["measure"] == "public_spending") & (own["year"] == 0)].iloc[0]
        defined = bool(graduates["low"] > 0)
        value, low, high = [
            spent["mean"] / (graduates[k] * 9000) if defined else np.nan for k in ("mean", "high", "low")
        ]
        effects = {f"effect{end}": graduates[k] * 9000 for end, k in (("", "mean"), ("_low", "low"), ("_high", "high"))}
        money = {f"spending{end}": spent[k] for end, k in (("", "mean"), ("_low", "low"), ("_high", "high"))}
        rows.append(
            {"scenario": package, "measure": "cost_per_additional_graduate", "value": value, "low": low, "high": high}
            | {"defined": defined, "price_low": 0.75 * value, "price_high": 1.25 * value}
            | {"ranking_holds": True if defined else None, "ranking_holds_all": False if defined else None}
            | effects
            | money
        )
    columns = ["scenario", "measure", "value", "low", "high", "defined", "effect", "effect_low", "effect_high"]
    columns += ["spending", "spending_low", "spending_high", "price_low", "price_high"]
    return pd.DataFrame(rows, columns=[*columns, "ranking_holds", "ranking_holds_all"])
