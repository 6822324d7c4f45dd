"""The page docs/other-tools.md runs, and what the field's own tools get from the model is what ours get."""

import inspect
import pickle
import re
from pathlib import Path

import mesa
import numpy as np
import pytest

import sim
from sim.engine.mistakes import ConfigurationError
from sim.methods import sobol
from sim.model.agents import Enterprise, Park
from sim.model.cluster import Cluster
from sim.studies.sweep.as_function import as_function
from sim.studies.sweep.designs import listed
from tests.helpers import library

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "other-tools.md").read_text(encoding="utf-8")
RENT = "parameters.choice.rent_sensitivity"
IGNORED = ("UserWarning", "FutureWarning", "DeprecationWarning", "PendingDeprecationWarning")
pytestmark = [pytest.mark.slow, *(pytest.mark.filterwarnings(f"ignore::{kind}") for kind in IGNORED)]


def ran(title, space):
    """Names after the blocks of one section of the page."""
    part = re.split(rf"^## {re.escape(title)}$", PAGE, maxsplit=1, flags=re.MULTILINE)[1].split("\n## ")[0]
    blocks = re.findall(r"^<!-- run -->\n```python\n(.*?)^```", part, re.MULTILINE | re.DOTALL)
    assert blocks, f"no block under '{title}'"
    for block in blocks:
        exec(compile(block, f"other-tools.md, {title}", "exec"), space)
    return space


@pytest.fixture(scope="module")
def start():
    return ran("The model as a function", {"__name__": "page"})


def test_the_function_gives_the_paired_differences_of_a_sweep(start):
    run, value = start["run"], 1.2
    design = listed(run.setups, [{RENT: value}])
    swept = sim.sweep(design, run.setups, seeds=2, measures=run.measures, reference="baseline", engine="serial")
    expected = [swept.differences("service_first", measure=m)["value"].mean() for m in run.measures]
    assert list(run(**{RENT: value}).values()) == pytest.approx(expected, rel=1e-12)
    assert all(type(v) is float for v in run().values()) and any(run().values())


def test_the_function_survives_the_way_to_another_process(start):
    assert pickle.loads(pickle.dumps(start["run"]))(seed=1) == start["run"](seed=1)


def test_the_function_refuses_what_does_not_exist_in_a_sentence(start):
    with pytest.raises(ConfigurationError, match="rent_sensitivty: no such setting"):
        start["run"](**{"parameters.choice.rent_sensitivty": 1.0})
    with pytest.raises(ConfigurationError, match=rf"{RENT} = 9"):
        start["run"](**{RENT: 9.0})
    with pytest.raises(ConfigurationError, match="seeds"):
        as_function("baseline", "cluster=toy", measures=["tenants"], seeds=[])


def test_ema_workbench_gets_the_models_own_numbers(start):
    library("ema_workbench", needed="CROSSCHECKS")
    found = ran("EMA Workbench", dict(start))
    run, names = start["run"], [*start["space"].names, "policies.service_list.extra_capacity"]
    assert len(found["experiments"]) == 2
    for row, occupancy in zip(
        found["experiments"][names].to_dict("records"), found["outcomes"]["occupancy_rate"], strict=True
    ):
        assert run(**row)["occupancy_rate"] == occupancy
    points = found["points"][start["space"].names].to_dict("records")
    expected = [[run(seed=seed, **row)["occupancy_rate"] for seed in run.seeds] for row in points]
    assert np.array_equal(found["each"]["each_occupancy_rate"], expected)


def test_a_salib_problem_gets_the_models_own_numbers_and_our_indices(start):
    library("SALib")
    spec, space, run = ran("SALib", dict(start))["spec"], start["space"], start["run"]
    for x, y in zip(spec.samples[:2], spec.results[:2], strict=True):
        assert list(run(**dict(zip(space.names, map(float, x), strict=True))).values()) == pytest.approx(y, rel=1e-9)
    ours = sobol.indices(spec.results[:, :1], space.names).table
    assert ours["total"].to_numpy() == pytest.approx(spec.analysis["occupancy_rate"]["ST"], rel=1e-9)


def test_mesas_batch_run_of_the_page_runs():
    rows = ran("Mesa's batch_run", {"__name__": "page"})["rows"]
    assert [row["rng"] for row in rows] == [1, 2]


def test_mesas_batch_run_gets_the_models_own_numbers(composed):
    setup = composed("cluster=ouhai", "run.burn_in=12", "run.until=2022-06")
    options = {"number_processes": 1, "display_progress": False}
    if "rng" in inspect.signature(mesa.batch_run).parameters:  # from Mesa 3.4 on seeds are not a parameter like others
        rows = mesa.batch_run(Cluster, {"setup": [setup]}, rng=[1, 2], **options)
    else:
        rows = mesa.batch_run(Cluster, {"setup": [setup], "rng": [1, 2]}, **options)
    assert len(rows) == 2
    for row, seed in zip(rows, (1, 2), strict=True):
        twin = Cluster(setup, seed).run()
        assert row["rng"] == seed and row["month"] == "2022-06"
        assert row["tenants"] == (twin.all(Enterprise).park_row >= 0).sum()
        assert row["let"] == twin.all(Park).let.sum()
