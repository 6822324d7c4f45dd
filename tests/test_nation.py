"""Clusters made from totals, and a nation of cities: exact totals, cities that do not know of each other, sums of counts."""

from dataclasses import replace

import numpy as np
import pytest

from sim.engine.fields import check
from sim.engine.mistakes import ConfigurationError
from sim.inputs import apportion
from sim.inputs.config import load
from sim.model.cluster import Cluster
from sim.model.district_data import OperatorData, ParkData, PlatformData
from sim.model.measures.counts import Counts
from sim.model.measures.window import ratio
from sim.runs.matched_pairs import matched_pairs
from sim.runs.nation import OF_A_CITY, SIZES, NationSum, city, city_seed, of_city, simulate_city, size_of
from sim.studies.common.gather import gather
from sim.studies.common.scenarios import check_past, scenarios_of
from sim.studies.compare.run import conclude

SMALL = (
    "cluster=nation", "cluster.figures.cities=5", "cluster.figures.carriers=40", "cluster.figures.stock=180000",
    "cluster.balance.space_pulls.applicants_per_year=1900", "cluster.figures.seekers_per_year=40000",
    "cluster.figures.cases=12", "cluster.follow=5", "run.burn_in=12", "run.until=2026-12",
)  # fmt: skip


@pytest.fixture(scope="module")
def small(composed):
    """Five cities of 3 to 17 carriers, doing nothing and with three levers that spend on districts or reach remote parks."""
    levers = "policy=[space_expansion,investment_promotion,living_amenities]"
    nothing, levers = composed(*SMALL), composed(*SMALL, levers)
    return [nothing, replace(levers, scenario="levers")]


@pytest.fixture(scope="module")
def parts(small):
    """What each city leaves of seed 3."""
    return [simulate_city(small, (3, number), "baseline") for number in range(len(small[0].cities))]


@pytest.fixture(scope="module")
def nation(small, parts):
    """The nation of seed 3."""
    gathering = NationSum(small, 3)
    for part in parts:
        gathering.take(part)
    return gathering.matched()


def test_the_shipped_nation_adds_up_to_its_figures_in_whole_carriers_and_square_metres(composed):
    setup = composed("cluster=nation")
    figures, cities, parks = setup.resolved["cluster"]["figures"], setup.cities, setup.data.parks
    assert (len(cities), len(parks)) == (figures["cities"], figures["carriers"])
    assert sum(p.stock for p in parks) == figures["stock"]
    assert sum(p.added for p in parks) == figures["added"]
    for kind, share in figures["kinds"].items():
        assert abs(sum(p.kind == kind for p in parks) - share * len(parks)) < 1
    for level, share in figures["levels"].items():
        assert abs(sum(p.level == level for p in parks) - share * len(parks)) < 1
    graded = [o.grade for o in setup.data.operators]
    for grade, share in figures["grades"].items():
        assert abs(graded.count(grade) - share * len(graded)) < 1
    balance = setup.data.balance["space_pulls"].applicants_per_year
    assert sum(c.balance["space_pulls"].applicants_per_year for c in cities) == pytest.approx(balance)


def test_cities_follow_the_rank_size_rule(composed):
    setup = composed("cluster=nation")
    sizes, exponent = [len(c.parks) for c in setup.cities], setup.resolved["cluster"]["figures"]["rank_exponent"]
    assert sizes == sorted(sizes, reverse=True)
    for rank in (4, 25, 100, 400):  # one carrier is for every city, the others follow the rule
        assert sizes[rank - 1] - 1 == pytest.approx((sizes[0] - 1) * rank**-exponent, abs=1.5)


def test_sizes_of_a_kind_are_log_normal_with_the_spread_given(composed):
    setup = composed("cluster=nation")
    logs = np.log([p.stock for p in setup.data.parks if p.kind == "incubator"])
    spread, n = setup.resolved["cluster"]["figures"]["spread"], len(logs)
    assert abs(logs.std(ddof=1) - spread) < 4 * spread / np.sqrt(2 * n)
    assert abs(((logs - logs.mean()) ** 3).mean() / spread**3) < 4 * np.sqrt(6 / n)


