"""PRIM: it finds the box that is there, as the field's own tool does, and claims none where there is none."""

import warnings

import numpy as np
import pandas as pd
import pytest

from sim.methods.prim import Box, best_box, covering, pasted, stability, trajectory, without_chance
from tests.helpers import library


@pytest.fixture(scope="module")
def points():
    return pd.DataFrame(np.random.default_rng(0).random((300, 5)), columns=list("abcde"))


@pytest.fixture(scope="module")
def wrong(points):
    return ((points.a > 0.6) & (points.b < 0.4)).to_numpy(float)


def test_a_box_with_clean_edges_is_found_to_within_one_slice(points, wrong):
    box = best_box(points, wrong)
    assert set(box.limits) == {"a", "b"}
    assert box.limits["a"][0] == pytest.approx(0.6, abs=0.05) and box.limits["b"][1] == pytest.approx(0.4, abs=0.05)
    assert box.density > 0.9 and box.coverage > 0.9


def test_two_boxes_are_found_one_after_the_other(points):
    interest = (((points.a > 0.75) & (points.b > 0.6)) | ((points.a < 0.25) & (points.c < 0.4))).to_numpy(float)
    boxes = covering(points, interest, most=3)
    held = np.any([box.holds(points) for box in boxes], axis=0)
    assert len(boxes) >= 2 and interest[held].sum() > 0.8 * interest.sum()


def test_a_parameter_of_words_is_peeled_word_by_word():
    rng = np.random.default_rng(1)
    points = pd.DataFrame({"demand": rng.choice(["steady", "downturn", "boom"], 200), "x": rng.random(200)})
    box = best_box(points, (points.demand == "downturn").to_numpy(float))
    assert box.limits == {"demand": ("downturn",)} and box.density == box.coverage == 1


def test_regret_weighs_points_by_how_much_is_lost(points):
    interest = np.where(points.a > 0.8, 10.0, np.where(points.a < 0.3, 0.1, 0.0))
    assert best_box(points, interest).limits["a"][0] > 0.6


def test_nothing_of_interest_or_nothing_else_has_no_box(points):
    assert best_box(points, np.zeros(len(points))) is None and best_box(points, np.ones(len(points))) is None
    assert covering(points, np.zeros(len(points))) == []


def test_pasting_gives_back_what_peeling_took_too_much_of(points, wrong):
    narrow = Box({"a": (0.8, 1.0), "b": (0.0, 0.2)}, 0, 0, 0, 0)
    interest = wrong * (1 + points.b.to_numpy())  # more of it outside the narrow box
    wider = pasted(narrow, points, interest)
    assert wider.holds(points).sum() > narrow.holds(points).sum()
    assert wider.mean >= interest[narrow.holds(points)].mean()


def test_a_restriction_that_chance_explains_is_dropped(points, wrong):
    box = Box({"a": (0.6, 1.0), "b": (0.0, 0.4), "c": (0.05, 1.0)}, 0, 0, 0, 0)
    assert set(without_chance(box, points, wrong).limits) == {"a", "b"}


def test_a_true_box_is_stable_and_one_of_luck_is_not(points, wrong):
    rng = np.random.default_rng(2)
    regret = lambda values: np.maximum(0, values.mean(axis=1))  # noqa: E731
    true = stability(points, (2 * wrong - 1)[:, None] + rng.normal(0, 1, (300, 6)), regret, resamples=10)
    assert min(true.again["a"], true.again["b"]) >= 0.9 and true.density > 2 * true.base
    luck = stability(points, rng.normal(-0.3, 1, (300, 6)), regret, resamples=10)
    assert max(luck.again.values()) <= 0.7 and luck.density < 1.5 * luck.base


def test_the_same_points_give_the_same_stability(points, wrong):
    values, regret = wrong[:, None] * np.ones((1, 3)), lambda v: v.mean(axis=1)
    assert stability(points, values, regret, 3) == stability(points, values, regret, 3)


def test_peeling_goes_as_far_and_as_dense_as_ema_workbench_does(points, wrong):
    library("ema_workbench", needed="CROSSCHECKS")  # not in the lock: a step of its own in .ci/run
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from ema_workbench.analysis.prim import Prim

        theirs = Prim(points, wrong, threshold=0.5, peel_alpha=0.05, paste_alpha=0.05, mass_min=0.05).find_box()
    found = theirs.peeling_trajectory
    ours = pd.DataFrame([vars(box) for box in trajectory(points, wrong)])
    # Where both have boxes of the same coverage, densities differ by what one slice of 5 % can do.
    for coverage in (0.95, 0.8):
        densest = found.loc[found["coverage"] >= coverage, "density"].max()
        assert ours.loc[ours["coverage"] >= coverage, "density"].max() == pytest.approx(densest, abs=0.06)
    last = theirs.box_lims[-1]
    assert best_box(points, wrong).limits["a"][0] == pytest.approx(last["a"].iloc[0], abs=0.05)
