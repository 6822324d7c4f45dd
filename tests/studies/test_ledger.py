"""The ledger of lives: every count adds up to what the two worlds differ by, and says no more than is known."""

import json

import numpy as np
import pandas as pd
import pytest

from sim.cli.main import main
from sim.engine.mistakes import ConfigurationError
from sim.inputs.catalogue import shipped_folder
from sim.inputs.config import load
from sim.model.agents import Enterprise
from sim.model.event_log import LOG
from sim.model.measures.fates import SOURCES, Change, End, Fates, PairedFates, displacement, first_difference
from sim.model.status import Cause, Event, Place
from sim.report.words import book
from sim.runs.simulate import shared_past, simulate_matched
from sim.studies.compare.differences import by_source
from sim.studies.ledger import tables
from sim.studies.ledger.paired_lives import PairFiles, counted, followed_run, simulate_lives
from sim.studies.ledger.question import setups_of
from sim.studies.ledger.run import Ledger, ledger
from sim.studies.ledger.sentences import closing_tables
from sim.studies.ledger.story import story
from sim.studies.ledger.teller import Teller
from tests.helpers import POLICIES, under

SHORT = ["cluster=toy", "run.burn_in=24", "run.until=2028-12"]
OUHAI = ["run.burn_in=36", "run.until=2028-06"]
SCENARIOS = sorted(p.stem for p in (shipped_folder() / "scenario").glob("*.yaml") if p.stem != "baseline")
TALLIED = {  # outcome -> count of the tally
    "admitted": "admitted", "graduate": "graduates", "closed_tenant": "closed_tenants", "relocated": "relocated",
    "expired": "expired",
}  # fmt: skip


def totals(cluster, since):
    """Counts of the tally from a month on, and the tenants of the last month."""
    months, firm, _, _ = cluster.tally.stacked()
    found = {name: firm[key][months >= since].sum() if key in firm else 0 for name, key in TALLIED.items()}
    return found | {"tenant": (cluster.all(Enterprise).park_row >= 0).sum()}


@pytest.mark.parametrize(("name", "follow"), [*((name, 4) for name in SCENARIOS), ("whole_document", 1)])
def test_outcomes_counted_life_by_life_are_the_totals_of_both_worlds(name, follow):
    setups = setups_of(name, "baseline", [*SHORT, f"run.follow={follow}"])
    world = simulate_lives(setups, 2, "baseline").worlds[name]
    past = shared_past(setups, 2)
    reference, here = (totals(past.fork(setup).run(), past.now) for setup in setups)
    for outcome in reference:
        assert world.outcomes[outcome][:2] == [here[outcome], reference[outcome]], outcome
    gained, lost = world.changes[Change.GAINED], world.changes[Change.LOST]
    assert gained - lost == here["tenant"] - reference["tenant"]


@pytest.fixture(scope="module")
def ouhai_pair():
    """One pair of Ouhai with its two finished worlds."""
    setups = setups_of("fill_before_build", "baseline", OUHAI)
    past = shared_past(setups, 1)
    since = past.now
    clusters = [past.fork(setup) for setup in setups]
    there, here = (followed_run(cluster, since) for cluster in clusters)
    return setups, clusters, there, here, simulate_lives(setups, 1, "baseline").worlds["fill_before_build"]


def test_the_ledger_of_ouhai_adds_up(ouhai_pair):
    setups, clusters, there, here, world = ouhai_pair
    for side, (cluster, run) in enumerate(zip(clusters, (there, here), strict=True)):
        found = totals(cluster, clusters[0].start + 48)
        for outcome in found:
            assert world.outcomes[outcome][1 - side] == found[outcome], outcome
        ends = np.bincount(run.fates.end, minlength=len(End))
        assert (world.flows.sum(axis=1 - side)[1:] == ends[1:]).all() and ends[End.ABSENT] == 0
        closed = ends[[End.CLOSED, End.CLOSED_GRADUATE, End.DISTRICT_CLOSED, End.CITY_CLOSED]].sum()
        assert closed == (run.log["event"] == Event.CLOSED).sum()
    assert world.changes.sum() == world.flows.sum()
    assert world.changes[: Change.UNCHANGED].sum() == len(world.firms)
    assert world.flows.sum() - np.trace(world.flows) <= world.changes[: Change.OTHER_PATH].sum()
    extra = sum(n for source, n in world.displacement["cluster"].items() if source != "other_park")
    assert extra == world.outcomes["tenant"][0] - world.outcomes["tenant"][1] == world.changes[0] - world.changes[1]
    assert world.displacement["cluster"]["other_park"] == world.changes[Change.MOVED]


