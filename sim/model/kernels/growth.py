"""A month of growth and cash, and of clocks that run down, compiled: twins of sim.model.phases.growth and sim.model.phases.departures.

Passes over the firms, with logarithms and powers of all at once between them: numpy works these out several at a time, a
compiled loop one by one. Hardly a step branches, since a processor loses more over a firm it has guessed wrong than over
a sum it need not have worked out: firms in no park read the first park's figures, and leave them. Row numbers are
unsigned, so that none counts from the end.
"""

import numpy as np

from sim.engine.distributions import normal, root_gamma
from sim.engine.kernels.draws import keys_of, uniforms
from sim.engine.kernels.kernel import kernel
from sim.model.agents import Park
from sim.model.agents.enterprise import IN_PLACE, INCUBATING
from sim.model.mechanisms import growth, survival
from sim.model.status import Place


def develop(cluster, firms):
    """See the readable rule."""
    p, parks, sectors = cluster.parameters, cluster.all(Park), len(cluster.sector_keys)
    data, rows, g, n, now = firms.table.data, firms.rows, p.growth, len(firms), np.int64(cluster.now)
    size, sign = uniforms(firms.luck, keys_of(cluster, "growth_size", "growth_sign"))
    walk = root_gamma(size, 1 / growth.MONTHS)
    walk *= normal(sign)
    walk *= growth.spread(data["desired"].take(rows), g)
    first = data["founded_on"][: len(firms.table)].min(initial=now)
    ages = np.arange(now - first + 1.0)  # months: nobody's age needs a power of its own
    young, loss = g.early_drift * np.exp(-ages / g.drift_fade), g.early_loss * np.exp(-ages / g.loss_fade)
    neighbours = growth.neighbours(parks.staff_nearby, g).ravel()
    chain, operator = g.chain_level * firms.of_district("chain"), g.operator_level * parks.capability() / 3
    change, vacant = np.empty(n), np.empty(n)
    columns = ("founded_on", "park_row", "sector", "segment", "quality", "gained", "level", "momentum")
    _change(
        rows, now, walk, young, g.quality_drift, g.adjustment, neighbours, sectors, chain, operator, change,
        *(data[name] for name in columns),
    )  # fmt: skip
    columns = [data[name] for name in ("place", "staff", "revenue", "desired")]
    _grow(rows, np.exp(change), np.exp(g.staff_elasticity * change), int(Place.DISTRICT), vacant, *columns)
    filled = np.exp(g.shortage_exponent * np.log(vacant))
    columns = [data[name] for name in ("founded_on", "park_row", "area", "relief_area", "revenue", "desired", "cash")]
    numbers = g.margin, p.choice.service_charge, p.choice.reference_rent, p.space.area_per_head
    revenue, rent, covered = _pay(rows, now, filled, loss, numbers, parks.rent, parks.relief, parks.reward, *columns)
    parks.rent_received, parks.relief_covered = parks.rent_received + rent, parks.relief_covered + covered
    return revenue


@kernel
def _change(
    rows, now, walk, young, quality_drift, adjustment, neighbours, sectors, chain, operator, change, founded_on, park_row,
    sector, segment, quality, gained, level, momentum,
):  # fmt: skip
    """Log growth of the month into `change`; level and momentum move."""
    for k in range(len(rows)):
        i = np.uint64(rows[k])
        park = np.uint64(max(park_row[i], 0))
        near = neighbours[park * np.uint64(sectors) + np.uint64(sector[i])]
        target = near + chain[np.uint64(segment[i])] + gained[i] + operator[park]
        target = target if park_row[i] >= 0 else 0.0
        rise = adjustment * (target - level[i])
        grown = (young[np.uint64(now - founded_on[i])] + quality_drift * quality[i]) / 12 + rise + walk[k]
        change[k] = grown
        level[i] += rise
        momentum[i] = momentum[i] * (1 - 1 / 12) + grown


@kernel
def _grow(rows, larger, more, district, vacant, place, staff, revenue, desired):
    """Potential revenue and wished staff grow; into `vacant` the share of posts that are filled, at most 1."""
    for k in range(len(rows)):
        i = np.uint64(rows[k])
        revenue[i] *= larger[k]
        wished = desired[i] * more[k]
        desired[i] = wished
        filled = min(1.0, max(staff[i, 0] + staff[i, 1] + staff[i, 2], 1) / max(wished, 1.0))
        vacant[k] = filled if place[i] <= district else 1.0


