"""The benchmark's worlds, options and tables; never a time."""

import json

import numpy as np
import pytest

from experiments.profile import by_function, by_phase
from sim.model.agents import Enterprise
from tests.benchmarks import __main__ as bench
from tests.benchmarks import probe, table
from tests.benchmarks.worlds import OUHAI, dense, districts, scaled


def test_a_world_of_twice_the_size_has_twice_the_space_applicants_people_and_platforms(composed):
    setup = composed()
    twice, data = scaled(setup, 2).data, setup.data
    assert sum(park.stock for park in twice.parks) == 2 * sum(park.stock for park in data.parks)
    assert sum(park.added for park in twice.parks) == 2 * sum(park.added for park in data.parks)
    assert sum(f.capacity for f in twice.platforms) == 2 * sum(f.capacity for f in data.platforms)
    assert twice.graduates_per_year == 2 * data.graduates_per_year
    assert twice.balance["space_pulls"].applicants_per_year == 2 * data.balance["space_pulls"].applicants_per_year
    assert [park.key for park in twice.parks] == [park.key for park in data.parks]


def test_districts_are_ouhai_again_with_other_seeds():
    world = districts(4 * OUHAI, 12)
    assert world.seeds == (1, 2, 3, 4)
    assert world.setup.data == dense(OUHAI, 12).setup.data
    assert world.setup.months == 12


def test_time_is_taken_of_the_months_as_they_are_run(toy, toy_start, toy_setup):
    spent = by_phase(toy)
    plain = toy_start.fork(toy_setup).run()
    assert set(spent) >= {phase.__name__ for phase in toy.pipeline}
    assert np.array_equal(toy.log.table(), plain.log.table())
    assert len(toy.tables[Enterprise]) == len(plain.tables[Enterprise])


def test_functions_are_told_by_their_share_of_a_run(toy):
    found = by_function(toy)
    assert found == sorted(found, reverse=True)
    assert 0 < sum(share for share, _, _ in found) <= 1


@pytest.mark.parametrize(
    "typed", [["--sizes", "5k"], ["--sizes", "10"], ["--rounds", "0"], ["--pairs", "-1"], ["--fast"]]
)
def test_a_mistake_is_told_in_one_sentence_with_exit_code_2(typed, capsys):
    with pytest.raises(SystemExit) as stop:
        bench.options(typed)
    assert stop.value.code == 2
    assert "Traceback" not in capsys.readouterr().err


def invented(seconds=1.0):
    done = {"seconds": seconds, "steps": 10**6, "peak": 2**20, "yardstick": 0.04, "row_bytes": 400, "repeats": 1}
    return done | {"phases": {"admit": seconds}, "compiled": True}


FOUND = {
    "rounds": 3, "machine": {"bandwidth": 2e10}, "pairs": {"pairs": 10, "wall": 5.0, "cpu": 9.0}, "linear": None,
    "commands": {"rounds": [{name: (1.0, 1.0) for name in ("incubator --help", "incubator list", "incubator run replicates=1")}]},
    "worlds": {("dense", 5000, 48): {"start": {"rows": 5038}, "memory": {"peak": 2**20}, "rounds": [
        {"ours": invented(s), "readable": invented(2 * s), "plain": invented(t * s)} for s, t in ((1, 9), (3, 10), (1, 11))
    ]}},
}  # fmt: skip


def test_the_table_tells_medians_and_the_ratio_within_rounds():
    assert table.of(FOUND["worlds"]["dense", 5000, 48], "ours") == 1.0
    assert table.times(FOUND["worlds"]["dense", 5000, 48]) == 10.0
    text = table.markdown(FOUND)
    assert "| dense 5k, 48 months | 5,038 | 1.00 | 2.00 |" in text
    assert "| 50 |" in text  # a microsecond over the 20 ns in which 400 bytes pass
    assert "10 pairs of Ouhai" in text and "2.00 pairs a second" in text


def test_the_log_has_the_same_columns_whatever_was_asked(tmp_path):
    less = FOUND | {"worlds": {}, "pairs": None}
    less["worlds"] = {("dense", 1000, 48): FOUND["worlds"]["dense", 5000, 48]}
    for found in (FOUND, less):
        table.write(tmp_path, table.markdown(found), table.row(found))
    lines = (tmp_path / "log.csv").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 3 and len({line.count(",") for line in lines}) == 1


def test_growth_of_memory_is_told_by_run():
    held = [100 * table.MIB + 1024 * run for run in range(200)]
    assert table.slope(np.array(held) / table.MIB) * 1024 == pytest.approx(1.0)
    assert "1.0 KiB a run" in table.leak({"leak": {"held": held, "mesa": "3.3.1"}})


def test_a_measurement_is_told_as_json(capsys, monkeypatch):
    monkeypatch.setattr(probe, "yardstick", lambda: 0.5)
    probe.main({"what": "machine", "size": 1000})
    told = json.loads(capsys.readouterr().out)
    assert told["yardstick"] == 0.5 and told["bandwidth"] > 0