def test_every_end_is_where_the_firm_is(ouhai_pair):
    _, clusters, _, here, _ = ouhai_pair
    firms = clusters[1].where(Enterprise, lambda f: f.exists())
    fates = here.fates
    end = fates.end[np.searchsorted(fates.ident, firms.ident)]
    tenant = np.isin(end, (End.TENANT, End.TENANT_GRADUATE))
    assert (tenant == (firms.park_row >= 0)).all() and (end[firms.status == 1] == End.WAITING).all()
    for place, ends in (
        (Place.DISTRICT, (End.DISTRICT, End.DISTRICT_GRADUATE)),
        (Place.CITY, (End.CITY, End.CITY_GRADUATE)),
    ):
        assert (np.isin(end, ends) == ((firms.place == place) & (end != End.WAITING))).all()
    recognised = firms.recognised_on >= clusters[1].start
    assert np.isin(
        end[recognised], (End.TENANT_GRADUATE, End.DISTRICT_GRADUATE, End.CITY_GRADUATE, End.AWAY_GRADUATE)
    ).all()


def test_no_life_differs_before_the_first_policy(ouhai_pair):
    _, clusters, _, _, world = ouhai_pair
    assert len(world.firms) > 100 and world.firms["first"].min() >= clusters[0].start + 48


def test_the_displacement_of_a_comparison_is_that_of_the_ledger(ouhai_pair):
    setups, _, _, _, world = ouhai_pair
    matched = simulate_matched(setups, 1, "baseline")
    assert matched.displacement["fill_before_build"] == world.displacement["cluster"]


def test_following_every_firm_leaves_none_unfollowed():
    for follow, some in ((1, False), (4, True)):
        setups = setups_of("service_first", "baseline", [*SHORT, f"run.follow={follow}"])
        flows = simulate_lives(setups, 1, "baseline").worlds["service_first"].flows
        unfollowed = flows[[End.DISTRICT_UNFOLLOWED, End.CITY_UNFOLLOWED]].sum()
        assert bool(unfollowed) is some


def test_a_world_against_its_twin_has_no_life_that_differs():
    twin = load([*SHORT, "scenario=talent_first"])
    other = load([*SHORT, "scenario=talent_first"])
    object.__setattr__(other, "scenario", "twin")
    world = simulate_lives([twin, other], 1, "talent_first").worlds["twin"]
    assert len(world.firms) == 0 and not world.changes[: Change.UNCHANGED].any()
    assert not any(world.displacement["cluster"].values())


# --- worked by hand ------------------------------------------------------------------------------------------------


def log_of(*events):
    """(month, event, ident, park) as an event log."""
    log = np.zeros(len(events), LOG)
    for name, values in zip(("month", "event", "ident", "park"), zip(*events, strict=True), strict=True):
        log[name] = values
    return log


def test_the_first_event_that_differs_is_found_life_by_life():
    arrived, admitted, closed = int(Event.ARRIVED), int(Event.ADMITTED), int(Event.CLOSED)
    reference = log_of(
        (1, arrived, 5, -1), (1, arrived, 3, -1), (1, admitted, 5, 0), (4, closed, 3, 0), (6, closed, 5, 0)
    )
    other = log_of(
        (1, arrived, 5, -1), (1, admitted, 5, 1), (1, arrived, 3, -1), (4, closed, 3, 0), (2, arrived, 9, -1)
    )
    month, there, here = first_difference(np.array([3, 5, 7, 9], np.uint64), reference, other)
    assert month.tolist() == [-1, 1, -1, 2]
    assert there.tolist() == [-1, 2, -1, -1] and here.tolist() == [-1, 1, -1, 4]


def test_a_life_that_goes_on_in_one_world_only_parts_where_the_other_falls_silent():
    reference = log_of((1, Event.ARRIVED, 3, -1), (7, Event.CLOSED, 3, 0))
    month, there, here = first_difference(np.array([3], np.uint64), reference, reference[:1])
    assert (month[0], there[0], here[0]) == (7, 1, -1)


def fates_with(**firms):
    """Fates of idents i3=(park, settled) …"""
    ident = np.array(sorted(int(name[1:]) for name in firms), np.uint64)
    park, settled = np.array([firms[f"i{i}"] for i in ident]).T
    end = np.where(park >= 0, End.TENANT, End.CLOSED)
    return Fates(ident, end, park, settled, {})


