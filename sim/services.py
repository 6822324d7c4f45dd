"""Services: needs arise, platforms take up cases from the parks on their list, cases are done, needs lapse.

A firm has at most one open need of a kind; a second one while the first is open is the same case.
"""

import numpy as np

from sim.agents import District, Park, ServicePlatform
from sim.agents.status import Event
from sim.mechanisms import rationing
from sim.mechanisms.survival import probability
from sim.parameters import NEEDS

LEVEL_KINDS = (NEEDS.index("technology"), NEEDS.index("market"))
EARLY = 24  # months of tenancy in which needs are more frequent


def arise(cluster, tenants):
    """New needs this month, by kind: Poisson, more often in the first two years."""
    p, kinds = cluster.parameters.service, len(NEEDS)
    stages = np.array([1.0, p.early_needs])
    chance = probability(np.array(p.need_rate)[:, None] / 12 * stages)  # (kinds, stages)
    early = (tenants.tenure() < EARLY).astype(np.int64)
    luck = cluster.draw(tuple(f"need_{name}" for name in NEEDS), tenants)  # (kinds, n)
    kind, firm = np.divmod(np.flatnonzero(luck < chance.max(axis=1, keepdims=True)), len(tenants))
    some = np.flatnonzero(luck[kind, firm] < chance[kind, early[firm]])
    cells = firm[some] * kinds + kind[some]
    idle = (tenants.need_since.ravel()[cells] < 0) & (tenants.need_due.ravel()[cells] < 0)
    new = cells[idle]
    tenants.put("need_since", new, np.int32(cluster.now))
    _count(cluster, "raised", tenants, new)


def lapse(cluster, tenants):
    """Needs that waited too long are given up."""
    since = tenants.need_since
    old = np.flatnonzero((since >= 0) & (since <= cluster.now - cluster.parameters.service.give_up_months))
    tenants.put("need_since", old, np.int32(-1))
    _count(cluster, "lapsed", tenants, old, Event.GAVE_UP)


def take_up(cluster, tenants):
    """Platforms take up waiting cases, the oldest first, within capacity; each case prefers the better platform."""
    platforms, parks, kinds = cluster.all(ServicePlatform), cluster.all(Park), len(NEEDS)
    since = tenants.need_since.ravel()
    waiting = np.flatnonzero(since >= 0)
    if not len(platforms) or not waiting.size:
        return
    firm, kind = np.divmod(waiting, kinds)
    sector, park = tenants.sector, tenants.park_row
    choices = _platforms_by_choice(cluster, platforms, parks)[kind, sector[firm], park[firm]]
    tie = cluster.draw("tie", tenants)[firm] + kind
    taken = rationing.allocate(choices, np.ones_like(choices), since[waiting].astype(float), tie, platforms.places())
    served = np.flatnonzero(taken >= 0)
    cells, firm, kind, by = waiting[served], firm[served], kind[served], taken[served]
    speed = platforms.process_months()[by] * cluster.all(District).process_speed[0]
    at = tenants[firm]
    months = np.floor(speed + cluster.draw("process_time", at))
    waited = cluster.now - since[cells]
    tenants.put("need_since", cells, np.int32(-1))
    tenants.put("need_due", cells, cluster.now + months.astype(np.int32))
    tenants.put("need_platform", cells, by.astype(np.int16))
    cell = cluster.tally.cell_of(at)
    cluster.tally.add("taken", cell)
    cluster.tally.add("wait_months", cell, waited)
    cluster.tally.add("taken_by_policy", cell, ~parks.own_list[park[firm], by])
    cluster.tally.add_each([f"taken_{name}" for name in NEEDS], cell, kind)


def _platforms_by_choice(cluster, platforms, parks):
    """Platforms that can serve a case, best first, -1 after the last (kinds, sectors, parks, most platforms)."""
    asked = (platforms.quality.tobytes(), parks.service_list.tobytes())
    if cluster.derived.get("choice_asked") != asked:  # lists rarely change from month to month
        best = np.lexsort((platforms.ident, -platforms.quality))
        of_kind = platforms.kind[best] == np.arange(len(NEEDS))[:, None, None, None]
        fitting = of_kind & platforms.fits.T[:, None, best] & parks.service_list[:, best]
        place = np.cumsum(fitting, axis=-1) - 1
        choices = np.full((*fitting.shape[:-1], max(int(place.max()) + 1, 1)), -1)
        *case, platform = np.nonzero(fitting)
        choices[(*case, place[fitting])] = best[platform]
        cluster.derived |= {"choice_asked": asked, "choice": choices}
    return cluster.derived["choice"]


def finish(cluster, tenants):
    """Cases that are done help where they should, for their platform's quality."""
    p, due, kinds = cluster.parameters.service, tenants.need_due, len(NEEDS)
    done = np.flatnonzero((due >= 0) & (due <= cluster.now))
    firm, kind = np.divmod(done, kinds)
    tenants.put("helped_until", done, np.int32(cluster.now + int(p.helped_months)))
    tenants.put("need_due", done, np.int32(-1))
    quality = cluster.all(ServicePlatform).quality
    if not done.size:
        _count(cluster, "served", tenants, done)
        return
    full_year = sum(p.need_rate[kind] for kind in LEVEL_KINDS)
    for number in LEVEL_KINDS:
        some = np.flatnonzero(kind == number)
        lifted = tenants[firm[some]]
        gain = p.level_gain / full_year * quality[lifted.need_platform[:, number]]
        lifted.gained = lifted.gained + gain
    lifted = tenants[np.unique(firm)]
    lifted.gained = np.minimum(lifted.gained, p.level_cap)
    _count(cluster, "served", tenants, done, Event.SERVED)


def _count(cluster, what, tenants, cells, event=None):
    """Count cases by kind, and put them into the log. cells: positions in (n, kinds), flattened."""
    firm, kind = np.divmod(cells, len(NEEDS))
    at = tenants[firm]
    cluster.tally.add_each([f"{what}_{name}" for name in NEEDS], cluster.tally.cell_of(at), kind)
    if event is not None:
        cluster.log.add(cluster.now, event, at, amount=kind)
