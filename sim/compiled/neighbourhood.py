"""Who is where at the start of a month, counted in one compiled pass: twin of sim.neighbourhood.count."""

import numpy as np
from numba import njit

from sim.agents.status import Place, Status

COLUMNS = ("park_row", "sector", "segment", "status", "place", "weight", "staff")


def count(cluster, firms):
    """See the readable rule."""
    parks, sectors, segments = (len(names) for names in (cluster.park_keys, cluster.sector_keys, cluster.segment_keys))
    tenants, staff = np.zeros((parks, sectors), np.int64), np.zeros((parks, sectors), np.int64)
    chain, local = np.zeros((parks, segments), np.int64), np.zeros(segments)
    columns = (firms.table.data[name] for name in COLUMNS)
    _count(firms.rows, int(Status.CLOSED), int(Place.DISTRICT), *columns, tenants, staff, chain, local)
    return tenants, staff, chain, local


@njit(cache=True, error_model="numpy")
def _count(
    rows, closed, district, park_row, sector, segment, status, place, weight, staff, tenants, nearby, chain, local
):
    for i in rows:
        park = park_row[i]
        if park >= 0:
            tenants[park, sector[i]] += 1
            nearby[park, sector[i]] += staff[i, 0] + staff[i, 1] + staff[i, 2]
            chain[park, segment[i]] += 1
        if status[i] < closed and place[i] <= district:
            local[segment[i]] += weight[i]
