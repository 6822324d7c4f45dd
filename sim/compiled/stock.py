"""What is counted of firms each month, compiled: twin of sim.indicators.count_firms."""

import numpy as np
from numba import njit

from sim.agents import District
from sim.agents.status import Place, Status
from sim.indicators import OF_FIRMS

COLUMNS = (
    "park_row", "january_park", "sector", "segment", "status", "place", "area", "revenue", "desired", "is_high_tech",
    "patents", "funded_on", "weight", "momentum", "staff", "january",
)  # fmt: skip


def count_firms(cluster, firms):
    """See the readable rule; the same in one pass over the firms."""
    data, tally, sectors = firms.table.data, cluster.tally, len(cluster.sector_keys)
    outside = len(cluster.park_keys)
    counts = np.zeros((len(OF_FIRMS), (outside + 1) * sectors))
    codes = tuple(int(code) for code in (Status.INCUBATING, Status.ELSEWHERE, Place.DISTRICT))
    chain = cluster.all(District).chain[0]
    shortage = cluster.parameters.growth.shortage_exponent
    _count(firms.rows, counts, outside, sectors, codes, chain, shortage, cluster.now, *(data[n] for n in COLUMNS))
    tally.cells(OF_FIRMS, counts.reshape(len(OF_FIRMS), outside + 1, sectors))


@njit(cache=True, error_model="numpy")
def _count(
    rows, counts, outside, sectors, codes, chain, shortage, now, park_row, january_park, sector, segment, status, place,
    area, revenue, desired, is_high_tech, patents, funded_on, weight, momentum, staff, january,
):  # fmt: skip
    incubating, elsewhere, district = codes
    tiers = staff.shape[1]
    for i in rows:
        park, home = park_row[i], january_park[i]
        if park >= 0:
            cell = park * sectors + sector[i]
            counts[0, cell] += 1
            counts[2, cell] += area[i]
            heads = 0
            for tier in range(tiers):
                heads += staff[i, tier]
                counts[10 + tier, cell] += staff[i, tier]
            earned, wished = revenue[i], max(desired[i], 1.0)
            if max(heads, 1) < wished:
                earned *= np.exp(shortage * np.log(max(heads, 1) / wished))
            counts[3, cell] += earned
            counts[4, cell] += is_high_tech[i]
            counts[6, cell] += funded_on[i] > now - 12
            counts[7, cell] += chain[segment[i]]
            counts[9, cell] += momentum[i]
            if status[i] == incubating:
                counts[1, cell] += 1
                counts[5, cell] += patents[i] > 0
        elif status[i] == elsewhere:
            counts[8, outside * sectors + sector[i]] += weight[i]
        if home >= 0 and place[i] <= district:
            for tier in range(tiers):
                counts[10 + tiers + tier, home * sectors + sector[i]] += january[i, tier]
