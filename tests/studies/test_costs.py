"""What one more costs: by hand, by year, and whether its ranking survives other unit prices."""

from itertools import product
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from sim.inputs.config import load
from sim.report.words import in_both
from sim.runs.matched_pairs import matched_pairs
from sim.studies.common.pairs import paired
from sim.studies.compare import costs
from sim.studies.compare.run import conclude
from sim.studies.compare.tables import write

SHORT = ["cluster=toy", "run.burn_in=24", "run.until=2028-12"]
NAMES = ["baseline", "fill_before_build", "talent_first", "build_first"]


@pytest.fixture(scope="module")
def setups():
    return [load([*SHORT, f"scenario={name}"]) for name in NAMES]


@pytest.fixture(scope="module")
def matched(setups):
    return list(matched_pairs(setups, [1, 2, 3], reference="baseline", workers=1))


def test_people_retained_are_last_decembers_staff_times_this_years_rate(matched):
    p = paired(matched, "talent_first", "baseline", "cluster", 2026)
    found = costs.effects(p, len(p.years) - 2, 2026)["retained"]
    for k, m in enumerate(matched):
        kept = []
        for name in ("talent_first", "baseline"):
            v = m.outcomes[name].yearly["cluster"]
            rate, staff = (v.values[v.measures.index(key), :, 0] for key in ("talent_retention_rate", "staff"))
            kept.append(rate[-1] * staff[-2])
            assert kept[-1] == pytest.approx(round(kept[-1]), abs=1e-6)  # people are whole: the denominator is right
        assert found[k] == pytest.approx(kept[0] - kept[1])


def test_spending_by_year_earned_adds_up_to_what_was_spent_and_owed(setups, matched):
    delayed = costs.paid_next_year(setups)
    assert delayed == {"rent_relief": "reward"}
    for m in matched:
        outcome = m.outcomes["fill_before_build"]
        books = costs.spent(outcome, delayed)
        paid = sum(amount for *_, amount in outcome.spending) + sum(outcome.owed.values())
        assert sum(books.values()) == pytest.approx(paid, rel=1e-12)
        v = outcome.yearly["cluster"]
        assert sum(books.values()) == pytest.approx(np.nansum(v.values[v.measures.index("public_spending")]), rel=1e-12)


def test_relief_counts_in_the_year_it_was_earned_in():
    outcome = SimpleNamespace(
        spending=[(12 * 2027, "rent_relief", "reward", 70.0), (12 * 2027, "pay", "pay", 5.0), (12 * 2027 + 1, "x", "reward", 1.0)],
        owed={"rent_relief": 40.0},
        yearly={"cluster": SimpleNamespace(periods=[2026, 2027])},
    )  # fmt: skip
    books = costs.spent(outcome, {"rent_relief": "reward"})
    assert books == {(2026, "rent_relief", "reward"): 70.0, (2027, "pay", "pay"): 5.0, (2027, "x", "reward"): 1.0} | {
        (2027, "rent_relief", "reward"): 40.0
    }


def test_the_last_year_of_the_table_by_year_is_the_whole_horizon(setups, matched):
    by_year = costs.costs_by_year(matched, NAMES, "baseline", 2026, setups)
    whole = costs.costs(matched, NAMES, "baseline", 2026, setups)
    last = by_year[by_year.year == 2028].reset_index(drop=True)
    same = ["scenario", "measure", "policy", "value", "effect", "spending", "why"]
    pd.testing.assert_frame_equal(last[same], whole[same])
    assert sorted(set(by_year.year)) == [2026, 2027, 2028]
    spending = by_year[by_year.scenario == "fill_before_build"].groupby("year").spending.first()
    assert spending.is_monotonic_increasing


def test_a_package_of_one_lever_bears_the_levers_name(setups, matched):
    table = costs.costs(matched, NAMES, "baseline", 2026, setups)
    assert set(table[table.scenario == "build_first"].policy) == {"space_expansion"}
    assert set(table[table.scenario != "build_first"].policy) == {""}


@pytest.mark.parametrize(
    ("effect", "why"),
    [([5.0, 6.0, 5.5], ""), ([1.0, -1.0, 0.5], "unclear"), ([-5.0, -6.0, -5.5], "fewer"), ([5.0], "one_pair")],
)
def test_a_cost_that_is_not_defined_says_why(effect, why):
    found = costs._cost(np.full(len(effect), 100.0) + np.arange(len(effect)), np.array(effect))
    assert found["why"] == why and found["defined"] == (not why) and np.isnan(found["value"]) == bool(why)
    assert why == "" or all(text.startswith(("无法定义", "undefined")) for text in in_both(costs.WHY[why]).values())


def by_hand(lines, effects):
    """Costs of packages from spending by price {scenario: {price: CNY}} and effects, as the two tables."""
    extra = pd.DataFrame(
        [(s, k, k == "official", v) for s, of in lines.items() for k, v in of.items()],
        columns=["scenario", "price", "held", "spending"],
    )
    table = pd.DataFrame(
        {"scenario": s, "measure": "m", "value": sum(of.values()) / effects[s], "effect": effects[s], "defined": True}
        for s, of in lines.items()
    )
    return table, extra


