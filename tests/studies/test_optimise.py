"""A search over packages: what it may choose, that it resumes to the bit, and that it claims only what new seeds confirm."""

from dataclasses import replace
from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest

from sim.cli.main import main
from sim.engine.calendar import month_number
from sim.engine.mistakes import ConfigurationError
from sim.inputs import catalogue
from sim.inputs.config import load
from sim.model.measures.definitions import MEASURES, of_cluster
from sim.runs.results import KeptRun, RunName
from sim.studies.common.scenarios import scenarios_of
from sim.studies.optimise import candidates
from sim.studies.optimise.confirm import beaten_by
from sim.studies.optimise.levers import key_of, levers_of
from sim.studies.optimise.question import make_question
from sim.studies.optimise.run import go_on
from sim.studies.optimise.tables import scenarios
from sim.studies.optimise.verb import money

SHORT = ["cluster=toy", "run.burn_in=12", "run.until=2027-12"]
QUICK = {"candidates": 24, "population": 8, "replicates": 2, "confirm": 4, "front": 4}
DECISION = month_number("2026-01")


@pytest.fixture(scope="module")
def levers():
    return levers_of(overrides=["cluster=toy"], decision=DECISION)


class Invented:
    """A model of no parks: three levers raise graduates and retention, all others lower them, each costs the same."""

    def __init__(self, stop=None):
        self.runs, self.stop = 0, stop

    def __call__(self, work, item):
        name, policies, (world, seed) = item
        if self.stop == self.runs:
            raise KeyboardInterrupt
        self.runs += 1
        luck = np.random.default_rng([seed, len(policies), world]).normal(size=2)
        there = {policy.name for policy in policies}
        good = len(there & {"seed_fund", "service_list", "rent_relief"})
        useful = good - 0.1 * (len(there) - good) + 0.2 * world
        values = np.zeros((len(of_cluster()), 6))
        row = of_cluster().index
        values[row("graduates"), 4:] = 100 * useful + luck[0]
        values[row("talent_retention_rate"), 4:] = 0.1 * useful + 0.001 * luck[1]
        values[row("public_spending"), 4:] = 1e6 * len(there)
        return KeptRun.done(name, 0.01, of_cluster(), np.arange(2022, 2028), values)


@pytest.fixture
def invented(monkeypatch, tmp_path):
    model = Invented()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(candidates.SimulatePackage, "__call__", lambda work, item: model(work, item))
    return model


@cache
def base():
    return make_question(["service_first", "whole_document"], SHORT, **QUICK)


def asked(**how):
    return replace(base(), **how)


def by_name(policies):
    return sorted(policies, key=lambda policy: policy.name)


def same(one, other):
    tables = ("searched", "points", "beaten", "levers", "regret")
    return all(getattr(one, t).equals(getattr(other, t)) for t in tables) and one.chosen == other.chosen


def test_named_packages_that_lie_on_the_grid_are_points_of_it(levers):
    for setup in scenarios_of(["baseline", "fill_before_build", "talent_first", "money_first"], ["cluster=toy"]):
        found = levers.package(levers.point(setup.policies))
        assert key_of(found) == key_of(setup.policies), setup.scenario


def test_a_value_off_the_grid_becomes_the_nearest_on_it(levers):
    split = scenarios_of(["same_budget_split"], ["cluster=toy"])[0]
    area = next(p.area for p in levers.package(levers.point(split.policies)) if p.name == "space_expansion")
    assert area == 100_000  # of 118,000


def test_unit_prices_are_not_searched():
    priced = {"set_up", "team", "per_person", "focus_only", "saved", "bundled", "selection", "quality"}
    about = catalogue.described("search")["levers"]
    assert not priced & {
        s for name in about if name != "rent_relief" for s in about[name]
    }  # its per_person are square metres


def test_every_shipped_value_is_inside_its_bounds_and_every_lever_can_act(levers):
    assert not levers.left_out and len(levers.levers) == len(catalogue.options("policy"))


def test_settings_typed_narrow_or_fix_the_search():
    typed = [
        "cluster=toy",
        "policies.rent_relief.reward=5..25",
        "policies.seed_fund.rate=0.1",
        "policies.seed_fund.start=2027-01",
    ]
    found = levers_of(names=["rent_relief", "seed_fund"], overrides=typed, decision=DECISION, delays=[0, 6])
    assert found.by_name["rent_relief"].settings["reward"] == (5, 9, 13, 17, 21, 25)
    fund = found.by_name["seed_fund"]
    assert "rate" not in fund.settings and fund.policy.rate == 0.1 and "start" not in fund.settings


