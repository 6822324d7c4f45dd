"""Whom levers cover, compiled: twins of rules in sim.policies.rent_relief and .talent_housing."""

import numpy as np
from numba import njit

from sim.agents.status import Status

WAITING = int(Status.WAITING)


def covered_area(cluster, firms, years, sectors, per_firm, per_person):
    """See the readable rule."""
    data = firms.table.data
    columns = (data[name] for name in ("status", "park_row", "sector", "entered_on", "staff"))
    return _covered_area(firms.rows, cluster.now, years, sectors, per_firm, per_person, *columns)


@njit(cache=True, error_model="numpy")
def _covered_area(rows, now, years, sectors, per_firm, per_person, status, park_row, sector, entered_on, staff):
    area = np.zeros(len(rows))
    for i in range(len(rows)):
        row = rows[i]
        young = entered_on[row] < 0 or now - entered_on[row] < 12 * years[park_row[row]]
        if (park_row[row] >= 0 or status[row] <= WAITING) and sectors[sector[row]] and young:
            area[i] = min(per_firm, per_person * (staff[row, 0] + staff[row, 1] + staff[row, 2]))
    return area


def staff_of_tenants(cluster, firms):
    """See the readable rule."""
    return _staff_of_tenants(firms.rows, firms.table.data["park_row"], firms.table.data["staff"])


@njit(cache=True, error_model="numpy")
def _staff_of_tenants(rows, park_row, staff):
    people = np.zeros(staff.shape[1], np.int64)
    for row in rows:
        if park_row[row] >= 0:
            for tier in range(len(people)):
                people[tier] += staff[row, tier]
    return people
