"""The study of official criteria: tables that add up, and words that hide nothing."""

import numpy as np
import pandas as pd
import pytest

from sim.cli.main import main
from sim.inputs.config import load
from sim.runs.matched_pairs import matched_pairs
from sim.studies.criteria.run import conclude, criteria
from sim.studies.criteria.tables import wilson

SHORT = ["cluster=toy", "run.burn_in=24", "run.until=2027-12"]
NAMES = ["baseline", "fill_before_build"]


@pytest.fixture(scope="module")
def setups():
    return [load([*SHORT, f"scenario={name}"]) for name in NAMES]


@pytest.fixture(scope="module")
def matched(setups):
    return list(matched_pairs(setups, [1, 2, 3], reference="baseline", workers=1))


@pytest.fixture(scope="module")
def results(setups, matched):
    return conclude(setups, matched, "baseline")


def test_every_park_year_and_criterion_has_its_row(results):
    tests = results.tests
    assert not tests.duplicated(["scenario", "year", "park", "rule_set", "criterion"]).any()
    municipal = tests[tests.rule_set == "municipal_2018"]
    assert len(municipal) == 2 * 6 * 2 * 4  # scenarios, years, parks, criteria
    industry = tests[tests.criterion == "nat_industry"]
    assert set(industry.park) == {"central_park"}  # the only one with a focus


def test_what_is_not_simulated_is_named_and_has_neither_value_nor_verdict(results):
    missing = results.tests[~results.tests.simulated]
    assert {"nat_seed_fund", "nat_mentors", "miit_own_fund"} <= set(missing.criterion)
    assert missing.met.isna().all() and missing.value.isna().all() and missing.bar.notna().all()


def test_shares_of_runs_are_counted_from_the_runs(results, matched):
    row = results.tests.query(
        "scenario == 'baseline' and year == 2027 and park == 'remote_park' and criterion == 'wz_tenant_area'"
    ).iloc[0]
    values = []
    for m in matched:
        v = m.outcomes["baseline"].criteria
        values.append(
            v.values[v.measures.index("tenant_area_share"), list(v.periods).index(2027), v.units.index("remote_park")]
        )
    assert row.value == pytest.approx(np.mean(values)) and row.met == np.mean(np.array(values) >= 0.667)
    assert row.met_low <= row.met <= row.met_high
    assert row.lacking == pytest.approx(np.maximum(0.667 - np.array(values), 0).mean())


def test_no_park_meets_a_set_of_which_nothing_was_found(results):
    none = results.levels[results.levels.rule_set == "provincial"]
    assert (none.met == 0).all() and (none.simulated == 0).all()
    assert set(none.finding_en) == {"no criterion can be simulated"}


def test_findings_say_how_many_criteria_are_not_simulated(results):
    national = results.levels[results.levels.rule_set == "national_2018"]
    assert (
        national.finding_en.str.endswith("; 5 not simulated").all()
        and national.finding_zh.str.endswith("；5项未模拟").all()
    )
    assert set(national.simulated) == {8, 9}


def test_counts_of_parks_are_the_sum_of_their_shares(results):
    by = results.levels.groupby(["scenario", "rule_set", "year"]).met.sum()
    for row in results.counts.itertuples():
        assert row.parks == pytest.approx(by[row.scenario, row.rule_set, row.year])


def test_before_any_policy_no_count_of_parks_differs(results):
    past = results.counts[results.counts.year < 2026]
    assert len(past) and (past.difference == 0).all()


def test_recognition_follows_the_municipal_tests(matched):
    """A park that meets every municipal criterion in a December holds at least that level from then on."""
    setup = load(SHORT)
    rules, special = setup.criteria.sets["municipal_2018"], np.array([bool(p.focus) for p in setup.data.parks])
    for m in matched:
        v = m.outcomes["baseline"].criteria
        known = dict(zip(v.measures, v.values, strict=True))
        assert (known["level"][rules.meets(known, special)] >= 1).all()


@pytest.mark.statistical
@pytest.mark.parametrize("share", [0.05, 0.4])
def test_the_interval_of_a_share_covers_it_about_as_often_as_it_says(share):
    """Exact by the binomial law; Brown, Cai and DasGupta (2001): Wilson's coverage averages the nominal one."""
    from scipy.stats import binom

    n = np.arange(20, 61)
    cover = []
    for size in n:
        k = np.arange(size + 1)
        low, high = wilson(k / size, size)
        cover.append(binom.pmf(k[(low <= share) & (share <= high)], size, share).sum())
    assert abs(np.mean(cover) - 0.95) < 0.015 and min(cover) > 0.85


def test_the_command_writes_tables_and_says_what_it_cannot_test(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    ask = ["criteria", "scenarios=[baseline,fill_before_build]", "replicates=2", "workers=1", "lang=en", *SHORT]
    assert main([*ask, "set=national_2018"]) == 0
    out = capsys.readouterr().out
    assert "9 criteria simulated, 5 not simulated" in out and "No provincial text was found" in out
    assert "Answer: About 0 of 2 parks meet the 9 simulated criteria of the national bar (2018) in 2027" in out
    place = next((tmp_path / "runs").glob("criteria-toy-*"))
    for name in ("tests", "levels", "counts"):
        assert (place / f"criteria_{name}.csv").read_bytes().startswith(b"\xef\xbb\xbf")
        assert len(pd.read_parquet(place / f"criteria_{name}.parquet"))
    drawn = sorted(p.name for p in (place / "figures" / "zh").iterdir())
    assert drawn == [f"criteria_national_2018_fill_before_build.{form}" for form in ("png", "svg")]
    assert (place / "manifest.json").is_file() and len(list((place / "pairs").iterdir())) == 2


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["set=national"], "set=national: no such rule set; did you mean 'national_2018'?"),
        (["set=provincial"], "none of its criteria is simulated"),
        (["scenario=baseline", "scenarios=[baseline]"], "not both"),
        (["replicates=0"], "expected a whole number"),
    ],
)
def test_mistakes_are_one_sentence(arguments, sentence, capsys):
    assert main(["criteria", "cluster=toy", *arguments]) == 2
    assert sentence in capsys.readouterr().err


def test_criteria_from_python_give_the_same_tables():
    found = criteria(["baseline"], *SHORT, replicates=2, workers=1)
    assert found.pairs == 2 and set(found.counts.rule_set) == set(found.sets)
    assert (found.counts.difference == 0).all()
