"""What a result's identity rests on: every module that can move a number, in the tree as it is."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import sim
from sim.runs import provenance
from tests.test_imports import FILES, imported, own, under, within

# Where numbers of runs are made: whatever these import, inside functions too, can move one.
MAKERS = ("sim.runs.simulate", "sim.runs.nation", "sim.runs.unit", "sim.studies.attribute.coalitions")
PACKAGE = Path(sim.__file__).parent


def makers_of_numbers():
    """Modules that can move a number of a run, found from what is imported."""
    found, waiting = set(), [*MAKERS, *under("sim.engine.kernels", "sim.model.kernels")]  # kernels are fetched by name
    while waiting:
        name = waiting.pop()
        if name not in found and not within(name, "sim.report"):  # words and figures, which move none
            found.add(name)
            waiting += own(imported(name)) - {"sim"}
    return sorted(found)


def digest():
    provenance.model_digest.cache_clear()
    return provenance.model_digest()


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """A copy of the real source that may be changed."""
    shutil.copytree(PACKAGE, tmp_path / "sim", ignore=shutil.ignore_patterns("__pycache__", "fonts"))
    monkeypatch.setattr(provenance, "SOURCE", tmp_path / "sim")
    yield tmp_path / "sim"
    provenance.model_digest.cache_clear()


def test_a_byte_in_any_module_that_can_move_a_number_changes_the_identity_of_runs(copy):
    modules, whole = makers_of_numbers(), digest()
    assert {"sim.model.month", "sim.model.mechanisms.growth", "sim.model.kernels.growth", "sim.runs.unit"} < set(
        modules
    )
    unseen = []
    for name in modules:
        path = copy / FILES[name].relative_to(PACKAGE)
        before = path.read_bytes()
        path.write_bytes(before + b"#")
        unseen += [name] if digest() == whole else []
        path.write_bytes(before)
    assert unseen == [] and digest() == whole


def test_words_and_commands_leave_the_identity_of_runs_alone(copy):
    whole = digest()
    for name in ("report/style.py", "cli/main.py"):
        (copy / name).write_bytes((copy / name).read_bytes() + b"#")
    assert digest() == whole


LEAVERS = """
import numpy as np
from sim.model.kernels.labour_market import _drift
people = np.full((1, 1, 3), 9)
_drift(np.ones(1, np.uint64), np.ones(1, np.uint64), np.ones(3, np.uint64), 0.5, people)
print(people.sum())
"""


def test_a_changed_helper_of_a_kernel_is_compiled_anew_though_the_old_code_is_kept(tmp_path):
    """numba alone does not see it: the kernel that calls the helper stands in another place than what changed."""
    pytest.importorskip("numba")
    shutil.copytree(PACKAGE, tmp_path / "sim", ignore=shutil.ignore_patterns("__pycache__", "fonts"))

    def run():
        done = subprocess.run([sys.executable, "-c", LEAVERS], cwd=tmp_path, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    helper = tmp_path / "sim" / "engine" / "kernels" / "draws.py"
    one = run()
    assert run() == one != "27"
    helper.write_text(helper.read_text(encoding="utf-8").replace("return 0 if u", "return 0 if u < 2 or u"))
    assert run() == "27"
