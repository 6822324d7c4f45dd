"""One store under all studies: what one has simulated, the others do not simulate again."""

from pathlib import Path

import pytest

from sim.cli.main import main
from sim.runs.unit import SimulateUnit
from sim.studies.attribute import run as attribution
from sim.studies.settle import run as settling

SHORT = [
    "cluster=toy", "run.burn_in=12", "run.until=2022-12", "policies.service_list.start=2022-01",
    "policies.performance_contracts.start=2022-01", "workers=1", "figures=false", "lang=en",
]  # fmt: skip
PAIR = ["scenarios=[baseline,service_first]", "reference=baseline"]
COMMANDS = {
    "compare": ["compare", *PAIR, "replicates=5", *SHORT],
    "settle": ["settle", *PAIR, "measures=[graduates]", "half_width=900", "minimum=5", "budget=5", *SHORT],
    "sweep": ["sweep", "design=point.csv", *PAIR, "replicates=5", "engine=serial", *SHORT[:5]],
    "attribute": ["attribute", "scenario=service_first", "measures=[graduates]", "replicates=5", *SHORT],
}  # fmt: skip


@pytest.fixture
def simulated(tmp_path, monkeypatch):
    """simulated(command) -> (seed, what of it) that the command simulates, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    Path("point.csv").write_text("parameters.choice.rent_sensitivity\n1\n", encoding="utf-8")  # as it is anyway
    done = []

    def noting(work, what):
        def noted(setups, seed, **settings):
            done.append((seed, what(seed, settings)))
            return work(setups, seed, **settings)

        return noted

    of_pair = noting(settling.simulate_matched, lambda *_: "pair")
    of_game = noting(attribution.simulate_coalitions, lambda seed, settings: tuple(settings["runs"][seed]))
    monkeypatch.setattr(settling, "simulate_matched", of_pair)
    monkeypatch.setattr(attribution, "simulate_coalitions", of_game)
    work = SimulateUnit.__call__
    monkeypatch.setattr(
        SimulateUnit, "__call__", lambda self, unit: done.append((unit.seed, tuple(unit.runs))) or work(self, unit)
    )

    def asked(command):
        done.clear()
        assert main(COMMANDS[command]) == 0
        return list(done)

    return asked


def test_a_sweep_and_a_settling_find_the_runs_of_a_comparison(simulated):
    simulated("compare")
    assert simulated("settle") == [] and simulated("sweep") == []


def test_a_settling_finds_the_runs_of_a_sweep(simulated):
    assert len(simulated("sweep")) == 5
    assert simulated("settle") == []


def test_shares_are_worked_out_from_the_runs_there_are_and_only_the_others_simulated(simulated):
    alone = simulated("attribute")
    assert alone == [(seed, (0, 1, 2, 3)) for seed in range(1, 6)]
    assert simulated("attribute") == []


def test_of_a_package_that_was_compared_only_its_parts_are_simulated(simulated):
    simulated("compare")
    assert simulated("attribute") == [(seed, (1, 2)) for seed in range(1, 6)]


def test_runs_of_few_measures_do_not_answer_a_question_about_all(simulated):
    simulated("attribute")
    assert len(simulated("sweep")) == 5
