"""Every combination that can be chosen runs, and every mistake is told in one sentence that names it."""

import itertools
import shutil
from pathlib import Path

import numpy as np
import pytest
import yaml

from sim.engine.calendar import along, month_number
from sim.engine.mistakes import ConfigurationError
from sim.inputs.catalogue import shipped_folder
from sim.inputs.config import load
from sim.inputs.tables import read_cluster
from sim.model.agents import Park
from sim.model.cluster import Cluster
from sim.model.parameters import GROUPS, catalogue
from sim.model.phases.arrivals import intensities
from tests.conftest import SEED

SCENARIOS, WORLDS, DEMANDS, RULES = (
    sorted(path.stem for path in (shipped_folder() / group).glob("*.yaml"))
    for group in ("scenario", "world", "demand", "rules")
)
TOY = ("cluster=toy", "run.burn_in=6", "run.until=2026-03")


def problems(*overrides, own=None):
    """The sentences that a configuration is refused with."""
    with pytest.raises(ConfigurationError) as refusal:
        load(overrides, own)
    return refusal.value.problems


# ---- what can be chosen


@pytest.mark.parametrize(("scenario", "world", "rules"), list(itertools.product(SCENARIOS, WORLDS, RULES)))
def test_every_scenario_runs_in_every_world_under_all_rules(scenario, world, rules):
    """Three months of toy with the policies in force."""
    setup = load(
        [
            "cluster=toy",
            f"scenario={scenario}",
            f"world={world}",
            f"rules={rules}",
            "run.burn_in=6",
            "run.until=2026-03",
        ]
    )
    cluster = Cluster(setup, SEED)
    cluster.now = cluster.end - 2  # the months of 2022 to 2025 are of no interest here
    cluster.run()
    assert len(cluster.tally.months) == 3
    parks = cluster.all(Park)
    assert (parks.let >= 0).all() and (parks.let + parks.turning <= parks.fitted).all()
    assert setup.scenario == scenario and setup.world.name == world and setup.rules.name == rules
    assert bool(setup.policies) == (scenario != "baseline")


@pytest.mark.parametrize(("demand", "world"), list(itertools.product(DEMANDS, WORLDS)))
def test_every_demand_moves_applicants_by_its_index_in_every_world(demand, world):
    setups = [load([*TOY, f"world={world}", *extra]) for extra in ((), (f"demand={demand}",))]
    assert setups[0].demand.name == "steady" and setups[1].demand.name == demand
    steady, other = (Cluster(setup, SEED) for setup in setups)
    for when in ("2025-12", "2026-12", "2028-06", "2033-01"):
        steady.now = other.now = month_number(np.datetime64(when))
        times = along(setups[1].demand.macro, other.now)
        assert np.allclose(intensities(other), times * intensities(steady), rtol=1e-12)
        assert times == 1 or (demand, when in ("2025-12", "2033-01")) in (("downturn", False), ("boom", False))


def test_steady_demand_is_no_change():
    assert load(TOY).resolved == load([*TOY, "demand=steady"]).resolved
    assert load(TOY).world.macro == {"2000-01": 1.0}


def test_an_own_world_with_a_demand_index_of_its_own_keeps_it_and_says_so(tmp_path):
    (tmp_path / "world").mkdir()
    text = (shipped_folder() / "world" / "space_pulls.yaml").read_text(encoding="utf-8")
    own = text.replace("${demand.macro}", '{"2022-01": 0.5}').replace("name: space_pulls", "name: mine")
    (tmp_path / "world" / "mine.yaml").write_text(own, encoding="utf-8")
    assert load([*TOY, "world=mine"], tmp_path).world.macro == {"2022-01": 0.5}
    told = problems(*TOY, "world=mine", "demand=boom", own=tmp_path)
    assert told == [
        "demand=boom: world mine has a demand index of its own, so that this would change nothing; give it macro: ${demand.macro}."
    ]


def test_a_package_that_names_a_policy_twice_is_refused(tmp_path):
    (tmp_path / "scenario").mkdir()
    twice = "# @package _global_\ndefaults:\n  - override /policy: [rent_relief, service_list, rent_relief]\n"
    (tmp_path / "scenario" / "mine.yaml").write_text(twice, encoding="utf-8")
    told = problems(*TOY, "scenario=mine", own=tmp_path)
    assert told == ["scenario=mine: policy 'rent_relief' is named twice; a package holds each of its policies once."]


