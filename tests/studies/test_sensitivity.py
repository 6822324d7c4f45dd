"""A sensitivity study: on models whose answer is known, and from end to end on the toy cluster."""

import json
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sim.cli.main import main
from sim.engine.mistakes import ConfigurationError
from sim.inputs.config import load
from sim.model.measures.definitions import of_cluster
from sim.runs.simulate import simulate_matched
from sim.studies.common.horizon import measured
from sim.studies.common.scenarios import scenarios_of
from sim.studies.sensitivity.question import make_question, planned, searched
from sim.studies.sensitivity.run import Runner
from sim.studies.sensitivity.sentences import answer
from sim.studies.sensitivity.stages import FULL, QUICK, Output, Plan, Stage, find
from sim.studies.sensitivity.structures import structures_of
from sim.studies.sensitivity.tables import report_data
from sim.studies.sweep.designs import Design
from tests.helpers import ALL_POLICIES

pytest.importorskip("SALib")
SHORT = ["cluster=toy", "run.burn_in=6", "run.until=2026-12"]
PAIR = ["baseline", "fill_before_build"]
RENT, FOCUS, PRICE = (f"parameters.{n}" for n in ("choice.rent_sensitivity", "choice.focus", "money.case"))
LEVEL, EFFECT = Output("occupancy_rate", "baseline"), Output("occupancy_rate", "fill_before_build", "baseline")


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def question():
    sizes = {"trajectories": 6, "strongest": 2, "base": 64, "seeds": 2, "points": 24, "luck": 3, "ends": 4}
    return make_question(
        PAIR, SHORT, measures=["occupancy_rate"], vary=[RENT, FOCUS, PRICE], structures=["no_spillovers"], **sizes
    )  # fmt: skip


def pretended(question, shift=0.0):
    """A model of plain arithmetic in place of ours: the level rests on focus, the effect on rent, the price on nothing."""

    def run(stage, design, seeds, settings):
        rng = np.random.default_rng(len(stage))
        shares = pd.DataFrame(design.space.shares(design.points), columns=design.space.names)
        luck = np.array(seeds) * 0.01 + rng.normal(scale=0.005, size=(len(design), len(seeds)))
        level = (
            0.5
            + 0.3 * shares.get(FOCUS, 0.15).to_numpy()[:, None]
            + 0.1 * shares.get(RENT, 0.3).to_numpy()[:, None]
            + luck
        )
        effect = 0.05 + 0.04 * shares.get(RENT, 0.3).to_numpy()[:, None] + 0 * luck + shift * bool(settings)
        return Stage(design, {LEVEL: level, EFFECT: effect})

    return find(question.plan, question.space, question.outputs, run, question.structures)


@pytest.fixture(scope="module")
def found(question):
    return pretended(question)


def test_levels_and_effects_rest_on_different_assumptions(question, found):
    data = report_data(found, question)
    level, effect = (data.asked()[0], data.asked()[1])
    top = {o: data.of("indices", o).set_index("name")["total"].idxmax() for o in (level, effect)}
    assert top == {level: FOCUS, effect: RENT}
    shares = data.of("indices", level).set_index("name")["first"]
    assert shares[FOCUS] == pytest.approx(0.9, abs=0.15)  # 0.3² to 0.1², of equally wide uniform ranges
    assert data.of("indices", effect).set_index("name").loc[RENT, "total"] == pytest.approx(1, abs=0.1)


def test_what_has_no_effect_is_screened_out_and_shows_zero(found):
    assert PRICE not in found.varied.design.space.names
    assert (found.screening.query("name == @PRICE and scenario == 'fill_before_build'")["mu_star"] == 0).all()


def test_the_answer_names_kind_and_size_of_what_it_claims(question, found):
    data = report_data(found, question)
    told = answer(data, data.asked()[1], "en")
    assert told.startswith(
        'Effect of Fill before build on occupancy rests most on "weight of ln (net rent + charges)": 100%'
    )
    assert "keeps that sign at 100%" in told and "1 of 3 numbers searched" in told
    assert "parameters 100%" in told and "better data help most" in told


