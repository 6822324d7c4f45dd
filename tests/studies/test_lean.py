"""A run that keeps little gives the measures it is asked for bit by bit as a run that keeps everything."""

from dataclasses import fields, replace

import numpy as np
import pytest

from sim.inputs.config import load
from sim.model.agents import Enterprise
from sim.model.measures.definitions import of_cluster
from sim.model.measures.survival_curves import COUNTS_FROM_LOG
from sim.model.policies.service_list import ServiceList
from sim.model.status import Place, Status
from sim.runs.lean import counts_behind, keep_only, kept_with, unfollow_outside, yearly_of
from sim.runs.results import RunName
from sim.runs.simulate import at_start, simulate
from sim.runs.unit import simulate_scenarios

LONG = ["cluster=toy", "run.burn_in=24", "run.until=2030-12", "scenario=fill_before_build"]
HEADLINE = ("occupancy_rate", "talent_retention_rate", "graduation_rate")


@pytest.fixture(scope="module")
def setup():
    return load(LONG)


@pytest.fixture(scope="module")
def whole(setup):
    """All measures (measures, years) of the run that keeps everything."""
    found = simulate(setup, 3, detail=False).yearly["cluster"]
    return found.values[[found.measures.index(key) for key in of_cluster()], :, 0]


def test_each_measure_alone_has_the_bits_of_the_outcome(setup, whole):
    cluster = at_start(setup, 3).run()
    years, values = yearly_of(cluster, of_cluster())
    assert years.tolist() == list(range(2022, 2031)) and np.array_equal(values, whole, equal_nan=True)
    for row, key in enumerate(of_cluster()):  # one at a time: nothing it is made of was left out
        assert np.array_equal(yearly_of(cluster, (key,))[1][0], whole[row], equal_nan=True), key


@pytest.mark.parametrize(
    "asked", [HEADLINE, ("graduates", "public_spending"), ("elsewhere",), ("cohort_graduation_share",)]
)
def test_a_sweep_keeps_less_and_says_the_same(setup, whole, asked):
    measures = kept_with(asked)
    (run,) = simulate_scenarios([setup], 3, {setup.scenario: RunName("a run", "", 3)}, measures)
    assert run.ok
    rows = [of_cluster().index(key) for key in measures]
    assert np.array_equal(run.values, whole[rows], equal_nan=True)


def test_what_is_kept_serves_every_question_that_needs_no_more():
    kept = kept_with(HEADLINE)
    assert kept == kept_with(("graduates",)) and len(kept) > 40
    assert not counts_behind(kept) & set(COUNTS_FROM_LOG) and not {"elsewhere", "live_rows", "followed"} & set(kept)
    assert kept_with(("graduates", "elsewhere")) == kept_with(("graduate_retention_rate",)) == of_cluster()


def test_who_left_the_district_is_let_go(setup):
    cluster = at_start(setup, 3)
    keep_only(cluster, kept_with(HEADLINE), [setup])
    cluster.run(until=cluster.start + 12)
    for _ in range(6):
        cluster.advance()
    outside = cluster.where(Enterprise, lambda f: (f.place > Place.DISTRICT) & f.exists() & (f.status > Status.WAITING))
    full = at_start(setup, 3).run(until=cluster.now)
    others = full.where(Enterprise, lambda f: (f.place > Place.DISTRICT) & f.exists() & (f.status > Status.WAITING))
    assert len(others) > 10 * len(outside)
    assert not cluster.log.parts and full.log.parts


def test_a_fork_is_told_again_and_keeps_what_its_policies_are_billed_by():
    setup = load([*LONG[:-1], "scenario=service_first"])
    cluster = at_start(setup.without_policies(), 3)
    keep_only(cluster, HEADLINE, [setup])
    fork = cluster.fork(setup)
    keep_only(fork, HEADLINE, [setup])
    assert fork.pipeline.count(unfollow_outside) == 1
    assert fork.tally.wanted > cluster.tally.wanted


def test_beside_a_policy_of_somebodys_own_everything_is_kept(setup):
    class Own(ServiceList):
        __module__ = "somebody.else"

    listed = load([*LONG[:-1], "policy=[service_list]"]).policies[0]
    own = replace(setup, policies=(Own(**{part.name: getattr(listed, part.name) for part in fields(listed)}),))
    cluster = at_start(setup.without_policies(), 3)
    keep_only(cluster, HEADLINE, [setup, own])
    assert cluster.tally.wanted is None and unfollow_outside not in cluster.pipeline
