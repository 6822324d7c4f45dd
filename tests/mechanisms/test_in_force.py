"""The equations in `sim.model.mechanisms` are the ones that run: replace any of them, and the numbers of a run change."""

import importlib
import inspect
import pkgutil
from dataclasses import replace
from functools import wraps

import numpy as np
import pytest

from sim.engine import kernels
from sim.inputs.config import load
from sim.model import mechanisms
from sim.model.agents import Enterprise, Park
from sim.model.cluster import Cluster
from tests.helpers import ALL_POLICIES, same_record, same_tables, under
from tests.month.worlds import with_demand, with_parameters

MODULES = [
    importlib.import_module(f"{mechanisms.__name__}.{m.name}") for m in pkgutil.iter_modules(mechanisms.__path__)
]
EQUATIONS = [
    f"{module.__name__.rpartition('.')[2]}.{name}"
    for module in MODULES
    for name, thing in vars(module).items()
    if inspect.isfunction(thing) and thing.__module__ == module.__name__ and not name.startswith("_")
]
FEW, MONTHS = 2, 14  # months that are enough for most equations; the others speak up in December or January
LESS, MORE = 0.7, 10.0  # less, so that chances stay chances; a bound of rents says something only once it is too high
BRISK = {"choice.partners": 2.0, "graduating.acquisition_hazard": 0.3}  # small or rare things are to be seen too


def otherwise(result, factor):
    """Something else than an equation gave: numbers times a factor, the opposite of yes."""
    if isinstance(result, tuple):
        return tuple(otherwise(part, factor) for part in result)
    kind = np.asarray(result).dtype
    if kind.kind == "b":
        return np.logical_not(result)
    return factor * result if kind.kind == "f" else np.ceil(factor * np.asarray(result)).astype(kind)


@pytest.fixture
def replaced(monkeypatch):
    """replaced(equation, factor): from now on an equation gives something else."""

    def replace_it(equation, factor):
        module, name = equation.split(".")
        module = importlib.import_module(f"{mechanisms.__name__}.{module}")
        original = inspect.unwrap(getattr(module, name))
        monkeypatch.setattr(module, name, wraps(original)(lambda *a, **k: otherwise(original(*a, **k), factor)))

    return replace_it


def stir(cluster):
    """Bring about what a small cluster may lack: firms that learned, firms without cash, a reputation on its way."""
    firms, parks = cluster.all(Enterprise), cluster.all(Park)
    firms.gained = np.where(firms.ident % 2, 0.02, 0.0)
    firms.cash = np.where(firms.ident % 5, firms.cash, -1.0)
    parks.earned = 0.8


@pytest.fixture(scope="module")
def world():
    """A small cluster under every policy, in its November, and what becomes of it if nothing is replaced.

    Hired professionals stay away: their grade would hide what operators come to by themselves.
    """
    setup = with_demand(load(["cluster=toy", "run.burn_in=36", "run.until=2030-12", ALL_POLICIES]), 150)
    early = under(setup, setup.policies, start=setup.data.start, ramp=0).policies
    early = tuple(replace(policy, rate=1.0) if policy.kind == "seed_fund" else policy for policy in early)
    early = tuple(policy for policy in early if policy.kind != "professional_operators")
    setup = with_parameters(replace(setup, policies=early), BRISK)
    start = Cluster(setup, 5)
    start.run(until=start.start + 10)
    stir(start)
    return setup, start, {}


def after(world, months):
    """The world so many months later with nothing replaced, compiled or not as it is now."""
    setup, start, known = world
    if (months, kernels.ON) not in known:
        known[months, kernels.ON] = start.fork(setup).run(until=start.now + months)
    return known[months, kernels.ON]


def changes(world):
    """Whether the world goes another way now than with nothing replaced: its record, its agents, what it costs."""
    setup, start, _ = world
    other = start.fork(setup)
    for months in (FEW, MONTHS):
        other.run(until=start.now + months)
        known = after(world, months)
        if not (same_record(known, other) and same_tables(known, other) and known.spending == other.spending):
            return True
    return False


@pytest.fixture(params=[True, False], ids=["compiled", "readable"])
def way(request, world, monkeypatch):
    """With kernels and without; what the world does by itself is worked out before anything is replaced."""
    if request.param and not kernels.available():
        pytest.skip("numba is not installed")
    monkeypatch.setattr(kernels, "ON", request.param)
    for months in (FEW, MONTHS):
        after(world, months)


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("equation", EQUATIONS)
def test_an_equation_that_is_replaced_changes_the_run(world, replaced, equation):
    for factor in (LESS, MORE):
        replaced(equation, factor)
        if changes(world):
            return
    pytest.fail(f"{equation}: nobody calls it, or a copy of it is called")


@pytest.mark.usefixtures("way")
def test_a_run_in_which_nothing_is_replaced_is_the_same(world):
    assert not changes(world)


def test_every_public_function_of_a_mechanism_is_replaced():
    named = {"growth.drift", "survival.probability", "talent.hire_chance", "space.wanted", "levers.scaled"}
    assert named <= set(EQUATIONS)
    assert len(EQUATIONS) == len(set(EQUATIONS)) > 60