def test_a_structure_that_shifts_the_effect_is_seen_as_structure(question):
    shares = pretended(question, shift=0.5).split.query("scenario == 'fill_before_build'").set_index("part")["share"]
    assert shares["structure"] > 0.95


def test_the_tornado_goes_to_both_ends_of_each_of_the_strongest(found):
    rows = found.tornado.query("scenario == 'fill_before_build' and name == @RENT").set_index("end")
    now = found.ends.design.space[RENT]
    share = (now.now - now.low) / (now.high - now.low)
    assert rows.loc["low", "change"] == pytest.approx(-0.04 * share)
    assert rows.loc["high", "change"] == pytest.approx(0.04 * (1 - share))


def test_the_cost_that_is_stated_is_the_cost_that_is_paid(question):
    paid = {}

    def run(stage, design, seeds, settings):
        paid[stage] = paid.get(stage, 0) + len(design) * len(seeds)
        y = np.random.default_rng(0).random((len(design), len(seeds)))
        return Stage(design, dict.fromkeys(question.outputs, y))

    find(question.plan, question.space, question.outputs, run, question.structures)
    assert paid == question.units


def test_a_structure_pins_what_it_switches_off(question):
    shipped, switched = structures_of(question.setups[0], ["no_spillovers"])
    assert shipped.settings == ()
    pinned = load([*SHORT, *switched.settings])
    assert pinned.parameters.growth.agglomeration == pinned.parameters.choice.partners == 0
    assert "parameters.choice.partners" in switched.pinned
    names = [s.name for s in structures_of(question.setups[0])]
    assert names[0] == "as_shipped" and "promotion_pulls" in names and "space_pulls" not in names


def test_unit_prices_move_nothing_but_spending(question):
    setups = scenarios_of(["baseline"], [*SHORT, ALL_POLICIES])
    space = searched(setups, None, ("borrowed", "assumed"), ["public_spending"])
    kept = searched(setups, None, ("borrowed", "assumed"), ["graduates"])
    prices = set(space.names) - set(kept.names)
    assert len(prices) > 10
    money = replace(setups[0].parameters.money, **{n.split(".")[-1]: space[n].low for n in prices})
    changed = replace(setups[0], parameters=replace(setups[0].parameters, money=money))
    others = [m for m in of_cluster() if m != "public_spending"]
    one, two = (simulate_matched([s], 1).outcomes["baseline"] for s in (setups[0], changed))
    np.testing.assert_array_equal(measured(one, others, 2026), measured(two, others, 2026))
    assert measured(one, ["public_spending"], 2026) != measured(two, ["public_spending"], 2026)


def test_all_can_be_searched_and_some_narrowed(question):
    space = searched(question.setups, ["all", f"{RENT}=0.8..1.2"], ("borrowed", "assumed"), ["graduates"])
    assert (space[RENT].low, space[RENT].high) == (0.8, 1.2)
    assert len(space) == len(searched(question.setups, None, ("borrowed", "assumed"), ["graduates"])) > 90


def test_plans_by_name_and_the_full_one_is_larger():
    assert planned() == QUICK and planned("full") == FULL
    assert planned(base=32) == replace(QUICK, base=32)
    assert all(FULL.units(100, 5)[stage] > 5 * n for stage, n in QUICK.units(100, 4).items())
    assert Plan(2, 6, 16, 2, 5, 3, 3).units(100, 4) == {"screening": 202, "indices": 256, "split": 60, "tornado": 39}


def test_a_run_that_fails_is_left_out_and_counted(question):
    run = Runner(question, "serial")
    space = question.space.only([RENT])
    points = pd.DataFrame({RENT: [0.5, 99.0]}).rename_axis("point")  # the second is outside its bounds
    stage = run("screening", Design("listed", space, points), [1], ())
    assert stage.failed == run.failed == 1
    assert np.isfinite(stage.y[EFFECT][0]).all() and np.isnan(stage.y[EFFECT][1]).all()


