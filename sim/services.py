"""Services: needs arise, platforms take up cases from the parks on their list, cases are done, needs lapse.

A firm has at most one open need of a kind; a second one while the first is open is the same case.
"""

import numpy as np

from sim.agents import District, Park, ServicePlatform
from sim.agents.status import Event
from sim.mechanisms import rationing
from sim.mechanisms.survival import probability
from sim.parameters import NEEDS

TECHNOLOGY, TESTING, FINANCE = (NEEDS.index(name) for name in ("technology", "testing", "finance"))
LEVEL_KINDS = (TECHNOLOGY, NEEDS.index("market"))
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
    platforms.taken = np.zeros(len(platforms), np.int64)
    since = tenants.need_since.ravel()
    waiting = np.flatnonzero(since >= 0)
    if not len(platforms) or not waiting.size:
        return
    firm, kind = np.divmod(waiting, kinds)
    sector, park = tenants.sector, tenants.park_row
    choices = _platforms_by_choice(cluster, platforms, parks.service_list)[kind, sector[firm], park[firm]]
    paid = with_voucher(tenants, firm, kind)
    if paid.any():
        everywhere = _platforms_by_choice(cluster, platforms, np.ones_like(parks.service_list))
        unlisted = everywhere[kind, sector[firm], park[firm]]  # at least as many as on the list
        choices = np.pad(choices, ((0, 0), (0, unlisted.shape[1] - choices.shape[1])), constant_values=-1)
        choices = np.where(paid[:, None], unlisted, choices)
    tie = cluster.draw("tie", tenants)[firm] + kind
    taken = rationing.allocate(choices, np.ones_like(choices), since[waiting], tie, platforms.places())
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
    listed, paid = parks.own_list[park[firm], by], paid[served]
    platforms.taken = np.bincount(by[listed & ~paid], minlength=len(platforms))
    cluster.tally.add("taken_by_policy", cell, ~listed & ~paid)
    if paid.any():
        spent = np.bincount(firm[paid], minlength=len(tenants)).astype(np.int16)
        tenants.vouchers_used = tenants.vouchers_used + spent
        cluster.tally.add("vouchers", cell, paid)
    cluster.tally.add_each([f"taken_{name}" for name in NEEDS], cell, kind)


def with_voucher(tenants, firm, kind):
    """Which waiting cases have a voucher behind them: of technology first, then of testing, as far as vouchers go.

    firm, kind (m,): position in the cohort and kind of need. Such a case may go to any platform that fits.
    """
    left = tenants.vouchers_left()
    if not left.any():
        return np.zeros(len(firm), bool)
    before = (kind == TESTING) & (tenants.need_since[:, TECHNOLOGY] >= 0)[firm]
    return ((kind == TECHNOLOGY) | (kind == TESTING)) & (left[firm] > before)


def _platforms_by_choice(cluster, platforms, lists):
    """Platforms that can serve a case, best first, -1 after the last (kinds, sectors, parks, most platforms).

    lists (parks, platforms) bool: whose service list reaches which park.
    """
    asked, known = (platforms.quality.tobytes(), lists.tobytes()), cluster.derived.setdefault("choices", {})
    if asked in known:  # lists rarely change from month to month
        return known[asked]
    best = np.lexsort((platforms.ident, -platforms.quality))
    of_kind = platforms.kind[best] == np.arange(len(NEEDS))[:, None, None, None]
    fitting = of_kind & platforms.fits.T[:, None, best] & lists[:, best]
    place = np.cumsum(fitting, axis=-1) - 1
    choices = np.full((*fitting.shape[:-1], max(int(place.max()) + 1, 1)), -1)
    *case, platform = np.nonzero(fitting)
    choices[(*case, place[fitting])] = best[platform]
    if len(known) > 3:
        known.clear()
    known[asked] = choices
    return choices


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
    bundle(cluster, tenants[firm[kind == TECHNOLOGY]])
    lifted = tenants[np.unique(firm)]
    lifted.gained = np.minimum(lifted.gained, p.level_cap)
    _count(cluster, "served", tenants, done, Event.SERVED)


def bundle(cluster, served):
    """Firms whose technology case is done get help from finance with it, where technology and finance go together.

    Only where the district has a finance platform for their sector; the park's list does not matter.
    """
    share = cluster.all(District).bundled[0]
    if not share:
        return
    platforms = cluster.all(ServicePlatform)
    fitting = platforms.fits[platforms.kind == FINANCE].any(axis=0)
    chosen = served[(cluster.draw("bundle", served) < share) & fitting[served.sector]]
    until = np.int32(cluster.now + int(cluster.parameters.service.helped_months))
    chosen.put("helped_until", np.arange(len(chosen)) * len(NEEDS) + FINANCE, until)
    cluster.tally.count("bundled", chosen)


def _count(cluster, what, tenants, cells, event=None):
    """Count cases by kind, and put them into the log. cells: positions in (n, kinds), flattened."""
    firm, kind = np.divmod(cells, len(NEEDS))
    at = tenants[firm]
    cluster.tally.add_each([f"{what}_{name}" for name in NEEDS], cluster.tally.cell_of(at), kind)
    if event is not None:
        cluster.log.add(cluster.now, event, at, amount=kind)
