"""Tenants and their people by place and trade, counted in one compiled pass."""

import numpy as np

from sim.engine.kernels.kernel import kernel
from sim.model.agents import Enterprise
from sim.model.kernels import read
from sim.model.status import Place, Status

COLUMNS = ("park_row", "sector", "segment", "status", "place", "weight", "staff")


def count(cluster, firms: Enterprise) -> tuple[np.ndarray, ...]:
    """Do what the readable rule does."""
    sizes = tuple(len(names) for names in (cluster.park_keys, cluster.sector_keys, cluster.segment_keys))
    return _count(sizes, int(Status.CLOSED), int(Place.DISTRICT), *read(firms, *COLUMNS))


@kernel
def _count(sizes, closed, district, park_row, sector, segment, status, place, weight, staff):
    """Without a branch: firms in no park, -1, are counted in a place of their own, and those that are gone as nobody."""
    parks, sectors, segments = sizes
    tenants, nearby = np.zeros((parks + 1, sectors), np.int64), np.zeros((parks + 1, sectors), np.int64)
    chain, local = np.zeros((parks + 1, segments), np.int64), np.zeros(segments)
    for i in range(len(park_row)):
        park, mine, kind = np.uint64(park_row[i] + 1), np.uint64(sector[i]), np.uint64(segment[i])
        tenants[park, mine] += 1
        nearby[park, mine] += staff[i, 0] + staff[i, 1] + staff[i, 2]
        chain[park, kind] += 1
        local[kind] += weight[i] * ((status[i] < closed) & (place[i] <= district))
    return tenants[1:], nearby[1:], chain[1:], local
