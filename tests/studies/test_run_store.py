"""Kept runs are there whole or not at all, found by name, and said to be of other code where they are."""

import errno
import os
import re
import time
from dataclasses import replace

import numpy as np
import pytest

from sim.engine.mistakes import ConfigurationError
from sim.runs.results import KeptRun
from sim.runs.store import identity
from sim.runs.store import shards as run_store
from sim.runs.store.shards import RunStore

MEASURES = ("graduates", "occupancy_rate")
YEARS = np.arange(2022, 2036)


def row(number, ok=True, question=None):
    values = np.random.default_rng(number).normal(size=(2, 14)) if ok else np.zeros((0, 0))
    error = "" if ok else "Traceback …\nValueError: no"
    about = (MEASURES, YEARS) if ok else ((), np.zeros(0, int))
    return KeptRun(f"{number:020d}", question or f"q{number}", number, ok, error, 0.5, *about, values)


def same(one, other):
    plain = ("run_id", "question", "seed", "ok", "error", "seconds", "measures")
    return all(getattr(one, n) == getattr(other, n) for n in plain) and all(
        np.array_equal(getattr(one, n), getattr(other, n)) for n in ("years", "values")
    )


def filled(path, rows, shards=1):
    store = RunStore(path)
    for part in np.array_split(np.arange(len(rows)), shards):
        for i in part:
            store.keep(rows[i])
        store.flush()
    return store


def test_what_is_put_is_found_again_by_name_to_the_last_bit(tmp_path):
    rows = [row(i, ok=i % 5 > 0) for i in range(20)]
    filled(tmp_path, rows, shards=3)
    found = RunStore(tmp_path).kept([r.run_id for r in rows[3:12]] + ["unknown"])
    assert set(found) == {r.run_id for r in rows[3:12]} and all(same(found[r.run_id], r) for r in rows[3:12])


def test_a_run_that_two_have_put_is_found_once(tmp_path):
    filled(tmp_path, [row(1), row(2)])
    filled(tmp_path, [row(2), row(3)])
    assert sorted(RunStore(tmp_path).kept([row(i).run_id for i in range(5)])) == [row(i).run_id for i in (1, 2, 3)]


def test_the_same_runs_are_the_same_file_whatever_their_order(tmp_path):
    filled(tmp_path / "a", [row(1), row(2)])
    filled(tmp_path / "b", [row(2), row(1)])
    (one,), (other,) = ((tmp_path / n).glob("*.parquet") for n in "ab")
    assert one.name == other.name and one.read_bytes() == other.read_bytes()


@pytest.mark.parametrize("harm", [b"", b"PAR1", None])
def test_a_damaged_file_costs_its_own_runs_only_and_is_put_aside(tmp_path, harm):
    filled(tmp_path, [row(1), row(2)])
    (shard,) = tmp_path.glob("*.parquet")
    filled(tmp_path, [row(3)])
    shard.write_bytes(shard.read_bytes()[:-10] if harm is None else harm)
    store = RunStore(tmp_path)
    assert list(store.kept([row(i).run_id for i in (1, 2, 3)])) == [row(3).run_id] and store.damaged == 1
    assert list(store.kept([row(3).run_id])) == [row(3).run_id] and not store.damaged  # told once
    assert shard.with_suffix(".damaged").exists() and not shard.exists()


def test_what_a_killed_process_left_half_written_is_nobody_s(tmp_path):
    filled(tmp_path, [row(1)])
    (shard,) = tmp_path.glob("*.parquet")
    (tmp_path / f".{shard.name}.123.part").write_bytes(b"half")
    store = RunStore(tmp_path)
    assert store.kept([row(1).run_id]) and not store.damaged


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"format": "incubator runs 0"}', "a store of another version"),
        ("{}", "store.json: cannot be read as the mark of a store"),
        ("not json", "store.json: cannot be read as the mark of a store"),
    ],
)
def test_a_store_of_another_version_or_none_is_refused_in_a_sentence(tmp_path, content, said):
    (tmp_path / "store.json").write_text(content)
    with pytest.raises(ConfigurationError, match=f"{said}.* choose another.* out=FOLDER"):
        RunStore(tmp_path)


def test_a_full_disk_is_told_in_a_sentence_and_leaves_the_store_whole(tmp_path, monkeypatch):
    store = filled(tmp_path, [row(1)])
    before = sorted(p.name for p in tmp_path.iterdir())

    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "replace", full)
    store.keep(row(2))
    with pytest.raises(ConfigurationError, match=r"cannot be written \(No space left on device\)"):
        store.flush()
    monkeypatch.undo()
    assert sorted(p.name for p in tmp_path.iterdir()) == before
    assert list(RunStore(tmp_path).kept([row(1).run_id, row(2).run_id])) == [row(1).run_id]
    store.flush()  # space was made: what waited is not lost
    assert len(RunStore(tmp_path).kept([row(1).run_id, row(2).run_id])) == 2