@pytest.mark.slow
def test_a_scenario_file_holds_the_very_package_that_was_found(invented, tmp_path):
    found = go_on(asked(), tmp_path)
    for name, text in list(scenarios(found, "a-run").items())[-3:]:
        (tmp_path / "scenario").mkdir(exist_ok=True)
        (tmp_path / "scenario" / f"{name}.yaml").write_text(text, encoding="utf-8")
        read = load(["cluster=toy", f"scenario={name}"], own=str(tmp_path))
        point = found.chosen if name == "mine" else name.upper()
        assert by_name(read.policies) == by_name(found.packages[point]), text


def test_the_same_again_simulates_nothing_and_an_interrupted_search_ends_as_if_it_had_not_been(invented, tmp_path):
    whole = go_on(asked(), tmp_path / "a")
    runs, invented.runs = invented.runs, 0
    assert same(whole, go_on(asked(), tmp_path / "a")) and invented.runs == 0
    for invented.stop in (7, 30):
        with pytest.raises(KeyboardInterrupt):
            go_on(asked(), tmp_path / "b")
    before, invented.stop = invented.runs, None
    assert same(whole, go_on(asked(), tmp_path / "b"))
    assert before < invented.runs <= runs + 2  # of each interruption at most the run under way is done twice


def test_it_finds_what_is_better_for_the_money_and_new_seeds_confirm_it(invented, tmp_path):
    q = asked(candidates=64)
    assert not set(q.searched) & set(q.new)
    found = go_on(q, tmp_path)
    won = found.beaten.groupby("package")["beaten"].any()
    assert won["whole_document"]  # sixteen levers of which three do good
    assert "beat" in found.verdict("en") and "优于" in found.verdict("zh")
    assert found.points.query("kind == 'found'")["point"].nunique() <= 6


def test_a_budget_is_kept_and_may_be_what_a_package_costs(invented, tmp_path):
    found = go_on(asked(budget="service_first"), tmp_path)
    assert found.budget == pytest.approx(4e6)  # two levers, two years
    spent = found.searched.loc[found.searched["front"], "public_spending"]
    assert len(spent) and (spent <= found.budget).all()
    assert (
        found.question.budget == "service_first" and money("2e9") == 2e9 and money("service_first") == "service_first"
    )


def test_a_budget_that_nothing_keeps_is_told_and_what_was_run_stays(invented, tmp_path):
    with pytest.raises(ConfigurationError, match="none of 24 candidates keeps within it"):
        go_on(asked(budget=1e3, levers=without_nothing(base().levers)), tmp_path)
    assert list((tmp_path / "store").glob("*.parquet"))


def without_nothing(levers):
    """Levers of which one is always chosen: the empty package would keep any budget."""
    package = levers.package
    changed = replace(levers)
    object.__setattr__(changed, "package", lambda point: package({**point, "seed_fund": 1}))
    return changed


def robustly(**how):
    return make_question(["service_first"], SHORT, **QUICK | how)


@pytest.mark.slow
def test_worlds_are_searched_and_judged_together(invented, tmp_path):
    found = go_on(robustly(robust="demand"), tmp_path)
    assert set(found.regret["world"]) == {"steady", "downturn", "boom"}
    least = found.regret.groupby(["world", "objective"])["regret"].min()
    assert (least == 0).all() and "3 worlds" in found.verdict("en")
    drawn = robustly(robust="parameters", draws=2).worlds
    assert [w.key for w in drawn] == ["asked", "draw1", "draw2"]
    assert drawn[1].setup.parameters != drawn[2].setup.parameters != drawn[0].setup.parameters


def test_a_candidate_whose_run_fails_is_passed_over_and_the_search_goes_on(invented, tmp_path, monkeypatch):
    def breaks(work, item):
        if 0 < len(item[1]) < 16 and any(policy.name == "chain_strengthening" for policy in item[1]):
            raise ZeroDivisionError("no chain")
        return invented(work, item)

    monkeypatch.setattr(candidates.SimulatePackage, "__call__", breaks)
    found = go_on(asked(), tmp_path)
    failed = found.searched["graduates"].isna()
    assert (
        failed.any()
        and not found.searched.loc[failed, "front"].any()
        and not found.searched.loc[failed, "feasible"].any()
    )


def noise(rng, gain, seeds=12):
    """A reference, a package, and a rival that is better than it by `gain` standard deviations in both measures."""
    values = rng.normal(size=(3, 1, seeds, 3)) * [10, 0.01, 0] + [[[[0, 0, 0]]], [[[0, 0, 5e8]]], [[[0, 0, 5e8]]]]
    values[2] += np.array([10, 0.01, 0]) * gain
    objectives = ("graduates", "talent_retention_rate", "public_spending")
    q = SimpleNamespace(measures=objectives, objectives=objectives, gains=objectives[:2], signs=np.array([1, 1, -1.0]))
    return beaten_by(q, ["baseline", "named"], ["P01"], values, {"named": 0})["beaten"].any()


@pytest.mark.statistical
def test_a_rival_as_good_as_a_package_seldom_counts_as_better():
    rng = np.random.default_rng(1)
    wrong = sum(noise(rng, 0.0) for _ in range(400))
    assert wrong <= 400 * 0.05 and all(noise(rng, 4.0) for _ in range(20))


