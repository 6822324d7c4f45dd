"""Every number has a meaning, a unit, bounds, a source and a use."""

import re
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
import yaml

import sim
from sim.engine.columns import columns_of
from sim.inputs.catalogue import shipped_folder
from sim.model.agents import FAMILIES
from sim.model.cluster import Cluster
from sim.model.measures.definitions import MEASURES
from sim.model.parameters import Parameters, catalogue
from tests.month.worlds import SHARES, all_parameters, setup_of, with_demand, with_parameters

CALIBRATIONS = sorted((shipped_folder() / "calibration").glob("*.yaml"))
EVIDENCE_GRADES = ("measured", "derived", "borrowed", "assumed")
SOURCE = "\n".join(path.read_text(encoding="utf-8") for path in sorted(Path(sim.__file__).parent.rglob("*.py")))
CHINESE = re.compile("[\u4e00-\u9fff]")


def values(name, value):
    """The numbers of a parameter, however it is written."""
    if isinstance(value, dict):
        assert [str(k) for k in value] == list(catalogue()[name]["names"]), f"{name}: names"
        return list(value.values())
    return value if isinstance(value, list) else [value]


@pytest.mark.parametrize("name", catalogue())
def test_a_parameter_has_unit_bounds_and_a_meaning_in_both_languages(name):
    meta = catalogue()[name]
    assert meta["unit"] and meta["low"] < meta["high"]
    assert meta["en"] and meta["en"].isascii() and CHINESE.search(meta["zh"])


@pytest.mark.parametrize("path", CALIBRATIONS, ids=lambda path: path.stem)
def test_every_calibrated_value_lies_within_its_bounds_and_has_a_source_and_a_grade(path):
    written = yaml.safe_load(path.read_text(encoding="utf-8"))
    found = {f"{group}.{name}": value for group, part in written["parameters"].items() for name, value in part.items()}
    assert set(found) <= set(catalogue())
    for name, value in found.items():
        meta = catalogue()[name]
        assert all(meta["low"] <= v <= meta["high"] for v in values(name, value)), name
        source = written["sources"][name]
        assert source["ref"] and source["grade"] in EVIDENCE_GRADES, name
    assert set(written["sources"]) <= set(catalogue()), "a source without a parameter"


def test_the_starting_calibration_gives_every_parameter_a_value():
    written = yaml.safe_load((shipped_folder() / "calibration" / "start.yaml").read_text(encoding="utf-8"))
    found = {f"{group}.{name}" for group, part in written["parameters"].items() for name in part}
    assert found == set(catalogue()) == set(written["sources"])


@pytest.mark.parametrize("path", sorted((shipped_folder() / "world").glob("*.yaml")), ids=lambda path: path.stem)
def test_a_world_moves_parameters_within_their_bounds(path):
    for group, part in yaml.safe_load(path.read_text(encoding="utf-8")).get("parameters", {}).items():
        for name, value in part.items():
            meta = catalogue()[f"{group}.{name}"]
            assert all(meta["low"] <= v <= meta["high"] for v in values(f"{group}.{name}", value)), name


@pytest.mark.parametrize("name", catalogue())
def test_a_parameter_is_used(name):
    assert re.search(rf"\.{name.split('.')[1]}\b", SOURCE), f"{name} is read nowhere in sim/"


def test_parameters_know_no_default():
    for group in fields(Parameters):
        assert all(part.default is part.default_factory for part in fields(group.type)), group.name


@pytest.fixture(scope="module")
def lived():
    """The toy with some life in it, and its state."""
    setup = with_demand(setup_of("toy", burn_in=30, months=36), 120)
    return setup, Cluster(setup, 1).state()


@pytest.mark.parametrize("end", ["low", "high"])
@pytest.mark.parametrize("name", [name for name in catalogue() if name not in SHARES])
def test_the_month_survives_a_parameter_at_the_end_of_its_bounds(lived, name, end):
    setup, state = lived
    meta = catalogue()[name]
    value = (meta[end],) * len(meta["names"]) if meta["kind"] == "numbers" else meta[end]
    cluster = Cluster(with_parameters(setup, {name: value}), 1, state=state)
    cluster.run(until=cluster.now + 2)
    for family in FAMILIES:
        for column, array in cluster.tables[family].data.items():
            assert array.dtype.kind != "f" or np.all(np.isfinite(array[: len(cluster.tables[family])])), column


def test_growth_has_a_finite_mean_at_the_shipped_values():
    # E exp(x) of a Laplace year is 1 / (1 - b^2): b = spread / sqrt 2 at the smallest size must stay below 1.
    p = setup_of("toy").parameters.growth
    assert p.spread * p.reference_size**p.spread_exponent / np.sqrt(2) < 1


def test_all_parameters_are_seen_by_name():
    setup = setup_of("toy")
    assert set(all_parameters(setup)) == set(catalogue())
    changed = with_parameters(setup, {"space.unit_area": 100})
    assert changed.parameters.space == replace(setup.parameters.space, unit_area=100)


# The glossary's suffixes: _rate is a share of a period, _hazard 1/month or 1/year, _share a part of a whole, _row an
# index, _on a month, _area m2.

NAMES = {
    **{name.split(".")[1]: meta["unit"] for name, meta in catalogue().items()},
    **{name: column.unit for family in FAMILIES for name, column in columns_of(family).items()},
}
SUFFIXES = {
    "_hazard": {"1/month", "1/year"}, "_share": {"1", "share"}, "_shares": {"1"}, "_on": {"month"}, "_row": {"1"},
    "_months": {"month", "m2*month"}, "_minutes": {"min"}, "_area": {"m2"}, "_rate": {"1/month", "1/year"},
}  # fmt: skip
NOT_MONTHS = {"incubatee_months"}  # incubatees times months


@pytest.mark.parametrize("name", sorted(NAMES))
def test_a_names_suffix_says_its_unit(name):
    for suffix, units in SUFFIXES.items():
        if name.endswith(suffix) and name not in NOT_MONTHS:
            assert NAMES[name] in units, f"{name} is in {NAMES[name]}"


@pytest.mark.parametrize("key", MEASURES)
def test_a_measures_suffix_says_its_unit(key):
    allowed = {
        "_rate": {"share", "1/year"},
        "_share": {"share"},
        "_area": {"m2"},
        "_months": {"month"},
        "_minutes": {"min"},
    }
    for suffix, units in allowed.items():
        assert not key.endswith(suffix) or MEASURES[key].unit in units
