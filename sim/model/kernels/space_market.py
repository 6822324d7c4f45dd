"""Who looks for a park and which parks a firm would rather have, compiled: twins of rules in sim.model.phases.space_market."""

import numpy as np

from sim.engine.kernels.draws import mix, uniform
from sim.engine.kernels.kernel import kernel
from sim.engine.streams import key
from sim.model.agents import Park
from sim.model.kernels import read
from sim.model.mechanisms import choice
from sim.model.phases import space_market
from sim.model.status import Place, Status

WAITING, INCUBATING, IN_PLACE, CLUSTER, DISTRICT = (
    int(member)
    for member in (Status.WAITING, Status.INCUBATING, Status.GRADUATE_IN_PLACE, Place.CLUSTER, Place.DISTRICT)
)


def let_area(cluster, firms):
    """See the readable rule."""
    park_row, area = read(firms, "park_row", "area")
    return _let_area(len(cluster.park_keys), park_row, area)


@kernel
def _let_area(parks, park_row, area):
    let = np.zeros((4, parks + 1), np.int64)  # four, for additions to one cell would wait for each other
    for i in range(len(park_row)):
        let[i & 3, park_row[i] + 1] += area[i]
    return let.sum(axis=0)[1:]


def short_of_space(cluster, firms):
    """See the readable rule."""
    p = cluster.parameters.space
    columns = read(firms, "park_row", "waited", "area", "staff")
    outgrown, content = _short_of_space(p.area_per_head, p.expand_trigger, *columns)
    return _some(firms, outgrown), _some(firms, content)


def _some(firms, positions):
    """Part of a cohort; all firms are not numbered for it."""
    rows = positions if isinstance(firms.row, slice) else firms.row[positions]
    return firms.cohort(firms.model, rows)


@kernel
def _short_of_space(per_head, trigger, park_row, waited, area, staff):
    tenants, outgrown, content = np.empty((3, len(park_row)), np.int64)
    found, m, n = 0, 0, 0
    for i in range(len(park_row)):  # always to write and sometimes to count is faster than a branch nobody can foresee
        tenants[found] = i
        found += park_row[i] >= 0
    for i in tenants[:found]:
        if max(staff[i, 0] + staff[i, 1] + staff[i, 2], 1) * per_head > trigger * area[i]:
            outgrown[m] = i
            m += 1
        elif waited[i] > 0:
            content[n] = i
            n += 1
    return outgrown[:m], content[:n]


def seekers(cluster, firms):
    """See the readable rule."""
    p = cluster.parameters
    review = np.uint64(key(cluster.seed, "review", cluster.now))
    names = ("luck", "waited", "acquired", *OF_NOTICE)
    numbers = p.choice.review_hazard, float(p.space.patience)
    return _some(firms, _seekers(review, numbers, _lease(cluster), *read(firms, *names)))


OF_NOTICE = ("status", "entered_on", "recognised_on", "long_stay")


def _lease(cluster):
    """What says whether a lease in incubation space ends soon: last month of notice, and lengths, month."""
    p, rules = cluster.parameters.leaving, cluster.rules
    return (
        cluster.now + float(p.notice),
        float(int(p.lease_after_recognition)),
        float(rules.limit),
        float(rules.long_limit),
    )


def on_notice(firms):
    """See the readable rule."""
    columns = (firms.table.data[name] for name in OF_NOTICE)
    return _whose_notice(firms.rows, _lease(firms.model), *columns)


@kernel
def _whose_notice(rows, lease, status, entered_on, recognised_on, long_stay):
    notice = np.empty(len(rows), np.bool_)
    for k in range(len(rows)):
        i = rows[k]
        notice[k] = _on_notice(lease, status[i], entered_on[i], recognised_on[i], long_stay[i])
    return notice


@kernel
def _on_notice(lease, status, entered_on, recognised_on, long_stay):
    notice, after_recognition, limit, long_limit = lease
    if status != INCUBATING and status != IN_PLACE:
        return False
    if recognised_on >= 0:
        return recognised_on + after_recognition <= notice
    return entered_on + (long_limit if long_stay else limit) <= notice


@kernel
def _seekers(review, numbers, lease, luck, waited, acquired, status, entered_on, recognised_on, long_stay):
    hazard, patience = numbers
    found, m, n = np.empty(len(status), np.int64), 0, 0
    for i in range(len(status)):
        found[m] = i
        m += status[i] <= IN_PLACE
    for i in found[:m]:
        seeks = status[i] <= WAITING
        if status[i] == INCUBATING:
            seeks = waited[i] >= patience or uniform(luck[i], review) < hazard
        if not seeks and not acquired[i]:
            seeks = _on_notice(lease, status[i], entered_on[i], recognised_on[i], long_stay[i])
        found[n] = i
        n += seeks
    return found[:n]


