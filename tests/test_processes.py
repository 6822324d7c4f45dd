"""Worker processes: a script that each of them would read anew is told what it lacks before any of them starts."""

import subprocess
import sys

import pytest

from sim.engine.mistakes import ConfigurationError
from sim.runs.executors.processes import refuse_unguarded, started

ASKING = "from sim.runs.executors.processes import refuse_unguarded\ndef study():\n    refuse_unguarded('workers=1')\n"
GUARDED = f"{ASKING}if __name__ == '__main__':\n    study()\n"
BARE = f"{ASKING}study()\n"


def said(script, *arguments, given=None):
    """What Python says last when it runs a script."""
    found = subprocess.run(
        [sys.executable, *arguments, *([script] if script else [])], input=given, capture_output=True, text=True
    )
    return found.stderr.strip().splitlines()[-1] if found.stderr else ""


def test_an_unguarded_script_is_named_with_its_line_and_a_guarded_one_goes_through(tmp_path):
    script = tmp_path / "mine.py"
    script.write_text(GUARDED, encoding="utf-8")
    assert said(script) == ""
    script.write_text(BARE, encoding="utf-8")
    told = said(script)
    assert "mine.py, line 4" in told and "if __name__ ==" in told and "workers=1" in told


def test_commands_given_without_a_file_have_nothing_to_read_anew():
    assert said(None, "-c", BARE) == ""


def test_a_script_from_standard_input_cannot_be_read_by_others():
    assert "save it as a file" in said(None, "-", given=BARE)


def test_neither_one_process_nor_a_guarded_main_module_is_refused():
    with started(1) as processes:
        assert processes is None
    refuse_unguarded("workers=1")  # under pytest, whose own main module is guarded


@pytest.mark.parametrize("count", [2, 3])
def test_processes_are_refused_before_any_is_started(monkeypatch, count):
    def refuse(instead):
        raise ConfigurationError(f"write {instead}")

    monkeypatch.setattr("sim.runs.executors.processes.refuse_unguarded", refuse)
    monkeypatch.setattr("sim.runs.executors.processes.Processes", lambda count, preload: pytest.fail("started"))
    with pytest.raises(ConfigurationError, match="workers=1"), started(count):
        pass


def is_loaded(setups, seed, module):
    return module in sys.modules


def test_processes_load_what_they_are_told_to_and_nothing_else():
    for told in ([], ["sim.methods.nsga2"]):
        with started(2, told) as processes:
            assert list(processes.results(is_loaded, [], [1], {"module": "sim.methods.nsga2"})) == [bool(told)]
