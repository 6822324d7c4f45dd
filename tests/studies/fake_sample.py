"""A made-up sample of a real question, so that studies of decisions are tested without simulating."""

from functools import cache

import numpy as np

from sim.studies.common.decision import make_decision
from sim.studies.common.sample import Sample

TOY = ("cluster=toy", "run.burn_in=12", "run.until=2027-12")
VARY = (
    "parameters.choice.distance",
    "parameters.choice.rent_sensitivity",
    "parameters.labour.quit_base.skilled",
    "demand=steady,downturn,boom",
)


def decided(scenarios=("service_first",), reference="baseline", vary=VARY, points=64, replicates=5, **asked):
    return make_decision(
        scenarios, TOY, reference=reference, vary=list(vary), points=points, replicates=replicates, **asked
    )


usual = cache(decided)


def fake_sample(decision=None, level=33.0, slope=-66.0, luck=9.0, seed=3):
    """Of two choices the second gains `level` with all as it is, and `slope` times the way of the first parameter."""
    decision = decision or usual()
    points = decision.design().points
    x, rng, seeds = decision.scale(points), np.random.default_rng(seed), decision.replicates
    now = decision.scale(points.iloc[:1])[0, 0]
    gain = level + slope * (x[:, 0] - now)
    shape = (len(points), seeds)
    gain = gain[:, None] + rng.normal(0, luck / 3, (1, seeds)) + rng.normal(0, luck, shape)
    base = 400 + rng.normal(0, 30, shape)
    benefit = np.stack([base, base + gain], axis=-1)
    return Sample(decision, points.iloc[1:].reset_index(drop=True), benefit[1:], benefit[0], 0)