def test_a_package_with_two_of_a_kind_is_refused(tmp_path):
    (tmp_path / "policy").mkdir()
    shipped = (shipped_folder() / "policy" / "rent_relief.yaml").read_text(encoding="utf-8")
    again = shipped.replace("policies.rent_relief", "policies.again").replace("name: rent_relief", "name: again")
    (tmp_path / "policy" / "again.yaml").write_text(again, encoding="utf-8")
    told = problems(*TOY, "policy=[rent_relief,again]", own=tmp_path)
    assert len(told) == 1 and "policies.rent_relief" in told[0] and "policies.again" in told[0]
    assert "two of the kind rent_relief have the same target in the same months; give them different targets" in told[0]
    load(
        [
            *TOY,
            "policy=[rent_relief,again]",
            "policies.rent_relief.parks=[central_park]",
            "policies.again.parks=[remote_park]",
        ],
        tmp_path,
    )


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_scenario_runs_on_ouhai(scenario):
    cluster = Cluster(load([f"scenario={scenario}", "run.burn_in=3", "run.until=2026-03"]), SEED)
    cluster.now = cluster.end - 2
    cluster.run()
    assert np.isfinite([amount for *_, amount in cluster.spending]).all()
    assert all(title.strip() for title in (*cluster.setup.title.values(), *cluster.setup.explanation.values()))


def test_every_parameter_has_a_value_in_bounds_and_a_meaning_in_both_languages():
    setup = load(["cluster=toy"])
    for name, meta in catalogue().items():
        assert meta["en"] and meta["zh"], name
        assert meta["low"] < meta["high"], name
        assert all(np.isfinite(np.ravel(getattr(getattr(setup.parameters, name.split(".")[0]), name.split(".")[1])))), (
            name
        )


def test_any_setting_can_be_changed_by_its_dotted_name():
    setup = load(
        [*TOY, "parameters.space.unit_area=25", "policy=[rent_relief]", "policies.rent_relief.reward=20", "seed=9"]
    )
    assert setup.parameters.space.unit_area == 25 and setup.policies[0].reward == 20


# ---- mistakes in overrides: (overrides, the one sentence)

MISTAKES = yaml.safe_load(Path(__file__).with_name("mistakes.yaml").read_text(encoding="utf-8"))


def each(kind, name):
    """One case for each mistake of a kind, called by one or more of its entries."""
    return pytest.mark.parametrize("mistake", [pytest.param(m, id=name.format(**m)) for m in MISTAKES[kind]])


@each("overrides", "{given}")
def test_a_mistake_is_told_in_one_sentence(mistake):
    told = problems("cluster=toy", "run.burn_in=6", *mistake["given"])
    assert len(told) == 1, told
    assert mistake["told"] in told[0]


def test_several_mistakes_are_told_at_once():
    told = problems(
        *TOY,
        "parameters.space.unit_area=0",
        "parameters.labour.pool_fade=x",
        "policy=[rent_relief]",
        "policies.rent_relief.end=2025-01",
        "seed=-3",
    )
    assert len(told) == 4
    for part in ("unit_area", "pool_fade", "ends in 2025-01", "seed = -3"):
        assert sum(part in sentence for sentence in told) == 1


def test_mistakes_of_the_cluster_are_told_together_with_others():
    told = problems(*TOY, "parameters.space.unit_area=0", "cluster.labour.graduates_per_year=-5")
    assert len(told) == 2


def test_a_world_without_balance_in_the_cluster_is_refused(own):
    del own.cluster["balance"]["promotion_pulls"]
    with pytest.raises(ConfigurationError) as refusal:
        own.load("world=promotion_pulls")
    assert refusal.value.problems == ["world.regime = 'promotion_pulls': cluster mine has no balance for it."]


# ---- mistakes in a user's own cluster


class Own:
    """A user's own cluster: a copy of toy that a test breaks in one place."""

    def __init__(self, path):
        self.path = path
        (path / "cluster").mkdir()
        shutil.copytree(shipped_folder() / "cluster" / "toy", path / "cluster" / "mine")
        self.cluster = yaml.safe_load((shipped_folder() / "cluster" / "toy.yaml").read_text(encoding="utf-8"))
        self.cluster["name"] = "mine"
        self.cluster["tables"] = {name: f"mine/{name}.csv" for name in ("parks", "operators", "platforms")}

    def replace(self, table, old, new):
        path = self.path / "cluster" / "mine" / f"{table}.csv"
        text = path.read_text(encoding="utf-8-sig")
        assert text.count(old) == 1, f"{old} stands {text.count(old)} times in {table}.csv"
        path.write_text(text.replace(old, new), encoding="utf-8-sig")

    def write(self, table, content):
        (self.path / "cluster" / "mine" / f"{table}.csv").write_bytes(content)

    def load(self, *overrides):
        (self.path / "cluster" / "mine.yaml").write_text(
            yaml.safe_dump(self.cluster, allow_unicode=True), encoding="utf-8"
        )
        return load(["cluster=mine", "run.burn_in=6", "run.until=2022-03", *overrides], self.path)

    def problems(self):
        """The sentences that the cluster itself is refused with."""
        with pytest.raises(ConfigurationError) as refusal:
            read_cluster(self.cluster, self.path / "cluster")
        return refusal.value.problems


