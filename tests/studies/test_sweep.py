"""A sweep finishes what is missing, grows, tells luck from error, and says the same whoever computes it."""

import json
import re

import numpy as np
import pandas as pd
import pytest

import sim
from sim.cli.main import main
from sim.engine.mistakes import ConfigurationError
from sim.inputs.config import load
from sim.runs import unit
from sim.runs.executors import choose as engine
from sim.runs.results import KeptRun
from sim.runs.store import identity
from sim.studies.common.scenarios import scenarios_of
from sim.studies.compare.run import compare
from sim.studies.sweep import designs
from sim.studies.sweep.run import PILOT, sweep
from sim.studies.sweep.space import space_of
from sim.studies.sweep.verb import split_settings

SHORT = ["cluster=toy", "run.burn_in=12", "run.until=2026-12"]
RENT = "parameters.choice.rent_sensitivity"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def setups():
    return [load([*SHORT, "scenario=baseline"]), load([*SHORT, "scenario=service_first"])]


@pytest.fixture(scope="module")
def space(setups):
    return space_of(setups, [RENT, "policies.service_list.extra_capacity"])


@pytest.fixture
def simulated(monkeypatch):
    """Run ids in the order they were simulated."""
    return seen_by(unit.simulate_scenarios, monkeypatch)


@pytest.fixture
def pretended(monkeypatch):
    """The same, with a model that takes no time: numbers that hang on the question and the seed alone."""

    def invented(setups, seed, runs, measures, cached):
        years = np.arange(2022, 2027)
        for setup in setups:
            luck = np.random.default_rng([seed, int(identity.question_of(setup), 16) % 2**60])
            yield KeptRun.done(runs[setup.scenario], 0.3, measures, years, luck.random((len(measures), 5)))

    return seen_by(invented, monkeypatch)


def seen_by(model, monkeypatch):
    seen = []

    def counted(setups, seed, runs, measures, cached=True):
        seen.extend(name.run_id for name in runs.values())
        return model(setups, seed, runs, measures, cached)

    monkeypatch.setattr(unit, "simulate_scenarios", counted)
    return seen


def swept(design, setups, **how):
    how = {"seeds": [1, 2], "measures": ["graduates", "occupancy_rate"], "engine": "serial"} | how
    return sweep(design, setups, **how)


def test_a_row_for_each_point_scenario_and_seed_and_for_each_measure_and_year(space, setups, pretended):
    found = swept(designs.sobol(space, 2), setups)
    assert len(found.runs) == 2 * 2 * 2 and found.runs["ok"].all()
    assert found.runs.columns.tolist() == ["run_id", "point", "scenario", "seed", "ok", "error", "seconds"]
    assert len(found.outcomes) == 8 * 2 * 5 and set(found.outcomes["unit"]) == {"firm", "share"}
    assert found.outcomes.columns.tolist() == [
        "run_id",
        "point",
        "scenario",
        "seed",
        "measure",
        "unit",
        "year",
        "value",
    ]


def test_values_are_those_of_the_comparison_at_the_same_point(space, setups):
    found = swept(designs.sobol(space, 1), setups)
    settings = [f"{name}={value!r}" for name, value in found.design.points.iloc[0].items()]
    pairs = compare(["baseline", "service_first"], *SHORT, *settings, replicates=2, workers=1)
    mine = found.differences("service_first", measure="graduates")["value"].mean()
    theirs = pairs.differences.query("unit_kind == 'cluster' and measure == 'graduates' and year == 0")["mean"].item()
    assert mine == pytest.approx(theirs, abs=1e-12)
    yearly = pairs.yearly.query(
        "unit_kind == 'cluster' and measure == 'occupancy_rate' and scenario == 'baseline' and year == 2025"
    )
    level = found.levels("occupancy_rate", "baseline", 2025)["value"]
    assert level.to_numpy().tolist() == yearly.sort_values("replicate")["value"].tolist()


def test_a_point_that_changes_nothing_in_a_scenario_is_simulated_once(setups, pretended):
    levers = space_of(setups, ["policies.service_list.extra_capacity"])
    found = swept(designs.grid(levers, 3), setups)
    assert len(found.runs) == 12 and len(pretended) == len(set(pretended)) == found.runs["run_id"].nunique() == 2 + 6


