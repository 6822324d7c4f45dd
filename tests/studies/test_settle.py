"""Pairs until it is known: the same pairs whoever simulates them, shared with `compare`, honest when they run out."""

import json

import numpy as np
import pandas as pd
import pytest

from sim.cli.main import main
from sim.engine.mistakes import ConfigurationError
from sim.inputs.config import load
from sim.model.measures.definitions import describe
from sim.runs.simulate import simulate, simulate_matched
from sim.runs.store.folder import RunFolder
from sim.runs.store.identity import question_of
from sim.studies.common.horizon import over_horizon
from sim.studies.common.scenarios import scenarios_of
from sim.studies.compare.run import compare
from sim.studies.settle.question import make_question, usual_width
from sim.studies.settle.run import ComparisonRow, in_order, settle
from sim.studies.settle.sentences import Settling, answer, standing
from sim.studies.settle.verb import widths

SHORT = ["cluster=toy", "run.burn_in=24", "run.until=2027-12"]


SIMULATED = {}


def known(setups, seed, reference=None, **how):
    """A pair of this process, simulated once for all tests here."""
    asked = (seed, reference, *(question_of(s) for s in setups), *how.items())
    if asked not in SIMULATED:
        SIMULATED[asked] = simulate_matched(setups, seed, reference, **how)
    return SIMULATED[asked]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sim.studies.settle.run.simulate_matched", known)


def settled(**how):
    how = {"measures": ["graduates", "occupancy_rate"], "minimum": 5, "budget": 7, "workers": 1} | how
    return settle(["talent_first"], *SHORT, reference="baseline", **how)


def test_it_stops_at_the_first_pair_at_which_every_width_is_reached():
    found = settled(half_width={"graduates": 50, "occupancy_rate": 0.5})
    assert found.settled and found.pairs == 5 and found.more == 0
    assert set(found.table["measure"]) == {"graduates", "occupancy_rate"}
    assert (found.table["half_width"] <= found.table["asked"]).all()


def test_a_spent_budget_says_how_many_more():
    found = settled(half_width=[50, 1e-5])
    assert not found.settled and found.pairs == 7
    occupancy = found.table.set_index("measure").loc["occupancy_rate"]
    assert found.more == occupancy.needed - 7 > 0
    assert occupancy.needed == np.ceil(7 * (occupancy.half_width / 1e-5) ** 2)
    assert f"about {found.more:,.0f} more pairs" in found.verdict("en") and "尚无定论" in found.verdict("zh")


@pytest.mark.slow
def test_two_processes_settle_on_the_same_pairs_as_one():
    one, two = (settled(half_width=[50, 0.5], workers=n) for n in (1, 2))
    assert one.table.equals(two.table) and one.pairs == two.pairs


def test_the_mean_is_that_of_the_paired_comparison():
    found = settled(half_width=[50, 0.5])
    results = compare(["baseline", "talent_first"], *SHORT, replicates=5, workers=1)
    whole = results.differences.query("unit_kind == 'cluster' and year == 0").set_index("measure")["mean"]
    for row in found.table.itertuples():
        assert row.mean == pytest.approx(whole[row.measure], abs=1e-12)


def test_one_year_is_that_year():
    found = simulate(load([*SHORT, "scenario=baseline"]), 1, detail=False).yearly["cluster"]
    tenants = found.values[[found.measures.index("tenants")], :, 0]
    assert over_horizon(["tenants"], found.periods, tenants, 2026, year=2027)[0] == tenants[0, -1]
    with pytest.raises(ConfigurationError, match="year=2040: expected a year from 2026"):
        settled(year=2040)


def test_counts_add_up_over_years_and_shares_are_averaged():
    values = np.array([[5.0, 1, 2], [0.5, 0.2, np.nan], [np.nan] * 3])
    whole = over_horizon(["graduates", "occupancy_rate", "graduate_share_of_leavers"], [2025, 2026, 2027], values, 2026)
    assert whole[:2] == pytest.approx([3, 0.2]) and np.isnan(whole[2])


def test_ranking_orders_by_what_is_better():
    table = pd.DataFrame(
        [
            {
                "measure": m,
                "scenario": s,
                "against": a,
                "mean": 2.0,
                "half_width": h,
                "asked": 3.0,
                "settled": done,
                "needed": 90,
            }
            for m in ("graduates", "closure_rate")
            for s, a, h, done in (("one", "other", 1.0, True), ("other", "third", 2.5, False))
        ]
    )
    titles = {name: {"zh": name, "en": name} for name in ("one", "other", "third")}
    said = answer(Settling(table, titles, describe(), True, 0.95, 30), "en")
    assert "graduates: one > other ? third" in said and "closure rate of incubatees: third ? other > one" in said
    assert "about 60 more" in said


def test_progress_tells_the_widest_interval_and_what_is_missing():
    row = ComparisonRow("occupancy_rate", "a", "b", 0.01, 0.02, -0.01, 0.03, 0.005, False, 480, 30)
    fine = row._replace(measure="graduates", half_width=3.0, asked=4.0, settled=True, needed=20)
    assert (
        standing([fine, row], describe(), False, 30, 20, "en")
        == "±2.0 points, asked ±0.50 points; about 450 more pairs would do"
    )
    assert standing(None, describe(), False, 3, 20, "zh") == "3对，至少20对"
    assert standing([fine, row], describe(), True, 30, 20, "en").startswith("1 of 2 neighbours settled")
    assert "too alike" in standing([row._replace(needed=float("inf"))], describe(), True, 30, 20, "en")