def test_extra_tenants_are_traced_to_where_they_would_have_been():
    reference = fates_with(
        i1=(0, -1), i2=(-1, Place.DISTRICT), i3=(-1, Place.CITY), i4=(-1, Place.GONE), i5=(-1, -1), i7=(1, -1)
    )
    other = fates_with(i1=(1, -1), i2=(0, -1), i3=(0, -1), i4=(0, -1), i5=(0, -1), i6=(0, -1), i7=(-1, Place.CITY))
    found = displacement(reference, other)
    # 3 comes from the city and 7 is lost to it, so that net nothing comes from there
    assert found == {"other_park": 1, "district": 1, "city": 0, "away": 1, "left_or_closed": 1, "not_looking": 1}


def test_tenants_of_target_parks_may_come_from_the_other_parks():
    reference = fates_with(i1=(0, -1), i2=(1, -1), i3=(-1, Place.CITY))
    other = fates_with(i1=(1, -1), i2=(1, -1), i3=(1, -1))
    found = displacement(reference, other, np.array([False, True]))
    assert found["other_park"] == 1 and found["city"] == 1 and sum(found.values()) == 2


def test_deadweight_counts_those_reached_who_had_it_anyway():
    ident = np.arange(6, dtype=np.uint64)
    had = np.array([1, 1, 0, 0, 1, 0], bool), np.array([1, 1, 1, 0, 1, 1], bool)  # reference, here
    no = np.zeros(6, int)
    had = dict.fromkeys(("tenant", "admitted", "graduate", "graduate_in_district"), had)
    both = PairedFates(
        ident=ident, end=(no, no), park=(no - 1, no - 1), outcomes=had, change=np.full(6, Change.UNCHANGED),
        first=no - 1, reference_row=no - 1, other_row=no - 1,
    )  # fmt: skip
    world = counted(both, {"relief": np.array([0, 1, 2, 3], np.uint64)}, {}, np.zeros(0, LOG), np.zeros(0, LOG))
    assert world.outcomes["graduate"] == [5, 3, 3]
    assert world.reached["relief"] == {"firms": 4} | dict.fromkeys(
        ("tenant", "admitted", "graduate", "graduate_in_district"), [3, 2]
    )


def test_a_share_of_extra_tenants_is_undefined_where_there_may_be_none():
    pairs = [dict.fromkeys(SOURCES, 0) | {"city": n} for n in (5, -4, 3, -5)]
    table = by_source(pairs).set_index("source")
    assert not table.defined.any() and table.loc["city"].isna()[["share_of_extra", "share_low", "share_high"]].all()
    clear = by_source([dict.fromkeys(SOURCES, 0) | {"city": 6, "away": 4 + n} for n in (0, 1, 0, 1)]).set_index(
        "source"
    )
    assert clear.loc["calibrated"].defined and clear.loc["calibrated"].share_of_extra == pytest.approx(6 / 10.5)
    assert clear.loc["extra_tenants", "mean"] == 10.5


# --- whom a policy reaches -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", POLICIES)
def test_a_policy_reaches_tenants_only_and_nobody_before_it_starts(name, lever, toy_start, toy_setup):
    cluster = toy_start.fork(under(toy_setup, [lever(name)], start=toy_setup.data.start + np.timedelta64(3, "M")))
    (policy,) = cluster.policies
    cluster.run(until=cluster.start + 2)
    assert len(policy.beneficiaries(cluster)) == 0
    cluster.run(until=cluster.end)
    assert (policy.beneficiaries(cluster).park_row >= 0).all()


def test_relief_reaches_those_whose_rent_it_lowers(lever, toy_start, toy_setup):
    cluster = toy_start.fork(under(toy_setup, [lever("rent_relief")], start=toy_setup.data.start))
    cluster.pipeline = cluster.pipeline[:9]  # up to the month's growth, where rent is paid
    cluster.run(until=cluster.start + 1)
    cluster.now -= 1
    tenants = cluster.where(Enterprise, lambda f: f.is_tenant())
    cheaper = tenants.ident[tenants.net_rent() < tenants.at_park("rent")]
    assert len(cheaper) and set(cluster.policies[0].beneficiaries(cluster).ident) == set(cheaper)


# --- words, tables, command ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_event_end_and_change_has_words(lang):
    teller = Teller({"zh": ["甲园", "乙园"], "en": ["Park A", "Park B"]})
    for event in Event:
        for cause in Cause:
            row = log_of((24000, event, 1, 0))[0]
            row["cause"], row["amount"] = cause, 1
            assert len(teller.event(row, lang)) > 1
    words = book(lang)
    assert all(f"{table}_{name}" in words for table, names in tables.TERMS.items() for name in names)
    assert all(f"lives_end_{kind}" in words for kind in tables.END_KINDS)