def test_a_second_call_simulates_nothing_and_a_larger_one_only_what_is_new(space, setups, pretended, tmp_path):
    first = swept(designs.sobol(space, 2), setups, folder=tmp_path)
    done = list(pretended)
    assert swept(designs.sobol(space, 2), setups, folder=tmp_path).digest == first.digest and pretended == done
    larger = swept(designs.sobol(space, 4), setups, folder=tmp_path)
    assert len(pretended) == 2 * len(done) and larger.digest == swept(designs.sobol(space, 4), setups).digest
    more = len(pretended)
    swept(designs.sobol(space, 2), setups, folder=tmp_path, seeds=[1, 2, 3])
    assert len(pretended) == more + 4


def test_a_scenario_added_later_is_simulated_alone_and_comes_out_the_same(space, setups, simulated, tmp_path):
    design = designs.sobol(space.only([RENT]), 1)
    swept(design, setups[:1], folder=tmp_path, seeds=[1])
    both = swept(design, setups, folder=tmp_path, seeds=[1])
    assert len(simulated) == 2 and both.digest == swept(design, setups, seeds=[1]).digest


def test_fresh_simulates_all_anew(space, setups, pretended, tmp_path):
    swept(designs.sobol(space, 1), setups, folder=tmp_path)
    done = len(pretended)
    swept(designs.sobol(space, 1), setups, folder=tmp_path, fresh=True)
    assert len(pretended) == 2 * done


def test_results_do_not_depend_on_the_order_in_which_they_come(space, setups, monkeypatch, pretended):
    class Backwards(engine.Serial):
        def results(self, work, todo):
            yield from super().results(work, reversed(list(todo)))

    forwards = swept(designs.sobol(space, 2), setups)
    monkeypatch.setattr(engine, "Serial", Backwards)
    assert swept(designs.sobol(space, 2), setups).digest == forwards.digest


def test_runs_of_other_code_are_pretended_again_and_said_to_be(space, setups, pretended, tmp_path, monkeypatch):
    swept(designs.sobol(space, 1), setups, folder=tmp_path)
    monkeypatch.setattr(identity, "versions", lambda: {"run": "another"})
    done, said = len(pretended), []
    swept(designs.sobol(space, 1), setups, folder=tmp_path, say=said.append)
    assert len(pretended) == 2 * done
    assert said == [identity.outdated(4, 4)]


def test_an_error_is_a_row_with_its_traceback_and_the_sweep_goes_on(space, setups, simulated, tmp_path, monkeypatch):
    real = unit.yearly_of

    def failing(cluster, measures):
        if cluster.seed == 2 and cluster.setup.scenario == "service_first":
            raise ZeroDivisionError("by luck")
        return real(cluster, measures)

    monkeypatch.setattr(unit, "yearly_of", failing)
    found = swept(designs.sobol(space, 1), setups, folder=tmp_path)
    assert found.failed[["scenario", "seed"]].to_numpy().tolist() == [["service_first", 2]]
    assert (
        "ZeroDivisionError: by luck" in found.failed["error"].iloc[0] and "Traceback" in found.failed["error"].iloc[0]
    )
    assert found.levels("graduates", "service_first").index.tolist() == [(0, 1)]
    assert len(found.differences("service_first", measure="graduates")) == 1
    done = len(simulated)
    swept(designs.sobol(space, 1), setups, folder=tmp_path)
    assert len(simulated) == done  # the same code would fail again


def test_a_run_for_which_memory_was_wanting_is_tried_again(space, setups, tmp_path, monkeypatch):
    def failing(cluster, measures):
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(unit, "yearly_of", failing)
        assert len(swept(designs.sobol(space, 1), setups[:1], seeds=[1], folder=tmp_path).failed) == 1
    assert swept(designs.sobol(space, 1), setups[:1], seeds=[1], folder=tmp_path).runs["ok"].all()


def test_a_point_that_contradicts_itself_is_a_row_that_says_why(setups, pretended):
    names = ["parameters.growth.spread=0.4..0.9", "parameters.growth.reference_size=5..100"]
    found = swept(designs.grid(space_of(setups, names), 2), setups[:1], seeds=[1])
    assert found.runs["ok"].tolist() == [True, True, True, False]
    assert "gives one-person firms a mean without bound" in found.failed["error"].item()


def test_ctrl_c_keeps_what_is_done(space, setups, pretended, tmp_path, monkeypatch):
    def stop(done, total):
        if done >= 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as stopped:
        swept(designs.sobol(space, 4), setups, folder=tmp_path, progress=stop)
    assert stopped.value.done == len(pretended) == 4
    swept(designs.sobol(space, 4), setups, folder=tmp_path)
    assert len(pretended) == len(set(pretended)) == 16


