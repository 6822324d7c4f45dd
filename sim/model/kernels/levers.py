"""Whom levers cover, compiled: twins of rules in sim.model.policies.rent_relief and .talent_housing."""

import numpy as np

from sim.engine.kernels.kernel import kernel
from sim.model.kernels import read
from sim.model.status import Status
from sim.model.vocabulary import TIERS

WAITING = int(Status.WAITING)
N = len(TIERS)  # known to the compiler, which then unrolls loops over tiers


def covered_area(cluster, firms, years, sectors, per_firm, per_person):
    """See the readable rule."""
    columns = read(firms, "status", "park_row", "sector", "entered_on", "staff")
    return _covered_area(cluster.now, years, sectors, per_firm, per_person, *columns)


@kernel
def _covered_area(now, years, sectors, per_firm, per_person, status, park_row, sector, entered_on, staff):
    area = np.empty(len(status))
    for i in range(len(status)):  # no branch: who is covered is not to be guessed, and wrong guesses cost more
        young = (entered_on[i] < 0) | (now - entered_on[i] < 12 * years[park_row[i]])
        covered = ((park_row[i] >= 0) | (status[i] <= WAITING)) & young & sectors[sector[i]]
        area[i] = min(per_firm, per_person * (staff[i, 0] + staff[i, 1] + staff[i, 2])) * covered
    return area


def staff_of_tenants(cluster, firms):
    """See the readable rule."""
    return _staff_of_tenants(*read(firms, "park_row", "staff"))


@kernel
def _staff_of_tenants(park_row, staff):
    people = np.zeros(N, np.int64)
    for i in range(len(park_row)):
        for tier in range(N):
            people[tier] += staff[i, tier] if park_row[i] >= 0 else 0
    return people
