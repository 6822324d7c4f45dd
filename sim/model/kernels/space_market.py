"""The market for space in compiled passes: who is short of space, who looks for a park, which, and who may apply there."""

import numpy as np

from sim.engine import distributions
from sim.engine.kernels.distributions import normal
from sim.engine.kernels.draws import mix, of_pairs, uniform
from sim.engine.kernels.kernel import as_tuple, kernel
from sim.engine.quantity import either
from sim.engine.streams import key, keys
from sim.model.agents import Enterprise, Park
from sim.model.agents.enterprise import IN_PLACE, INCUBATING, WAITING
from sim.model.kernels import part, read
from sim.model.mechanisms import choice, space
from sim.model.status import Cause, Place

CLUSTER, DISTRICT = int(Place.CLUSTER), int(Place.DISTRICT)
BELOW_BAR, NO_ROOM, OUTSIDE_BETTER = int(Cause.BELOW_BAR), int(Cause.NO_ROOM), int(Cause.OUTSIDE_BETTER)
OF_LEASE = ("status", "entered_on", "recognised_on", "long_stay")


def let_area(cluster, firms: Enterprise) -> np.ndarray:
    """Do what the readable rule does."""
    park_row, area = read(firms, "park_row", "area")
    return _let_area(len(cluster.park_keys), park_row, area)


@kernel
def _let_area(parks, park_row, area):
    let = np.zeros((4, parks + 1), np.int64)  # four, for additions to one cell would wait for each other
    for i in range(len(park_row)):
        let[i & 3, park_row[i] + 1] += area[i]
    return let.sum(axis=0)[1:]


def short_of_space(cluster, firms: Enterprise) -> tuple[Enterprise, Enterprise]:
    """Do what the readable rule does."""
    columns = read(firms, "park_row", "waited", "area", "staff")
    outgrown, content = _short_of_space(as_tuple(cluster.parameters.space), *columns)
    return part(firms, outgrown), part(firms, content)


@kernel(calls=(space.wanted, space.outgrown))
def _short_of_space(p, park_row, waited, area, staff):
    tenants, outgrown, content = np.empty((3, len(park_row)), np.int64)
    found = m = n = 0
    for i in range(len(park_row)):  # always to write and sometimes to count is faster than a branch nobody can foresee
        tenants[found] = i
        found += park_row[i] >= 0
    for i in tenants[:found]:
        wanted = space.wanted(staff[i, 0] + staff[i, 1] + staff[i, 2], p)
        if space.outgrown(wanted, area[i], p):
            outgrown[m] = i
            m += 1
        elif waited[i] > 0:
            content[n] = i
            n += 1
    return outgrown[:m], content[:n]


def _lease(cluster):
    """The month, parameters of leaving, and lengths of leases in months, as `_on_notice` takes them."""
    leaving, rules = cluster.parameters.leaving, cluster.rules
    lengths = int(leaving.lease_after_recognition), rules.limit, rules.long_limit
    return cluster.now, as_tuple(leaving), tuple(map(float, lengths))


@kernel(calls=(space.lease_end, space.on_notice, either))
def _on_notice(lease, status, entered_on, recognised_on, long_stay):
    """Do for one firm what `Enterprise.on_notice` does."""
    now, p, (after_recognition, limit, long_limit) = lease
    if status != INCUBATING and status != IN_PLACE:
        return False
    end = space.lease_end(entered_on, long_limit if long_stay else limit, recognised_on, after_recognition)
    return space.on_notice(end, now, p)


def seekers(cluster, firms: Enterprise) -> Enterprise:
    """Do what the readable rule does; luck is drawn for incubatees alone."""
    p, review = cluster.parameters, np.uint64(key(cluster.seed, "review", cluster.now))
    columns = read(firms, "luck", "waited", "acquired", *OF_LEASE)
    return part(firms, _seekers(review, as_tuple(p.choice), as_tuple(p.space), _lease(cluster), *columns))


@kernel(calls=(choice.compares,))
def _seekers(review, p, of_space, lease, luck, waited, acquired, status, entered_on, recognised_on, long_stay):
    found, m, n = np.empty(len(status), np.int64), 0, 0
    for i in range(len(status)):
        found[m] = i
        m += status[i] <= IN_PLACE
    for i in found[:m]:
        seeks = status[i] <= WAITING
        if status[i] == INCUBATING:
            seeks = choice.compares(uniform(luck[i], review), waited[i], p, of_space)
        if not seeks and not acquired[i]:
            seeks = _on_notice(lease, status[i], entered_on[i], recognised_on[i], long_stay[i])
        found[n] = i
        n += seeks
    return found[:n]


def preferences(
    cluster,
    firms: Enterprise,
    offered: tuple[np.ndarray, np.ndarray],
    size: np.ndarray,
    outside: tuple[np.ndarray, ...],
) -> tuple[np.ndarray, ...]:
    """Do what the readable rule does; only likely parks need a logarithm."""
    p, parks, data = cluster.parameters.choice, cluster.all(Park), firms.table.data
    by_sector, by_segment = offered
    most = by_sector + choice.rent_utility(choice.lowest_rent(parks.rent, parks.relief), p) + size
    draws = keys(cluster.seed, ("taste_outside", "taste_leaving", "taste_park"), cluster.now)[:, 0]
    room = choice.size_utility(parks.lettable()[firms.park_row] + firms.area, p)  # of tenants in their own park
    of_parks = cluster.park_hashes, size, parks.takes_graduates(), parks.rent, parks.relief
    names = ("luck", "origin", "sector", "segment", "park_row", "staff", "relief_area", *OF_LEASE)
    of_applicants, of_leaving, places = outside
    scales = np.exp(-of_applicants), np.exp(-of_leaving), places
    return _preferences(
        firms.rows, as_tuple(p), as_tuple(cluster.parameters.space), draws, _lease(cluster), scales, by_sector, by_segment,
        np.exp(most), np.exp(by_segment), of_parks, room, *(data[name] for name in names),
    )  # fmt: skip


