"""How parks and operators respond to results and to incentives."""

import numpy as np


def rent_change(occupancy, p):
    """Log rent change a month: empty parks cut, full parks raise [park_rent_change_beijing]."""
    return p.rent_speed * (occupancy - p.target_occupancy)


def earned_reputation(graduates, incubatees, p):
    """Reputation that a year's graduates earn, 1 at the norm, bounded."""
    rate = graduates / np.maximum(incubatees, 1.0)
    return np.clip(rate / p.reputation_norm, *p.reputation_bounds)


def incentive_response(pay, p):
    """Initiative gained from performance pay: an inverted U, zero again at twice the peak and negative beyond."""
    x = pay / p.incentive_peak
    return p.incentive_gain * x * (2 - x)


def capability_target(own, initiative, mean, p):
    """Capability an operator tends to: its own, lifted by initiative, drawn to better peers. 0 (D) to 3 (A)."""
    lifted = own + p.initiative_gain * initiative
    return np.clip(lifted + p.peer_learning * np.maximum(0.0, mean - lifted), 0.0, 3.0)


def promotion_pull(spend, p):
    """Arrivals multiplied by promotion spending, concave: 1 + w ln(1 + spend / spend0)."""
    return 1 + p.promotion_weight * np.log1p(spend / p.promotion_spend0)


def by_grade(capability, values):
    """A figure given by grade D, C, B, A, read off between grades. capability 0 to 3."""
    return np.interp(capability, np.arange(len(values)), values)