def test_years_are_chosen_as_compare_has_them(space, setups, pretended):
    found = swept(designs.sobol(space, 1), setups, seeds=[1])
    table = found.outcomes.query("scenario == 'baseline'").set_index(["measure", "year"])["value"]
    assert found.since == 2026
    assert found.levels("graduates", "baseline", "2023..2025")["value"].item() == pytest.approx(
        table["graduates"].loc[[2023, 2024, 2025]].sum(), abs=1e-12
    )
    assert found.levels("occupancy_rate", "baseline", (2023, 2025))["value"].item() == pytest.approx(
        table["occupancy_rate"].loc[[2023, 2024, 2025]].mean(), abs=1e-12
    )
    for years in ("2020", "2025..2023", "2022..2040", "soon"):
        with pytest.raises(ConfigurationError, match=re.escape(f"years={years}: expected a year such as 2026")):
            found.levels("graduates", "baseline", years)
    with pytest.raises(ConfigurationError, match="tenants: not among the measures of this sweep, graduates"):
        found.levels("tenants", "baseline")


def test_too_long_a_sweep_says_how_long_and_keeps_what_is_done(space, setups, pretended, tmp_path):
    said = (
        r"this sweep takes about .* more \(.* runs of .* s on 1 process\), and .* is allowed; write hours=1 to let it"
    )
    with pytest.raises(ConfigurationError, match=said):
        swept(designs.sobol(space, 32), setups, folder=tmp_path, hours=1e-3)
    done = len(pretended)
    assert PILOT <= done < 10
    with pytest.raises(ConfigurationError, match=said):  # now it is known beforehand
        swept(designs.sobol(space, 32), setups, folder=tmp_path, hours=1e-3)
    assert len(pretended) == done


def test_how_long_a_sweep_takes_is_not_judged_by_units_that_load_the_model(space, setups, monkeypatch):
    processes = 3
    seconds = iter([1000.0] * processes * len(setups) + [1e-4] * 10_000)

    def quick(setups, seed, runs, measures, cached):
        for name in runs.values():
            yield KeptRun.done(name, next(seconds), measures, np.arange(2022, 2024), np.zeros((len(measures), 2)))

    monkeypatch.setattr(unit, "simulate_scenarios", quick)
    monkeypatch.setattr(engine.Serial, "size", processes)
    found = swept(designs.sobol(space, 32), setups, hours=0.05)
    assert len(found.runs) == 32 * 2 * len(setups) and not len(found.failed)


def test_a_design_that_no_computer_ends_in_time_is_not_even_laid_out(space, setups):
    with pytest.raises(ConfigurationError, match="this sweep takes about 1.1 hours more"):
        swept(designs.sobol(space, 50_000), setups, hours=1)


def test_categories_are_varied_with_numbers(setups, pretended):
    found = swept(
        designs.grid(space_of(setups, ["world=space_pulls,promotion_pulls", f"{RENT}=0.5,2"])),
        ["baseline"],
        overrides=SHORT,
        seeds=[1],
    )
    values = found.levels("occupancy_rate", "baseline", 2025)["value"]
    assert len(found.runs) == values.nunique() == 4


def test_wrong_questions_are_refused_in_a_sentence(space, setups):
    for how, said in {
        "reference": ({"reference": "x"}, "reference=x: not among the scenarios"),
        "measures": ({"measures": ["x"]}, "'x' is no measure of a whole cluster"),
        "seeds": ({"seeds": []}, "seeds=[]: name at least one."),
        "overrides": ({"overrides": ["world=space_pulls"]}, "take neither overrides"),
        "engine": ({"engine": "x"}, "engine=x: expected"),
    }.values():
        with pytest.raises(ConfigurationError, match=re.escape(said)):
            swept(designs.sobol(space, 1), setups, **how)


# ---- the command


def said(capsys):
    return capsys.readouterr()


