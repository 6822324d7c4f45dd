"""Rare events of a firm's life, compiled: twins of rules in sim.milestones. Whom luck spares needs no hazard."""

import numpy as np
from numba import njit

from sim.agents import Park
from sim.compiled.luck import uniform
from sim.mechanisms.adaptation import by_grade
from sim.parameters import NEEDS
from sim.streams import key

FINANCE, TESTING = NEEDS.index("finance"), NEEDS.index("testing")


def find_investors(cluster, firms):
    """See the readable rule."""
    p, data = cluster.parameters.funding, firms.table.data
    by_operator = by_grade(cluster.all(Park).capability(), p.grade_multiplier)
    numbers = (
        p.round_hazard / 12,
        p.quality_weight,
        p.finance_service,
        firms.of_district("finance_pull"),
        p.grant_multiplier,
    )
    return _find_investors(
        firms.rows, _key(cluster, "round"), cluster.now, np.append(by_operator, 1.0), numbers,
        *(data[name] for name in ("luck", "quality", "park_row", "granted")), data["helped_until"][:, FINANCE],
    )  # fmt: skip


def file_patents(cluster, firms):
    """See the readable rule."""
    p, data = cluster.parameters.growth, firms.table.data
    numbers = (p.patents_per_year / 12, p.patents_quality, cluster.parameters.service.testing_patents)
    return _file_patents(
        firms.rows,
        _key(cluster, "patent"),
        cluster.now,
        numbers,
        data["luck"],
        data["quality"],
        data["helped_until"][:, TESTING],
    )


def pass_tests(cluster, firms):
    """See the readable rule."""
    p, data = cluster.parameters.graduating, firms.table.data
    numbers = (
        p.certificate_hazard / 12, p.certificate_quality, cluster.parameters.service.testing_patents, float(p.certificate_age)
    )  # fmt: skip
    columns = [data[name] for name in ("luck", "quality", "founded_on")]
    return _pass_tests(
        firms.rows, _key(cluster, "certificate"), cluster.now, numbers, *columns, data["helped_until"][:, TESTING]
    )


def _key(cluster, decision):
    return np.uint64(key(cluster.seed, decision, cluster.now))


@njit(cache=True, error_model="numpy")
def _best(rows, quality, weight):
    """The most that founder quality multiplies a hazard by, in logs."""
    best = 0.0
    for i in rows:
        best = max(best, weight * quality[i])
    return best


@njit(cache=True, error_model="numpy")
def _find_investors(rows, key, now, by_operator, numbers, luck, quality, park_row, granted, helped_until):
    base, weight, service, pull, grant = numbers
    most = (
        base
        * np.exp(_best(rows, quality, weight))
        * by_operator.max()
        * max(service, 1.0)
        * max(pull, 1.0)
        * max(grant, 1.0)
    )
    found, n = np.empty(len(rows), np.int64), 0
    for k in range(len(rows)):
        i = rows[k]
        u = uniform(luck[i], key)
        if u >= most:
            continue
        hazard = base * np.exp(weight * quality[i] - weight * weight / 2) * by_operator[park_row[i]]
        if helped_until[i] >= now:
            hazard *= service
        if park_row[i] >= 0:
            hazard *= pull
        if granted[i]:
            hazard *= grant
        if u < -np.expm1(-hazard):
            found[n] = k
            n += 1
    return found[:n]


@njit(cache=True, error_model="numpy")
def _file_patents(rows, key, now, numbers, luck, quality, helped_until):
    base, weight, testing = numbers
    most = base * np.exp(_best(rows, quality, weight)) * max(testing, 1.0)
    filed = np.zeros(len(rows), np.int64)
    for k in range(len(rows)):
        i = rows[k]
        u = uniform(luck[i], key)
        if u <= 1 - most:  # none has a chance of exp(-rate), which is never below 1 - rate
            continue
        rate = base * np.exp(weight * quality[i])
        if helped_until[i] >= now:
            rate *= testing
        term = total = np.exp(-rate)
        while u > total and term > 0:
            filed[k] += 1
            term *= rate / filed[k]
            total += term
    return filed


@njit(cache=True, error_model="numpy")
def _pass_tests(rows, key, now, numbers, luck, quality, founded_on, helped_until):
    base, weight, testing, age = numbers
    most = base * np.exp(_best(rows, quality, weight)) * max(testing, 1.0)
    found, n = np.empty(len(rows), np.int64), 0
    for k in range(len(rows)):
        i = rows[k]
        u = uniform(luck[i], key)
        if u >= most or now - founded_on[i] < age:
            continue
        hazard = base * np.exp(weight * quality[i] - weight * weight / 2)
        if helped_until[i] >= now:
            hazard *= testing
        if u < -np.expm1(-hazard):
            found[n] = k
            n += 1
    return found[:n]
