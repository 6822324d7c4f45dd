"""Parks that a firm would rather have, and space that is let, in one compiled pass each."""

import numpy as np

from sim.engine import distributions
from sim.engine.kernels.draws import mix, uniform
from sim.engine.kernels.kernel import as_tuple, kernel
from sim.engine.streams import keys
from sim.model.agents import Enterprise, Park
from sim.model.kernels import read
from sim.model.mechanisms import choice, space
from sim.model.status import Place

CLUSTER, DISTRICT = int(Place.CLUSTER), int(Place.DISTRICT)


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
    of_parks = cluster.park_hashes, size, parks.lettable(), parks.takes_graduates(), parks.rent, parks.relief
    names = ("luck", "origin", "sector", "segment", "park_row", "area", "staff", "relief_area")
    of_applicants, of_leaving, places = outside
    scales = np.exp(-of_applicants), np.exp(-of_leaving), places
    return _preferences(
        firms.rows, as_tuple(p), as_tuple(cluster.parameters.space), draws, firms.on_notice(), scales, by_sector, by_segment,
        np.exp(most), np.exp(by_segment), of_parks, *(data[name] for name in names),
    )  # fmt: skip


@kernel
def _longer(array):
    longer = np.empty(2 * len(array), array.dtype)
    longer[: len(array)] = array
    return longer


@kernel(
    calls=(choice.worth, choice.rent_utility, choice.net_rent, choice.size_utility, space.wanted, distributions.gumbel)
)
def _preferences(
    rows, p, of_space, keys, on_notice, elsewhere, by_sector, by_segment, of_sector, of_segment, of_parks, luck, origin,
    sector, segment, park_row, area, staff, relief_area,
):  # fmt: skip
    from_outside, from_leaving, outside = elsewhere
    hashes, size, lettable, takes_graduates, rent, relief = of_parks
    n, parks, m = len(rows), len(hashes), 0
    best, taste = np.full(n, CLUSTER), np.empty(parks)
    firm, park, gain = np.empty(n + parks, np.int64), np.empty(n + parks, np.int64), np.empty(n + parks)
    for k in range(n):
        i, notice = rows[k], on_notice[k]
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
            least += choice.size_utility(lettable[own] + area[i], p) + p.move_margin
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