def test_the_command_writes_tables_with_their_dictionary_and_finishes_what_is_missing(capsys, tmp_path, pretended):
    asked = [
        "sweep",
        "scenarios=[baseline,service_first]",
        *SHORT,
        f"{RENT}=0.5..2",
        "replicates=2",
        "engine=serial",
        "lang=en",
    ]
    assert main([*asked, "points=2"]) == 0
    told = said(capsys)
    assert (
        "2 points of 1 setting, 8 runs" in told.err
        and "Answer: Service first: " in told.out
        and "2 pairs a point" in told.out
    )
    assert "points=4" in told.out.rpartition("Next: ")[2]
    (folder,) = (tmp_path / "runs").glob("sweep-toy-*")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["done"], manifest["asked"], manifest["failed"]) == (8, 8, 0)
    tables = {name: pd.read_parquet(folder / f"{name}.parquet") for name in ("runs", "outcomes")}
    tables["design"] = pd.read_csv(folder / "design.csv", encoding="utf-8-sig")
    told = pd.read_csv(folder / "columns.csv", encoding="utf-8-sig").groupby("table", sort=False)["column"].agg(list)
    assert {name: table.columns.tolist() for name, table in tables.items()} == told.to_dict()
    assert main([*asked, "points=4"]) == 0
    assert "16 runs" in said(capsys).err and list((tmp_path / "runs").glob("sweep-toy-*")) == [folder]
    assert len(pd.read_parquet(folder / "runs.parquet")) == 16


@pytest.mark.parametrize(
    "words, expected",
    [
        ("[a.b,c.d=0.5..2]", ["a.b", "c.d=0.5..2"]),
        ("[world=x,y,a.b=1,1.5,2]", ["world=x,y", "a.b=1,1.5,2"]),
        ("[policies.p.start=2026-01,2027-01,a.*]", ["policies.p.start=2026-01,2027-01", "a.*"]),
        ("[a.b=1..2,world=x,y]", ["a.b=1..2", "world=x,y"]),
    ],
)
def test_a_list_of_what_varies_is_read_as_typed(words, expected):
    assert split_settings(words) == expected


@pytest.mark.parametrize(
    "typed, said_of",
    [
        (["vary=[world]"], "world: has no bounds"),
        (["vary=[]"], "vary=[]: nothing is varied"),
        (["points=0"], "points=0: expected a whole number from 1"),
        (["levels=4"], "levels=4: says nothing of design=sobol, which takes points."),
        (["design=lattice"], "design=lattice: expected grid, latin, sobol"),
        (["design=none.csv"], "design=none.csv: no such file."),
        (["design=none.csv", "points=3"], "the file says what is varied"),
        (["grades=[assumed]", "vary=[parameters.choice.*]"], "give one of the two"),
        (["grades=[guessed]"], "no parameter of toy has one of these"),
        (["scenario=baseline", "scenarios=[baseline]"], "not both"),
        (["engine=dusk", "points=1"], "engine=dusk: expected"),
        (["hours=0"], "hours=0: expected a whole number from 1"),
        (["reference=nobody"], "nobody"),
        (["points=2000000"], "at most 1,000,000 are laid out; ask for fewer"),
    ],
)
def test_a_mistake_at_the_command_is_one_sentence_and_leaves_no_folder(capsys, tmp_path, typed, said_of):
    assert main(["sweep", *SHORT, *typed]) == 2
    lines = [line for line in said(capsys).err.splitlines() if "points of" not in line]
    assert len(lines) == 1 and said_of in lines[0] and lines[0].startswith("incubator: ")
    assert not list(tmp_path.rglob("*.parquet"))


def test_the_interface_in_python_is_the_command_s():
    assert sim.sweep is sweep


def test_one_process_two_and_workers_of_a_scheduler_give_the_same_digest(space, scheduler):
    starts = [f"policies.{name}.start=2022-01" for name in ("service_list", "performance_contracts")]
    early = scenarios_of(["baseline", "service_first"], [*SHORT[:2], "run.until=2022-12", *starts])
    design = designs.sobol(space, 4)
    alone = swept(design, early)
    assert alone.runs["ok"].all() and alone.differences("service_first", measure="occupancy_rate")["value"].any()
    for engine_of in ("local", f"dask:{scheduler.start()}"):
        assert swept(design, early, engine=engine_of, workers=2).digest == alone.digest


def test_shares_of_the_digest_are_outcomes_not_times(space, setups, pretended):
    one, other = (swept(designs.sobol(space, 1), setups, seeds=[1]) for _ in range(2))
    other.runs["seconds"] += 1
    assert one.digest == other.digest
    other = swept(designs.sobol(space, 1), setups, seeds=[1])
    other.outcomes.loc[0, "value"] = np.nextafter(other.outcomes.loc[0, "value"], np.inf)
    assert one.digest != other.digest