def test_what_costs_more_never_beats():
    rng = np.random.default_rng(2)
    q = SimpleNamespace(
        measures=("graduates", "public_spending"), objectives=("graduates", "public_spending"), gains=("graduates",),
        signs=np.array([1, -1.0]),
    )  # fmt: skip
    values = np.zeros((3, 1, 6, 2)) + rng.normal(size=(1, 1, 6, 1))
    values[1, ..., 1] += 1e8
    for cost, beats in ((1.01e8, True), (1.1e8, False)):
        dear = values.copy()
        dear[2] += [50, cost]
        assert beaten_by(q, ["baseline", "named"], ["P01"], dear, {"named": 0})["beaten"].all() == beats


def test_no_lever_is_to_start_after_the_run():
    found = levers_of(overrides=SHORT, decision=DECISION, delays=[0, 12, 24, 36])
    starts = {str(start) for lever in found.levers for start in lever.settings["start"]}
    assert starts and max(starts) <= "2027-12"


def test_a_budget_may_be_the_cost_of_a_scenario_that_is_not_named():
    question = make_question(["talent_first"], SHORT, budget="service_first")
    assert [s.scenario for s in question.setups] == ["baseline", "talent_first", "service_first"]


def test_a_run_from_the_decision_on_is_the_whole_run(composed):
    """The real model: a candidate's run, from a past at hand, has the bits of the scenario simulated from the start."""
    from sim.runs.simulate import simulate
    from sim.studies.common.horizon import measured

    setup = composed(*SHORT, "run.until=2026-12", "scenario=service_first")
    work = candidates.SimulatePackage((setup.without_policies(),), DECISION)
    measures = ("graduates", "occupancy_rate", "public_spending")
    for _ in range(2):  # the second time from the same past
        run = work((RunName("a", "", 5), setup.policies, (0, 5)))
        values = run.values[[of_cluster().index(m) for m in measures], -1]
    assert values.tolist() == measured(simulate(setup, 5, detail=False), measures, 2026, 2026).tolist()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["objectives=[graduates]"], "expected two to four"),
        (["objectives=[graduates,tenant_density]"], "neither better nor worse"),
        (["objectives=[graduate,public_spending]"], "objectives=[graduate,public_spending]: 'graduate' is no measure"),
        (["budget=-5"], "expected CNY above 0"),
        (["budget=build_frst"], "did you mean 'build_first'?"),
        (["budget=baseline"], "expected CNY, such as 2e9, or a scenario other than baseline"),
        (["policies.rent_relief.reward=25..5"], "expected the lower bound first"),
        (["delays=[36,48]"], "no lever could start before 2029-01, and the run ends in 2027-12"),
        (["confirm=1"], "one has no interval"),
        (["candidates=10"], "fewer than one generation"),
        (["levers=[rent_relif]"], "did you mean 'rent_relief'?"),
        (["search=lever"], "did you mean 'levers'?"),
        (["robust=world"], "not known"),
        (["decision=2027-01"], "starts before it"),
        (["decision=soon"], "expected a month"),
        (["parameters.choice.rent_sensitivity=0.5..2"], "only with robust=parameters"),
        (["policies.rent_relief.reward=5..500"], "outside 0 to 200"),
        (["policies.rent_relief.rewad=5,10"], "did you mean 'reward'?"),
        (["scenario=service_first"], "scenarios=[…]"),
        (["delays=[]"], "at least one number of months"),
        (["year=2050"], "expected a year from 2026"),
    ],
)
def test_mistakes_are_told_in_a_sentence_and_leave_nothing_behind(words, said, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["optimise", "scenarios=[service_first]", *SHORT, *words]) == 2
    told = capsys.readouterr().err
    assert said in told and "Traceback" not in told and not list(tmp_path.iterdir())


def test_measures_with_no_good_direction_are_known(invented):
    assert MEASURES["tenant_density"].good == "none" and replace(asked(), seed=2).seed == 2


def test_the_command_writes_tables_figures_and_scenarios(invented, tmp_path, capsys):
    how = [f"{k}={v}" for k, v in QUICK.items()]
    code = main(
        ["optimise", "scenarios=[service_first,whole_document]", *SHORT, *how, "robust=demand", "workers=1", "lang=zh"]
    )
    told = capsys.readouterr().out
    assert code == 0 and "结论: " in told and "--config-dir" in told
    folder = next(path for path in (tmp_path / "runs").iterdir() if path.name.startswith("optimise"))
    for lang in ("zh", "en"):
        assert {p.name for p in (folder / "figures" / lang).glob("*.png")} == {"pareto.png", "levers.png", "regret.png"}
    assert (folder / "config" / "scenario" / "mine.yaml").is_file() and (folder / "manifest.json").is_file()