def test_scenarios_within_the_half_width_are_as_good_as_equal():
    found = settled(measures=["closure_rate"], ranking=True, half_width=1.0, minimum=10, budget=12)
    assert found.settled and " = " in found.verdict("en")


def test_settle_and_compare_share_their_pairs_in_any_order_of_scenarios(tmp_path, capsys):
    ask = [*SHORT, "workers=1", "figures=false", "lang=en"]
    width = ["measures=[graduates]", "half_width=50", "minimum=5", "budget=6"]
    assert main(["settle", "scenarios=[talent_first]", "reference=baseline", *width, *ask]) == 0
    told = capsys.readouterr().out
    assert "Answer: Settled after 5 pairs" in told and "Next: incubator compare" in told
    kept = {p: p.stat().st_mtime_ns for p in tmp_path.glob("runs/compare-*/pairs/*.npz")}
    assert len(kept) == 5
    assert main(["compare", "scenarios=[talent_first,baseline]", "reference=baseline", "replicates=5", *ask]) == 0
    assert {p: p.stat().st_mtime_ns for p in tmp_path.glob("runs/*/pairs/*.npz")} == kept
    manifest = json.loads(next(tmp_path.glob("runs/settle-*/manifest.json")).read_text(encoding="utf-8"))
    assert manifest["complete"] and set(manifest["files"]) == {"settled.csv", "settled.parquet", "course.parquet"}
    assert set(manifest["answer"]) == {"zh", "en"}


def test_kept_runs_are_read_in_order_and_gaps_filled(tmp_path):
    setups = scenarios_of(["baseline", "talent_first"], SHORT)
    folder, asked = RunFolder(tmp_path, "compare", setups, {"reference": "baseline"}, 1), ["graduates"]
    first = dict(in_order(setups, [2, 4], "baseline", asked, 1, folder))
    before = {p.name: p.stat().st_mtime_ns for p in folder.pairs.iterdir()}
    found = dict(in_order(setups, [1, 2, 3, 4, 5], "baseline", asked, 1, folder))
    after = {p.name: p.stat().st_mtime_ns for p in folder.pairs.iterdir()}
    assert list(first) == [2, 4] and list(found) == [1, 2, 3, 4, 5]
    assert all(after[name] == when for name, when in before.items())
    assert all(np.array_equal(first[4][s].values, found[4][s].values, equal_nan=True) for s in first[4])


def test_whoever_has_seen_enough_simulates_no_more(tmp_path):
    setups = scenarios_of(["baseline", "talent_first"], SHORT)
    folder = RunFolder(tmp_path, "compare", setups, {"reference": "baseline"}, 1)
    pairs = in_order(setups, range(1, 100), "baseline", ["graduates"], 1, folder)
    assert next(pairs)[0] == 1
    pairs.close()
    assert len(list(folder.pairs.iterdir())) == 1


def test_usual_widths_are_half_a_point_and_a_round_hundredth():
    assert usual_width("occupancy_rate", 0.8) == 0.005
    assert usual_width("graduates", 9123.0) == 90.0
    assert usual_width("graduates", 0.0) == 1.0


MISTAKES = [
    ({"half_width": 0}, "half_width=0 for graduates: expected a number above 0"),
    ({"half_width": [1, 2]}, "2 for 1 measures"),
    ({"half_width": {"tenants": 2}}, "half_width of 'tenants': not among the measures"),
    ({"measures": ["graduats"]}, "did you mean 'graduates'"),
    ({"measures": []}, "name at least one"),
    ({"measures": ["staff", "staff"]}, "named twice"),
    ({"measures": ["tenant_density"], "ranking": True}, "neither better nor worse"),
    ({"budget": 4, "minimum": 9}, "budget=4: below the minimum of 9"),
    ({"minimum": 1}, "minimum=1: expected a whole number of pairs from 5"),
    ({"probability": 1.0}, "probability=1.0: expected a number from 0.5 to below 1"),
    ({"probability": 0.2}, "probability=0.2"),
]


@pytest.mark.parametrize(("how", "said"), MISTAKES, ids=[m[1] for m in MISTAKES])
def test_a_mistake_is_a_sentence(how, said):
    with pytest.raises(ConfigurationError, match=said.replace("(", r"\(")):
        make_question(**({"measures": ["graduates"]} | how))


def test_half_widths_are_typed_by_name_or_in_order():
    assert widths(None) is None and widths("3") == [3.0] and widths("[3,0.01]") == [3.0, 0.01]
    assert widths("[graduates:3,occupancy_rate:0.01]") == {"graduates": 3.0, "occupancy_rate": 0.01}


COMMANDS = [
    (["settle"], "scenarios is missing"),
    (["settle", "scenarios=[baseline]"], "at least two"),
    (["settle", "scenarios=[baseline,talent_first]", "half_width=wide"], "'wide' is no number"),
    (["settle", "scenarios=[baseline,talent_first]", "half_width=[graduates:3,4]"], "of every number, or of none"),
    (["settle", "scenarios=[baseline,talent_first]", "replicates=3"], "budget=N"),
    (["settle", "scenarios=[baseline,talent_first]", "probability=sure"], "probability=sure: expected a number"),
    (["settle", "scenarios=[baseline,talent_first]", "budget=6", "minimum=7"], "below the minimum"),
]


@pytest.mark.parametrize(("arguments", "sentence"), COMMANDS, ids=[" ".join(c[0]) for c in COMMANDS])
def test_a_mistake_on_the_command_line_is_one_sentence(arguments, sentence, capsys):
    assert main([*arguments, *SHORT]) == 2
    heard = capsys.readouterr()
    assert sentence in heard.err and heard.out == "" and len(heard.err.strip().splitlines()) == 1
