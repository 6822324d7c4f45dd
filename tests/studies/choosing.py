"""An invented sample of a real question, so that studies of choices are tested without simulating."""

from functools import cache

import numpy as np

from sim.studies.common import decision as choices

TOY = ("cluster=toy", "run.burn_in=12", "run.until=2027-12")
VARY = (
    "parameters.choice.distance",
    "parameters.choice.rent_sensitivity",
    "parameters.labour.quit_base.skilled",
    "demand=steady,downturn,boom",
)


def question(scenarios=("service_first",), reference="baseline", vary=VARY, points=64, replicates=5, **asked):
    return choices.asked(
        scenarios, TOY, reference=reference, vary=list(vary), points=points, replicates=replicates, **asked
    )


usual = cache(question)


def invented(choice=None, level=33.0, slope=-66.0, luck=9.0, seed=3):
    """Of two choices the second gains `level` with all as it is, and `slope` times the way of the first parameter."""
    choice = choice or usual()
    points = choice.design().points
    x, rng, seeds = choice.scale(points), np.random.default_rng(seed), choice.replicates
    now = choice.scale(points.iloc[:1])[0, 0]
    gain = level + slope * (x[:, 0] - now)
    shape = (len(points), seeds)
    gain = gain[:, None] + rng.normal(0, luck / 3, (1, seeds)) + rng.normal(0, luck, shape)
    base = 400 + rng.normal(0, 30, shape)
    benefit = np.stack([base, base + gain], axis=-1)
    return choices.Sample(choice, points.iloc[1:].reset_index(drop=True), benefit[1:], benefit[0], 0)
