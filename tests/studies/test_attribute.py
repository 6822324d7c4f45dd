"""Shares of a package: they add up pair by pair, come from the model itself, and claim only what is clear."""

import dataclasses
import json

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t as student

from sim.cli.main import main
from sim.engine.mistakes import ConfigurationError
from sim.inputs.config import load
from sim.model.measures.definitions import MEASURES
from sim.runs.results import RunName
from sim.runs.simulate import simulate
from sim.runs.store.shards import RunStore
from sim.runs.unit import simulate_coalitions
from sim.studies.attribute.figures import write_figures
from sim.studies.attribute.figures.interactions import interplay
from sim.studies.attribute.figures.waterfall import waterfall
from sim.studies.attribute.question import make_game, package_and_reference, paragraph_of, parts_of
from sim.studies.attribute.run import attribute, play
from sim.studies.attribute.sentences import AttributionData, answer, figure_title, sampling, together
from sim.studies.attribute.tables import attributed
from tests.helpers import ALL_POLICIES

SHORT = ["cluster=toy", "run.burn_in=24", "run.until=2027-12"]
MEASURED = ["graduates", "occupancy_rate", "tenants"]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def found():
    return attribute("fill_before_build", *SHORT, measures=MEASURED, replicates=4, workers=1)


@pytest.fixture(scope="module")
def sampled():
    seven = "rent_relief,service_list,seed_fund,talent_housing,living_amenities,rd_vouchers,stock_activation"
    return attribute("baseline", *SHORT, f"policy=[{seven}]", measures=["occupancy_rate"], replicates=2, workers=1)


def test_parts_sum_to_the_whole_in_every_pair(found, sampled):
    for one in (found, sampled):
        whole = one.levels[:, 1] - one.levels[:, 0]
        gap = np.abs(one.by_pair.sum(axis=1) - whole)
        assert (gap <= 1e-9 * np.maximum(1, np.abs(whole))).all()


def test_the_whole_is_the_package_against_the_reference(found):
    package = simulate(load([*SHORT, "scenario=fill_before_build"]), 2, detail=False).yearly["cluster"]
    nothing = simulate(load([*SHORT, "scenario=baseline"]), 2, detail=False).yearly["cluster"]
    since = list(package.periods).index(2026)
    for m, key in enumerate(MEASURED):
        rows = [v.values[v.measures.index(key), since:, 0] for v in (nothing, package)]
        wanted = [r.sum() if MEASURES[key].total else r.mean() for r in rows]
        assert found.levels[1, :, m] == pytest.approx(wanted)


def test_a_coalition_is_the_scenario_with_those_policies_alone(found):
    part = found.game.parts[1]  # mask 0b010
    alone = simulate(load([*SHORT, f"policy=[{part.key}]"]), 1, detail=False).yearly["cluster"]
    runs = {1: {mask: RunName(f"{mask}", "", 1) for mask in (0, 0b010)}}
    _, run = simulate_coalitions(found.game.setups, 1, runs=runs, measures=found.game.measures)
    rows = [alone.measures.index(key) for key in found.game.measures]
    assert np.array_equal(run.values, alone.values[rows, :, 0], equal_nan=True)


def test_policies_of_the_reference_are_in_every_coalition():
    package, reference = package_and_reference("fill_before_build", "service_first", SHORT)
    asked = make_game(package, reference, measures=["graduates"])
    assert {p.key for p in asked.parts} == {"rent_relief", "stock_activation"}
    runs = {1: {0: RunName("0", "", 1)}}
    (run,) = simulate_coalitions(asked.setups, 1, runs=runs, measures=asked.measures)
    held = simulate(reference, 1, detail=False).yearly["cluster"]
    rows = [held.measures.index(key) for key in asked.measures]
    assert np.array_equal(run.values, held.values[rows, :, 0], equal_nan=True)


def test_spending_is_shared_too_and_a_part_without_clear_effect_has_no_price(found):
    spending = found.shares.query("measure == 'public_spending'").set_index("part")
    assert spending.loc["performance_contracts", "mean"] > 0
    graduates = found.shares.query("measure == 'graduates'").set_index("part")
    for row in graduates.itertuples():
        if row.per_million_defined:
            assert row.per_million == pytest.approx(row.mean / row.spending * 1e6)
    assert not found.shares.query("measure == 'occupancy_rate'")["per_million_defined"].any()