def test_a_difference_reads_as_a_sentence():
    teller = Teller({"zh": ["甲园"], "en": ["Park A"]})
    here = log_of((24314, Event.ADMITTED, 1, 0))[0]
    there = log_of((24316, Event.SETTLED, 1, -1))[0]
    there["place"], there["cause"] = Place.CITY, Cause.BELOW_BAR
    said = teller.difference(there, here, (-1, 0), "en")
    assert said == (
        "2026-03: here it is admitted to Park A; in the reference it settles elsewhere in the city (below the parks' bar) (2026-05)."
    )
    assert teller.difference(there, here, (-1, 0), "zh") == (
        "2026-03：本情景入驻甲园；参照情景落户市内其他区域（未达准入标准）（2026-05）。"
    )
    assert "nothing more in the reference" in teller.difference(None, here, (-1, 0), "en")


@pytest.fixture(scope="module")
def results():
    return ledger("fill_before_build", *SHORT, replicates=3, workers=1)


def test_tables_agree_with_each_other(results):
    changes = results.changes.set_index("change")["mean"]
    tenant = results.outcomes.set_index("outcome").loc["tenant"]
    assert (
        tenant.net
        == pytest.approx(changes.gained - changes.lost)
        == pytest.approx(tenant.mean_level - tenant.reference_mean)
    )
    assert len(results.lives) == pytest.approx(3 * changes.drop("unchanged").sum())
    matrix = results.transitions.set_index("end_reference")
    assert matrix["all"].sum() == pytest.approx(changes.sum()) == pytest.approx(results.flows["mean"].sum())
    counted_again = results.lives.groupby("change", observed=False).size() / 3
    assert (counted_again.drop("unchanged") - changes.drop("unchanged")).abs().max() < 1e-9
    extra = results.displacement.set_index(["scope", "source"]).loc[("cluster", "extra_tenants"), "mean"]
    assert extra == pytest.approx(tenant.net)
    shares = results.shares.dropna(subset="value")
    assert shares.defined.all() and shares[shares.measure != "additionality_share"].value.between(0, 1).all()


def test_a_verdict_claims_only_what_is_clear(results):
    unclear = results.outcomes.copy()
    unclear[["low", "high"]] = [-3.0, 5.0]
    clear = results.outcomes.copy()
    clear[["net", "low", "high"]] = [4.0, 2.0, 6.0]
    said = [Ledger(**{**vars(results), "outcomes": table}) for table in (unclear, clear)]
    assert "does not clearly change" in said[0].verdict("en") and "没有明确差异" in said[0].verdict("zh")
    assert "4 more tenants" in said[1].verdict("en") and "多4家" in said[1].verdict("zh")


def test_the_calibrated_share_is_called_calibrated_wherever_printed(results):
    sources = results.displacement.copy()
    sources.loc[sources.source == "calibrated", ["share_of_extra", "share_low", "share_high", "defined"]] = [
        0.6,
        0.5,
        0.7,
        True,
    ]
    outcomes = results.outcomes.copy()
    outcomes[["net", "low", "high"]] = [4.0, 2.0, 6.0]
    shown = Ledger(**{**vars(results), "outcomes": outcomes, "displacement": sources})
    for lang, called in (("zh", "校准"), ("en", "calibrated")):
        assert called in shown.verdict(lang)
        lines = [" ".join(row) for _, rows in closing_tables(shown, lang) for row in rows]
        assert all(called in line for line in lines if "60%" in line) and any("60%" in line for line in lines)


def test_a_pair_put_aside_comes_back_as_it_was(tmp_path):
    setups = setups_of("service_first", "baseline", SHORT)
    pair, files = simulate_lives(setups, 4, "baseline"), PairFiles(tmp_path)
    files.keep(pair)
    again = files.kept(4)
    one, other = pair.worlds["service_first"], again.worlds["service_first"]
    assert np.array_equal(one.firms, other.firms) and np.array_equal(one.flows, other.flows)
    assert (one.outcomes, one.reached, one.displacement) == (other.outcomes, other.reached, other.displacement)
    (tmp_path / "4.npz").write_bytes(b"cut short")
    assert files.kept(4) is None


