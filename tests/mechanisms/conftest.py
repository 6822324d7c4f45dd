"""The parameters that mechanisms are given in these tests: those of the shipped calibration."""

import pytest

from sim.inputs.config import load


@pytest.fixture(scope="session")
def parameters():
    return load(["cluster=toy"]).parameters
