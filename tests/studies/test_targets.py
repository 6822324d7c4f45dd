"""Targets worked by hand on a run made up for it, and what watching a small run takes note of."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from experiments import moments, targets, watching
from experiments.moments import TARGETS
from sim.engine.calendar import month_number
from sim.engine.mistakes import ConfigurationError
from sim.model.agents import Enterprise, Park
from sim.model.cluster import Cluster
from sim.model.status import Event

START = month_number("2022-01")


def spells(*rows):
    """Spells from (seen, since, until, founded_on, weight, incubated, over, closed)."""
    names = ("seen", "since", "until", "founded_on", "weight", "incubated", "over", "closed")
    return pd.DataFrame(rows, columns=names)


def made_up(setup, years=14, **more):
    """A run of the toy in which every series is flat, from December 2021 on, but for what is given."""
    months = np.arange(START - 1, START + 12 * years)
    whole = {name: np.full(len(months), value) for name, value in more.pop("whole", {}).items()}
    parks = {name: np.tile(np.array(value, float), (len(months), 1)) for name, value in more.pop("parks", {}).items()}
    return watching.Run(setup, months, whole, parks, {}, more.pop("spells", {}), more.pop("firms", {}))


def firms(**columns):
    """Living firms of a December, alike in what is not given."""
    plain = {"weight": 1, "age": 150, "tenant": True, "near": True, "heads": 10, "desired": 10.0, "earned": 1e6, "year": 1e6,
             "funded": False, "capability": 2.0}  # fmt: skip
    return pd.DataFrame(plain | columns)


def of(name, run):
    return TARGETS[name].of_run(run)


# ---- what is on file


def test_every_target_on_file_has_a_function_and_every_function_a_target():
    assert {targets.of(name) for name in TARGETS} == set(targets.bands().index)


def test_the_file_has_as_many_cells_in_every_row():
    lines = targets.BANDS.read_text(encoding="utf-8-sig").splitlines()
    assert len(targets.bands()) == len(lines) - 1 and not targets.bands()["basis"].isna().any()


# ---- moments by hand


def test_tenants_that_double_while_space_grows_fourfold_have_an_elasticity_of_a_half(toy_setup):
    run = made_up(toy_setup, whole={"tenants": 20.0, "announced": 8000.0})
    run.whole["tenants"][0], run.whole["announced"][0] = 10, 2000
    assert of("C1", run) == pytest.approx(0.5)
    assert of("C2", run) == pytest.approx(2.5) and of("C3", run) == pytest.approx(5)


def test_staff_is_counted_while_the_stock_grows(toy_setup):
    run = made_up(
        toy_setup, whole={"staff": 130.0, "tenants": 10.0, "arrived": 2.0, "arrived_staff": 18.0},
        parks={"incubated_staff": [50, 30], "incubatees": [4, 4]},
    )  # fmt: skip
    run.whole["staff"][run.since("2025-07")] = run.whole["arrived_staff"][run.since("2025-07")] = 1e6
    assert (of("C4", run), of("C5", run), of("C5, incubatees", run)) == (9, 13, 10)


def test_graduates_count_at_parks_open_for_five_years(toy_setup):
    """The central park opened in 2015, the other in 2018: it counts from 2023 on, 13 - 1 of 14 years."""
    run = made_up(toy_setup, parks={"graduates": [1, 2], "incubatees": [100, 50]})
    graduates, incubatees = 14 * 1 + 13 * 2, 14 * 100 + 13 * 50
    assert of("C6", run) == pytest.approx(12 * graduates / incubatees)
    assert of("C7", run) == pytest.approx(of("C6", run) / 0.18326, rel=1e-4)


def test_stays_that_go_on_are_no_stays_yet_and_48_months_are_not_over_48(toy_setup):
    ended = [
        (0, 0, 48, 0, 1, True, True, False),
        (0, 0, 24, 0, 1, True, True, True),
        (0, 0, 90, 0, 1, True, False, False),
    ]
    run = made_up(
        toy_setup, spells={"incubation": spells(*ended), "tenancy": spells((0, 0, 49, 0, 1, True, True, False))}
    )
    assert of("C8a", run) == 3 and of("C8b", run) == 0
    assert of("C8a, tenancies", run) == pytest.approx(49 / 12) and of("C8b, tenancies", run) == 1


def test_closing_by_year_of_life_counts_months_lived_in_it(toy_setup):
    """Two firms seen from their founding: one closes in month 30 and stands for three, one lives on to month 60."""
    rows = (0, 0, 30, 0, 3, False, True, True), (0, 0, 60, 0, 1, False, False, False)
    run = made_up(toy_setup, spells={"outside": spells(*rows)})
    third = 3 / (3 * 7 + 12)  # months 24 to 30, and 24 to 35
    assert moments.closing_by_age(run, 5) == pytest.approx([0, 0, third, 0, 0])
    assert of("C9", run) == pytest.approx((1 - third) ** 12) and of("C10", run) == 3


def test_vacancy_is_told_of_parks_near_and_of_new_ones_far_out(toy_setup):
    run = made_up(toy_setup, parks={"let": [80, 60], "fitted": [100, 100]})
    assert of("C11a", run) == pytest.approx(0.2) and np.isnan(of("C11b", run))
    near, far = toy_setup.data.parks
    new = replace(toy_setup, data=replace(toy_setup.data, parks=(near, replace(far, stock=0))))
    assert of("C11b", replace(run, setup=new)) == pytest.approx(0.4)


def test_what_is_put_in_is_read_from_the_setup(toy_setup):
    run = made_up(toy_setup)
    assert of("C14b", run) == 5 * toy_setup.parameters.labour.commute_slope
    assert of("C16", run) == toy_setup.parameters.growth.agglomeration
    assert {name for name in TARGETS if TARGETS[name].put_in} == {"C12", "C14b", "C16"}


def test_funded_are_tenants_at_better_operators(toy_setup):
    december = firms(
        ident=range(5), funded=[True, False, False, True, True], capability=[2, 3, 2, 1, 2], tenant=[1, 1, 1, 1, 0]
    )
    assert of("C13", made_up(toy_setup, firms={START + 11: december})) == pytest.approx(1 / 3)


def test_people_and_space_in_the_long_run(toy_setup):
    run = made_up(
        toy_setup, whole={"unfilled": 5.0, "posts": 100.0, "tenants": 33.0},
        parks={"let_past_incubation": [20, 10], "let": [60, 40], "quits": [1, 1], "staff": [60, 90]},
    )  # fmt: skip
    run.whole["unfilled"][~run.since("2028-01")] = 99
    assert of("C17", run) == pytest.approx(0.05) and of("C18", run) == pytest.approx(0.3)
    assert of("C14a", run) == pytest.approx(12 * 2 / 150) and of("C21", run) == 33


def test_growth_counts_survivors_by_weight_and_jobs(toy_setup):
    """Of five firms one closes, one leaves the district, two are old: their revenue doubles and stays, staff 10 to 12 and 30."""
    first = firms(ident=range(5), age=[150, 150, 18, 18, 150], weight=[1, 3, 1, 1, 1])
    second = firms(ident=range(4), earned=[2e6, 1e6, 1e6, 1e6], heads=[30, 12, 13, 99], near=[True, True, True, False])
    run = made_up(toy_setup, firms={START + 11: first, START + 23: second})
    assert len(run.survivors) == 4
    assert of("C19", run) == pytest.approx(np.log(2) / 4)
    assert of("C22a", run) == pytest.approx(0.3) and of("C22b", run) == pytest.approx((30 + 36) / 40 - 1)


def test_laplace_growth_whose_spread_falls_with_size_is_seen(toy_setup):
    """Spread by size to the power -0.18; 40,000 firms make the standard error of the exponent about 0.01."""
    luck = np.random.default_rng(1)
    size = np.exp(luck.uniform(0, 5, 40_000))
    growth = luck.laplace(0, 0.3 * size**-0.18)
    first = firms(ident=range(len(size)), desired=size)
    second = firms(ident=range(len(size)), year=1e6 * np.exp(growth))
    run = made_up(toy_setup, firms={START + 11: first, START + 23: second})
    assert of("C15b", run) == pytest.approx(0.18, abs=0.03)
    assert of("C15a", run) > 0.05
    normal = firms(ident=range(len(size)), year=1e6 * np.exp(luck.normal(0, 0.3, len(size))))
    assert of("C15a", made_up(toy_setup, firms={START + 11: first, START + 23: normal})) < -0.03


def test_the_raw_gap_counts_five_years_and_newcomers_only(toy_setup):
    life = spells(
        (START, START, START + 40, 0, 1, True, True, True), (START, START, START + 100, 0, 1, True, True, True),
        (START, START, START + 50, 0, 4, False, True, True), (START - 1, START - 1, START + 1, 0, 4, False, True, True),
    )  # fmt: skip
    assert of("C20", made_up(toy_setup, spells={"life": life})) == pytest.approx(np.log((1 / 100) / (4 / 200)))


# ---- watching


@pytest.fixture(scope="module")
def seen(composed):
    """Two years of the toy, watched, and the same run as the model tells it."""
    setup = composed("cluster=toy", "run.burn_in=24", "run.until=2023-12")
    cluster = Cluster(setup, 3)
    before = int((cluster.all(Enterprise).park_row >= 0).sum()), int(cluster.all(Enterprise).is_incubating().sum())
    return watching.watch(setup, 3, measures=("occupancy_rate",)), cluster.run(), before


def test_stocks_are_those_of_the_tally(seen):
    run, cluster, (tenants, incubatees) = seen
    months, firm, park, _ = cluster.tally.stacked()
    assert run.months.tolist() == [run.start - 1, *months] and run.whole["tenants"][0] == tenants
    for name in ("let", "fitted"):
        assert np.array_equal(run.parks[name][1:], park[name])
    assert np.array_equal(run.parks["incubatees"][1:], firm["incubatees"][:, :2].sum(axis=2))
    assert run.parks["graduates"].sum() == firm["graduates"].sum() and run.parks["incubatees"][0].sum() == incubatees
    assert run.parks["quits"].sum() == sum(firm[name][:, :2].sum() for name in watching.QUITS if name in firm) > 0
    assert run.yearly["occupancy_rate"] == pytest.approx(
        (park["let"].sum(1) / park["fitted"].sum(1)).reshape(2, 12).mean(1), abs=0.02
    )


def test_watching_moves_nothing(seen):
    run, cluster, _ = seen
    assert run.whole["revenue"][-1] == cluster.where(Enterprise, lambda f: f.is_tenant()).realised_revenue().sum()
    assert run.whole["seekers"][-1] > 0 and np.array_equal(run.parks["let"][-1], cluster.all(Park).let)


def events(cluster, *kinds):
    """Months of these events by firm."""
    log = cluster.log.table()
    some = log[np.isin(log["event"], kinds)]
    return dict(zip(some["ident"].tolist(), some["month"].tolist(), strict=True))


def test_every_firm_ever_in_a_park_has_one_tenancy_and_one_incubation(seen):
    """But for those that close in their month of admission, which no month's end sees."""
    run, cluster, (tenants, incubatees) = seen
    admitted, closed = events(cluster, Event.ADMITTED), events(cluster, Event.CLOSED)
    stayed = [ident for ident, month in admitted.items() if closed.get(ident) != month]
    for name, before in (("tenancy", tenants), ("incubation", incubatees)):
        assert len(run.spells[name]) == before + len(stayed) and run.spells[name]["ident"].is_unique
    going_on = run.spells["tenancy"][~run.spells["tenancy"]["over"]]
    assert len(going_on) == run.whole["tenants"][-1] and (going_on["until"] == run.months[-1]).all()


