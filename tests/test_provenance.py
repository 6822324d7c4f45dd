"""What a result's identity rests on: every module that can move a number, in the tree as it is."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import sim
from sim.runs import provenance
from tools.house import FILES, imported, own, under, within

PACKAGE = Path(sim.__file__).parent
KERNELS = under("sim.engine.kernels", "sim.model.kernels")  # fetched by name
# Where runs are made that the store of runs keeps, and how they are named and read: what these import, inside functions
# too, can move a number of a run.
MAKERS_OF_RUNS = ("sim.runs.simulate", "sim.runs.nation", "sim.runs.unit", "sim.runs.store.matched_runs")
STUDIES = under("sim.studies")
NO_NUMBERS = ("sim.report",)  # words and figures


def reached_from(*names):
    """Modules that these import, directly or by way of others, and they themselves."""
    found, waiting = set(), [*names, *KERNELS]
    while waiting:
        name = waiting.pop()
        if name not in found and not within(name, *NO_NUMBERS):
            found.add(name)
            waiting += own(imported(name)) - {"sim"}
    return sorted(found)


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """A copy of the real source that may be changed."""
    shutil.copytree(PACKAGE, tmp_path / "sim", ignore=shutil.ignore_patterns("__pycache__", "fonts"))
    monkeypatch.setattr(provenance, "SOURCE", tmp_path / "sim")
    yield tmp_path / "sim"
    forget()


def forget():
    for digest in (provenance.model_digest, provenance.run_digest):
        digest.cache_clear()


def unseen_by(digest, modules, copy):
    """Those of the modules in which a changed byte leaves a digest as it is."""
    forget()
    whole, unseen = digest(), []
    for name in modules:
        path = copy / FILES[name].relative_to(PACKAGE)
        before = path.read_bytes()
        path.write_bytes(before + b"#")
        forget()
        unseen += [name] if digest() == whole else []
        path.write_bytes(before)
    forget()
    assert digest() == whole
    return unseen


def test_a_byte_in_any_module_that_a_kept_run_rests_on_changes_the_identity_of_runs(copy):
    modules = reached_from(*MAKERS_OF_RUNS)
    rooms = {"sim.model.month", "sim.model.mechanisms.growth", "sim.model.kernels.growth", "sim.inputs.config"}
    assert rooms < set(modules)
    assert unseen_by(provenance.run_digest, modules, copy) == []
    assert unseen_by(provenance.model_digest, modules, copy) == []


def test_only_what_the_identity_of_runs_follows_makes_a_run_that_is_kept():
    makers = {name for name in FILES if re.search(r"\bKeptRun(\.done)?\(", FILES[name].read_text(encoding="utf-8"))}
    assert {"sim.runs.unit", "sim.runs.store.matched_runs"} < makers <= set(reached_from(*MAKERS_OF_RUNS))


def test_a_byte_in_any_module_that_a_study_computes_with_changes_the_identity_of_studies(copy):
    modules = reached_from(*STUDIES)
    assert {"sim.methods.shapley", "sim.studies.compare.differences"} < set(modules)
    assert unseen_by(provenance.model_digest, modules, copy) == []


def test_a_changed_study_or_method_leaves_the_runs_that_are_kept_alone(copy):
    modules = [*STUDIES, *under("sim.methods")]
    assert unseen_by(provenance.run_digest, modules, copy) == modules


def test_words_and_commands_leave_all_identities_alone(copy):
    modules = ["sim.report.style", "sim.cli.main"]
    for digest in (provenance.model_digest, provenance.run_digest):
        assert unseen_by(digest, modules, copy) == modules


LEAVERS = """
import numpy as np
from sim.model.kernels.labour_market import _drift
people = np.full((1, 1, 3), 9)
_drift(np.ones(1, np.uint64), np.ones(1, np.uint64), np.ones(3, np.uint64), 0.5, people)
print(people.sum())
"""
QUITTING = """
from dataclasses import fields
import numpy as np
from sim.engine.kernels.kernel import as_tuple
from sim.model.kernels.labour_market import BLOCK, CAST, N, _quitting
from sim.model.parameters import Labour
p = as_tuple(Labour(**{f.name: (0.1,) * N if f.type is tuple else 0.1 for f in fields(Labour)}))
one, chances = np.ones(1), np.zeros((4, CAST * BLOCK))
people, cells = np.full((CAST, BLOCK), 9999, np.int32), np.zeros(CAST * BLOCK, np.int32)
_quitting(p, one.astype(np.uint64), people, one, one, np.ones(CAST, np.uint64), cells, chances)
print(chances[2, 0])
"""


@pytest.fixture
def printed(tmp_path):
    """printed(script): what it prints if run with a copy of the source that may be changed."""
    pytest.importorskip("numba")
    shutil.copytree(PACKAGE, tmp_path / "sim", ignore=shutil.ignore_patterns("__pycache__", "fonts"))

    def run(script):
        done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    return run


def rewrite(path, old, new):
    """Change one place of a file."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_changed_helper_of_a_kernel_is_compiled_anew_though_the_old_code_is_kept(printed, tmp_path):
    """numba alone does not see it: the kernel that calls the helper stands in another place than what changed."""
    one = printed(LEAVERS)
    assert printed(LEAVERS) == one != "27"
    rewrite(tmp_path / "sim" / "engine" / "kernels" / "draws.py", "return 0 if u", "return 0 if u < 2 or u")
    assert printed(LEAVERS) == "27"


def test_a_changed_equation_is_compiled_anew_into_the_kernels_that_call_it(printed, tmp_path):
    """The kernel calls it by way of another equation, in another module."""
    one = float(printed(QUITTING))
    assert float(printed(QUITTING)) == one > 0
    rewrite(tmp_path / "sim" / "model" / "mechanisms" / "survival.py", "-np.expm1(-hazard)", "-np.expm1(-hazard) / 2")
    assert float(printed(QUITTING)) == pytest.approx(one / 2)
