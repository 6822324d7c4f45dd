"""A month of growth and cash, and the hazard of closing, compiled: twins of sim.development and sim.agents.enterprise."""

import numpy as np
from numba import njit

from sim.agents import Park
from sim.agents.status import Place
from sim.mechanisms import growth, survival
from sim.streams import normal, root_gamma


def develop(cluster, firms):
    """See the readable rule. Three passes over the firms, with logarithms and powers of all at once between them.

    numpy works these out several at a time, a compiled loop one by one.
    """
    p, parks = cluster.parameters, cluster.all(Park)
    data, rows, g, n = firms.table.data, firms.rows, p.growth, len(firms)
    walk = root_gamma(cluster.draw("growth_size", firms), 1 / growth.MONTHS)
    walk *= normal(cluster.draw("growth_sign", firms))
    walk *= growth.spread(firms.desired, g)
    neighbours = growth.neighbours(parks.staff_nearby, g).ravel()
    offered = neighbours, g.chain_level * firms.of_district("chain"), g.operator_level * parks.capability() / 3
    ages = np.arange(
        cluster.now - firms.founded_on.min(initial=cluster.now) + 1.0
    )  # months: nobody's age needs a power of its own
    young, loss = g.early_drift * np.exp(-ages / g.drift_fade), g.early_loss * np.exp(-ages / g.loss_fade)
    now, change, vacant = np.int64(cluster.now), np.empty(n), np.empty(n)
    names = ("founded_on", "park_row", "sector", "segment", "quality", "gained", "level", "momentum")
    _change(
        rows, now, walk, young, g.quality_drift, g.adjustment, *offered, len(cluster.sector_keys), change, *(data[m] for m in names)
    )  # fmt: skip
    names = ("place", "staff", "revenue", "desired")
    _grow(
        rows,
        np.exp(change),
        np.exp(g.staff_elasticity * change),
        int(Place.DISTRICT),
        vacant,
        *(data[m] for m in names),
    )
    filled = np.exp(g.shortage_exponent * np.log(vacant))
    names = ("founded_on", "park_row", "area", "relief_area", "revenue", "desired", "cash")
    numbers = g.margin, p.choice.service_charge, p.choice.reference_rent, p.space.area_per_head
    revenue, rent, covered = _pay(
        rows, now, filled, loss, numbers, parks.rent, parks.relief, parks.reward, *(data[m] for m in names)
    )
    parks.rent_received, parks.relief_covered = parks.rent_received + rent, parks.relief_covered + covered
    return revenue


@njit(cache=True, error_model="numpy")
def _change(
    rows, now, walk, young, quality_drift, adjustment, neighbours, chain, operator, sectors, change, founded_on, park_row,
    sector, segment, quality, gained, level, momentum,
):  # fmt: skip
    """Log growth of the month into `change`; level and momentum move."""
    for k in range(len(rows)):
        i = rows[k]
        park, target = park_row[i], 0.0
        if park >= 0:
            target = neighbours[park * sectors + sector[i]] + chain[segment[i]] + gained[i] + operator[park]
        rise = adjustment * (target - level[i])
        change[k] = (young[now - founded_on[i]] + quality_drift * quality[i]) / 12 + rise + walk[k]
        level[i] += rise
        momentum[i] = momentum[i] * (1 - 1 / 12) + change[k]


@njit(cache=True, error_model="numpy")
def _grow(rows, larger, more, district, vacant, place, staff, revenue, desired):
    """Potential revenue and wished staff grow; into `vacant` the share of posts that are filled, at most 1."""
    for k in range(len(rows)):
        i = rows[k]
        revenue[i] *= larger[k]
        desired[i] *= more[k]
        vacant[k] = 1.0
        if place[i] <= district:
            heads, wished = max(staff[i, 0] + staff[i, 1] + staff[i, 2], 1), max(desired[i], 1.0)
            if heads < wished:
                vacant[k] = heads / wished


@njit(cache=True, error_model="numpy")
def _pay(
    rows,
    now,
    filled,
    loss,
    numbers,
    rent,
    relief,
    reward,
    founded_on,
    park_row,
    area,
    relief_area,
    revenue,
    desired,
    cash,
):
    """Realised revenue of the month; rent is paid and cash moves. Returns it, and rent and relieved space by park."""
    margin, charge, outside_rent, per_head = numbers
    realised, received, covered = np.empty(len(rows)), np.zeros(len(rent)), np.zeros(len(rent))
    for k in range(len(rows)):
        i = rows[k]
        park, realised[k] = park_row[i], revenue[i] * filled[k] / 12
        if park >= 0:
            space, held = float(area[i]), min(relief_area[i], float(area[i]))
            net = max(0.0, rent[park] - relief[park] * held / max(space, 1.0))
            received[park] += net * space
            if reward[park] > 0:
                covered[park] += held
        else:
            space, net = per_head * max(desired[i], 1.0), outside_rent
        cash[i] = cash[i] + realised[k] * (margin - loss[now - founded_on[i]]) - (net + charge) * space
    return realised, received, covered


def closure_hazard(firms):
    """See the readable rule; one pass over the firms, then the powers of all at once."""
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
    hazard, state, rivalry, bump = _parts_of_hazard(
        firms.rows, survival.base_table(p), rivals, parks.tenants_by_sector.shape[1], float(model.now), numbers,
        *(data[n] for n in names),
    )  # fmt: skip
    return hazard * np.exp(state) * rivalry * bump


@njit(cache=True, error_model="numpy")
def _parts_of_hazard(
    rows, base, rivals, sectors, now, numbers, founded_on, park_row, sector, quality, momentum, cash, gained, left_on, stay
):  # fmt: skip
    by_quality, by_growth, broke, learning, bump, bump_months, bump_stay, outside = numbers
    n = len(rows)
    hazard, states, rivalry, bumps = np.empty(n), np.empty(n), np.empty(n), np.ones(n)
    for k in range(n):
        i = rows[k]
        state = by_quality * quality[i] + by_growth * momentum[i]
        if cash[i] < 0:
            state += broke
        if quality[i] < 0:
            state += learning * gained[i]
        states[k] = state
        rivalry[k] = rivals[park_row[i] * sectors + sector[i]] if park_row[i] >= 0 else outside
        hazard[k] = base[min(np.int64(now) - founded_on[i], len(base) - 1)]
        if left_on[i] > now - bump_months:
            since = now - left_on[i]
            bumps[k] = 1 + bump * max(0.0, 1 - since / bump_months) * (stay[i] / bump_stay)
    return hazard, states, rivalry, bumps
