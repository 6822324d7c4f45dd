"""Who gets space in a park, who is screened out, and who gives it up, compiled: twins of rules in sim.model.phases.space_market."""

import numpy as np

from sim.engine.kernels.distributions import normal
from sim.engine.kernels.draws import mix, uniform
from sim.engine.kernels.kernel import kernel
from sim.engine.kernels.rationing import in_turn
from sim.engine.streams import key
from sim.model.agents import Operator, Park
from sim.model.kernels.space_market import scales_outside
from sim.model.mechanisms.adaptation import by_grade
from sim.model.phases import space_market as market

DISTRICT, IN_PLACE = market.DISTRICT, market.IN_PLACE
GRADUATED, RELOCATED, EXPIRED = market.GRADUATED, market.RELOCATED, market.EXPIRED
GRADUATION, RELOCATION, EXPIRY = market.GRADUATION, market.RELOCATION, market.EXPIRY
BELOW_BAR, NO_ROOM, OUTSIDE_BETTER = market.BELOW_BAR, market.NO_ROOM, market.OUTSIDE_BETTER


def grant_expansions(cluster, tenants):
    """See the readable rule."""
    parks, draw = cluster.all(Park), np.uint64(key(cluster.seed, "tie", cluster.now))
    columns = (tenants.table.data[name] for name in ("luck", "park_row", "area", "waited", "staff"))
    per_head = cluster.parameters.space.area_per_head
    return _grant_expansions(tenants.rows, draw, per_head, parks.unit_area(), parks.lettable(), *columns)


@kernel
def _grant_expansions(rows, draw, per_head, unit, lettable, luck, park_row, area, waited, staff):
    n = len(rows)
    own, extra = np.empty((n, 1), np.int64), np.empty((n, 1), np.int64)
    first, tie = np.empty(n, np.int64), np.empty(n)
    for k in range(n):
        i = rows[k]
        own[k, 0], first[k], tie[k] = park_row[i], -waited[i], uniform(luck[i], draw)
        extra[k, 0] = _units(staff[i], per_head, unit[own[k, 0]]) - area[i]
    return np.where(in_turn(own, extra, first, tie, lettable) >= 0, extra[:, 0], 0)


@kernel
def _units(staff, per_head, unit):
    """Space wanted in whole lettable units, at least one."""
    return np.int64(np.ceil(max(staff[0] + staff[1] + staff[2], 1) * per_head / unit) * unit)


def applications(cluster, firms, firm, park, gain, unit):
    """See the readable rule; one pass over the applications."""
    p, parks = cluster.parameters.choice, cluster.all(Park)
    noise = by_grade(cluster.all(Operator).capability, p.screening_noise)[parks.operator_row]
    numbers = p.admission_bar, p.positioning, p.wait_margin, cluster.parameters.space.area_per_head
    draw = np.uint64(key(cluster.seed, "screening", cluster.now))
    columns = (firms.table.data[name] for name in ("luck", "park_row", "sector", "quality", "waited", "staff"))
    of_parks = cluster.park_digests, noise, parks.focus, parks.focus_only, parks.admission_bar, unit
    return _applications(firms.rows, firm, park, gain, numbers, draw, of_parks, *columns)


@kernel
def _applications(rows, firm, park, gain, numbers, draw, of_parks, luck, park_row, sector, quality, waited, staff):
    bar, positioning, margin, per_head = numbers
    digests, noise, focus, focus_only, admission_bar, unit = of_parks
    m, n, why = len(firm), 0, np.full(len(rows), OUTSIDE_BETTER)
    why[firm] = BELOW_BAR
    passed, need, standing, error = np.empty(m, np.int64), np.empty(m, np.int64), np.empty(m), np.empty(m)
    for k in range(m):
        error[k] = uniform(mix(luck[rows[firm[k]]] + draw), digests[park[k]])
    error = normal(error)
    for k in range(m):
        i, j = rows[firm[k]], park[k]
        standing[n] = -1e6  # tenants are known, and come first
        if park_row[i] < 0:
            match = focus[j, sector[i]]
            score = np.rint(2 * (match + quality[i] + noise[j] * error[k])) / 2
            if not score >= bar + admission_bar[j] + positioning * (np.any(focus[j]) * focus_only[j]) * (not match):
                continue
            standing[n] = -100.0 * score - waited[i]
        if why[firm[k]] == BELOW_BAR:
            why[firm[k]] = OUTSIDE_BETTER
        if gain[k] > margin:
            why[firm[k]] = NO_ROOM
        passed[n], need[n] = k, _units(staff[i], per_head, unit[j])
        n += 1
    return why, passed[:n], standing[:n], need[:n]


def after_leaving(cluster, firms):
    """See the readable rule; of Gumbel tastes the best place is that of the smallest exp(-value) times -ln u."""
    _, scale, places = scales_outside(cluster)
    draw = np.uint64(key(cluster.seed, "taste_leaving", cluster.now))
    return _after_leaving(firms.rows, firms.table.data["luck"], draw, scale, places)


@kernel
def _after_leaving(rows, luck, draw, scale, places):
    best, least = np.empty(len(rows), np.int64), np.full(len(rows), np.inf)
    for k in range(len(rows)):
        mine = mix(luck[rows[k]] + draw)
        for place in range(len(places)):
            otherwise = -np.log(uniform(mine, places[place])) * scale[place]
            if otherwise < least[k]:
                best[k], least[k] = DISTRICT + place, otherwise
    return best, -np.log(least)


def end_incubation(cluster, firms, relocating):
    """See the readable rule."""
    columns = (firms.table.data[name] for name in ("status", "stay", "left_on", "entered_on"))
    return _end_incubation(firms.rows, relocating, cluster.now, *columns)


@kernel
def _end_incubation(rows, relocating, now, status, stay, left_on, entered_on):
    cause = np.empty(len(rows), np.int64)
    for k in range(len(rows)):
        i = rows[k]
        if status[i] == IN_PLACE and not relocating[k]:
            status[i], cause[k] = GRADUATED, GRADUATION
        else:
            status[i], cause[k] = (RELOCATED, RELOCATION) if relocating[k] else (EXPIRED, EXPIRY)
            stay[i] = now - entered_on[i]
        left_on[i] = now
    return cause
