"""Services: needs arise, platforms take up cases from the parks on their list, cases are done, needs lapse.

A firm has at most one open need of a kind; a second one while the first is open is the same case.
"""

import numpy as np

from sim.engine import rationing
from sim.engine.kernels import has_kernel
from sim.model.agents import District, Enterprise, Park, ServicePlatform
from sim.model.kernels import family
from sim.model.mechanisms import needs
from sim.model.status import Event
from sim.model.vocabulary import FINANCE, LEVEL_KINDS, NEEDS, TECHNOLOGY, TESTING

BY_KIND = {what: tuple(f"{what}_{name}" for name in NEEDS) for what in ("raised", "taken", "served", "lapsed")}


def arise(cluster, tenants: Enterprise) -> None:
    """Needs arise, and are counted."""
    firm, kind = new_needs(cluster, tenants)
    _count(cluster, "raised", tenants[firm], kind)


@has_kernel("sim.model.kernels.services:new_needs", family)
def new_needs(cluster, tenants: Enterprise) -> tuple[np.ndarray, np.ndarray]:
    """New needs this month, by kind: Poisson, more often in the first two years. Returns (firm, kind), both (m,).

    firm, here and below: position in the cohort.
    """
    chance = cluster.known("need_chances", lambda: needs.chances(cluster.parameters.service))
    early = (tenants.tenure() < needs.EARLY).astype(np.int64)
    luck = cluster.draw(tuple(f"need_{name}" for name in NEEDS), tenants)  # (kinds, n)
    kind, firm = np.divmod(np.flatnonzero(luck < chance.max(axis=1, keepdims=True)), len(tenants))
    some = np.flatnonzero(luck[kind, firm] < chance[kind, early[firm]])
    cells = firm[some] * len(NEEDS) + kind[some]
    idle = (tenants.need_since.ravel()[cells] < 0) & (tenants.need_due.ravel()[cells] < 0)
    tenants.put("need_since", cells[idle], np.int32(cluster.now))
    return np.divmod(cells[idle], len(NEEDS))


def lapse(cluster, tenants: Enterprise) -> None:
    """Needs that waited too long are given up."""
    firm, kind = clear(cluster, tenants, "need_since", cluster.now - cluster.parameters.service.give_up_months)
    _count(cluster, "lapsed", tenants[firm], kind, Event.GAVE_UP)


@has_kernel("sim.model.kernels.services:clear", family)
def clear(cluster, tenants: Enterprise, name: str, latest: float) -> tuple[np.ndarray, np.ndarray]:
    """Empty the dates of a column (n, kinds) that are not later than a month. Returns (firm, kind) of these, both (m,)."""
    dates = getattr(tenants, name)
    cells = np.flatnonzero((dates >= 0) & (dates <= latest))
    tenants.put(name, cells, np.int32(-1))
    return np.divmod(cells, len(NEEDS))


def take_up(cluster, tenants: Enterprise) -> None:
    """Platforms take up cases, and these are counted."""
    platforms, parks, tally = cluster.all(ServicePlatform), cluster.all(Park), cluster.tally
    platforms.taken = np.zeros(len(platforms), np.int64)
    if not len(platforms):
        return
    firm, kind, by, waited, paid = taken_up(cluster, tenants)
    at = tenants[firm]
    own, cell = parks.own_list[at.park_row, by], tally.cell_of(at)
    platforms.taken = np.bincount(by[own & ~paid], minlength=len(platforms))
    tally.add("taken", cell)
    tally.add("wait_months", cell, waited)
    tally.add("taken_by_policy", cell, ~own & ~paid)
    if paid.any():
        tally.add("vouchers", cell, paid)
    tally.add_each(BY_KIND["taken"], cell, kind)