def test_every_closure_closes_one_life(seen):
    run, cluster, _ = seen
    arrived, closed = events(cluster, Event.ADMITTED, Event.SETTLED), events(cluster, Event.CLOSED)
    life = run.spells["life"][run.spells["life"]["closed"]]
    told = {ident: month for ident, month in closed.items() if arrived.get(ident) != month}
    assert dict(zip(life["ident"], life["until"], strict=True)) == told and len(told) > 2


def test_firms_are_noted_each_december(seen):
    run, cluster, _ = seen
    assert list(run.firms) == [START + 11, START + 23]
    assert len(run.firms[START + 23]) == cluster.all(Enterprise).exists().sum()
    assert run.firms[START + 11]["tenant"].sum() == run.at("tenants", "2022-12")
    assert np.isnan(run.at("tenants", "2024-01")) and run.survivors["year"].gt(0).any()


# ---- the table


def test_a_mean_is_judged_by_its_band_and_an_open_end_is_open():
    values = np.array([[1.2, 0.1, 100, 0.139, 5], [1.4, 0.3, 110, 0.139, 5]])
    table = targets.judged(values, ["C2", "C15a", "C21", "C12", "C8a, tenancies"])
    assert table["verdict"].tolist() == ["in", "in", "in", "set", "beside"]
    assert table["mean"][0] == pytest.approx(1.3) and table["low_over_runs"][0] == pytest.approx(
        1.3 - 12.706 * 0.1, rel=1e-3
    )
    assert table["mean"][2] == pytest.approx(np.sqrt(50) / 105) and np.isnan(table["low_over_runs"][2])
    assert targets.judged(values, ["C1", "C15a", "C21", "C12", "C8a"])["verdict"].tolist() == [
        "out",
        "in",
        "in",
        "set",
        "out",
    ]
    assert targets.judged(values[:1], ["C1", "C2", "C21", "C12", "C8a"])["verdict"][2] == "none"


def test_targets_are_chosen_by_id_or_by_family():
    assert targets.chosen("C18,C8") == ["C8a", "C8a, tenancies", "C8b", "C8b, tenancies", "C18"]
    with pytest.raises(ConfigurationError, match="--only C99: no such target 'C99'"):
        targets.chosen("C99")


def test_the_script_writes_the_table_it_prints(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    words = ["run.until=2022-12", "run.burn_in=12"]
    targets.main(["--clusters", "toy", "--worlds", "space_pulls", "--seeds", "2", "--only", "C3,C16", *words])
    table = pd.read_csv(tmp_path / "runs" / "targets.csv", encoding="utf-8-sig")
    assert table["id"].tolist() == ["C3", "C16"] and table["runs"].tolist() == [2, 2]
    assert table["mean"][0] > 0 and table["verdict"][1] == "set"
    printed = capsys.readouterr().out
    assert printed.startswith("toy, space_pulls, 2 runs: ") and table["moment"][0] in printed
    with pytest.raises(ConfigurationError, match="no such world"):
        targets.main(["--clusters", "toy", "--worlds", "spcae_pulls"])