@pytest.mark.slow
def test_from_end_to_end(tmp_path, capsys):
    sizes = ["trajectories=2", "strongest=1", "base=4", "seeds=1", "points=3", "luck=3", "ends=2", "structures=[]"]
    early = [
        "cluster=toy",
        "run.burn_in=6",
        "run.until=2022-12",
        "policies.space_expansion.start=2022-01",
    ]  # fewer months
    words = ["scenarios=[baseline,build_first]", f"vary=[{RENT}]", "measures=[occupancy_rate]", *sizes, *early]
    command = ["sensitivity", *words, "engine=serial", "figures=false"]
    assert main([*command, "lang=en"]) == 0
    told = capsys.readouterr()
    assert "31 units" in told.err and "rests" in told.out
    folder = next((tmp_path / "runs").glob("sensitivity-toy-*"))
    about = json.loads((folder / "manifest.json").read_text())
    assert about["complete"] and set(about["answer"]) == {"zh", "en"}
    tables = {
        name: pd.read_csv(folder / f"{name}.csv") for name in ("overview", "screening", "indices", "tornado", "split")
    }
    assert set(tables["screening"]["title_zh"]) == {"租金敏感度"}
    assert len(tables["tornado"]) == 4 and len(tables["split"]) == 6
    before = (folder / "screening.csv").read_bytes()
    assert main([*command, "lang=zh"]) == 0  # all runs are found again
    assert (folder / "screening.csv").read_bytes() == before


@pytest.mark.parametrize(
    "words, told",
    [
        ([], "scenarios is missing"),
        (["scenarios=[baseline]", "design=quik"], "did you mean 'quick'?"),
        (["scenarios=[baseline]", "base=12"], "base=12: expected a power of two, such as 8."),
        (["scenarios=[baseline]", "trajectories=1", "luck=2"], "luck=2: expected a whole number from 3 on."),
        (["scenarios=[baseline]", "structures=[no_spilovers]"], "did you mean 'no_spillovers'?"),
        (["scenarios=[baseline]", "measures=[gradates]"], "did you mean 'graduates'?"),
        (["scenarios=[baseline]", "vary=[parameters.choice.rent]"], "parameters.choice.rent: no such setting"),
        (["scenarios=[baseline]", f"{RENT}=0.1..1"], "0.1 is outside 0.5 to 2"),
        (["scenarios=[baseline]", f"{RENT}=0.6..1", "grades=[assumed]"], "give one of them, or vary=[all,…]"),
        (["scenarios=[baseline]", "replicates=3"], "has sizes of its own"),
        (["scenarios=[baseline]", "year=1999"], "year=1999: expected a year from"),
    ],
)
def test_mistakes_are_told_in_a_sentence(words, told, capsys, tmp_path):
    assert main(["sensitivity", *SHORT, *words]) == 2
    assert told in capsys.readouterr().err
    assert not (tmp_path / "runs").exists()


def test_a_long_study_says_how_long_and_asks(capsys):
    words = [
        "scenarios=[baseline]",
        f"vary=[{RENT},{FOCUS}]",
        "design=full",
        "engine=serial",
        "hours=0.0001",
        "lang=en",
    ]
    assert main(["sensitivity", *SHORT, *words]) == 2
    told = capsys.readouterr().err
    assert "about" in told and "and 0.0001 is allowed; write hours=" in told


def test_without_the_library_nothing_is_simulated(monkeypatch, capsys, tmp_path):
    monkeypatch.setitem(sys.modules, "SALib.analyze.morris", None)
    assert main(["sensitivity", *SHORT, "scenarios=[baseline]"]) == 2
    assert "pip install 'incubator-cluster-sim[studies]'" in capsys.readouterr().err
    assert not (tmp_path / "runs").exists()


def test_a_setting_without_effect_on_anything_is_no_study(question):
    def run(stage, design, seeds, settings):
        return Stage(design, dict.fromkeys(question.outputs, np.ones((len(design), len(seeds)))))

    with pytest.raises(ConfigurationError, match="none of the settings moves any"):
        find(question.plan, question.space, question.outputs, run, question.structures)