def test_intervals_are_students_over_pairs(found):
    own = found.by_pair[:, 0, 1]
    row = found.shares.query("measure == 'occupancy_rate'").iloc[0]
    half = student.ppf(0.975, 3) * own.std(ddof=1) / 2
    assert (row["mean"], row["low"], row["high"]) == pytest.approx((own.mean(), own.mean() - half, own.mean() + half))


def test_claims_about_two_parts_hold_for_all_pairs_of_parts_together(found):
    own = found.together[:, 0, 1]
    row = found.interactions.query("measure == 'occupancy_rate'").iloc[0]
    half = student.ppf(1 - 0.025 / 3, 3) * own.std(ddof=1) / 2
    assert (row["low"], row["high"]) == pytest.approx((own.mean() - half, own.mean() + half))
    assert row["clear"] == (row["low"] > 0 or row["high"] < 0)


def test_sampling_error_is_told_apart_and_is_nought_when_exact(found, sampled):
    assert (found.shares["sampling_error"] == 0).all()
    assert (sampled.shares["sampling_error"] > 0).any() and sampled.game.orders == 4
    assert sampled.interactions.empty and sampled.shares["first_mean"].isna().all()


def test_paragraphs_group_the_levers_that_answer_them():
    package, reference = package_and_reference("fill_before_build", "baseline", SHORT)
    parts = parts_of(package, reference, "paragraph")
    assert sum(len(part.policies) for part in parts) == 3
    for part in parts:
        assert {paragraph_of(policy)[0] for policy in part.policies} == {part.key}
        assert part.title["zh"].startswith(f"第{part.key}段")


def test_parts_do_not_depend_on_the_order_of_the_package():
    one, other = (
        package_and_reference("baseline", "baseline", [*SHORT, f"policy=[{names}]"])
        for names in ("service_list,rent_relief", "rent_relief,service_list")
    )
    assert [p.key for p in parts_of(*one)] == [p.key for p in parts_of(*other)] == ["rent_relief", "service_list"]


def test_finished_runs_are_read_again_and_not_simulated(tmp_path, monkeypatch):
    package, reference = package_and_reference("fill_before_build", "baseline", SHORT)
    asked, store = make_game(package, reference, replicates=2), RunStore(tmp_path)
    first = play(asked, [1, 2], workers=1, store=store)
    monkeypatch.setattr("sim.studies.attribute.run.simulate_coalitions", None)
    again = play(asked, [1, 2], workers=1, store=store)
    assert attributed(asked, first).shares.equals(attributed(asked, again).shares)
    by_paragraph = make_game(package, reference, by="paragraph", replicates=2)  # the same runs under other names
    assert by_paragraph.parts != asked.parts or len(by_paragraph.parts) < 3
    play(by_paragraph, [1, 2], workers=1, store=store)


@pytest.mark.slow
def test_two_processes_give_the_same_shares_as_one(found):
    two = attribute("fill_before_build", *SHORT, measures=MEASURED, replicates=4, workers=2)
    assert two.shares.equals(found.shares)


def test_a_budget_lowers_the_number_of_orders_and_then_refuses():
    package, reference = package_and_reference("baseline", "baseline", [*SHORT, ALL_POLICIES])
    n = len(package.policies)
    assert make_game(package, reference, replicates=10).orders == 4
    assert make_game(package, reference, replicates=10, budget=10 * (2 + 2 * (n - 1))).orders == 2
    with pytest.raises(ConfigurationError, match=f"take at least {10 * (2 + 2 * (n - 1))} runs"):
        make_game(package, reference, replicates=10, budget=30)


