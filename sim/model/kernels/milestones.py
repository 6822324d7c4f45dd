"""Rare events of a firm's life, compiled: twins of rules in sim.model.phases.milestones. Whom luck spares needs no hazard."""

import numpy as np

from sim.engine.kernels.draws import keys_of, uniform
from sim.engine.kernels.kernel import kernel
from sim.model.agents import Park
from sim.model.agents.enterprise import INCUBATING
from sim.model.mechanisms.adaptation import by_grade
from sim.model.phases.milestones import acquisition_chance
from sim.model.vocabulary import NEEDS

FINANCE, TESTING = NEEDS.index("finance"), NEEDS.index("testing")


def find_investors(cluster, firms):
    """See the readable rule."""
    p, data = cluster.parameters.funding, firms.table.data
    by_operator = by_grade(cluster.all(Park).capability(), p.grade_multiplier)
    pull = firms.of_district("finance_pull")
    numbers = p.round_hazard / 12, p.quality_weight, p.finance_service, pull, p.grant_multiplier
    return _find_investors(
        firms.rows, keys_of(cluster, "round")[0], cluster.now, np.append(by_operator, 1.0), numbers,
        *(data[name] for name in ("luck", "quality", "park_row", "granted")), data["helped_until"][:, FINANCE],
    )  # fmt: skip


def see_incubatees(cluster, firms, revenue):
    """See the readable rule."""
    p, growth, data = cluster.parameters.graduating, cluster.parameters.growth, firms.table.data
    filing = growth.patents_per_year / 12, growth.patents_quality
    testing = p.certificate_hazard / 12, p.certificate_quality, float(p.certificate_age)
    service = cluster.parameters.service.testing_patents
    return _see_incubatees(
        firms.rows, keys_of(cluster, "patent", "certificate", "acquisition"), cluster.now, INCUBATING, revenue, filing,
        testing, service, float(acquisition_chance(cluster)), data["past_revenue"],
        *(data[name] for name in ("luck", "status", "quality", "founded_on")), data["helped_until"][:, TESTING],
    )  # fmt: skip


@kernel
def _drawn(rows, luck, key):
    """A uniform for each row: a loop that fetches, then one of neighbours, which runs on vector instructions."""
    mine, drawn = np.empty(len(rows), np.uint64), np.empty(len(rows))
    for k in range(len(rows)):
        mine[k] = luck[np.uint64(rows[k])]
    for k in range(len(rows)):
        drawn[k] = uniform(mine[k], key)
    return drawn


@kernel
def _likely(rows, drawn, quality, base, weight):
    """Positions where a draw is below the hazard base exp(weight quality), or a little above: it alone has to be worked out.

    (1 - x / 8)^-8 is never below exp x, and needs no exponential.
    """
    likely, n = np.empty(len(rows), np.int64), 0
    for k in range(len(rows)):
        root = max(1 - weight * quality[np.uint64(rows[k])] / 8, 0.0)
        root *= root
        root *= root
        if drawn[k] * (root * root) < base:
            likely[n] = k
            n += 1
    return likely[:n]


@kernel
def _find_investors(rows, key, now, by_operator, numbers, luck, quality, park_row, granted, helped_until):
    base, weight, service, pull, grant = numbers
    most = base * by_operator.max() * max(service, 1.0) * max(pull, 1.0) * max(grant, 1.0)
    drawn, found, n = _drawn(rows, luck, key), np.empty(len(rows), np.int64), 0
    for k in _likely(rows, drawn, quality, most * np.exp(-weight * weight / 2), weight):
        i = rows[k]
        hazard = base * np.exp(weight * quality[i] - weight * weight / 2) * by_operator[park_row[i]]
        if helped_until[i] >= now:
            hazard *= service
        if park_row[i] >= 0:
            hazard *= pull
        if granted[i]:
            hazard *= grant
        if drawn[k] < -np.expm1(-hazard):
            found[n] = k
            n += 1
    return found[:n]


@kernel
def _see_incubatees(
    rows, keys, now, incubating, revenue, filing, testing, service, sale, past_revenue, luck, status, quality,
    founded_on, helped_until,
):  # fmt: skip
    inside, m, month = np.empty(len(rows), np.int64), 0, now % past_revenue.shape[1]
    for k in range(len(rows)):
        inside[m] = k
        m += status[np.uint64(rows[k])] == incubating
    inside = inside[:m]
    for k in inside:
        past_revenue[rows[k], month] = revenue[k]
    rows = rows[inside]
    filed, certified, sold = np.empty((2, m), np.int64), np.empty(m, np.int64), np.empty(m, np.int64)
    inventive = passed = sales = 0

    base, weight = filing
    drawn = _drawn(rows, luck, keys[0])
    for k in _likely(rows, 1 - drawn, quality, base * max(service, 1.0), weight):  # 1 - exp(-rate) is below the rate
        i, u, count = rows[k], drawn[k], 0
        rate = base * np.exp(weight * quality[i])
        if helped_until[i] >= now:
            rate *= service
        term = total = np.exp(-rate)
        while u > total and term > 0:
            count += 1
            term *= rate / count
            total += term
        if count:
            filed[0, inventive], filed[1, inventive] = inside[k], count
            inventive += 1

    base, weight, age = testing
    drawn = _drawn(rows, luck, keys[1])
    for k in _likely(rows, drawn, quality, base * max(service, 1.0) * np.exp(-weight * weight / 2), weight):
        i = rows[k]
        hazard = base * np.exp(weight * quality[i] - weight * weight / 2)
        if helped_until[i] >= now:
            hazard *= service
        if drawn[k] < -np.expm1(-hazard) and now - founded_on[i] >= age:
            certified[passed] = inside[k]
            passed += 1

    drawn = _drawn(rows, luck, keys[2])
    for k in range(m):
        if drawn[k] < sale:
            sold[sales] = inside[k]
            sales += 1
    return filed[0, :inventive], filed[1, :inventive], certified[:passed], sold[:sales]
