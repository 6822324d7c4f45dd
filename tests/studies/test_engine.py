"""Whoever does the work, the results are the same: this process, processes of this computer, workers of a scheduler."""

import itertools
import json
import os
import re
import sys
from types import SimpleNamespace

import pytest

from sim.engine.mistakes import ConfigurationError
from sim.runs.executors import dask as executor
from sim.runs.executors.choose import opened, results
from sim.runs.executors.failures import Failure
from tests.helpers import optional
from tests.studies import fake_work


def test_this_process_alone_gives_results_and_failures():
    found = dict(results(fake_work.square, range(20), "serial"))
    assert {i: r for i, r in found.items() if not isinstance(r, Failure)} == {
        i: i * i for i in range(20) if i % 10 != 7
    }
    assert found[17].error == "ValueError: no 17" and "fake_work.py" in found[17].trace and found[17].lasting


@pytest.mark.parametrize("error, lasting", [(MemoryError(), False), (OSError("disk"), False), (ValueError("x"), True)])
def test_what_another_computer_might_do_better_is_not_lasting(error, lasting):
    def work(item):
        raise error

    (((_, failure)),) = results(work, [1], "serial")
    assert failure.lasting is lasting


@pytest.mark.parametrize(
    "engine, said",
    [
        ("locl", "engine=locl: expected serial, local, dask:ADDRESS, dask:FILE or slurm; did you mean 'local'?"),
        ("dask", "engine=dask: expected"),
        ("local:2", "engine=local:2: expected"),
    ],
)
def test_an_engine_that_is_none_is_refused_in_a_sentence(engine, said):
    with pytest.raises(ConfigurationError, match=re.escape(said)):
        next(results(fake_work.square, [1], engine))


def test_a_library_that_is_missing_is_named_with_the_way_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ConfigurationError, match=r"engine=local needs .*, which is not installed: pip install"):
        next(results(fake_work.square, [1], "local"))


def test_a_scheduler_that_does_not_answer_is_told_in_a_sentence(monkeypatch, tmp_path):
    optional("distributed")
    monkeypatch.setattr(executor, "PATIENCE", 1)
    for engine, said in {
        "dask:127.0.0.1:9": "no scheduler answers at 127.0.0.1:9",
        f"dask:{tmp_path / 'none.json'}": "no such scheduler file; start one with",
        f"dask:{tmp_path}": "not a scheduler file of Dask",
    }.items():
        with pytest.raises(ConfigurationError, match=re.escape(said)) as refused:
            next(results(fake_work.square, [1], engine))
        assert len(refused.value.problems) == 1 and str(refused.value).startswith(f"engine={engine}: ")


def test_slurm_without_slurm_is_told_in_a_sentence(monkeypatch):
    optional("distributed")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ConfigurationError, match="engine=slurm: there is no sbatch"):
        next(results(fake_work.square, [1], "slurm"))


def test_chunks_grow_to_about_a_second_and_no_further():
    pace = executor.Pace()
    assert pace.size == 1
    for _ in range(20):
        pace.took(0.05 * pace.size, pace.size)
    assert pace.size == 20
    pace.took(60, 20)
    assert pace.size == 1
    for _ in range(50):
        pace.took(1e-6 * pace.size, pace.size)
    assert pace.size == executor.LARGEST


@pytest.fixture(scope="module")
def local():
    """Two processes of this computer."""
    optional("distributed")
    with opened("local", 2) as pool:
        yield pool


def test_local_processes_give_what_one_gives(local):
    found, alone = (
        dict(local.results(fake_work.square, range(200))),
        dict(results(fake_work.square, range(200), "serial")),
    )
    assert {i: getattr(r, "error", r) for i, r in found.items()} == {
        i: getattr(r, "error", r) for i, r in alone.items()
    }


def test_local_processes_are_two_of_one_thread_without_what_makes_them_slow(local):
    told = {r for _, r in local.results(fake_work.where, range(40))}
    assert len({pid for pid, *_ in told}) == local.size == 2 and os.getpid() not in {pid for pid, *_ in told}
    assert {each[1:] for each in told} == {(None, "1", False)}


def test_endless_work_is_asked_for_only_a_little_ahead(local):
    asked = itertools.count()
    stream = local.results(fake_work.nap, asked)
    seen = [next(stream)[0] for _ in range(30)]
    stream.close()
    assert len(set(seen)) == 30 and next(asked) < 30 + 2 * executor.AHEAD * 2 * 20