@pytest.mark.parametrize("cluster", ["city", "nation"])
def test_every_row_made_is_one_that_a_table_could_hold(composed, cluster):
    data, problems = composed(f"cluster={cluster}").data, []
    for cls, rows in ((ParkData, data.parks), (OperatorData, data.operators), (PlatformData, data.platforms)):
        for row in rows[:: max(1, len(rows) // 500)]:
            for name, part in cls.__dataclass_fields__.items():
                if part.metadata["kind"] in ("number", "one_of"):
                    check(getattr(row, name), part.metadata, f"{row.key}.{name}", problems)
    assert problems == []
    assert len({park.key for park in data.parks}) == len(data.parks)


def test_a_city_opens_its_space_along_the_path_and_late_kinds_late(composed):
    setup = composed("cluster=city")
    parks, figures = setup.data.parks, setup.resolved["cluster"]["figures"]
    added = {}
    for park in parks:
        for month, area in park.additions:
            added[month] = added.get(month, 0) + area
    months = np.array([(m - setup.data.start).astype(int) for m in added])
    assert months.min() >= 1 and max(added) <= np.datetime64(figures["added_until"])
    total, early = sum(added.values()), sum(a for m, a in zip(months, added.values(), strict=True) if m <= 20)
    rise, x = figures["pace"] - 1, 20 / 41
    assert early / total == pytest.approx((x + rise * x * x / 2) / (1 + rise / 2), abs=0.02)
    assert sum(p.stock for p in parks if p.kind == "industrial_park") < 0.1 * figures["stock"]


def test_the_same_file_makes_the_same_places_whatever_was_made_before(composed):
    first = composed(*SMALL).data
    dealing_again = load([*SMALL, "seed=9"]).data
    assert repr(first) == repr(dealing_again)
    assert repr(load([*SMALL, "cluster.only=[city_0003]"]).cities[0]) == repr(first.cities[2])


@pytest.mark.parametrize("total, weights, least", [(10, [1, 1, 1], 0), (7, [5, 1, 0.1], 1), (400, np.ones(7), 2)])
def test_whole_numbers_add_up_and_stay_within_one_of_their_share(total, weights, least):
    found = apportion.whole_parts(total, weights, least)
    exact = least + (total - least * len(found)) * np.asarray(weights) / np.sum(weights)
    assert found.sum() == total and found.min() >= least and np.abs(found - exact).max() < 1


def test_a_city_alone_is_the_city_in_the_nation(small, nation, parts):
    name = small[0].cities[1].name
    alone = Cluster(city(small[0], name), city_seed(3, name)).run()
    values = nation.outcomes["baseline"].yearly["city"]
    assert np.array_equal(of_city(Counts(alone)), values.values[:, :, values.units.index(name)], equal_nan=True)
    mine, theirs = Counts(alone).by("cluster")[0], parts[1].counts["baseline"].by("cluster")[0]
    assert mine.keys() == theirs.keys()
    for count in mine.keys() - {"live_rows"}:  # the nation follows nobody who left the district alive
        assert np.allclose(mine[count], theirs[count], rtol=1e-12), count
    assert mine["live_rows"][-1] > theirs["live_rows"][-1]


def test_cities_have_luck_of_their_own():
    seeds = {city_seed(seed, f"city_{k:04d}") for seed in range(20) for k in range(400)}
    assert len(seeds) == 20 * 400 and min(seeds) >= 0


def test_the_nation_is_the_sum_of_its_cities_and_its_rates_are_made_of_sums(nation, parts):
    for name in ("baseline", "levers"):
        found = nation.outcomes[name].yearly
        whole = {m: found["cluster"].values[i, :, 0] for i, m in enumerate(found["cluster"].measures)}
        counts = [part.counts[name].by("cluster")[0] for part in parts]

        def total(count, counts=counts):
            return sum(c[count][:, 0] for c in counts).reshape(-1, 12)

        for measure, count in (("tenants", "tenants"), ("announced_area", "announced")):
            assert np.array_equal(whole[measure], total(count)[:, -1]), measure
        assert np.array_equal(whole["graduates"], total("graduates").sum(axis=1))
        rate = ratio(total("graduates").sum(axis=1), total("incubatees").mean(axis=1))
        assert np.allclose(whole["graduation_rate"], rate, rtol=1e-12, equal_nan=True)
        for kind in ("city", "city_size"):
            tenants = found[kind].values[found[kind].measures.index("tenants")]
            assert np.array_equal(tenants.sum(axis=1), whole["tenants"]), kind
        spent = sum(amount for *_, amount in nation.outcomes[name].spending)
        owed = sum(nation.outcomes[name].owed.values())
        assert whole["public_spending"].sum() == pytest.approx(spent + owed)
    moved = [part.displacement["levers"] for part in parts]
    assert nation.displacement["levers"] == {source: sum(m[source] for m in moved) for source in moved[0]}


def test_sums_do_not_depend_on_the_order_in_which_cities_are_done(small, nation, parts):
    backwards = NationSum(small, 3)
    for part in reversed(parts):
        backwards.take(part)
    same_outcomes(backwards.matched(), nation)


@pytest.mark.parametrize("workers", [1, 2])
def test_processes_make_no_difference(small, nation, workers):
    told = []
    same_outcomes(next(iter(matched_pairs(small, [3], workers=workers, tick=lambda: told.append(1)))), nation)
    assert len(told) == 5


def same_outcomes(one, other):
    for name, outcome in other.outcomes.items():
        for period in ("yearly", "monthly"):
            for kind, values in getattr(outcome, period).items():
                assert np.array_equal(getattr(one.outcomes[name], period)[kind].values, values.values, equal_nan=True)
        assert (one.outcomes[name].spending, one.outcomes[name].counts) == (outcome.spending, outcome.counts)
    assert one.displacement == other.displacement


def test_levers_are_in_proportion_to_a_city_and_absent_where_they_have_no_target(small):
    levers = small[1]
    for place in levers.cities:
        alone = city(levers, place.name)
        remote = any(park.minutes >= 25 for park in place.parks)
        assert ("living_amenities" in {p.name for p in alone.policies}) == remote
        cluster = Cluster(alone, 1)
        before = sum(p.stock + p.added for p in place.parks)
        expansion = next(p for p in alone.policies if p.name == "space_expansion")
        new = int(expansion.schedule(cluster)[-1].sum())
        assert new == pytest.approx(expansion.area * before / 1_470_000, abs=1)


def test_the_sample_elsewhere_is_told_with_what_it_stands_for(nation):
    outcome = nation.outcomes["baseline"]
    sizes = outcome.counts
    assert sizes["followed_stand_for"] == 5 * sizes["followed"] and sizes["live_rows"] > sizes["tenants"] > 0
    found = outcome.yearly["cluster"]
    elsewhere, followed = (found.values[found.measures.index(m), -1, 0] for m in ("elsewhere", "followed"))
    assert elsewhere == pytest.approx(5 * followed) and followed > 0
    assert outcome.monthly["cluster"].values[found.measures.index("live_rows"), -1, 0] == sizes["live_rows"]


def test_finished_seeds_are_found_again(small, nation, tmp_path):
    from sim.runs.store.folder import RunFolder

    folder = RunFolder(tmp_path, "compare", small, {"reference": "baseline"}, 3)
    folder.keep(nation)
    told = []
    again = gather(small, [3], reference="baseline", workers=1, folder=folder, progress=told.append)
    same_outcomes(again[0], nation)
    assert told == [5]  # all cities of the seed, at once
    results = conclude(small, again, "baseline")
    assert set(results.differences.unit_kind) == {"cluster", "sector", "tier", "city_size", "city"}
    assert set(OF_A_CITY) <= set(results.yearly[results.yearly.unit_kind == "city"].measure.astype(str))


def test_sizes_of_cities_leave_no_gap(small):
    assert [size_of(place) for place in small[0].cities] == ["small"] * 5 and min(SIZES.values()) == 0


@pytest.mark.parametrize(
    "override, told",
    [
        ("cluster.figures.carriers=3", "cluster nation.figures.carriers = 3: fewer than cities (5); each needs one."),
        ("cluster.figures.kinds.incubator=0.5", "cluster nation.figures.kinds: shares add up to 1.14, not 1."),
        ("cluster.figures.cities=2.5", "cluster nation.figures.cities = 2.5: expected a whole number."),
        (
            "cluster.figures.stock=-1",
            "cluster nation.figures.stock = -1 m2 is outside 1000 to 1e+10 (space at the start).",
        ),
        (
            "cluster.figures.added_until=soon",
            "cluster nation.figures.added_until = 'soon': expected a month such as 2026-01.",
        ),
        (
            "cluster.only=[city_9]",
            "cluster nation.only: 'city_9' is no city; expected names from city_0001 to city_0005.",
        ),
        ("cluster.only=7", "cluster nation.only = 7: expected a list of names, such as [a, b]."),
    ],
)
def test_a_mistake_is_told_in_one_sentence(override, told):
    with pytest.raises(ConfigurationError) as error:
        load([*SMALL, override])
    assert error.value.problems == [told]


def test_space_that_comes_later_must_come_after_the_start():
    with pytest.raises(ConfigurationError, match=r"added_until = 2022-01: not after the start \(2022-01\)\."):
        load([*SMALL, "cluster.figures.added=1000", "cluster.figures.added_until=2022-01"])


def test_what_takes_one_cluster_refuses_a_nation(small):
    for ask in (
        lambda: Cluster(small[0], 1), lambda: scenarios_of(["baseline"], SMALL),
        lambda: list(matched_pairs(small, [1], each=print)),
    ):  # fmt: skip
        with pytest.raises(ConfigurationError, match="a nation of many cities"):
            ask()
    with pytest.raises(ConfigurationError, match="of no use to a nation"):
        check_past("somewhere", small, [1])
    with pytest.raises(ConfigurationError, match="no city of nation"):
        city(small[0], "nowhere")


@pytest.mark.parametrize("scenario", ["whole_document", "same_budget_split"])
@pytest.mark.parametrize("cluster", ["city", "nation"])
def test_shipped_packages_compose_on_places_made_from_totals(cluster, scenario):
    assert load([f"cluster={cluster}", f"scenario={scenario}"]).policies
