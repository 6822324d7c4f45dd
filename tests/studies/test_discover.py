"""Choices, discoveries and the value of information: what they ask, claim, draw, write, and refuse."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from matplotlib.contour import ContourSet

from sim.cli.main import main
from sim.engine.mistakes import ConfigurationError
from sim.report.sampled import judged
from sim.runs.store.folder import RunFolder
from sim.studies.common.decision import PRESENT
from sim.studies.common.sample import Sample, benefits
from sim.studies.discover.figures import chart, chart_title
from sim.studies.discover.figures import write_figures as write_flips
from sim.studies.discover.run import _checked, analysed, carry_out, to_check
from sim.studies.discover.sentences import answer, box_sentence, check, figure_title
from sim.studies.discover.tables import report_data as discovery_data
from sim.studies.discover.tables import write as write_discovery
from sim.studies.voi.figures import write_figures as write_information
from sim.studies.voi.run import analysed as informed_by
from sim.studies.voi.sentences import figure_title as data_message
from sim.studies.voi.tables import report_data as information_data
from sim.studies.voi.tables import write as write_worths
from tests.helpers import library
from tests.studies.fake_sample import decided, fake_sample, usual

library("sklearn")


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def found(**sample):
    return analysed(fake_sample(**sample), resamples=5, draws=200)


@pytest.fixture(scope="module")
def turning():
    """Service first is better until the penalty of distance reaches 0.55 + 0.5 x 3."""
    return found()


@pytest.fixture(scope="module")
def informed():
    return informed_by(fake_sample(), draws=30, shuffles=40)


# What is asked


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"measures": ["rent"]}, "measures=[…,rent,…]: more of it is neither better nor worse"),
        ({"measures": ["graduates", "tenants"]}, "measures=[graduates,tenants]: name one, or say what each is worth"),
        ({"measures": ["graduates", "tenants"], "value": 5e5}, "value=5"),
        ({"value": -1}, "value=[graduates:-1]: expected a number of CNY above 0."),
        ({"value": {"tenants": 1e4}}, "value=[…,tenants:…]: 'tenants' is not among the measures."),
        ({"points": 8}, "points=8: expected a whole number from 20 on."),
        ({"replicates": 2}, "replicates=2: expected a whole number from 3 on, to tell luck from parameters."),
        ({"vary": ["parameters.choice.distance=1..2"]}, "its present value 0.55 is not in the range searched, 1 to 2; widen that."),
        ({"vary": ["parameters.choice.distanc"]}, "did you mean"),
        ({"year": 2040}, "year=2040: expected a year from 2026"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused_with_a_sentence(asked, said):
    with pytest.raises(ConfigurationError) as problem:
        decided(**asked)
    assert said in str(problem.value)


def test_more_than_two_are_not_held_against_each_other():
    with pytest.raises(ConfigurationError, match="holds two against each other"):
        carry_out(decided(["service_first", "talent_first"]))


@pytest.mark.parametrize("verb", ["discover", "voi"])
def test_the_command_refuses_before_anything_is_written(verb, tmp_path, capsys):
    assert main([verb, "scenarios=[service_first]", "reference=baseline", "cluster=toy", "value=dear"]) == 2
    assert "value=dear: expected CNY for one of the measure" in capsys.readouterr().err
    assert main([verb, "cluster=toy"]) == 2
    assert f"incubator {verb}: scenarios is missing" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_larger_sample_holds_the_points_of_a_smaller_one_and_the_present():
    large = usual().design().points
    small = replace(usual(), points=32).design().points
    assert large.loc[: small.index.max()].equals(small)
    assert small.loc[PRESENT, "parameters.choice.distance"] == 0.55


# Flip points and boxes


def test_the_sentence_names_the_parameter_its_flip_point_and_interval(turning):
    first = turning.flips[0]
    assert first.name == "parameters.choice.distance" and first.value == pytest.approx(0.55 + 0.5 * 3, abs=0.25)
    data = discovery_data(turning)
    assert figure_title(data, "en").startswith(
        "Service first beats Doing nothing on graduates unless penalty per 15 felt minutes exceeds 2."
    )
    assert figure_title(data, "zh").startswith(
        "按毕业企业数，「服务优先」优于「现状延续」，除非每15分钟体感距离的惩罚高于2."
    )
    assert "95% 1." in figure_title(data, "en") and "now 0.55" in figure_title(data, "en")


def test_the_quality_of_the_emulator_is_always_said(turning):
    for lang in ("zh", "en"):
        assert f"R²{' ' if lang == 'en' else '为'}{turning.held.r2:.2f}" in answer(discovery_data(turning), lang)


def test_the_box_of_regret_is_told_by_what_it_does_on_unseen_points(turning):
    said = box_sentence(discovery_data(turning), "en")
    stable = turning.boxes[0][1]
    assert said.startswith("Service first is the worse choice mainly where penalty per 15 felt minutes exceeds")
    assert f"{100 * stable.density:.0f}% of unseen points" in said and stable.density > 1.5 * stable.base


def test_the_preferred_choice_is_the_better_one_whatever_the_order():
    assert found(level=-33.0, slope=66.0).preferred == "baseline"


def test_no_flip_point_is_named_where_the_preference_itself_is_not_clear():
    data = discovery_data(found(level=0.0))
    assert "do not clearly differ on graduates" in figure_title(data, "en") and "没有明确差别" in figure_title(
        data, "zh"
    )
    assert check(data, "en") is None and "unless" not in answer(data, "en")


def test_no_flip_within_bounds_is_said():
    data = discovery_data(found(level=90.0, slope=-10.0))
    assert figure_title(data, "en").endswith("the others as they are: no flip") and "4 parameters" in figure_title(
        data, "en"
    )
    assert box_sentence(data, "en") == "At none of 64 points is Service first the worse choice"


def test_the_nearest_flip_is_checked_at_the_ends_of_its_interval_and_a_contradiction_is_told(turning):
    rows = to_check(turning)
    first = turning.flips[0]
    assert [r["value"] for r in rows] == [first.low, first.high] and rows[1]["expected"] == "other"
    agreeing = np.array([[[0.0, 5.0 + k] for k in range(5)], [[0.0, -5.0 - k] for k in range(5)]])
    for benefit, said in (
        (agreeing, "5 new pairs of runs at each place agree: at 1."),
        (-agreeing, "5 new pairs of runs at each place contradict it: at 1."),
    ):
        turning.checked = _checked(turning, rows, benefit)
        assert check(discovery_data(turning), "en").startswith(said)
    assert "worse by 7 firms (5 to 9)" in check(discovery_data(turning), "en").replace(".0", "")
    turning.checked = pd.DataFrame()


def test_another_count_of_resamples_changes_no_flip_point(turning):
    again = analysed(fake_sample(), resamples=2, draws=200)
    pd.testing.assert_frame_equal(again.table, turning.table)


def test_of_what_should_be_low_the_map_shows_how_much_more_the_other_has(turning):
    data = discovery_data(turning)
    figure = chart(replace(data, measure={**data.measure, "good": "down"}), "en")
    assert any("Doing nothing less Service first" in axes.get_ylabel() for axes in figure.axes)


def test_where_nothing_is_clear_the_map_says_so_and_draws_no_turn(turning):
    data = discovery_data(turning)
    half = np.full_like(data.chart["better"], 0.5)
    unclear = replace(data, chart={**data.chart, "better": half})
    assert len(lines_of(chart(data, "en"))) == 1 and not lines_of(chart(unclear, "en"))
    assert chart_title(unclear, "en").startswith("Nowhere in this range is it clear")
    assert chart_title(unclear, "zh").endswith("处处不明确")


def lines_of(figure):
    """Turning lines of a map: contours that are not filled."""
    drawn = [c for axes in figure.axes for c in axes.collections if isinstance(c, ContourSet) and not c.filled]
    return [c for c in drawn if any(len(path.vertices) for path in c.get_paths())]


def test_what_one_more_is_worth_stands_in_the_subtitle(turning):
    data = replace(discovery_data(turning), values=[({"zh": "毕业企业数", "en": "Graduates"}, 5e5)])
    assert "graduates at CNY 500,000 each, less public spending" in judged(data, "en")
    assert "毕业企业数每单位500,000元，减财政支出" in judged(data, "zh")


# Value of information


def test_the_parameter_that_decides_is_to_be_measured_first(informed):
    assert informed.each[0].name == "parameters.choice.distance" and informed.each[0].clear
    assert not any(w.clear for w in informed.each[1:])
    assert informed.verdict("en").startswith(
        "Measure penalty per 15 felt minutes first: knowing it before choosing is worth"
    )
    assert informed.verdict("zh").startswith("最值得先测的是每15分钟体感距离的惩罚")


def test_where_one_choice_is_best_everywhere_nothing_is_worth_measuring():
    sure = informed_by(fake_sample(level=300.0), draws=20, shuffles=20)
    assert sure.every.value == 0 and sure.verdict("en").startswith("Service first is the best choice at every point")


def test_a_worth_whose_interval_holds_zero_is_not_claimed(informed):
    data = information_data(informed)
    data = replace(data, each=data.each.assign(low=0.0, clear=False))
    assert data_message(data, "en").startswith(
        "Measuring no single parameter clearly pays: Service first is the choice to make"
    )


def test_worth_in_money_is_worth_in_the_measure_times_its_value(informed):
    money = fake_sample(replace(usual(), values={"graduates": 500_000.0}))
    priced = informed_by(Sample(money.decision, money.points, 5e5 * money.benefit, 5e5 * money.present, 0), 10, 40)
    assert priced.each[0].value == pytest.approx(5e5 * informed.each[0].value)
    assert priced.table["in_measure"].iloc[0] == pytest.approx(informed.each[0].value)
    assert "CNY" in priced.verdict("en") and "万元" in priced.verdict("zh")
    assert "A study of it pays as long as it costs less than that" in priced.verdict("en")


# What is drawn and written


def test_figures_are_drawn_in_both_languages(turning, informed, tmp_path):
    files = write_flips(discovery_data(turning, "x"), tmp_path, ("zh",))
    files += write_information(information_data(informed, "x"), tmp_path, ("en",))
    assert {f.name for f in files} == {f"{n}.{e}" for n in ("flips", "map", "information") for e in ("png", "svg")}


def test_tables_carry_titles_and_the_manifest_the_answer(turning, informed, tmp_path):
    for kind, write, one in (("discover", write_discovery, turning), ("voi", write_worths, informed)):
        decision = one.sample.decision
        folder = RunFolder(tmp_path, kind, decision.setups, decision.identity, decision.seed)
        files = write(one, folder, began="now", figures=False)
        assert all(f.is_file() for f in files) and "结论" not in (folder.path / "manifest.json").read_text("utf-8")
        table = pd.read_csv(folder.path / ("flips.csv" if kind == "discover" else "evppi.csv"))
        assert table["title_zh"].iloc[0] == "每15分钟体感距离的惩罚"


# The model


def test_benefits_are_those_of_the_sweep_with_spending_taken_off():
    decision = replace(
        usual(), measures=["graduates", "waiting_months"], values={"graduates": 2.0, "waiting_months": 3.0}
    )
    levels = {"graduates": 10.0, "waiting_months": 4.0, "public_spending": 5.0}

    class Found:
        def levels(self, measure, scenario, years):
            index = pd.MultiIndex.from_product([[0, 1], decision.seeds], names=["point", "seed"])
            return pd.DataFrame({"value": levels[measure] * (1 + (scenario == "service_first"))}, index=index)

    benefit = benefits(Found(), decision, [0, 1], decision.seeds)
    assert benefit[0, 0].tolist() == [2 * 10 - 3 * 4 - 5, 2 * (2 * 10 - 3 * 4 - 5)]


@pytest.mark.slow
def test_both_commands_run_on_the_model_and_share_their_runs(tmp_path, capsys):
    asked = [
        "scenarios=[service_first]", "reference=baseline", "cluster=toy", "run.burn_in=0", "run.until=2022-12", "measures=tenants",
        "policies.service_list.start=2022-01", "policies.performance_contracts.start=2022-01",
        "parameters.choice.rent_sensitivity=0.5..2", "vary=[parameters.choice.distance]", "points=20", "replicates=3",
        "engine=serial", "figures=false", "lang=en",
    ]  # fmt: skip
    assert main(["discover", *asked]) == 0
    told = capsys.readouterr().out
    assert "Answer: " in told and "Emulator on 20 unseen points" in told and "points=40" in told
    kept = sum(1 for _ in (tmp_path / "runs" / "store").rglob("*.parquet"))
    assert main(["voi", *asked]) == 0
    assert "every parameter (EVPI)" in capsys.readouterr().out
    assert sum(1 for _ in (tmp_path / "runs" / "store").rglob("*.parquet")) == kept
