"""The picture of official criteria: its message follows the counts, and what is not simulated is said on it."""

import dataclasses

import numpy as np
import pytest

from sim.studies.criteria.figures import criteria, nearest_first, write_criteria
from sim.studies.criteria.sentences import CriteriaTiles


def invented(parks=36, missing=1, reference=True):
    rng = np.random.default_rng(3)
    value = np.column_stack([rng.uniform(2000, 9000, parks), rng.uniform(0.4, 0.9, parks), rng.uniform(5, 60, parks)])
    special = np.arange(parks) % 3 == 0
    bars = [(5000.0, 3000.0), (0.667, 0.667), (None, 20.0)]
    bar = np.where(special[:, None], [b for _, b in bars], [np.nan if g is None else g for g, _ in bars])
    met = np.where(np.isnan(bar), np.nan, value >= bar)
    meets = np.nanmin(met, axis=1)
    named = [("自主支配面积", "Area", False), ("用房占比", "Share of area let", True), ("在孵企业数", "Tenants", False)]
    return CriteriaTiles(
        rules={"zh": "市级标准", "en": "municipal bar"}, scenario={"zh": "服务优先", "en": "Service first"},
        reference={"zh": "现状延续", "en": "Doing nothing"} if reference else None, year=2035,
        labels=[f"{k + 1:02d}" for k in range(parks)],
        names={"zh": [f"示例园区{k}" for k in range(parks)], "en": [f"Example park {k}" for k in range(parks)]},
        special=special,
        criteria=[
            {"title": {"zh": zh, "en": en}, "percent": percent, "unit": {"zh": "家", "en": "firms"}, "bars": b}
            for (zh, en, percent), b in zip(named, bars, strict=True)
        ],
        missing=[{"zh": "种子资金", "en": "seed money"}] * missing, value=value, bar=bar, met=met, meets=meets,
        reference_meets=0.5 * meets if reference else None, count=(20.2, 19.0, 21.4),
        reference_count=17.1 if reference else None, difference=(3.1, 2.0, 4.2) if reference else None,
        pairs=20, run_id="3f9a2c71", version="0.1.0",
    )  # fmt: skip


def words_of(figure):
    return " ".join(text.get_text() for text in (*figure.texts, *figure.axes[0].texts))


def test_the_message_names_both_counts_only_where_they_clearly_differ():
    data = invented(missing=0)
    assert (
        data.title("en")
        == "20 of 36 parks meet the municipal bar in 2035 under Service first, against 17 under Doing nothing"
    )
    assert data.title("zh") == "「服务优先」下，2035年36家园区中有20家达到市级标准，「现状延续」下为17家"
    same = dataclasses.replace(data, difference=(3.1, -0.1, 6.3))
    assert "do not clearly differ" in same.title("en") and "没有明确差别" in same.title("zh")
    assert "17" not in same.title("en")
    unknown = dataclasses.replace(data, difference=(3.1, np.nan, np.nan))
    assert "do not clearly differ" in unknown.title("en")


def test_a_clear_difference_that_rounds_away_shows_a_decimal():
    data = dataclasses.replace(
        invented(missing=0), count=(20.4, 20, 21), reference_count=19.9, difference=(0.5, 0.2, 0.8)
    )
    assert "20.4 of 36" in data.title("en") and "19.9 under" in data.title("en")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_is_not_simulated_is_hatched_and_said(lang):
    data = invented()
    figure = criteria(data, lang)
    assert {"zh": "种子资金", "en": "seed money"}[lang] in words_of(figure)
    assert {"zh": "可模拟的3项", "en": "3 simulated criteria"}[lang] in data.title(lang)
    assert any(patch.get_hatch() for patch in figure.axes[0].patches)
    whole = criteria(invented(missing=0), lang)
    assert not any(patch.get_hatch() for patch in whole.axes[0].patches)


def test_parks_nearest_to_the_bar_come_first():
    data = invented(parks=30)
    order = nearest_first(data)
    assert sorted(order) == list(range(30)) and (np.diff(data.meets[order]) <= 0).all()


def test_hundreds_of_parks_stay_on_one_sheet_and_the_rest_is_said():
    figure = criteria(invented(parks=300), "en")
    assert figure.get_size_inches()[1] < 14 and "240 more parks" in words_of(figure)


def test_files_are_written_in_both_languages(tmp_path):
    paths = write_criteria(invented(reference=False), tmp_path, "criteria_a")
    assert sorted(str(p.relative_to(tmp_path)) for p in paths) == sorted(
        f"figures/{lang}/criteria_a.{form}" for lang in ("zh", "en") for form in ("png", "svg")
    )
