"""Clusters and configurations that tests share. Every write is checked; numpy warnings are errors (pyproject.toml)."""

import os
import tempfile
from functools import cache

import pytest

from sim.engine import columns
from sim.engine import kernels as compiled
from sim.inputs.config import load
from sim.model.cluster import Cluster
from tests.helpers import ALL_POLICIES

# Burn-ins of tests go to a folder of their own: the user's cache is bounded, and tests would push theirs out of it.
CACHE = tempfile.TemporaryDirectory(prefix="incubator-tests-")
os.environ["INCUBATOR_CACHE"] = CACHE.name
columns.CHECKED = True  # here, not in a fixture: session fixtures write too

TOY = ("cluster=toy", "run.burn_in=24", "run.until=2024-12")
OUHAI = ("cluster=ouhai", "run.burn_in=36", "run.until=2028-12")
SEED = 7


@cache
def _load(overrides):
    return load(overrides)


@pytest.fixture
def readable(monkeypatch):
    """Only the readable rules, none compiled: for what holds to the last bit."""
    monkeypatch.setattr(compiled, "ON", False)


@pytest.fixture(scope="session")
def composed():
    """composed(*overrides) -> Setup, read once for each set of overrides."""
    return lambda *overrides: _load(overrides)


@pytest.fixture(scope="session")
def toy_setup(composed):
    return composed(*TOY)


@pytest.fixture(scope="session")
def toy_start(toy_setup):
    """The toy cluster at its start. Not to be stepped: fork it."""
    return Cluster(toy_setup, SEED)


@pytest.fixture
def toy(toy_start, toy_setup):
    """A fresh toy cluster at its start, to do with as one likes."""
    return toy_start.fork(toy_setup)


@pytest.fixture(scope="session")
def ouhai_setup(composed):
    return composed(*OUHAI)


@pytest.fixture(scope="session")
def ouhai(ouhai_setup):
    """Ouhai at its start, after a shortened burn-in. Not to be stepped: fork it."""
    return Cluster(ouhai_setup, SEED)


@pytest.fixture(scope="session")
def lever(composed):
    """lever(name) -> the Policy of configs/policy/name.yaml."""
    policies = {policy.name: policy for policy in composed(*OUHAI, ALL_POLICIES).policies}
    return policies.__getitem__
