"""The long run is judged by hand-worked numbers; space and demand do stand still; the figure says what was found."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from experiments import long_run
from experiments.watching import LEAST_AREA, stocks, watch
from sim.engine.calendar import along, month_number
from sim.model.agents import Enterprise

STILL = {name: np.ones((3, 50)) for name in long_run.QUANTITIES} | {
    "unfilled_share": np.full((3, 50), 0.05),
    "crowded": np.zeros((3, 50)),
}


def decades(*pairs):
    """Runs (seeds, 50 years) with given means of the last two decades."""
    return np.array([np.repeat([7.0, before, after], [30, 10, 10]) for before, after in pairs])


def verdict(**changed):
    table = long_run.judge(STILL | changed).set_index("condition")
    return table[~table["holds"]].index.tolist(), table


def test_what_stands_still_holds():
    assert verdict()[0] == []


def test_less_than_two_per_cent_is_at_rest_however_surely_it_moves():
    assert long_run.at_rest(decades((100, 101.9), (100, 101.9)))["holds"]
    assert not long_run.at_rest(decades((100, 102.1), (100, 102.1)))["holds"]


def test_more_is_at_rest_only_within_two_standard_errors():
    """Changes of 4 and 8 have a mean of 6 and a standard error of 2; of 2 and 8, of 5 and 3."""
    sure, unsure = (long_run.at_rest(decades(*pairs)) for pairs in (((100, 104), (100, 108)), ((100, 102), (100, 108))))
    assert sure["standard_errors"] == pytest.approx(3) and not sure["holds"]
    assert unsure["standard_errors"] == pytest.approx(5 / 3) and unsure["holds"]
    assert unsure["change"] == pytest.approx(0.05) and unsure["years_31_40"] == 100


def test_one_seed_is_judged_by_two_per_cent_alone():
    assert not long_run.at_rest(decades((100, 110)))["holds"] and long_run.at_rest(decades((100, 101)))["holds"]


def test_one_year_of_one_run_with_many_unfilled_posts_is_enough():
    values = STILL["unfilled_share"].copy()
    values[2, 5] = 0.12
    assert verdict(unfilled_share=values)[0] == ["unfilled_share_at_most"]


def test_one_month_of_a_firm_too_full_is_enough():
    values = STILL["crowded"].copy()
    values[0, 0] = 1
    failed, table = verdict(crowded=values)
    assert failed == ["firm_months_too_full"] and table.loc["firm_months_too_full", "highest"] == 1


def test_a_firm_is_too_full_below_six_square_metres_a_head(toy):
    tenants = toy.where(Enterprise, lambda f: f.is_tenant())
    tenants.staff = np.zeros((len(tenants), 3), np.int32)
    assert stocks(toy)["crowded"] == 0
    first = tenants[np.arange(1)]
    heads = int(first.area[0]) // LEAST_AREA
    first.staff = np.array([[heads, 0, 0]], np.int32)
    assert stocks(toy)["crowded"] == 0
    first.staff = np.array([[heads, 1, 0]], np.int32)
    assert stocks(toy)["crowded"] == 1


def test_nothing_is_added_and_no_path_moves_after_2025(composed):
    setup = composed("cluster=toy", "demand=downturn", "policy=[rent_relief]")
    late = np.datetime64("2026-01")
    parks = [replace(park, additions=((np.datetime64("2024-01"), 100), (late, 500))) for park in setup.data.parks]
    still = long_run.constant(replace(setup, data=replace(setup.data, parks=tuple(parks))))
    assert [park.added for park in still.data.parks] == [100, 100] and still.policies == ()
    for path, before in ((still.world.macro, setup.world.macro), (still.world.promotion, setup.world.promotion)):
        assert {along(path, month_number(f"{year}-06")) for year in range(2026, 2075)} == {
            along(before, month_number("2025-12"))
        }
    assert along(setup.world.macro, month_number("2028-06")) < 0.8


def test_years_are_those_after_2025(composed):
    setup = long_run.constant(composed("cluster=toy", "run.burn_in=12", "run.until=2027-12"))
    run = watch(setup, 2, firms=False, measures=long_run.MEASURES)
    found = long_run.by_year(run)
    assert {len(series) for series in found.values()} == {2}
    last = run.months >= month_number("2027-01")
    assert found["area_a_head"][1] == pytest.approx(run.parks["let"][last].sum() / run.whole["staff"][last].sum())
    assert found["largest"][1] == pytest.approx(run.whole["largest"][last].mean())
    assert found["occupancy_rate"][1] == run.yearly["occupancy_rate"][5]


def test_the_title_says_what_was_found():
    moved = long_run.judge(STILL | {"largest": decades((1, 2), (1, 2.1)), "unfilled_share": np.full((2, 50), 0.831)})
    assert long_run.title(moved, "en").endswith(
        "1 of 10 figures still move in years 41 to 50; unfilled posts reach 83%"
    )
    assert "10项指标中有1项" in long_run.title(moved, "zh") and long_run.title(moved, "zh").endswith(
        "空缺岗位最高占83%"
    )
    assert long_run.title(long_run.judge(STILL), "en").endswith("all 10 figures are at rest in years 41 to 50")
    assert long_run.title(long_run.judge(STILL), "zh").endswith("10项指标在第41至50年全部稳定")


def test_the_script_draws_and_writes_what_it_prints(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        long_run, "follow", lambda setups, seeds: [STILL, STILL | {"largest": decades((1, 2), (1, 2.1))}]
    )
    long_run.main(["--cluster", "toy", "--seeds", "3", "--figure", "drawn", "run.burn_in=0"])
    printed = capsys.readouterr().out
    assert (
        "toy, space_pulls, 3 runs: 12 of 12 hold" in printed
        and "toy, promotion_pulls, 3 runs: 11 of 12 hold" in printed
    )
    table = pd.read_csv(tmp_path / "runs" / "long_run.csv", encoding="utf-8-sig")
    assert table.loc[~table["holds"], ["world", "condition"]].to_numpy().tolist() == [["promotion_pulls", "largest"]]
    for lang, said in (("zh", "仍在变动"), ("en", "1 of 10 figures still move")):
        assert said in (tmp_path / "drawn" / f"long_run.{lang}.svg").read_text(encoding="utf-8")
