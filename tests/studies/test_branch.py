"""Branches: a past kept in a file is the past itself, bit for bit, and nothing else passes for it."""

import io
import json
import zipfile

import numpy as np
import pytest

from sim.cli.main import main
from sim.engine.calendar import month_number
from sim.engine.mistakes import ConfigurationError
from sim.inputs.config import load
from sim.model.cluster import Cluster, sizes_of
from sim.model.snapshot import from_bytes, to_bytes
from sim.runs.branches import Branches, content_of
from sim.runs.provenance import written_by
from sim.runs.results import outcome_of
from sim.runs.simulate import simulate_matched
from sim.studies.branch.run import branch
from sim.studies.compare.run import compare
from tests.helpers import POLICIES, same_record, same_tables, under

SHORT = ["cluster=toy", "run.burn_in=24", "run.until=2027-12"]
SEED = 3


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A branch of the toy at 2026-01."""
    return branch("2026-01", tmp_path_factory.mktemp("branch") / "past.npz", *SHORT, seed=SEED)


@pytest.fixture(scope="module")
def setup():
    return load(SHORT)


@pytest.mark.parametrize("name", POLICIES)
def test_every_policy_from_a_branch_is_the_full_run_bit_for_bit(name, setup, lever, kept):
    acting = under(setup, [lever(name)])
    full = Cluster(acting, SEED).run()
    branched = Branches(kept).start(acting, SEED).run()
    assert same_record(full, branched) and same_tables(full, branched) and full.spending == branched.spending
    one, other = (outcome_of(cluster, True) for cluster in (full, branched))
    for kind in one.monthly:
        assert np.array_equal(one.monthly[kind].values, other.monthly[kind].values, equal_nan=True)


def test_a_package_on_ouhai_from_a_branch_is_the_full_run_bit_for_bit(ouhai, ouhai_setup, lever, tmp_path):
    acting = under(ouhai_setup, [lever("living_amenities"), lever("rent_relief")])
    past = ouhai.fork(ouhai_setup.without_policies()).run(until=month_number("2026-01"))
    (tmp_path / "7.npz").write_bytes(content_of(past))
    full = ouhai.fork(acting).run()
    branched = Branches(tmp_path).start(acting, ouhai.seed).run()
    assert same_record(full, branched) and same_tables(full, branched) and full.spending == branched.spending


def test_a_branch_inside_a_policy_keeps_what_was_ordered_and_spent(setup, lever):
    acting = under(setup, [lever("living_amenities"), lever("service_list")], start=setup.data.start)
    full = Cluster(acting, SEED).run(until=month_number("2023-06"))
    again = Cluster(acting, SEED, state=from_bytes(to_bytes(full.state(), {}), sizes_of(acting.data)))
    assert full.works and again.works == full.works and again.spending == full.spending
    assert same_record(full.run(), again.run()) and same_tables(full, again)


def test_a_comparison_from_a_branch_has_the_tables_of_the_full_one(kept):
    ask = (["baseline", "talent_first"], *SHORT)
    one = compare(*ask, replicates=1, seed=SEED, workers=1)
    other = compare(*ask, replicates=1, seed=SEED, workers=1, branch=kept)
    for name in ("yearly", "monthly", "spending", "displaced"):
        assert getattr(one, name).equals(getattr(other, name)), name


def test_forks_share_nothing_that_either_writes(setup, lever):
    past = Cluster(under(setup, [lever("living_amenities")], start=setup.data.start), SEED).run(
        until=month_number("2023-01")
    )
    before = past.state()
    past.fork(past.setup).run()
    after = past.state()
    assert before.works == after.works and before.spending == after.spending and len(before.months) == len(after.months)
    for family, (_, _, data) in before.tables.items():
        for name, array in data.items():
            assert np.array_equal(array, after.tables[family][2][name], equal_nan=array.dtype.kind == "f"), name


def test_the_same_state_makes_the_same_file(kept, setup):
    past = Cluster(setup, SEED).run(until=month_number("2026-01"))
    assert content_of(past) == kept.read_bytes()


def test_a_file_holds_nothing_that_could_run(kept):
    with np.load(kept, allow_pickle=False) as file:
        assert all(file[name].dtype.hasobject is False for name in file.files)


def rewritten(kept, path, change):
    """The file with its header changed."""
    with zipfile.ZipFile(kept) as old, zipfile.ZipFile(path, "w") as new:
        for item in old.namelist():
            content = old.read(item)
            if item == "head.npy":
                head = json.loads(np.load(io.BytesIO(content)).tobytes())
                change(head)
                content = io.BytesIO()
                np.save(content, np.frombuffer(json.dumps(head).encode(), np.uint8))
                content = content.getvalue()
            new.writestr(item, content)
    return path


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ([], None),
        (["cluster=ouhai"], "a branch of cluster=toy, not of cluster=ouhai"),
        (["parameters.choice.rent_sensitivity=2"], "other settings of parameters"),
        (["world=promotion_pulls"], "other settings of world"),
        (["rules=district"], "other settings of rules"),
        (["run.burn_in=12"], r"other settings of run \(burn_in"),
        (["run.follow=3"], r"other settings of run \(burn_in, follow"),
        (["run.until=2030-12"], None),
        (["run.until=2025-06"], "after run.until = 2025-06"),
        (["policy=[rent_relief]"], None),
        (["policy=[rent_relief]", "policies.rent_relief.start=2025-06"], "after policies.rent_relief .* = 2025-06"),
    ],
)
def test_a_branch_of_another_past_is_refused_in_a_sentence(kept, settings, said):
    other = load([*SHORT, *settings])
    if said is None:
        Branches(kept).check([other], [SEED])
        return
    with pytest.raises(ConfigurationError, match=said) as refused:
        Branches(kept).check([other], [SEED])
    assert all(problem.startswith("from=") and problem.endswith(".") for problem in refused.value.problems)


def test_a_branch_of_another_version_is_refused(kept, setup, tmp_path):
    other = rewritten(kept, tmp_path / "old.npz", lambda head: head["about"].update(model="0123456789ab"))
    with pytest.raises(
        ConfigurationError, match=f"made by model 0123456789ab .* this is model {written_by()['model']}"
    ):
        Branches(other).check([setup], [SEED])


def test_a_seed_that_was_not_kept_is_named(kept, setup):
    with pytest.raises(ConfigurationError, match="holds no state of seed 4, 5; it has 3"):
        Branches(kept).check([setup], [3, 4, 5])


def half(content):
    return content[: len(content) // 2]


def bent(content):
    changed = bytes(byte ^ 255 for byte in content[30000:31000])  # more than any header that nobody reads
    return content[:30000] + changed + content[31000:]


@pytest.mark.parametrize("damage", [half, bent, lambda content: b"", lambda content: b"no archive"])
def test_a_damaged_file_is_refused_in_a_sentence(kept, setup, tmp_path, damage):
    path = tmp_path / "bad.npz"
    path.write_bytes(damage(kept.read_bytes()))
    with pytest.raises(ConfigurationError, match="not a branch, or damaged"):
        branches = Branches(path)
        branches.check([setup], [SEED])
        branches.start(setup, SEED)


def test_a_file_with_other_columns_is_refused(kept, setup, tmp_path):
    other = rewritten(kept, tmp_path / "other.npz", lambda head: head["tables"]["Park"]["columns"].pop())
    with pytest.raises(ConfigurationError, match="Park has other columns"):
        Branches(other).start(setup, SEED)


def test_pickled_objects_are_refused(setup, tmp_path):
    np.savez(tmp_path / "evil.npz", head=np.array([{"format": 1}], dtype=object))
    with pytest.raises(ConfigurationError, match="not a branch, or damaged"):
        Branches(tmp_path / "evil.npz").check([setup], [SEED])


def test_an_empty_folder_is_refused(setup, tmp_path):
    with pytest.raises(ConfigurationError, match="no branch there"):
        Branches(tmp_path).check([setup], [SEED])


def test_the_command_keeps_what_is_there_and_adds_what_is_missing(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    ask = ["branch", "until=2026-01", "lang=en", *SHORT]
    assert main([*ask, "replicates=1"]) == 0
    folder = next((tmp_path / "runs").glob("branch-toy-*"))
    first = (folder / "states" / "1.npz").stat().st_mtime_ns
    assert main([*ask, "replicates=2"]) == 0
    assert sorted(p.name for p in (folder / "states").iterdir()) == ["1.npz", "2.npz"]
    assert (folder / "states" / "1.npz").stat().st_mtime_ns == first
    assert json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["complete"]
    said = capsys.readouterr().out
    assert f"from=runs/{folder.name}" in said and "Next: incubator compare" in said
    following = said.strip().splitlines()[-1].split("incubator ")[1].split()
    assert main([*following, "figures=false", "workers=1"]) == 0


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ([], "until is missing"),
        (["until=soon"], "expected a month such as 2026-01"),
        (["until=2021-01"], "expected a month after the start, 2022-01"),
        (["until=2030-01"], "not after run.until, 2027-12"),
        (["until=2026-01", "scenario=talent_first"], "scenario= has no place here"),
        (["until=2026-01", "policy=[rent_relief]"], "rent_relief would act in it"),
        (["until=2026-01", "out=past.npz", "replicates=2"], "one file holds one seed"),
    ],
)
def test_a_wrong_question_is_answered_in_a_sentence(asked, said, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["branch", *SHORT, *asked]) == 2
    error = capsys.readouterr().err
    assert said in error and error.startswith("incubator: ") and not (tmp_path / "runs").exists()


def test_a_damaged_burn_in_of_the_cache_is_made_anew(tmp_path, monkeypatch):
    monkeypatch.setenv("INCUBATOR_CACHE", str(tmp_path))
    setups = [load([*SHORT, f"scenario={name}"]) for name in ("baseline", "talent_first")]
    before = simulate_matched(setups, SEED)
    (file,) = tmp_path.iterdir()
    whole = file.read_bytes()
    file.write_bytes(whole[:5000])
    after = simulate_matched(setups, SEED)
    assert file.read_bytes() == whole
    assert before.outcomes["talent_first"].spending == after.outcomes["talent_first"].spending
