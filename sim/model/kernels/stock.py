"""Counts of firms each month, in one compiled pass."""

import numpy as np

from sim.engine.kernels.kernel import kernel
from sim.model.agents import District, Enterprise
from sim.model.mechanisms import growth
from sim.model.status import Place, Status
from sim.model.tally import OF_FIRMS
from sim.model.vocabulary import TIERS as NAMES

TIERS, REVENUE = len(NAMES), OF_FIRMS.index("revenue")
COLUMNS = (
    "park_row", "january_park", "sector", "segment", "status", "place", "area", "revenue", "desired", "is_high_tech",
    "patents", "funded_on", "weight", "momentum", "staff", "january",
)  # fmt: skip


def count_firms(cluster, firms: Enterprise) -> np.ndarray:
    """Do what the readable rule does."""
    data, tally, sectors = firms.table.data, cluster.tally, len(cluster.sector_keys)
    parks = len(cluster.park_keys)
    counts = np.zeros(((parks + 1) * sectors, len(OF_FIRMS)))  # what is counted of one cell lies together
    codes = tuple(int(code) for code in (Status.INCUBATING, Status.ELSEWHERE, Place.DISTRICT))
    columns, chain = (data[name] for name in COLUMNS), cluster.all(District).chain[0]
    cell, revenue, filled = _count(firms.rows, counts, parks, sectors, codes, chain, cluster.now, *columns)
    realised = growth.realised(filled, cluster.parameters.growth)  # of all at once: numpy is fast there
    counts[:, REVENUE] = np.bincount(cell, revenue * realised, len(counts))
    counts = counts.T.reshape(len(OF_FIRMS), parks + 1, sectors)
    tally.cells(OF_FIRMS, counts)
    return counts[0, :parks]


@kernel(calls=(growth.filled,))
def _count(
    rows, counts, outside, sectors, codes, chain, now, park_row, january_park, sector, segment, status, place, area,
    revenue, desired, is_high_tech, patents, funded_on, weight, momentum, staff, january,
):  # fmt: skip
    """Adds to counts (cells, what), revenue left out: cell, revenue, and staff over what it wants of each tenant (m,).

    Conditions are added as numbers wherever they can: who is a tenant is not to be guessed, and wrong guesses cost more.
    """
    incubating, elsewhere, district = codes
    found = np.empty((3, len(rows) + 1), np.int64)
    tenants, others, homes = found[0], found[1], found[2]
    t = o = h = 0
    for i in rows:
        tenants[t] = others[o] = homes[h] = i
        t += park_row[i] >= 0
        o += status[i] == elsewhere
        h += (january_park[i] >= 0) & (place[i] <= district)
    cells, earned, filled = np.empty(t, np.int64), np.empty(t), np.empty(t)
    for k in range(t):
        i = tenants[k]
        cell = park_row[i] * sectors + sector[i]
        of, under, heads = counts[cell], status[i] == incubating, 0
        for tier in range(TIERS):
            heads += staff[i, tier]
            of[10 + tier] += staff[i, tier]
        cells[k], earned[k], filled[k] = cell, revenue[i], growth.filled(heads, desired[i])
        of[0] += 1
        of[1] += under
        of[2] += area[i]
        of[4] += is_high_tech[i]
        of[5] += under & (patents[i] > 0)
        of[6] += funded_on[i] > now - 12
        of[7] += chain[segment[i]]
        of[9] += momentum[i]
    for i in others[:o]:
        counts[outside * sectors + sector[i], 8] += weight[i]
    for i in homes[:h]:
        cell = january_park[i] * sectors + sector[i]
        for tier in range(TIERS):
            counts[cell, 10 + TIERS + tier] += january[i, tier]
    return cells, earned, filled