def preferences(cluster, firms, offered, size):
    """See the readable rule; one pass over the firms, and only likely parks need a logarithm."""
    p, parks = cluster.parameters.choice, cluster.all(Park)
    by_sector, by_segment = offered
    most = by_sector + choice.rent_utility(np.maximum(parks.rent - parks.relief, 0.0), p) + size
    decisions = ("taste_outside", "taste_leaving", "taste_park")
    keys = np.array([key(cluster.seed, decision, cluster.now) for decision in decisions], np.uint64)
    prices = p.rent_sensitivity, p.service_charge, p.reference_rent
    numbers = p.size_exponent, p.move_margin, cluster.parameters.space.area_per_head
    of_parks = cluster.park_digests, size, parks.lettable(), parks.takes_graduates(), parks.rent, parks.relief
    names = ("luck", "origin", "sector", "segment", "park_row", "area", "staff", "relief_area", *OF_NOTICE)
    data = firms.table.data
    return _preferences(
        firms.rows, keys, _lease(cluster), prices, numbers, scales_outside(cluster), by_sector, by_segment, np.exp(most),
        np.exp(by_segment), of_parks, *(data[name] for name in names),
    )  # fmt: skip


def scales_outside(cluster):
    """exp(-value) of the places outside, for applicants and for firms that leave, and what tells the places apart."""
    if "outside" not in cluster.derived:
        values = space_market.values_outside(cluster), space_market.values_after_leaving(cluster)
        cluster.derived["outside"] = *(np.exp(-value) for value in values), space_market.OUTSIDE
    return cluster.derived["outside"]


@kernel
def _gumbel(u):
    return -np.log(-np.log(u))


@kernel
def _rent_utility(asking, relief, relief_area, area, prices):
    sensitivity, charge, reference = prices
    net = asking
    if relief:
        net = max(0.0, asking - relief * min(relief_area, area) / max(area, 1.0))
    return -sensitivity * np.log((net + charge) / (reference + charge))


@kernel
def _longer(array):
    longer = np.empty(2 * len(array), array.dtype)
    longer[: len(array)] = array
    return longer


@kernel
def _size_utility(room, exponent):
    return exponent * np.log(max(room, 1.0) / 1000) if room > 0 else -np.inf


@kernel
def _preferences(
    rows, keys, lease, prices, numbers, elsewhere, by_sector, by_segment, of_sector, of_segment, of_parks, luck, origin,
    sector, segment, park_row, area, staff, relief_area, status, entered_on, recognised_on, long_stay,
):  # fmt: skip
    exponent, margin, per_head = numbers
    from_outside, from_leaving, outside = elsewhere
    digests, size, lettable, takes_graduates, rent, relief = of_parks
    n, parks, m, relieved = len(rows), len(digests), 0, np.any(relief != 0)
    best, taste = np.full(n, CLUSTER), np.empty(parks)
    firm, park, gain = np.empty(n + parks, np.int64), np.empty(n + parks, np.int64), np.empty(n + parks)
    for k in range(n):
        i = rows[k]
        own, s, g, luck_of_parks = park_row[i], sector[i], segment[i], mix(luck[i] + keys[2])
        wanted, covered = 0.0, 0.0
        if relieved:
            wanted, covered = max(staff[i, 0] + staff[i, 1] + staff[i, 2], 1) * per_head, relief_area[i]
        notice = _on_notice(lease, status[i], entered_on[i], recognised_on[i], long_stay[i])
        for j in range(parks):  # a loop of its own, which the compiler turns into vector instructions
            taste[j] = uniform(luck_of_parks, digests[j])

        # What it can have otherwise, as exp(-utility): its own park, or the best place outside, which of Gumbel tastes
        # v - ln(-ln u) is the one of the smallest exp(-v) times -ln u.
        if own >= 0 and not notice:
            least = by_sector[s, own] + by_segment[g, own]
            least += _rent_utility(rent[own], relief[own], covered, wanted, prices) + _gumbel(taste[own])
            least += _size_utility(lettable[own] + area[i], exponent) + margin
            otherwise = np.exp(-least)
        else:
            otherwise, luck_outside = np.inf, mix(luck[i] + keys[int(notice)])
            for place in range(len(outside)):
                scale = from_leaving[place] if notice else from_outside[origin[i], place]
                utility = -np.log(uniform(luck_outside, outside[place])) * scale
                if utility < otherwise:
                    otherwise = utility
                    if own < 0:
                        best[k] = DISTRICT + place
            least = np.nan

        chance = otherwise * (1 + 1e-9)  # more than rounding can take away
        if m + parks > len(firm):
            firm, park, gain = _longer(firm), _longer(park), _longer(gain)
        for j in range(parks):
            if 1 - taste[j] < of_sector[s, j] * of_segment[g, j] * chance and (
                takes_graduates[j] if notice else j != own
            ):
                worth = by_sector[s, j] + by_segment[g, j]
                worth += _rent_utility(rent[j], relief[j], covered, wanted, prices) + _gumbel(taste[j]) + size[j]
                if np.isnan(least):
                    least = -np.log(otherwise)
                if worth > least:
                    firm[m], park[m], gain[m] = k, j, worth - least
                    m += 1
    return best, firm[:m], park[:m], gain[:m]
