"""Imports point one way: every room may import those below it, and only those. Imports inside functions count too."""

import subprocess
import sys
from fnmatch import fnmatch

import pytest

from tools.house import (
    FILES,
    FLOORS,
    MODEL,
    ROOT,
    WORDS_AND_FIGURES,
    against_the_rule,
    circle,
    imported,
    imported_late,
    own,
    under,
    within,
)

# An import inside a function is for start-up time only. These are all there are: who imports, what, and why that late.
FIGURES = "matplotlib takes a second, and not every study draws"
VERB = "a verb starts processes, or refuses what was typed, before it loads the model"
LATE = (
    ("sim.cli.main", "sim.runs.provenance", "only --version needs numpy"),
    ("sim.cli.list", "sim.model.measures.definitions", "of the lists, only that of measures needs numpy"),
    ("sim.studies.common.command", "sim.runs.store.folder", VERB),
    ("sim.studies.*.verb", "sim.*", VERB),
    ("sim.studies.*.tables", "sim.studies.*.figures*", FIGURES),
    ("sim.studies.compare.tables", "sim.studies.compare.drawing", FIGURES),
    ("sim.studies.compare.tables", "sim.studies.compare.page", FIGURES),
    ("sim.studies.common.terminal", "rich.*", "a progress bar is for terminals"),
    ("sim.inputs.config", "hydra*", "workers and tests that are handed a Setup compose nothing"),
    ("sim.inputs.config", "omegaconf*", "as Hydra"),
    ("sim.methods.additive_proposals", "scipy.optimize", "only `optimise` solves it"),
    ("sim.studies.sweep.designs", "scipy.stats.qmc", "half a second, for some designs"),
    ("sim.runs.store.shards", "pyarrow*", "nothing is kept as Parquet before the first runs are done"),
    ("sim.runs.executors.dask", "dask", "an extra, which may not be installed"),
    ("sim.runs.executors.dask", "distributed", "an extra, which may not be installed"),
)


def test_no_room_imports_one_above_it_or_beside_it():
    assert against_the_rule(FLOORS, "sim") == []


def test_inside_the_model_equations_know_nobody_and_the_cluster_knows_all():
    assert against_the_rule(MODEL, "sim.model") == []


def test_sentences_and_figures_know_only_their_data():
    wrong = []
    for name in under("sim.studies"):
        parts = name.split(".")
        if not set(parts[3:]) & set(WORDS_AND_FIGURES):
            continue
        study = ".".join(parts[:3])
        wrong += [
            f"{name} imports {other}"
            for other in own(imported(name))
            if not within(other, study, "sim.report", "sim.engine")
        ]
    assert sorted(wrong) == []


def test_only_the_configuration_imports_hydra():
    users = {name for name in FILES if any(within(i, "hydra", "omegaconf") for i in imported(name))}
    assert users == {"sim.inputs.config"}


def test_no_loose_module_lies_beside_the_rooms():
    assert {path.name for path in ROOT.glob("*.py")} == {"__init__.py", "__main__.py"}


def test_no_modules_import_each_other_in_a_circle_not_even_inside_functions():
    assert " -> ".join(circle()) == ""


def test_imports_inside_functions_are_those_that_save_time():
    late = {(name, other) for name in FILES for other in imported_late(name)}
    allowed = {pair: {row for row in LATE if fnmatch(pair[0], row[0]) and fnmatch(pair[1], row[1])} for pair in late}
    assert sorted(pair for pair, rows in allowed.items() if not rows) == []
    assert [row for row in LATE if not any(row in rows for rows in allowed.values())] == []  # it says nothing any more


@pytest.mark.parametrize(
    ("module", "unneeded"),
    [
        ("sim.cli.main", ["numpy", "yaml"]),
        ("sim.cli.list", ["numpy"]),
        ("sim.runs.simulate", ["matplotlib", "hydra"]),
        ("sim.studies.compare.run", ["matplotlib", "hydra"]),
    ],
)
def test_nothing_is_loaded_before_it_is_needed(module, unneeded):
    code = f"import sys, {module}; print(*[name for name in {unneeded} if name in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert loaded == []