@pytest.fixture
def own(tmp_path):
    return Own(tmp_path)


def test_a_mistake_in_an_own_cluster_reaches_the_user(own):
    own.replace("parks", ",3000,,0.60", ",-3000,,0.60")
    with pytest.raises(
        ConfigurationError, match=r"mine.parks.csv, row 2, column stock = -3000 m2 is outside 0 to 5e\+06"
    ):
        own.load()


def test_an_own_cluster_runs(own):
    cluster = Cluster(own.load(), SEED).run()
    assert cluster.data.name == "mine" and len(cluster.tally.months) == 3


@each("tables", "{table}: {given}")
def test_a_mistake_in_a_table_is_told_by_file_row_and_column(own, mistake):
    own.replace(mistake["table"], mistake["instead_of"], mistake["given"])
    told = own.problems()
    assert len(told) == 1, told
    assert mistake["told"] in told[0]


def test_an_empty_table_of_parks_is_refused(own):
    header = (shipped_folder() / "cluster" / "toy" / "parks.csv").read_bytes().split(b"\n")[0]
    own.write("parks", header + b"\n")
    told = own.problems()
    assert any("parks.csv: no park in it; a cluster needs at least one." in sentence for sentence in told)
    own.write("parks", b"")
    assert len(own.problems()) == 1


def test_a_cluster_without_space_at_the_start_is_refused(own):
    own.replace("parks", ",3000,,0.60", ",0,2022-03:3000,0.60")
    own.replace("parks", ",2000,2022-07:1000,", ",0,2022-07:3000,")
    told = own.problems()
    assert len(told) == 1 and told[0].endswith(
        "parks.csv: no park has space at the start; at least one must have stock."
    )


def test_a_park_that_never_has_space_is_refused(own):
    own.replace("parks", ",3000,,0.60", ",0,,0.60")
    assert own.problems() == [
        f"{own.path / 'cluster' / 'mine' / 'parks.csv'}: park central_park has no space, now or later."
    ]


def test_a_missing_table_is_refused(own):
    (own.path / "cluster" / "mine" / "operators.csv").unlink()
    told = own.problems()
    assert len(told) == 1 and told[0].endswith("operators.csv: no such file.")


def test_a_table_in_another_encoding_is_refused(own):
    text = (shipped_folder() / "cluster" / "toy" / "parks.csv").read_text(encoding="utf-8-sig")
    own.write("parks", text.encode("gb18030"))
    told = own.problems()
    assert len(told) == 1 and "not a UTF-8 text; in Excel, save it as 'CSV UTF-8'." in told[0]


@each("cluster", "{at}: {told}")
def test_a_mistake_in_a_cluster_file_is_told_in_one_sentence(own, mistake):
    *path, last = mistake["at"].split(".")
    settings = own.cluster
    for name in path:
        settings = settings[name]
    if "given" in mistake:
        settings[last] = mistake["given"]
    else:
        del settings[last]
    told = own.problems()
    assert len(told) == 1, told
    assert mistake["told"] in told[0]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("kind: rent_relief\nname: mine\n", "policies.mine.title: missing (title)."),
        ("kind: [1\n", "mine.yaml"),
        ("- a\n- b\n", "mine"),
    ],
)
def test_a_broken_policy_file_is_told_without_a_traceback(tmp_path, text, sentence):
    (tmp_path / "policy").mkdir()
    (tmp_path / "policy" / "mine.yaml").write_text(f"# @package policies.mine\n{text}", encoding="utf-8")
    assert any(sentence in told for told in problems(*TOY, "policy=[mine]", own=tmp_path))


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    assert problems(*TOY, own=tmp_path / "none") == [f"--config-dir {tmp_path / 'none'}: no such folder."]


def test_no_shipped_configuration_has_an_unknown_group():
    values = yaml.safe_load((shipped_folder() / "calibration" / "start.yaml").read_text(encoding="utf-8"))
    assert set(values["parameters"]) == set(GROUPS)
    assert Path(shipped_folder() / "config.yaml").is_file()