@kernel
def _pay(
    rows, now, filled, loss, numbers, rent, relief, reward, founded_on, park_row, area, relief_area, revenue, desired, cash
):  # fmt: skip
    """Realised revenue of the month; rent is paid and cash moves. Returns it, and rent and relieved space by park."""
    margin, charge, outside_rent, per_head = numbers
    realised, received, covered = np.empty(len(rows)), np.zeros(len(rent)), np.zeros(len(rent))
    for k in range(len(rows)):
        i = np.uint64(rows[k])
        earned = revenue[i] * filled[k] / 12
        realised[k] = earned
        if park_row[i] >= 0:
            park, space = np.uint64(park_row[i]), float(area[i])
            held = min(relief_area[i], space)
            net = max(0.0, rent[park] - relief[park] * held / max(space, 1.0))
            received[park] += net * space
            if reward[park] > 0:
                covered[park] += held
        else:
            space, net = per_head * max(desired[i], 1.0), outside_rent
        cash[i] = cash[i] + earned * (margin - loss[np.uint64(now - founded_on[i])]) - (net + charge) * space
    return realised, received, covered


def run_down(cluster, firms):
    """See the readable rule."""
    data, rows, parks, leaving, rules = (
        firms.table.data, firms.rows, cluster.all(Park), cluster.parameters.leaving, cluster.rules
    )  # fmt: skip
    p, tenants, now = cluster.parameters.survival, parks.tenants_by_sector, np.int64(cluster.now)
    rivals = survival.rivalry(np.maximum(tenants - 1, 0), p).ravel()
    outside = float(survival.rivalry(p.outside_rivals, p))
    numbers = p.quality, p.growth, p.broke, p.learning, p.bump, p.bump_months, p.bump_stay, outside
    columns = ("founded_on", "park_row", "sector", "quality", "momentum", "cash", "gained", "left_on", "stay")
    hazard, state = _parts_of_hazard(
        rows, survival.base_table(p), rivals, tenants.shape[1], now, numbers, *(data[name] for name in columns)
    )
    hazard *= np.exp(state)
    relocation = float(survival.monthly_hazard(leaving.relocation))
    limits = int(leaving.lease_after_recognition), int(rules.limit), int(rules.long_limit)
    columns = ("closure_clock", "relocation_clock", "status", "recognised_on", "entered_on", "long_stay")
    return _run_down(
        rows, hazard, relocation, now, limits, (INCUBATING, IN_PLACE), *(data[name] for name in columns)
    )  # fmt: skip


@kernel
def _parts_of_hazard(
    rows, base, rivals, sectors, now, numbers, founded_on, park_row, sector, quality, momentum, cash, gained, left_on, stay
):  # fmt: skip
    """What multiplies the hazard of closing, and what does so in logs: (factor, state), each (n,)."""
    by_quality, by_growth, broke, learning, bump, bump_months, bump_stay, outside = numbers
    factor, states, oldest = np.empty(len(rows)), np.empty(len(rows)), len(base) - 1
    for k in range(len(rows)):
        i = np.uint64(rows[k])
        state = by_quality * quality[i] + by_growth * momentum[i] + broke * (cash[i] < 0)
        states[k] = state + learning * gained[i] * (quality[i] < 0)
        rivalry = rivals[np.uint64(max(park_row[i], 0)) * np.uint64(sectors) + np.uint64(sector[i])]
        rivalry = rivalry if park_row[i] >= 0 else outside
        hazard = base[np.uint64(min(now - founded_on[i], oldest))]
        lately = max(0.0, 1 - (now - left_on[i]) / bump_months)  # who never left has -1, long before any month
        factor[k] = hazard * rivalry * (1 + bump * lately * (stay[i] / bump_stay))
    return factor, states


@kernel
def _run_down(
    rows, hazard, relocation, now, limits, codes, closure_clock, relocation_clock, status, recognised_on, entered_on, long_stay
):  # fmt: skip
    """Clocks go down; rows of those that close, that move out, and whose lease ends."""
    (after_recognition, limit, long_limit), (incubating, in_place) = limits, codes
    closing, relocating, ending = np.empty_like(rows), np.empty_like(rows), np.empty_like(rows)
    closed = relocated = ended = 0
    for k in range(len(rows)):
        i = np.uint64(rows[k])
        inside = status[i] == incubating
        clock, other = closure_clock[i] - hazard[k], relocation_clock[i] - relocation * inside
        closure_clock[i], relocation_clock[i] = clock, other
        end = entered_on[i] + (long_limit if long_stay[i] else limit)
        end = recognised_on[i] + after_recognition if recognised_on[i] >= 0 else end
        out, over = inside & (other <= 0), (inside | (status[i] == in_place)) & (end <= now)
        if (clock <= 0) | out | over:
            if clock <= 0:
                closing[closed] = i
                closed += 1
            elif out:
                relocating[relocated] = i
                relocated += 1
            else:
                ending[ended] = i
                ended += 1
    return closing[:closed], relocating[:relocated], ending[:ended]