LINES = {
    "a": {"building": 60.0, "cases": 20.0, "official": 10.0},
    "b": {"building": 20.0, "cases": 90.0},
    "c": {"cases": 300.0},
}
EFFECTS = {"a": 10.0, "b": 10.0, "c": 15.0}


def test_ranking_at_other_prices_is_what_trying_every_corner_gives():
    table, extra = by_hand(LINES, EFFECTS)
    ranking = costs.price_ranking(table, extra)
    corners = list(product((0.5, 1.5), repeat=2))
    for row in ranking.itertuples():
        gaps = {}
        for building, cases in [*corners, (0.5, 1), (1.5, 1), (1, 0.5), (1, 1.5)]:
            prices = {"building": building, "cases": cases, "official": 1.0}
            cost = {s: sum(prices[k] * v for k, v in LINES[s].items()) / EFFECTS[s] for s in (row.cheaper, row.dearer)}
            gaps[building, cases] = cost[row.cheaper] - cost[row.dearer]
        assert row.difference_high == pytest.approx(max(gaps.values()))
        assert row.difference_low == pytest.approx(min(gaps.values()))
        assert row.holds_all_prices == all(gap < 0 for gap in gaps.values())
        assert row.holds_each_price == all(gap < 0 for (b, c), gap in gaps.items() if 1 in (b, c))


def test_ranges_leave_official_rates_as_they_are_and_name_the_price_that_turns_a_pair():
    table, extra = by_hand(LINES, EFFECTS)
    found = costs.at_other_prices(table, extra).set_index("scenario")
    assert (found.price_low["a"], found.price_high["a"]) == (pytest.approx(5.0), pytest.approx(13.0))  # 9 ± half of 8
    assert found.ranking_holds.tolist() == [False, False, True]
    pair = costs.price_ranking(table, extra).query("cheaper == 'a' and dearer == 'b'").iloc[0]
    assert pair.price == "cases" and pair.turns_at == pytest.approx(1 - 2 / 7)  # a − b = −2; a case counts −7 an effect


def test_with_nothing_to_rank_no_ranking_is_claimed():
    table, extra = by_hand({"a": LINES["a"]}, EFFECTS)
    assert costs.at_other_prices(table, extra).ranking_holds.tolist() == [None]
    table["defined"] = False
    assert costs.at_other_prices(table, extra).price_low.isna().all()


def test_lines_of_measured_policies_are_held(setups, matched):
    extra = costs.extra_by_line(matched, NAMES, "baseline", setups)
    assert set(extra[extra.held].price) == {"rent_relief.reward"}
    whole = costs.costs(matched, NAMES, "baseline", 2026, setups).drop_duplicates("scenario").set_index("scenario")
    by = extra.groupby("scenario").spending.sum()
    assert all(by[s] == pytest.approx(whole.spending[s]) for s in NAMES[1:])


def test_tiers_add_up_to_the_cluster_and_have_their_own_rates(matched):
    for m in matched:
        whole, tiers = (m.outcomes["talent_first"].yearly[kind] for kind in ("cluster", "tier"))
        assert tiers.units == ["general", "skilled", "high_level"]

        def of(v, measure):
            return v.values[v.measures.index(measure)]

        for measure in ("staff", "net_inflow", "vacancies"):
            assert np.allclose(of(tiers, measure).sum(axis=1), of(whole, measure)[:, 0])
        for k, tier in enumerate(tiers.units):
            assert np.array_equal(
                of(tiers, "talent_retention_rate")[:, k], of(whole, f"talent_retention_rate_{tier}")[:, 0]
            )
        assert (of(tiers, "hires") >= 0).all() and of(tiers, "hires").sum() > 0
        assert "hires" not in whole.measures and "occupancy_rate" not in tiers.measures


def test_every_kind_of_unit_is_written_for_planners_with_titles(tmp_path, setups, matched):
    from sim.runs.store.folder import RunFolder

    results = conclude(setups, matched, "baseline")
    folder = RunFolder(tmp_path, "compare", setups, {"reference": "baseline"}, 1)
    write(results, folder, began="", asked=3, figures=False, command="")
    tables = {}
    for kind, unit, title in (
        ("park", "remote_park", "远郊产业园"), ("operator", "state_operator", "国资运营机构"),
        ("sector", "traditional", "特色传统产业"), ("tier", "skilled", "专业人才"), ("cluster", "cluster", "教学用微型集群"),
    ):  # fmt: skip
        path = folder.path / f"differences_{kind}.csv"
        assert path.read_bytes().startswith(b"\xef\xbb\xbf")
        tables[kind] = pd.read_csv(path)
        assert set(tables[kind][tables[kind].unit == unit].unit_zh) == {title}
        assert tables[kind].unit_en.notna().all() and tables[kind].measure_zh.notna().all()
    assert set(tables["tier"][tables["tier"].year == 0].period) == {"2026-2028"}
    costs = pd.read_csv(folder.path / "costs.csv")
    assert (costs.why_zh.notna() == ~costs.defined).all()
    assert (folder.path / "price_ranking.csv").is_file() and (folder.path / "costs_by_year.csv").is_file()


def test_one_scenario_alone_has_no_costs_and_no_ranking(setups, matched):
    results = conclude(setups[:1], matched, "baseline")
    assert results.costs.empty and results.price_ranking.empty and results.costs_by_year.empty
