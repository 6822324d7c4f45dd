"""Surroundings of parks and firms at the start of a month: neighbours, partners, chains. All derived."""

import numpy as np

from sim.engine.kernels import has_kernel
from sim.model.agents import District, Enterprise, Operator, Park
from sim.model.kernels import family
from sim.model.phases.labour_market import followed


def read(cluster) -> None:
    """Refresh tenants by sector, staff nearby, partners in the park, and the completeness of chains in the district."""
    parks, district = cluster.all(Park), cluster.all(District)
    tenants, staff, segments, firms = count(cluster, cluster.all(Enterprise))
    parks.tenants_by_sector = tenants
    parks.staff_nearby = cluster.near.astype(np.int64) @ staff
    parks.partners = (segments > 0) @ cluster.inputs.T
    there = firms >= cluster.parameters.service.chain_firms
    district.present, district.chain = there[None, :], (cluster.inputs @ there)[None, :]


@has_kernel("sim.model.kernels.neighbourhood:count", family)
def count(cluster, firms: Enterprise) -> tuple[np.ndarray, ...]:
    """Tenants by park and sector, their staff, tenants by park and segment, and firms of the district by segment."""
    parks, segments = len(cluster.park_keys), len(cluster.segment_keys)
    tenants = firms[firms.is_tenant()]
    cell = tenants.park_row * segments + tenants.segment
    local = firms[followed(firms)]
    return (
        tenants.sum_by_park_and_sector(np.ones(len(tenants))),
        tenants.sum_by_park_and_sector(tenants.headcount()),
        np.bincount(cell, minlength=parks * segments).reshape(parks, segments),
        np.bincount(local.segment, weights=local.weight, minlength=segments),
    )


def pay_operators(cluster) -> None:
    """Average public pay by results over each operator's parks in operation."""
    parks, operators = cluster.all(Park), cluster.all(Operator)
    running = (parks.fitted > 0).astype(float)
    count = np.bincount(parks.operator_row, running, minlength=len(operators))
    pay = np.bincount(parks.operator_row, parks.pay * running, minlength=len(operators))
    operators.performance_pay = pay / np.maximum(count, 1)
