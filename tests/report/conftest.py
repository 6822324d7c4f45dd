"""Invented results and the pictures drawn from them, made once for all tests of reports."""

import pytest

from sim.studies.compare.figures import drawn
from tests.report.fake_results import fake_data


@pytest.fixture(scope="session")
def results():
    return fake_data(packages=4, pairs=12)


@pytest.fixture(scope="session")
def toy_results():
    return fake_data(parks=2, packages=1, pairs=6)


@pytest.fixture(scope="session")
def lone_results():
    return fake_data(parks=4, packages=0, pairs=6)


@pytest.fixture(scope="session")
def pictures(results):
    return drawn(results, forms=("svg",))