@pytest.mark.slow
def test_an_item_that_kills_its_workers_is_a_failure_and_no_other_item_is(monkeypatch):
    optional("distributed")
    monkeypatch.setattr(executor, "DEATHS", 1)
    found = dict(results(fake_work.deadly, range(12), "local", 2))
    assert found[3].error == "1 workers died over it" and not found[3].lasting
    assert all(found[i] == i for i in range(12) if i != 3)


def test_a_scheduler_and_workers_over_loopback_give_what_one_process_gives(scheduler):
    file = scheduler.start()
    alone = {i: getattr(r, "error", r) for i, r in results(fake_work.square, range(100), "serial")}
    for engine in (f"dask:{file}", f"dask:{json.loads(file.read_text())['address']}"):
        assert {i: getattr(r, "error", r) for i, r in results(fake_work.square, range(100), engine)} == alone


PRELUDES = {
    "none": "import sys; sys.modules['sim'] = None",
    "other": "import sim.runs.provenance as p; p.versions = lambda: {'model': 'other'}",
}


@pytest.mark.parametrize(
    "prelude, said",
    [("none", "cannot use our package (ModuleNotFoundError"), ("other", "has another version (model other and here")],
)
def test_a_worker_without_this_very_package_is_told_in_a_sentence(scheduler, prelude, said):
    with pytest.raises(ConfigurationError, match=re.escape(said)):
        next(results(fake_work.square, [1], f"dask:{scheduler.start(1, PRELUDES[prelude])}"))


class Asked:
    """A client whose workers answer thus when asked for their version."""

    def __init__(self, told):
        self.told = told

    def wait_for_workers(self, *_, **__):
        """There are some."""

    def run(self, *_, **__):
        return self.told


def test_a_worker_that_dies_while_it_is_asked_stops_nothing():
    optional("distributed")
    executor.WorkerPool(Asked({"tcp://a": OSError("stream is closed"), "tcp://b": executor.versions()}), "engine=local")
    with pytest.raises(
        ConfigurationError, match=re.escape("(tcp://a) cannot use our package (ModuleNotFoundError: sim)")
    ):
        executor.WorkerPool(
            Asked({"tcp://a": ModuleNotFoundError("sim"), "tcp://b": executor.versions()}), "engine=local"
        )


@pytest.mark.slow
def test_a_worker_of_another_version_that_joins_later_is_told_in_a_sentence(scheduler):
    stream = results(fake_work.nap, range(4000), f"dask:{scheduler.start(1)}")
    next(stream)
    scheduler.start(1, PRELUDES["other"])
    with pytest.raises(ConfigurationError, match="that joined later.* has another version of the model"):
        for _ in stream:
            pass


@pytest.mark.slow
def test_a_worker_without_our_package_that_joins_later_does_no_harm(scheduler):
    stream = results(fake_work.nap, range(100), f"dask:{scheduler.start(1)}")
    first = next(stream)
    scheduler.start(1, PRELUDES["none"])
    assert dict([first, *stream]) == {i: i for i in range(100)}


def test_a_scheduler_without_workers_is_told_in_a_sentence(scheduler, monkeypatch):
    file = scheduler.start(0)
    monkeypatch.setattr(executor, "PATIENCE", 2)
    with pytest.raises(
        ConfigurationError, match="the scheduler has had no worker for 2 s; start some with 'dask worker"
    ):
        next(results(fake_work.square, [1], f"dask:{file}"))


@pytest.mark.slow
def test_a_scheduler_that_dies_is_told_in_a_sentence(scheduler, monkeypatch):
    stream = results(fake_work.nap, itertools.count(), f"dask:{scheduler.start()}")
    next(stream)
    monkeypatch.setattr(executor, "PATIENCE", 2)  # only now: a busy computer may take longer to start
    scheduler.began[0].kill()
    with pytest.raises(ConfigurationError, match="the scheduler is gone; what is finished is kept"):
        for _ in stream:
            pass


class Reluctant:
    """In place of Dask: a process dies as it starts, so many times."""

    def __init__(self, times):
        self.left = times

    def LocalCluster(self, **_):  # noqa: N802 its name in Dask
        self.left -= 1
        if self.left >= 0:
            raise RuntimeError("Nanny failed to start.") from RuntimeError("Nanny failed to start worker process")
        return SimpleNamespace(close=lambda timeout: None)


def test_a_process_that_dies_as_it_starts_is_started_again_and_given_up_in_a_sentence_at_last():
    with executor._local(Reluctant(executor.BEGINNINGS - 1), 2):
        pass
    with pytest.raises(
        ConfigurationError, match=r"engine=local: processes die as they start .*worker process.* engine=serial"
    ):
        executor._local(Reluctant(executor.BEGINNINGS), 2).__enter__()