MISTAKES = [
    (["attribute"], "scenario is missing"),
    (["attribute", "scenario=build_first", "scenarios=[baseline]"], "takes one package, scenario=NAME"),
    (["attribute", "scenario=build_first"], "has 1 part beyond the reference 'baseline'"),
    (["attribute", "scenario=baseline"], "has 0 parts"),
    (["attribute", "scenario=fill_before_build", "measures=[graduats]"], "did you mean 'graduates'"),
    (["attribute", "scenario=fill_before_build", "by=street"], "expected lever or paragraph"),
    (["attribute", "scenario=fill_before_build", "orders=3"], "orders=3: expected an even number"),
    (["attribute", "scenario=fill_before_build", "budget=10"], "budget=10"),
    (["attribute", "scenario=fill_before_build", "year=2020"], "year=2020: expected a year from 2026"),
    (["attribute", "scenario=fill_befor_build"], "did you mean 'fill_before_build'"),
    (["attribute", "scenario=fill_before_build", "run.until=2026-06"], "no whole year"),
    (
        ["attribute", "scenario=talent_first", "reference=service_first"],
        "policies.service_list: is in the reference",
    ),
]


@pytest.mark.parametrize(("arguments", "sentence"), MISTAKES, ids=[" ".join(m[0]) for m in MISTAKES])
def test_a_mistake_is_one_sentence(arguments, sentence, capsys):
    short = [o for o in SHORT if not any(a.startswith(o.split("=")[0]) for a in arguments)]
    assert main([*arguments, *short]) == 2
    heard = capsys.readouterr()
    assert sentence in heard.err and heard.out == "" and len(heard.err.strip().splitlines()) == 1


def test_the_command_writes_tables_and_figures_and_says_the_answer(tmp_path, capsys):
    ask = [
        "attribute",
        "scenario=fill_before_build",
        "measures=[occupancy_rate]",
        "replicates=3",
        "lang=en",
        "workers=1",
    ]
    assert main([*ask, *SHORT]) == 0
    told = capsys.readouterr()
    assert "Answer: " in told.out and "Next: incubator attribute" in told.out and "8 coalitions" in told.err
    folder = next(tmp_path.glob("runs/attribute-toy-*"))
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    for name in ("shares.csv", "interactions.parquet", "pairs.parquet", "figures/zh/waterfall_occupancy_rate.svg"):
        assert name in manifest["files"]
    pairs = pd.read_parquet(folder / "pairs.parquet").query("measure == 'occupancy_rate'")
    assert len(pairs) == 9 and set(pairs["replicate"]) == {1, 2, 3}


# ---- what is said, from invented shares

PARTS = {"rent": {"zh": "租金减免", "en": "Rent relief"}, "services": {"zh": "服务清单", "en": "Service list"}}
PARTS |= {"homes": {"zh": "人才公寓", "en": "Talent housing"}}


def invented(rent=(150, 100, 200), services=(60, 30, 90), homes=(-10, -30, 10), apart=True, joint=(-40, -70, -10)):
    """Shares of 200 more graduates, as (mean, low, high) by part."""
    rows = [("rent", rent), ("services", services), ("homes", homes)]
    shares = pd.DataFrame(
        [
            {"measure": "graduates", "part": part, "mean": m, "low": low, "high": high, "sampling_error": 0.0}
            | {"first_mean": m + 9, "last_mean": m - 9, "spending": 2e7, "per_million": m / 20}
            | {"per_million_low": low / 20, "per_million_high": high / 20, "per_million_defined": part != "homes"}
            for part, (m, low, high) in rows
        ]
    )
    total = sum(mean for _, (mean, _, _) in rows)
    whole = {"measure": "graduates", "reference": 9000, "package": 9000 + total, "mean": total}
    pairs = [("rent", "services"), ("rent", "homes"), ("services", "homes")]
    head = [{"measure": "graduates", "part": a, "other": b, "mean": 90.0, "low": 9.0, "high": 170.0} for a, b in pairs]
    contrasts = pd.DataFrame(head).assign(clear=apart)
    interactions = pd.DataFrame(head).assign(mean=joint[0], low=joint[1], high=joint[2])
    interactions["clear"] = [joint[1] > 0 or joint[2] < 0, False, False]
    about = {"title": {"zh": "毕业企业数", "en": "Graduates"}, "unit": {"zh": "家", "en": "firms"}}
    return AttributionData(
        package={"zh": "先填后建", "en": "Fill before build"}, reference={"zh": "现状延续", "en": "Doing nothing"},
        parts=PARTS, measures={"graduates": about | {"percent": False, "good": "up", "total": True}}, shares=shares,
        wholes=pd.DataFrame([whole | {"low": total - 80, "high": total + 80}]), contrasts=contrasts,
        interactions=interactions, years=(2026, 2035), orders=None, pairs=30, run_id="3f9a2c71", version="0.1.0",
    )  # fmt: skip


