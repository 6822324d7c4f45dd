"""Rare events of a firm's life in compiled passes: one that lists whom luck may meet, and one over those few."""

import numpy as np

from sim.engine.distributions import lognormal
from sim.engine.kernels.draws import poisson
from sim.engine.kernels.kernel import as_tuple, kernel
from sim.engine.quantity import either
from sim.model.agents import Enterprise, Park
from sim.model.mechanisms import adaptation, milestones, survival
from sim.model.vocabulary import NEEDS

FINANCE, TESTING = NEEDS.index("finance"), NEEDS.index("testing")


def find_investors(cluster, firms: Enterprise, luck: np.ndarray, most: float) -> np.ndarray:
    """Do what the readable rule does."""
    p, data = cluster.parameters.funding, firms.table.data
    by_operator = np.append(adaptation.by_grade(cluster.all(Park).capability(), p.grade_multiplier), 1.0)
    pulls = 1.0, float(firms.of_district("finance_pull"))
    columns = (data[name] for name in ("quality", "park_row", "granted", "helped_until"))
    return _find_investors(firms.rows, luck, most, cluster.now, as_tuple(p), by_operator, pulls, *columns)


def file_patents(cluster, firms: Enterprise, luck: np.ndarray, most: float) -> tuple[np.ndarray, np.ndarray]:
    """Do what the readable rule does."""
    p, data = cluster.parameters, firms.table.data
    columns = (data[name] for name in ("quality", "helped_until"))
    return _file_patents(firms.rows, luck, most, cluster.now, as_tuple(p.growth), as_tuple(p.service), *columns)


def earn_certificate(cluster, firms: Enterprise, luck: np.ndarray, most: float) -> np.ndarray:
    """Do what the readable rule does."""
    p, data = cluster.parameters, firms.table.data
    columns = (data[name] for name in ("quality", "helped_until", "founded_on"))
    return _earn_certificate(firms.rows, luck, most, cluster.now, as_tuple(p.graduating), as_tuple(p.service), *columns)


@kernel
def _below(luck, most):
    """Positions of luck below a number."""
    found, n = np.empty(len(luck), np.int64), 0
    for k in range(len(luck)):
        found[n] = k
        n += luck[k] < most
    return found[:n]


@kernel(calls=(survival.probability,), inline="always")
def _happens(luck, hazard):
    """True where luck is below the chance, which is never above the hazard."""
    return luck < hazard and luck < survival.probability(hazard)


@kernel(calls=(milestones.round_hazard, lognormal, either))
def _find_investors(rows, luck, most, now, p, by_operator, pulls, quality, park_row, granted, helped_until):
    found, n = np.empty(len(rows), np.int64), 0
    for k in _below(luck, most):
        i = rows[k]
        helped, pull = helped_until[i, FINANCE] >= now, pulls[1] if park_row[i] >= 0 else pulls[0]
        hazard = milestones.round_hazard(quality[i], by_operator[park_row[i]], helped, pull, granted[i], p)
        if _happens(luck[k], hazard):
            found[n] = k
            n += 1
    return found[:n]


@kernel(calls=(milestones.patent_rate, either))
def _file_patents(rows, luck, most, now, p, service, quality, helped_until):
    found, filed, n = np.empty(len(rows), np.int64), np.empty(len(rows), np.int64), 0
    for k in _below(1 - luck, most):
        i = rows[k]
        count = poisson(luck[k], milestones.patent_rate(quality[i], helped_until[i, TESTING] >= now, p, service))
        if count:
            found[n], filed[n] = k, count
            n += 1
    return found[:n], filed[:n]


@kernel(calls=(milestones.certificate_hazard, lognormal, either))
def _earn_certificate(rows, luck, most, now, p, service, quality, helped_until, founded_on):
    found, n = np.empty(len(rows), np.int64), 0
    for k in _below(luck, most):
        i = rows[k]
        helped, age = helped_until[i, TESTING] >= now, now - founded_on[i]
        if _happens(luck[k], milestones.certificate_hazard(quality[i], helped, age, p, service)):
            found[n] = k
            n += 1
    return found[:n]
