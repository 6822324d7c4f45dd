"""A month of growth and cash, and the hazard of closing, compiled: twins of sim.development and sim.agents.enterprise."""

import numpy as np
from numba import njit

from sim.agents import Park
from sim.agents.status import Place
from sim.mechanisms import growth, survival
from sim.streams import normal, root_gamma


def develop(cluster, firms):
    """See the readable rule; the same in one pass over the firms."""
    p, parks = cluster.parameters, cluster.all(Park)
    data, g, sectors = firms.table.data, p.growth, len(cluster.sector_keys)
    walk = root_gamma(cluster.draw("growth_size", firms), 1 / growth.MONTHS)
    walk *= normal(cluster.draw("growth_sign", firms))
    neighbours = growth.neighbours(parks.staff_nearby, g).ravel()
    chain = g.chain_level * firms.of_district("chain")
    operator = g.operator_level * parks.capability() / 3
    numbers = (
        float(cluster.now), g.adjustment, g.early_drift, g.drift_fade, g.quality_drift, g.spread, g.spread_exponent,
        g.reference_size, g.staff_elasticity, g.shortage_exponent, g.margin, g.early_loss, g.loss_fade,
        p.choice.service_charge, p.choice.reference_rent, p.space.area_per_head,
    )  # fmt: skip
    names = (
        "founded_on", "park_row", "sector", "segment", "place", "area", "staff", "quality", "gained", "relief_area",
        "level", "revenue", "desired", "momentum", "cash",
    )  # fmt: skip
    revenue, rent, covered = _develop(
        firms.rows, walk, neighbours, chain, operator, sectors, parks.rent, parks.relief, parks.reward, numbers,
        int(Place.DISTRICT), *(data[name] for name in names),
    )  # fmt: skip
    parks.rent_received, parks.relief_covered = parks.rent_received + rent, parks.relief_covered + covered
    return revenue


@njit(cache=True, error_model="numpy")
def _develop(
    rows, walk, neighbours, chain, operator, sectors, rent, relief, reward, numbers, district, founded_on, park_row,
    sector, segment, place, area, staff, quality, gained, relief_area, level, revenue, desired, momentum, cash,
):  # fmt: skip
    (
        now, adjustment, early_drift, drift_fade, quality_drift, spread, spread_exponent, reference_size, elasticity,
        shortage, margin, early_loss, loss_fade, charge, outside_rent, per_head,
    ) = numbers  # fmt: skip
    realised = np.empty(len(rows))
    oldest = np.int64(0)
    for i in rows:
        oldest = max(oldest, np.int64(now) - founded_on[i])
    ages = np.arange(oldest + 1.0)  # months: nobody's age needs a power of its own
    young, loss = early_drift * np.exp(-ages / drift_fade), early_loss * np.exp(-ages / loss_fade)
    received, covered = np.zeros(len(rent)), np.zeros(len(rent))
    for k in range(len(rows)):
        i = rows[k]
        park, age = park_row[i], np.int64(now) - founded_on[i]
        target = 0.0
        if park >= 0:
            target = neighbours[park * sectors + sector[i]] + chain[segment[i]] + gained[i] + operator[park]
        rise = adjustment * (target - level[i])
        drift = (young[age] + quality_drift * quality[i]) / 12
        scale = spread * np.exp(-spread_exponent * np.log(max(desired[i], 1.0) / reference_size))
        change = drift + rise + scale * walk[k]
        level[i] += rise
        revenue[i] *= np.exp(change)
        desired[i] *= np.exp(elasticity * change)
        momentum[i] = momentum[i] * (1 - 1 / 12) + change
        earned = revenue[i]
        if place[i] <= district:
            heads = staff[i, 0] + staff[i, 1] + staff[i, 2]
            wished = max(desired[i], 1.0)
            if max(heads, 1) < wished:
                earned *= np.exp(shortage * np.log(max(heads, 1) / wished))
        realised[k] = earned / 12
        if park >= 0:
            space, held = float(area[i]), min(relief_area[i], float(area[i]))
            net = max(0.0, rent[park] - relief[park] * held / max(space, 1.0))
            received[park] += net * space
            if reward[park] > 0:
                covered[park] += held
        else:
            space, net = per_head * max(desired[i], 1.0), outside_rent
        cash[i] = cash[i] + realised[k] * (margin - loss[age]) - (net + charge) * space
    return realised, received, covered


def closure_hazard(firms):
    """See the readable rule; the same in one pass over the firms."""
    model, p = firms.model, firms.model.parameters.survival
    data, parks = firms.table.data, model.all(Park)
    rivals = survival.rivalry(np.maximum(parks.tenants_by_sector - 1, 0), p).ravel()
    names = ("founded_on", "park_row", "sector", "quality", "momentum", "cash", "gained", "left_on", "stay")
    numbers = (
        p.quality,
        p.growth,
        p.broke,
        p.learning,
        p.bump,
        p.bump_months,
        p.bump_stay,
        survival.rivalry(p.outside_rivals, p),
    )
    base = survival.base_table(p)
    return _closure_hazard(
        firms.rows, base, rivals, parks.tenants_by_sector.shape[1], float(model.now), numbers, *(data[n] for n in names)
    )


@njit(cache=True, error_model="numpy")
def _closure_hazard(
    rows, base, rivals, sectors, now, numbers, founded_on, park_row, sector, quality, momentum, cash, gained, left_on, stay
):  # fmt: skip
    by_quality, by_growth, broke, learning, bump, bump_months, bump_stay, outside = numbers
    hazard = np.empty(len(rows))
    for k in range(len(rows)):
        i = rows[k]
        state = by_quality * quality[i] + by_growth * momentum[i]
        if cash[i] < 0:
            state += broke
        if quality[i] < 0:
            state += learning * gained[i]
        rivalry = rivals[park_row[i] * sectors + sector[i]] if park_row[i] >= 0 else outside
        age = min(np.int64(now) - founded_on[i], len(base) - 1)
        hazard[k] = base[age] * np.exp(state) * rivalry
        if left_on[i] > now - bump_months:
            since = now - left_on[i]
            hazard[k] *= 1 + bump * max(0.0, 1 - since / bump_months) * (stay[i] / bump_stay)
    return hazard