@pytest.mark.slow
def test_two_processes_give_the_same_ledger_as_one():
    ask = ("talent_first", *SHORT)
    one, two = (ledger(*ask, replicates=2, workers=workers) for workers in (1, 2))
    assert one.lives.equals(two.lives) and one.flows.equals(two.flows)


def test_the_story_of_a_firm_says_where_its_two_lives_part(results):
    row = results.lives[results.lives.change == "gained"].iloc[0]
    lines = story(int(row.ident), "fill_before_build", *SHORT, seed=int(row.replicate), lang="en")
    assert "With 'Fill before build':" in lines and "With 'Doing nothing':" in lines
    assert any(line.startswith(f"  {row.first_month}") for line in lines)
    assert "tenant" in next(line for line in lines if "in the end" in line)


def test_levers_alone_are_held_against_doing_nothing():
    results = ledger(None, "policy=[rent_relief,service_list]", *SHORT, replicates=2, workers=1)
    assert [s.scenario for s in results.setups] == ["baseline", "rent_relief+service_list"]
    assert not results.setups[0].policies and set(results.shares.policy) == {"", "rent_relief", "service_list"}


def test_a_firm_that_never_was_is_refused():
    with pytest.raises(ConfigurationError, match="firm=12: no such enterprise with seed=1"):
        story(12, "fill_before_build", *SHORT)


def test_the_command_writes_tables_and_figures_and_tells_a_firms_story(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    ask = ["ledger", "scenario=fill_before_build", "replicates=2", "workers=1", *SHORT]
    assert main([*ask, "lang=zh"]) == 0
    place = next((tmp_path / "runs").glob("ledger-toy-*"))
    manifest = json.loads((place / "manifest.json").read_text(encoding="utf-8"))
    names = {
        f"{name}.csv" for name in ("changes", "flows", "transitions", "outcomes", "shares", "displacement", "terms")
    }
    assert manifest["complete"] and names | {"lives.parquet", "figures/zh/lives.png"} <= set(manifest["files"])
    told = pd.read_csv(place / "terms.csv")
    for table, column in (("flows", "end"), ("displacement", "source"), ("outcomes", "outcome"), ("shares", "measure")):
        assert set(pd.read_csv(place / f"{table}.csv")[column]) <= set(told.name), table
    out = capsys.readouterr().out
    assert "结论" in out and "校准" in out and "每4家跟踪1家" in out
    before = {p.name: p.stat().st_mtime_ns for p in (place / "pairs").iterdir()}
    first = (place / "lives.parquet").read_bytes()
    assert main([*ask, "lang=en", "figures=false"]) == 0
    assert {p.name: p.stat().st_mtime_ns for p in (place / "pairs").iterdir()} == before
    assert (place / "lives.parquet").read_bytes() == first
    following = capsys.readouterr().out.strip().splitlines()[-1].split("incubator ")[1].split()
    assert main([*following, "lang=en"]) == 0
    assert "With 'Fill before build':" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ([], "scenario is missing"),
        (["policy=[]"], "names no policy"),
        (["policy=[rent_relif]"], "did you mean 'rent_relief'"),
        (["scenario=talent_first", "policy=[rent_relief]"], "policy= replaces the package of every scenario"),
        (["scenario=baseline"], "the same as the reference"),
        (["scenario=talent_frist"], "did you mean 'talent_first'"),
        (["scenario=talent_first", "scenarios=[a,b]"], "has one scenario and a reference"),
        (["scenario=talent_first", "firm=x"], "firm=x: expected a whole number"),
        (["scenario=talent_first", "firm=3", "replicates=4"], "the story is of one seed"),
        (["scenario=talent_first", "from=nowhere"], "no branch there"),
    ],
)
def test_a_wrong_question_is_answered_in_a_sentence(asked, said, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["ledger", *SHORT, *asked]) == 2
    error = capsys.readouterr().err
    assert said in error and error.startswith("incubator: ") and not (tmp_path / "runs").exists()


def test_the_ends_of_the_calibrated_span_keep_the_districts_part():
    from experiments.relief_displacement import outside_shares

    for calibrated in (0.5, 0.8):
        shares = [float(setting.split("=")[1]) for setting in outside_shares(calibrated)]
        assert sum(shares) == pytest.approx(1) and sum(shares[:2]) == pytest.approx(calibrated, abs=1e-5)
        assert shares[0] / shares[1] == pytest.approx(0.15 / 0.5, rel=1e-4)


def test_month_labels_are_empty_where_there_is_no_month():
    assert tables._months(np.array([24312, -1])) == ["2026-01", ""]
