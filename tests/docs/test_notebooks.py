"""The notebooks run from top to bottom, and are kept as they were written: without outputs."""

import gc
import json
from pathlib import Path

import pytest

from sim.engine import columns
from sim.model.policies import POLICY_KINDS
from tests.helpers import library

NOTEBOOKS = sorted((Path(__file__).resolve().parents[2] / "docs" / "notebooks").glob("*.ipynb"))
IGNORED = ("UserWarning", "FutureWarning", "DeprecationWarning", "PendingDeprecationWarning")


def cells(path, kind="code"):
    return [c for c in json.loads(path.read_text(encoding="utf-8"))["cells"] if c["cell_type"] == kind]


def test_there_are_three_and_the_page_for_researchers_leads_to_them():
    assert len(NOTEBOOKS) == 3
    assert "(notebooks/)" in (NOTEBOOKS[0].parents[1] / "researchers.md").read_text(encoding="utf-8")


@pytest.fixture
def settled_memory():
    """What is loaded by now is not looked through after each pair, as in the workers of a study."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.filterwarnings(*(f"ignore::{kind}" for kind in IGNORED))
@pytest.mark.parametrize(
    "path", [pytest.param(p, marks=[pytest.mark.slow] * ("assumptions" in p.stem), id=p.stem) for p in NOTEBOOKS]
)
def test_a_notebook_runs(path, tmp_path, monkeypatch, settled_memory):
    if path.stem == "2-assumptions":
        library("sklearn")
        library("SALib")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(columns, "CHECKED", False)  # as a reader runs it: three times as fast
    kinds, space = dict(POLICY_KINDS), {"__name__": "notebook"}
    try:
        for k, cell in enumerate(cells(path)):
            exec(compile("".join(cell["source"]), f"{path.name}, code cell {k + 1}", "exec"), space)
    finally:  # a policy registered in it is forgotten again
        POLICY_KINDS.clear()
        POLICY_KINDS.update(kinds)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_kept_without_outputs_and_links_to_files(path):
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in cells(path))
    prose = "".join("".join(cell["source"]) for cell in cells(path, "markdown"))
    for link in [part.split(")")[0] for part in prose.split("](")[1:]]:
        assert (path.parent / link).exists(), link
