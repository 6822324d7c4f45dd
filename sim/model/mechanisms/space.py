"""Space: how much of it a firm wants, and how fast it is made ready."""

import numpy as np

from sim.engine.quantity import Quantity, Reading, either
from sim.model.parameters import Adaptation, Amenity, Leaving, Space


def wanted(heads: Quantity, p: Space) -> Reading:
    """Space wanted for so many heads, at least one, m2."""
    return np.maximum(heads, 1) * p.area_per_head


def outgrown(wanted: Quantity, area: Quantity, p: Space) -> Reading:
    """True where a tenant wants markedly more space than it holds. m2."""
    return wanted > p.expand_trigger * area


def lettable_unit(small_units: Quantity, p: Space) -> Reading:
    """Lettable unit, m2: down to half where units are cut small. small_units 0 to 1."""
    return np.rint(p.unit_area * (1 - 0.5 * small_units))


def units(wanted: Quantity, unit: Quantity) -> Reading:
    """Area in whole lettable units, m2."""
    return (np.ceil(wanted / unit) * unit).astype(np.int64)


def lease_end(entered_on: Quantity, limit: Quantity, recognised_on: Quantity, after: Quantity) -> Reading:
    """Month in which a lease in incubation space ends: the limit of stay, or for graduates some time after recognition.

    Months, recognised_on below 0 for those that are not.
    """
    return either(recognised_on >= 0, recognised_on + after, entered_on + limit)


def on_notice(lease_end: Quantity, now: int, p: Leaving) -> Reading:
    """True in the last months of a lease. Months; p: leaving."""
    return lease_end - now <= p.notice


def occupancy(let: Quantity, fitted: Quantity, p: Adaptation) -> Reading:
    """Let over fitted-out space; the target where nothing is fitted out, so that an unopened park stays still.

    m2; p: adaptation.
    """
    return np.where(fitted > 0, let / np.maximum(fitted, 1), p.target_occupancy)


def capacity(fitted: Quantity, p: Space) -> Reading:
    """Heads that the fitted-out space is made for, person."""
    return fitted / p.area_per_head


def speed(activation: Quantity, effort: Quantity, p: Adaptation) -> Reading:
    """Speed of fit-out and turning, times: activation, and the operator's effort. p: adaptation."""
    return (1 + activation) * (1 + p.effort_turning * effort)


def fitted(bare: Quantity, speed: Quantity, p: Space) -> Reading:
    """Announced space fitted out this month, m2: a share of what is bare, in whole m2."""
    return np.minimum(np.ceil(p.fit_out_rate * speed * bare), bare).astype(np.int64)


def returned(turning: Quantity, speed: Quantity, p: Space) -> Reading:
    """Vacated space that can be let again this month, m2, in whole m2."""
    return np.minimum(np.ceil(turning * speed / p.turning_months), turning).astype(np.int64)


def amenities(opened: Quantity, planned: Quantity, p: Space) -> Reading:
    """Living services that open with fitted-out space, m2. opened m2; planned m2 a head of its capacity."""
    return planned * capacity(opened, p)


def worn(area: Quantity, p: Amenity) -> Reading:
    """Living services left after a month's wear, m2. p: amenity."""
    return area * (1 - p.depreciation / 12)