def test_a_folder_that_cannot_be_written_is_told_in_a_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="cannot be written"):
        RunStore(tmp_path / "file" / "store")


def test_many_small_files_become_one_with_the_same_runs(tmp_path):
    rows = [row(i) for i in range(run_store.MANY + 1)]
    store = filled(tmp_path, rows, shards=len(rows))
    store.together()
    assert len(list(tmp_path.glob("*.parquet"))) == 1
    assert all(same(found, rows[found.seed]) for found in store.kept([r.run_id for r in rows]).values())


def test_a_run_with_too_few_measures_is_not_found_and_takes_no_other_s_place(tmp_path):
    whole = row(1)
    part = replace(whole, measures=MEASURES[:1], values=whole.values[:1])
    rows = [row(i) for i in range(2, run_store.MANY + 1)]
    store = filled(tmp_path, [part])
    assert not store.kept([part.run_id], MEASURES) and same(store.kept([part.run_id], MEASURES[:1])[part.run_id], part)
    for put in ([whole], [part], *([r] for r in rows)):
        store = filled(tmp_path, put)
        assert same(store.kept([part.run_id], MEASURES)[whole.run_id], whole) if put != [part] else True
    store.together()
    assert len(list(tmp_path.glob("*.parquet"))) == 1
    assert same(store.kept([part.run_id], MEASURES)[part.run_id], whole)


def test_what_waits_is_written_after_a_few_seconds(tmp_path, monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(run_store.time, "monotonic", lambda: clock[0])
    store = RunStore(tmp_path)
    store.keep(row(1))
    assert not RunStore(tmp_path).kept([row(1).run_id])
    clock[0] += run_store.EVERY + 1
    store.keep(row(2))
    assert len(RunStore(tmp_path).kept([row(1).run_id, row(2).run_id])) == 2


def test_runs_of_other_code_are_counted(tmp_path):
    filled(tmp_path, [row(1, question="a"), row(2, question="b")])
    assert RunStore(tmp_path).others({("a", 1), ("b", 1), ("c", 2)}) == 1


def test_keeping_and_finding_a_run_takes_less_than_5_ms(tmp_path):
    names = tuple(f"measure_{i}" for i in range(49))
    values = np.random.default_rng(1).normal(size=(49, 14))
    rows = [KeptRun(f"{i:020d}", "q", i, True, "", 1.0, names, YEARS, values) for i in range(400)]
    began = time.process_time()
    filled(tmp_path, rows, shards=100)  # 4 runs a file: as slow a study as Ouhai's on two cores
    found = RunStore(tmp_path).kept([r.run_id for r in rows])
    assert (time.process_time() - began) / len(rows) < 0.005 and len(found) == 400


def test_other_code_gives_a_run_another_name(monkeypatch):
    one = identity.run_id("question", 1)
    assert one == identity.run_id("question", 1) != identity.run_id("question", 2)
    monkeypatch.setattr(identity, "versions", lambda: {"run": "other"})
    assert identity.run_id("question", 1) != one


def test_code_of_the_user_s_own_counts(monkeypatch, tmp_path):
    one, path = identity.code(), tmp_path / "own.py"
    path.write_text("x = 1")
    monkeypatch.setattr(identity, "LOADED", [str(path)])
    two = identity.code()
    path.write_text("x = 2")
    assert len({one, two, identity.code()}) == 3


def test_titles_spelling_of_numbers_and_order_do_not_name_a_question(composed):
    from dataclasses import replace

    toy = composed("cluster=toy", "policy=[service_list,living_amenities]")
    same = composed("cluster=toy", "policy=[living_amenities,service_list]", "parameters.space.turning_months=2.0")
    titled = replace(toy, policies=tuple(replace(p, title={"zh": "甲", "en": "A"}) for p in toy.policies))
    others = [
        composed("cluster=toy", "policy=[service_list]"),
        composed("cluster=toy", "policy=[service_list,living_amenities]", "parameters.space.turning_months=3"),
        composed("cluster=toy", "policy=[service_list,living_amenities]", "run.until=2030-12"),
        composed("cluster=toy", "policy=[service_list,living_amenities]", "demand=boom"),
    ]
    asked = identity.question_of(toy)
    assert asked == identity.question_of(same) == identity.question_of(titled)
    assert len({asked, *map(identity.question_of, others)}) == 5


def test_the_sentence_of_stale_results_names_their_number():
    assert re.search(r"12 of 40 runs .* simulated again", identity.outdated(12, 40))
