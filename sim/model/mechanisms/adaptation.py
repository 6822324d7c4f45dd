"""Responses of parks and operators to results and incentives: rent, effort, capability, reputation, income, tasks."""

from collections.abc import Sequence

import numpy as np

from sim.engine.quantity import Quantity, Reading
from sim.model.parameters import Adaptation, Demand, Money


def rent_change(occupancy: Quantity, p: Adaptation) -> Reading:
    """Log rent change a month: empty parks cut, full parks raise [park_rent_change_beijing]."""
    return p.rent_speed * (occupancy - p.target_occupancy)


def rent(before: Quantity, change: Quantity, p: Adaptation) -> Reading:
    """Asking rent after a month's log change, never below a floor. CNY/m2/month."""
    return np.maximum(p.rent_floor, before * np.exp(change))


def earned_reputation(graduates: Quantity, incubatees: Quantity, p: Adaptation) -> Reading:
    """Reputation that a year's graduates earn, 1 at the norm, bounded."""
    rate = graduates / np.maximum(incubatees, 1.0)
    return np.clip(rate / p.reputation_norm, *p.reputation_bounds)


def reputation(before: Quantity, earned: Quantity, p: Adaptation) -> Reading:
    """Reputation a month later: it follows what graduates earn."""
    return before + p.reputation_speed * (earned - before)


def incentive_response(pay: Quantity, p: Adaptation) -> Reading:
    """Initiative gained from performance pay: an inverted U, zero again at twice the peak and negative beyond."""
    x = pay / p.incentive_peak
    return p.incentive_gain * x * (2 - x)


def initiative(own: Quantity, response: Quantity) -> Reading:
    """Strength with which an operator's pay follows results, contracts included, 0 to 1."""
    return np.clip(own + response, 0.0, 1.0)


def own_part(capability: Quantity, initiative: Quantity, p: Adaptation) -> Reading:
    """Capability that an operator had at the start without its initiative; so that nothing drifts by itself."""
    return capability - p.initiative_gain * initiative


def capability_target(own: Quantity, initiative: Quantity, mean: Quantity, p: Adaptation) -> Reading:
    """Capability an operator tends to: its own, lifted by initiative, drawn to better peers. 0 (D) to 3 (A)."""
    lifted = own + p.initiative_gain * initiative
    return np.clip(lifted + p.peer_learning * np.maximum(0.0, mean - lifted), 0.0, 3.0)


def capability(before: Quantity, target: Quantity, p: Adaptation) -> Reading:
    """Capability a month later, on its way to its target."""
    return before + p.capability_speed * (target - before)


def effort(initiative: Quantity, occupancy: Quantity, p: Adaptation) -> Reading:
    """Effort of an operator to let space, 0 to 1: initiative times the gap between occupancy and its target."""
    return initiative * np.clip((p.target_occupancy - occupancy) / p.target_occupancy, 0, 1)


def promotion_pull(spend: Quantity, p: Demand) -> Reading:
    """Arrivals multiplied by promotion spending, concave: 1 + w ln(1 + spend / spend0)."""
    return 1 + p.promotion_weight * np.log1p(spend / p.promotion_spend0)


def by_grade(capability: Quantity, values: Sequence[float]) -> Reading:
    """A figure given by grade D, C, B, A, read off between grades. capability 0 to 3."""
    return np.interp(capability, np.arange(len(values)), values)


def service_income(rent: Quantity, share: Quantity) -> Reading:
    """Income from services of an operator of which they are a share, by its rent. CNY."""
    return rent * (share / (1 - share))


def upkeep(fitted: Quantity, p: Money) -> Reading:
    """Running cost of a month for fitted-out space, CNY. p: money."""
    return p.running * fitted


def surplus(rent: Quantity, services: Quantity, reward: Quantity, pay: Quantity, upkeep: Quantity) -> Reading:
    """Income of a park's operator in a month less its cost, CNY."""
    return rent + services + reward + pay - upkeep


def letting_task(lettable: Quantity, share: Quantity) -> Reading:
    """Letting task of the year to come, m2: a share of the space that can be let in December."""
    return share * lettable


def task_met(newly_let: Quantity, task: Quantity, p: Money) -> Reading:
    """Share of a year's reward that is earned: the letting task done, nothing below a threshold. p: money.

    A full park has nothing to let, and so no task: it earns the whole.
    """
    done = np.where(task > 0, newly_let / np.maximum(task, 1.0), 1.0)
    return np.where(done >= p.task_threshold, np.minimum(1.0, done), 0.0)