@has_kernel("sim.model.kernels.services:taken_up", family)
def taken_up(cluster, tenants: Enterprise) -> tuple[np.ndarray, ...]:
    """Waiting cases that a platform takes up: they wait no longer, and are done some months later.

    Returns (firm, kind, platform, months waited, paid by voucher), all (m,).
    """
    firm, kind, by, paid = matched(cluster, tenants)
    at, cells = tenants[firm], firm * len(NEEDS) + kind
    waited = cluster.now - at.need_since[np.arange(len(at)), kind]
    months = np.floor(cluster.all(ServicePlatform).case_months()[by] + cluster.draw("process_time", at))
    tenants.put("need_since", cells, np.int32(-1))
    tenants.put("need_due", cells, cluster.now + months.astype(np.int32))
    tenants.put("need_platform", cells, by.astype(np.int16))
    if paid.any():
        spent = np.bincount(firm[paid], minlength=len(tenants)).astype(np.int16)
        tenants.vouchers_used = tenants.vouchers_used + spent
    return firm, kind, by, waited, paid


def matched(cluster, tenants: Enterprise) -> tuple[np.ndarray, ...]:
    """Waiting cases that find a platform, the oldest first, within capacity; each case prefers the better platform.

    Returns (firm, kind, platform, paid by voucher), all (m,).
    """
    platforms, parks = cluster.all(ServicePlatform), cluster.all(Park)
    waiting = np.flatnonzero(tenants.need_since >= 0)
    firm, kind = np.divmod(waiting, len(NEEDS))
    sector, park = tenants.sector, tenants.park_row
    choices = platforms.by_choice(parks.service_list)[kind, sector[firm], park[firm]]
    paid = with_voucher(tenants, firm, kind)
    if paid.any():
        everywhere = platforms.by_choice(np.ones_like(parks.service_list))
        unlisted = everywhere[kind, sector[firm], park[firm]]  # at least as many as on the list
        choices = np.pad(choices, ((0, 0), (0, unlisted.shape[1] - choices.shape[1])), constant_values=-1)
        choices = np.where(paid[:, None], unlisted, choices)
    since, tie = tenants.need_since.ravel()[waiting], cluster.draw("tie", tenants)[firm] + kind
    taken = rationing.allocate(choices, np.ones_like(choices), since, tie, platforms.places())
    served = np.flatnonzero(taken >= 0)
    return firm[served], kind[served], taken[served], paid[served]


def with_voucher(tenants: Enterprise, firm: np.ndarray, kind: np.ndarray) -> np.ndarray:
    """Return True for waiting cases with a voucher: technology first, then testing, as far as vouchers go.

    firm, kind (m,): position in the cohort and kind of need. Such a case may go to any platform that fits.
    """
    left = tenants.vouchers_left()
    if not left.any():
        return np.zeros(len(firm), bool)
    before = (kind == TESTING) & (tenants.need_since[:, TECHNOLOGY] >= 0)[firm]
    return ((kind == TECHNOLOGY) | (kind == TESTING)) & (left[firm] > before)


def finish(cluster, tenants: Enterprise) -> None:
    """Cases are done, and finance may come with them."""
    firm, kind = done_cases(cluster, tenants)
    done = tenants[firm]
    bundle(cluster, done[kind == TECHNOLOGY])
    _count(cluster, "served", done, kind, Event.SERVED)


@has_kernel("sim.model.kernels.services:done_cases", family)
def done_cases(cluster, tenants: Enterprise) -> tuple[np.ndarray, np.ndarray]:
    """Cases that are done help where they should, for their platform's quality. Returns (firm, kind), both (m,)."""
    p, quality = cluster.parameters.service, cluster.all(ServicePlatform).quality
    firm, kind, gain = *clear(cluster, tenants, "need_due", cluster.now), needs.level_gain(p)
    tenants.put("helped_until", firm * len(NEEDS) + kind, np.int32(cluster.now + int(p.helped_months)))
    for number in LEVEL_KINDS:
        lifted = tenants[firm[kind == number]]
        lifted.gained = needs.gained(lifted.gained, gain, quality[lifted.need_platform[:, number]], p)
    return firm, kind


def bundle(cluster, served: Enterprise) -> None:
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


def _count(cluster, what, at, kind, event=None):
    """Count cases by kind, and put them into the log. at: the firms, one for each case; kind (m,)."""
    if cluster.tally.wants(BY_KIND[what]):
        cluster.tally.add_each(BY_KIND[what], cluster.tally.cell_of(at), kind)
    if event is not None:
        cluster.log.add(cluster.now, event, at, amount=kind)