@kernel
def _longer(array):
    longer = np.empty(2 * len(array), array.dtype)
    longer[: len(array)] = array
    return longer


@kernel(calls=(choice.worth, choice.rent_utility, choice.net_rent, space.wanted, distributions.gumbel))
def _preferences(
    rows, p, of_space, keys, lease, elsewhere, by_sector, by_segment, of_sector, of_segment, of_parks, room, luck,
    origin, sector, segment, park_row, staff, relief_area, status, entered_on, recognised_on, long_stay,
):  # fmt: skip
    from_outside, from_leaving, outside = elsewhere
    hashes, size, takes_graduates, rent, relief = of_parks
    n, parks, m = len(rows), len(hashes), 0
    best, taste = np.full(n, CLUSTER), np.empty(parks)
    firm, park, gain = np.empty(n + parks, np.int64), np.empty(n + parks, np.int64), np.empty(n + parks)
    for k in range(n):
        i = rows[k]
        notice = _on_notice(lease, status[i], entered_on[i], recognised_on[i], long_stay[i])
        own, s, g, luck_of_parks = park_row[i], sector[i], segment[i], mix(luck[i] + keys[2])
        covered, wanted = relief_area[i], space.wanted(staff[i, 0] + staff[i, 1] + staff[i, 2], of_space)
        for j in range(parks):  # a loop of its own, which the compiler turns into vector instructions
            taste[j] = uniform(luck_of_parks, hashes[j])

        # What it can have otherwise, as exp(-utility): its own park, or the best place outside, which of Gumbel tastes
        # v - ln(-ln u) is the one of the smallest exp(-v) times -ln u.
        if own >= 0 and not notice:
            net = choice.net_rent(rent[own], relief[own], covered, wanted)
            known = by_sector[s, own] + by_segment[g, own]
            least = choice.worth(known, choice.rent_utility(net, p), distributions.gumbel(taste[own]))
            least += room[k] + p.move_margin
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
                net = choice.net_rent(rent[j], relief[j], covered, wanted)
                known = by_sector[s, j] + by_segment[g, j]
                worth = choice.worth(known, choice.rent_utility(net, p), distributions.gumbel(taste[j])) + size[j]
                if np.isnan(least):
                    least = -np.log(otherwise)
                if worth > least:
                    firm[m], park[m], gain[m] = k, j, worth - least
                    m += 1
    return best, firm[:m], park[:m], gain[:m]


def applications(
    cluster, firms: Enterprise, firm: np.ndarray, park: np.ndarray, gain: np.ndarray, unit: np.ndarray
) -> tuple[np.ndarray, ...]:
    """Do what the readable rule does."""
    p, parks, data = cluster.parameters, cluster.all(Park), firms.table.data
    of_parks = cluster.park_hashes, parks.screening_noise(), parks.focused(), parks.focus, parks.admission_bar
    draw = np.uint64(key(cluster.seed, "screening", cluster.now))
    names = ("luck", "park_row", "sector", "quality", "waited", "staff")
    why, passed, standing, wanted = _applications(
        firms.rows, firm, park, gain, as_tuple(p.choice), as_tuple(p.space), draw, of_parks, *(data[name] for name in names),
    )  # fmt: skip
    return why, passed, standing, space.units(wanted, unit[park[passed]])


@kernel(calls=(choice.screening_score, choice.admission_bar, space.wanted))
def _applications(rows, firm, park, gain, p, of_space, draw, of_parks, luck, park_row, sector, quality, waited, staff):
    hashes, noise, focused, focus, raised = of_parks
    m, n, why = len(firm), 0, np.full(len(rows), OUTSIDE_BETTER)
    why[firm] = BELOW_BAR
    passed, standing, wanted = np.empty(m, np.int64), np.empty(m), np.empty(m)
    error = normal(of_pairs(luck, draw, hashes, rows[firm], park))
    for k in range(m):
        i, j = rows[firm[k]], park[k]
        standing[n] = -1e6  # tenants are known, and come first
        if park_row[i] < 0:
            match = focus[j, sector[i]]
            score = choice.screening_score(match, quality[i], noise[j] * error[k])
            if score < choice.admission_bar(raised[j], focused[j], match, p):
                continue
            standing[n] = -100.0 * score - waited[i]
        if why[firm[k]] == BELOW_BAR:
            why[firm[k]] = OUTSIDE_BETTER
        if gain[k] > p.wait_margin:
            why[firm[k]] = NO_ROOM
        passed[n], wanted[n] = k, space.wanted(staff[i, 0] + staff[i, 1] + staff[i, 2], of_space)
        n += 1
    return why, passed[:n], standing[:n], wanted[:n]