def test_the_part_that_does_most_is_named_with_its_interval():
    said = figure_title(invented(), "graduates", "en")
    assert said == "Rent relief does the most for graduates: +150 firms (95% interval +100 to +200) of +200 in all"
    assert "「租金减免」" in figure_title(invented(), "graduates", "zh")


def test_parts_too_close_to_rank_are_named_together():
    assert "too close to rank" in figure_title(invented(apart=False), "graduates", "en")


def test_many_parts_too_close_to_rank_are_counted_and_not_listed():
    data = invented(apart=False)
    more = [data.shares.iloc[[0]].assign(part=key, mean=140.0) for key in ("a", "b")]
    many = dataclasses.replace(data, shares=pd.concat([data.shares, *more], ignore_index=True))
    assert "Rent relief leads 4 parts" in figure_title(many, "graduates", "en")


def test_nothing_is_credited_when_the_whole_is_unclear():
    said = figure_title(invented(rent=(30, -10, 70), services=(1, -9, 9)), "graduates", "en")
    assert "no part is given credit" in said


def test_no_part_is_named_when_none_is_clear():
    said = figure_title(invented(rent=(150, -10, 310), services=(60, -30, 150)), "graduates", "en")
    assert "no part's share of it is clear" in said


def test_the_error_of_sampled_orders_is_said_apart_from_the_luck_of_runs():
    data = invented()
    some = dataclasses.replace(data, orders=4, shares=data.shares.assign(sampling_error=[1.0, 2.5, 0.5]))
    assert "sampling of orders makes up to 2.5 firms" in sampling(some, "graduates", "en")
    assert "cannot be told apart" in sampling(
        dataclasses.replace(some, shares=data.shares.assign(sampling_error=np.nan)), "graduates", "en"
    )
    assert sampling(data, "graduates", "en") is None


def test_substitutes_are_told_only_when_clear():
    assert "partly substitutes" in answer(invented(), "graduates", "en") and "相互替代" in answer(
        invented(), "graduates", "zh"
    )
    assert "strengthen each other" in together(invented(joint=(40, 10, 70)), "graduates", "en")
    assert together(invented(joint=(-40, -90, 10)), "graduates", "en") is None


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_waterfall_draws_from_the_reference_to_the_package(lang):
    data = invented()
    figure = waterfall(data, "graduates", lang)
    words = " ".join(text.get_text() for text in figure.texts)
    assert figure_title(data, "graduates", lang) in words and "3f9a2c71" in words
    bars = [p for p in figure.axes[-1].patches if p.get_width()]
    assert sorted(bar.get_width() for bar in bars) == pytest.approx([-10, 60, 150])
    assert max(bar.get_x() + bar.get_width() for bar in bars) == pytest.approx(9210)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_interactions_are_drawn_a_cell_for_each_two_parts(lang):
    figure = interplay(invented(), "graduates", lang)
    words = [text.get_text() for text in figure.texts]
    assert together(invented(), "graduates", lang) in "".join(words) or lang == "en"
    assert sum("\u221240" in word for word in words) >= 3
    none = interplay(invented(joint=(-40, -90, 10)), "graduates", lang)
    assert {"zh": "没有两个部分", "en": "No two parts"}[lang] in " ".join(text.get_text() for text in none.texts)


def test_waterfalls_are_files_in_both_languages(tmp_path):
    many = {
        f"p{i}": {"zh": f"第{i}段：租金减免、盘活存量空间", "en": f"Paragraph {i}: rent relief, stock"}
        for i in range(16)
    }
    data = invented()
    rows = pd.concat([data.shares.iloc[[0]].assign(part=key) for key in many], ignore_index=True)
    wide = dataclasses.replace(data, parts=many, shares=rows, orders=4, interactions=data.interactions.iloc[:0])
    files = write_figures(wide, ["graduates"], tmp_path)
    assert len(files) == 4 and all(path.stat().st_size > 1000 for path in files)


def test_tables_that_lack_a_column_are_refused():
    data = invented()
    with pytest.raises(ValueError, match="shares lacks the column 'low'"):
        dataclasses.replace(data, shares=data.shares.drop(columns="low"))
