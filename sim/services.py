"""Services: needs arise, platforms take up cases from the parks on their list, cases are done, needs lapse.

A firm has at most one open need of a kind; a second one while the first is open is the same case.
"""

import numpy as np

from sim.agents import District, Park, ServicePlatform
from sim.agents.status import Event
from sim.mechanisms import rationing
from sim.mechanisms.survival import probability
from sim.parameters import NEEDS
from sim.streams import key, uniform

LEVEL_KINDS = (NEEDS.index("technology"), NEEDS.index("market"))
EARLY = 24  # months of tenancy in which needs are more frequent


def arise(cluster, tenants):
    """New needs this month, by kind: Poisson, more often in the first two years."""
    p = cluster.parameters.service
    stage = np.where(tenants.tenure() < EARLY, p.early_needs, 1.0)
    since = tenants.need_since.copy()
    names = np.array([key(cluster.seed, f"need_{name}", cluster.now) for name in NEEDS], np.uint64)
    chance = probability(np.array(p.need_rate) / 12 * stage[:, None])
    new = (uniform(tenants.luck[:, None], names) < chance) & (since < 0) & (tenants.need_due < 0)
    since[new] = cluster.now
    tenants.need_since = since
    _count(cluster, "raised", tenants, new)


def lapse(cluster, tenants):
    """Needs that waited too long are given up."""
    since = tenants.need_since.copy()
    old = (since >= 0) & (cluster.now - since >= cluster.parameters.service.give_up_months)
    since[old] = -1
    tenants.need_since = since
    _count(cluster, "lapsed", tenants, old, Event.GAVE_UP)


def take_up(cluster, tenants):
    """Platforms take up waiting cases, the oldest first, within capacity; each case prefers the better platform."""
    platforms, parks = cluster.all(ServicePlatform), cluster.all(Park)
    firm, kind = np.nonzero(tenants.need_since >= 0)
    if not len(platforms) or not firm.size:
        return
    fitting = platforms.kind == kind[:, None]
    fitting &= platforms.fits.T[tenants.sector[firm]] & parks.service_list[tenants.park_row[firm]]
    best = np.lexsort((platforms.ident, -platforms.quality))
    choices = np.where(fitting[:, best], best, -1)
    choices = np.take_along_axis(choices, np.argsort(choices < 0, axis=1, kind="stable"), axis=1)
    waits = tenants.need_since[firm, kind][:, None].astype(float)
    tie = cluster.draw("tie", tenants)[firm] + kind
    one = np.ones_like(choices)
    taken = rationing.allocate(choices, one, np.broadcast_to(waits, choices.shape), tie, platforms.places())
    served = np.flatnonzero(taken >= 0)
    firm, kind, by = firm[served], kind[served], taken[served]
    speed = platforms.process_months()[by] * cluster.all(District).process_speed[0]
    months = np.floor(speed + cluster.draw("process_time", tenants)[firm])
    since, due, platform = tenants.need_since.copy(), tenants.need_due.copy(), tenants.need_platform.copy()
    waited = cluster.now - since[firm, kind]
    since[firm, kind], due[firm, kind], platform[firm, kind] = -1, cluster.now + months.astype(np.int32), by
    tenants.need_since, tenants.need_due, tenants.need_platform = since, due, platform
    at = tenants[firm]
    cluster.tally.count("taken", at)
    cluster.tally.count("wait_months", at, waited)
    by_policy = ~parks.own_list[at.park_row, by]
    cluster.tally.count("taken_by_policy", at, by_policy)
    cluster.tally.add_each([f"taken_{name}" for name in NEEDS], cluster.tally.cell_of(at), kind, None)


def finish(cluster, tenants):
    """Cases that are done help where they should, for their platform's quality."""
    p, due = cluster.parameters.service, tenants.need_due.copy()
    quality = cluster.all(ServicePlatform).quality
    done = (due >= 0) & (due <= cluster.now)
    helped, gained = tenants.helped_until.copy(), tenants.gained.copy()
    helped[done] = cluster.now + int(p.helped_months)
    full_year = sum(p.need_rate[kind] for kind in LEVEL_KINDS)
    for kind in LEVEL_KINDS:
        some = done[:, kind]
        gained[some] += p.level_gain / full_year * quality[tenants.need_platform[some, kind]]
    due[done] = -1
    tenants.need_due, tenants.helped_until, tenants.gained = due, helped, np.minimum(gained, p.level_cap)
    _count(cluster, "served", tenants, done, Event.SERVED)


def _count(cluster, what, tenants, cases, event=None):
    """Count cases (n, kinds) by kind, and put them into the log."""
    firm, kind = np.nonzero(cases)
    at = tenants[firm]
    cluster.tally.add_each([f"{what}_{name}" for name in NEEDS], cluster.tally.cell_of(at), kind, None)
    if event is not None:
        cluster.log.add(cluster.now, event, at, amount=kind)
