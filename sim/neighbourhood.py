"""What parks and firms have around them at the start of a month: neighbours, partners, chains. All derived."""

import numpy as np

from sim.agents import District, Enterprise, Operator, Park
from sim.labour_market import by_park_and_sector


def read(cluster):
    """Refresh tenants by sector, staff nearby, partners in the park, and the completeness of chains in the district."""
    parks, segments = cluster.all(Park), len(cluster.segment_keys)
    tenants = cluster.where(Enterprise, lambda f: f.is_tenant())
    parks.tenants_by_sector = by_park_and_sector(cluster, tenants, np.ones(len(tenants)))
    staff = by_park_and_sector(cluster, tenants, tenants.headcount())
    parks.staff_nearby = cluster.near.astype(np.int64) @ staff
    cell = tenants.park_row.astype(np.int64) * segments + tenants.segment
    present = np.bincount(cell, minlength=len(parks) * segments).reshape(len(parks), segments) > 0
    parks.partners = present @ cluster.inputs.T
    local = cluster.where(Enterprise, lambda f: f.exists() & f.in_district())
    firms = np.bincount(local.segment, weights=local.weight, minlength=segments)
    there = firms >= cluster.parameters.service.chain_firms
    cluster.all(District).present, cluster.all(District).chain = there[None, :], (cluster.inputs @ there)[None, :]


def pay_operators(cluster):
    """What an operator feels of public pay by results: the mean over its parks in operation."""
    parks, operators = cluster.all(Park), cluster.all(Operator)
    running = (parks.fitted > 0).astype(float)
    count = np.bincount(parks.operator_row, running, minlength=len(operators))
    pay = np.bincount(parks.operator_row, parks.pay * running, minlength=len(operators))
    operators.performance_pay = pay / np.maximum(count, 1)
