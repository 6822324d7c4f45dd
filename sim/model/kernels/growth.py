"""A month of growth and cash in compiled passes over the firms.

Logarithms and powers of all firms are worked out between the passes: numpy works these out several at a time, a compiled
loop one by one. Hardly a step branches, since a processor loses more over a firm it has guessed wrong than over a sum it
need not have worked out: firms in no park read the first park's figures, and leave them. Row numbers are unsigned, so that
none counts from the end.
"""

import numpy as np

from sim.engine.distributions import normal
from sim.engine.kernels.draws import uniforms
from sim.engine.kernels.kernel import as_tuple, kernel
from sim.engine.streams import keys
from sim.model.agents import Enterprise, Park
from sim.model.mechanisms import choice, growth, space
from sim.model.status import Place


def develop(cluster, firms: Enterprise) -> np.ndarray:
    """Do what the readable rule does."""
    p, parks, now = cluster.parameters, cluster.all(Park), np.int64(cluster.now)
    g, c, s = (as_tuple(group) for group in (p.growth, p.choice, p.space))
    data, rows = firms.table.data, firms.rows
    size, sign = uniforms(firms.luck, keys(cluster.seed, ("growth_size", "growth_sign"), cluster.now)[:, 0])
    walk = growth.shock(size, normal(sign), data["desired"].take(rows), p.growth)
    first = data["founded_on"][: len(firms.table)].min(initial=now)
    ages = np.arange(now - first + 1.0)  # months: nobody's age needs a power of its own
    near, chain = growth.neighbours(parks.staff_nearby, p.growth), growth.chain(firms.of_district("chain"), p.growth)
    change, filled = np.empty(len(rows)), np.empty(len(rows))
    names = ("founded_on", "park_row", "sector", "segment", "quality", "gained", "level", "momentum")
    _change(
        rows, now, g, walk, growth.youth(ages, p.growth), near, chain, parks.capability(), change,
        *(data[name] for name in names),
    )  # fmt: skip
    columns = [data[name] for name in ("place", "staff", "revenue", "desired")]
    factors = growth.growth_factor(change), growth.staff_factor(change, p.growth)
    _grow(rows, *factors, int(Place.DISTRICT), filled, *columns)
    names = ("founded_on", "park_row", "area", "relief_area", "revenue", "desired", "cash")
    terms = parks.rent, parks.relief, parks.reward
    margins, shares = growth.margin(growth.early_loss(ages, p.growth), p.growth), growth.realised(filled, p.growth)
    revenue, rent, covered = _pay(rows, now, c, s, shares, margins, *terms, *(data[name] for name in names))
    parks.rent_received, parks.relief_covered = parks.rent_received + rent, parks.relief_covered + covered
    return revenue


@kernel(calls=(growth.level_target, growth.rise, growth.drift, growth.change, growth.momentum))
def _change(
    rows, now, p, walk, youth, near, chain, capability, change, founded_on, park_row, sector, segment, quality, gained,
    level, momentum,
):  # fmt: skip
    """Log growth of the month into `change`; level and momentum move."""
    for k in range(len(rows)):
        i = np.uint64(rows[k])
        park = np.uint64(max(park_row[i], 0))
        around = near[park, np.uint64(sector[i])]
        target = growth.level_target(around, chain[np.uint64(segment[i])], gained[i], capability[park], p)
        target = target if park_row[i] >= 0 else 0.0
        rise = growth.rise(level[i], target, p)
        drift = growth.drift(youth[np.uint64(now - founded_on[i])], quality[i], p)
        change[k] = growth.change(drift, rise, walk[k])
        level[i] += rise
        momentum[i] = growth.momentum(momentum[i], change[k])


@kernel(calls=(growth.filled,))
def _grow(rows, larger, more, district, filled, place, staff, revenue, desired):
    """Potential revenue and wished staff grow; into `filled` the share of posts that are, all of them outside the district."""
    for k in range(len(rows)):
        i = np.uint64(rows[k])
        revenue[i] *= larger[k]
        wished = desired[i] * more[k]
        desired[i] = wished
        share = growth.filled(staff[i, 0] + staff[i, 1] + staff[i, 2], wished)
        filled[k] = share if place[i] <= district else 1.0


@kernel(calls=(choice.net_rent, choice.relieved_area, space.wanted, growth.rent_bill, growth.monthly, growth.cash))
def _pay(
    rows, now, of_choice, of_space, shares, margins, rent, relief, reward, founded_on, park_row, area, relief_area, revenue,
    desired, cash,
):  # fmt: skip
    """Realised revenue of the month; rent is paid and cash moves. Returns it, and rent and relieved space by park."""
    realised, received, covered = np.empty(len(rows)), np.zeros(len(rent)), np.zeros(len(rent))
    for k in range(len(rows)):
        i = np.uint64(rows[k])
        realised[k] = growth.monthly(revenue[i] * shares[k])
        if park_row[i] >= 0:
            park, held = np.uint64(park_row[i]), float(area[i])
            net = choice.net_rent(rent[park], relief[park], relief_area[i], held)
            received[park] += net * held
            if reward[park] > 0:
                covered[park] += choice.relieved_area(relief_area[i], held)
        else:
            held, net = space.wanted(desired[i], of_space), of_choice.reference_rent
        margin, bill = margins[np.uint64(now - founded_on[i])], growth.rent_bill(net, held, of_choice)
        cash[i] = growth.cash(cash[i], realised[k], margin, bill)
    return realised, received, covered
