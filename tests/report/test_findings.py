"""The sentences follow the results: a claim stands only on an interval that leaves out zero."""

import dataclasses

import pytest

from sim.studies.compare import sentences as findings
from sim.studies.compare.figures import FIGURES
from tests.report.fake_results import fake_data


def with_differences(data, changes, measure="occupancy_rate"):
    """The same results, but with the cluster's differences set by hand: {package: (mean, low, high)}."""
    table = data.differences.copy()
    for package, values in changes.items():
        rows = (table["unit_kind"] == "cluster") & (table["measure"] == measure)
        rows &= (table["scenario"] == package) & (table["year"] == data.last_year)
        table.loc[rows, ["mean", "low", "high"]] = values
    return dataclasses.replace(data, differences=table)


@pytest.fixture(scope="module")
def three():
    return fake_data(parks=4, packages=3, pairs=8)


def test_the_best_package_is_named_with_its_points(three):
    data = with_differences(
        three,
        {"services_first": (0.02, 0.01, 0.03), "rent_relief": (0.08, 0.07, 0.09), "talent_homes": (0.0, -0.01, 0.01)},
    )
    assert findings.headline(data, "zh") == "「租金减免」使2035年入驻率提高最多，达8.0个百分点"
    assert findings.headline(data, "en") == "Rent relief raises the 2035 occupancy rate most, by 8.0 points"


def test_a_change_whose_interval_spans_zero_is_never_claimed(three):
    nothing = (0.09, -0.001, 0.18)
    data = with_differences(three, dict.fromkeys(three.packages, nothing))
    for lang in ("zh", "en"):
        sentence = findings.measure_sentence(data, "occupancy_rate", lang)
        assert "9.0" not in sentence
        assert {"zh": "没有明确差别", "en": "No package clearly differs"}[lang] in sentence


def test_overlapping_leaders_are_not_ranked(three):
    data = with_differences(
        three,
        {
            "services_first": (0.060, 0.05, 0.07),
            "rent_relief": (0.066, 0.056, 0.076),
            "talent_homes": (0.01, 0.005, 0.015),
        },
    )
    sentence = findings.measure_sentence(data, "occupancy_rate", "zh")
    assert "难分先后" in sentence and "租金减免" in sentence and "服务优先" in sentence
    data = with_differences(data, {"talent_homes": (0.058, 0.05, 0.066)})
    assert findings.measure_sentence(data, "occupancy_rate", "en").startswith("3 packages raise")


def test_a_package_that_only_harms_is_said_to_harm(three):
    data = with_differences(
        three,
        {"services_first": (-0.03, -0.04, -0.02), "rent_relief": (0.0, -0.01, 0.01), "talent_homes": (0, -0.01, 0.01)},
    )
    assert findings.measure_sentence(data, "occupancy_rate", "zh") == (
        "没有方案使2035年入驻率明确提高；「服务优先」使其降低3.0个百分点"
    )
    assert "Services first lowers the occupancy rate by 3.0 points" in findings.harm_sentence(data, "en")


def test_less_is_better_where_the_measure_says_so(three):
    measures = {**three.measures, "occupancy_rate": {**three.measures["occupancy_rate"], "good": "down"}}
    data = dataclasses.replace(three, measures=measures)
    data = with_differences(
        data,
        {"services_first": (0.05, 0.04, 0.06), "rent_relief": (-0.02, -0.03, -0.01), "talent_homes": (0, -0.1, 0.1)},
    )
    assert findings.measure_sentence(data, "occupancy_rate", "en").startswith("Rent relief lowers")
    assert data.lead() == "rent_relief"


@pytest.fixture(scope="module")
def worlds():
    return [fake_data(parks=24, packages=2, pairs=12, scale=scale) for scale in (1.0, 0.0, -1.0)]


@pytest.mark.parametrize("name", FIGURES)
def test_every_title_changes_with_the_data(name, worlds):
    message = FIGURES[name][1]
    titles = {message(world, "zh") for world in worlds}
    assert len(titles) >= (2 if name == "differences" else 3)


def test_no_effect_leaves_every_title_neutral():
    data = fake_data(parks=36, packages=1, pairs=30, scale=0.0, seed=4)
    assert not any(d.clear for measure in data.headline for d in data.compared(measure))
    assert findings.headline(data, "en") == "No package clearly differs from the reference on any headline measure"
    assert findings.sure_sentence(data, "zh") == "3项差异均不明确：95%区间都含零"
    assert findings.harm_sentence(data, "zh") is None


def test_a_few_parks_that_differ_by_chance_are_no_finding(three):
    table = three.differences.copy()
    rows = (table["unit_kind"] == "park") & (table["scenario"] == "services_first")
    table.loc[rows, ["mean", "low", "high"]] = (0.0, -0.01, 0.01)
    table.loc[rows & (table["unit"] == "park_01"), ["mean", "low", "high"]] = (-0.02, -0.03, -0.01)
    flat = with_differences(
        dataclasses.replace(three, differences=table), dict.fromkeys(three.packages, (0.0, -0.01, 0.01))
    )
    flat = with_differences(flat, {"services_first": (0.001, -0.01, 0.01)})
    assert "没有超出偶然的差别" in findings.parks_sentence(flat, "zh")


def test_the_number_of_weak_parks_is_counted_from_the_tiles(results):
    levels, lead = results.park_levels, results.lead()
    before, after = ((levels[key] < 0.7).sum() for key in (results.reference, lead))
    assert findings.parks_sentence(results, "zh") == (
        f"「{results.name(lead, 'zh')}」使入驻率不足70%的园区由{before}家减至{after}家"
    )


def test_cost_is_told_only_where_it_is_defined(three):
    costs = three.costs.assign(defined=False)
    assert findings.cost_sentence(dataclasses.replace(three, costs=costs), "zh").startswith("毕业企业数的差异不明确")
    costs = three.costs.assign(defined=True, value=[1e6, 3e6, 9e6], low=[0.9e6, 2e6, 8e6], high=[1.1e6, 4e6, 10e6])
    sentence = findings.cost_sentence(dataclasses.replace(three, costs=costs), "zh")
    assert sentence == "「服务优先」每新增一家毕业企业的财政成本最低：100万元（95%区间90至110）"
    costs["low"] = 0.5e6
    assert "难分先后" in findings.cost_sentence(dataclasses.replace(three, costs=costs), "zh")


def test_one_scenario_gives_levels_and_no_comparison(lone_results):
    assert findings.headline(lone_results, "en").startswith("Continue as now in 2035: occupancy rate ")
    assert lone_results.lead() is None
    assert findings.cost_sentence(lone_results, "en") is None


def test_results_that_lack_something_are_refused_by_name(three):
    with pytest.raises(ValueError, match="differences lacks the column 'same_sign'"):
        dataclasses.replace(three, differences=three.differences.drop(columns="same_sign"))
    with pytest.raises(ValueError, match="reference 'nothing' is not among"):
        dataclasses.replace(three, reference="nothing")
