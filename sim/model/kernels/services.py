"""Needs, queues and cases in compiled passes: only cells in which something happens are noted."""

import numpy as np

from sim.engine.kernels.draws import uniform
from sim.engine.kernels.kernel import as_tuple, kernel
from sim.engine.streams import keys
from sim.model.agents import Enterprise, Park, ServicePlatform
from sim.model.mechanisms import needs
from sim.model.vocabulary import LEVEL_KINDS, NEEDS, TECHNOLOGY, TESTING

FIRM_BIT, MONTH_BIT = 3, 40  # a case as one number: its kind, from these bits on its firm and its month
ARISING = tuple(f"need_{name}" for name in NEEDS)
NEED_COUNT = len(NEEDS)


def clear(cluster, tenants: Enterprise, name: str, latest: float) -> tuple[np.ndarray, np.ndarray]:
    """Do what the readable rule does."""
    return _clear(tenants.rows, tenants.table.data[name], int(np.floor(latest)))


@kernel
def _clear(rows, dates, latest):
    n, last = 0, np.uint32(max(latest, 0))
    firm, kind = np.empty(len(rows) * NEED_COUNT, np.int64), np.empty(len(rows) * NEED_COUNT, np.int64)
    for k in range(len(rows)):
        i, some = rows[k], False
        for number in range(NEED_COUNT):  # without a branch; an empty date, -1, is a large number
            some |= np.uint32(dates[i, number]) <= last
        if some:
            for number in range(NEED_COUNT):
                if 0 <= dates[i, number] <= latest:
                    dates[i, number] = -1
                    firm[n], kind[n] = k, number
                    n += 1
    return firm[:n].copy(), kind[:n].copy()


def done_cases(cluster, tenants: Enterprise) -> tuple[np.ndarray, np.ndarray]:
    """Do what the readable rule does."""
    p, data, quality = cluster.parameters.service, tenants.table.data, cluster.all(ServicePlatform).quality
    columns = [data[name] for name in ("need_due", "need_platform", "helped_until", "gained")]
    return _done_cases(tenants.rows, cluster.now, as_tuple(p), needs.level_gain(p), quality, *columns)


@kernel(calls=(needs.gained,))
def _done_cases(rows, now, p, gain, quality, need_due, need_platform, helped_until, gained):
    firm, kind = _clear(rows, need_due, now)
    for k in range(len(firm)):
        i, number = rows[firm[k]], kind[k]
        helped_until[i, number] = now + np.int64(p.helped_months)
        if number in LEVEL_KINDS:
            gained[i] = needs.gained(gained[i], gain, quality[need_platform[i, number]], p)
    return firm, kind


def new_needs(cluster, tenants: Enterprise) -> tuple[np.ndarray, np.ndarray]:
    """Do what the readable rule does."""
    data, draws = tenants.table.data, keys(cluster.seed, ARISING, cluster.now)[:, 0]
    names = ("luck", "entered_on", "need_since", "need_due")
    chances = cluster.known("need_chances", lambda: needs.chances(cluster.parameters.service))
    return _new_needs(tenants.rows, cluster.now, needs.EARLY, draws, chances, *(data[name] for name in names))


@kernel
def _new_needs(rows, now, early, draws, chances, luck, entered_on, need_since, need_due):
    """Luck of all firms first, in a plain loop that the compiler turns into vector instructions; then the few with luck.

    These are listed without a branch, and a case is noted before it is known to be one: the next is written over it.
    """
    n = 0
    firm, kind = np.empty(len(rows) * NEED_COUNT, np.int64), np.empty(len(rows) * NEED_COUNT, np.int64)
    mine, u, some = luck[rows], np.empty(len(rows)), np.empty(len(rows), np.int32)
    for number in range(NEED_COUNT):
        for k in range(len(rows)):
            u[k] = uniform(mine[k], draws[number])
        most, found = chances[number].max(), 0
        for k in range(len(rows)):
            some[found] = k
            found += u[k] < most
        for k in some[:found]:
            i = rows[k]
            chance = chances[number, 1 if now - entered_on[i] < early else 0]
            firm[n], kind[n] = k, number
            if u[k] < chance and need_since[i, number] < 0 and need_due[i, number] < 0:
                need_since[i, number] = now
                n += 1
    return firm[:n].copy(), kind[:n].copy()


def taken_up(cluster, tenants: Enterprise) -> tuple[np.ndarray, ...]:
    """Do what the readable rule does. All platforms agree on who comes first, so cases can choose one after another."""
    data, platforms, parks = tenants.table.data, cluster.all(ServicePlatform), cluster.all(Park)
    listed = unlisted = platforms.by_choice(parks.service_list)
    vouchers = data["voucher_limit"].any()
    if vouchers:
        unlisted = platforms.by_choice(np.ones_like(parks.service_list))
    draws = keys(cluster.seed, ("tie", "process_time"), cluster.now)[:, 0]
    names = (
        "luck", "sector", "park_row", "voucher_limit", "vouchers_used", "need_since", "need_due", "need_platform",
    )  # fmt: skip
    return _taken_up(
        tenants.rows, cluster.now, draws, listed, unlisted, vouchers, platforms.kind, platforms.places(),
        platforms.case_months(), *(data[name] for name in names),
    )  # fmt: skip


@kernel
def _taken_up(
    rows, now, draws, listed, unlisted, vouchers, serves, left, months, luck, sector, park_row, voucher_limit,
    vouchers_used, need_since, need_due, need_platform,
):  # fmt: skip
    """The cases of one month after another, the oldest first. Luck orders those alone that still find a platform."""
    firm, kind, starts = _by_month(rows, need_since)
    by, paid, free = np.full(len(firm), -1), np.zeros(len(firm), np.bool_), np.empty(len(firm), np.int64)
    room = np.zeros(NEED_COUNT, np.int64)  # places left by kind: most kinds are soon full
    for platform in range(len(left)):
        room[serves[platform]] += left[platform]
    for month in range(len(starts) - 1):
        if not room.any():
            break
        looking = 0
        for case in range(starts[month], starts[month + 1]):
            i, number = rows[firm[case]], kind[case]
            if not room[number]:
                continue
            if vouchers and number in (TECHNOLOGY, TESTING):
                before = 1 if number == TESTING and need_since[i, TECHNOLOGY] >= 0 else 0
                paid[case] = voucher_limit[i] - vouchers_used[i] > before
            lists = unlisted if paid[case] else listed
            if _best(lists, number, sector[i], park_row[i], left) >= 0:
                free[looking] = case
                looking += 1
        ties = np.empty(looking)
        for k in range(looking):
            ties[k] = uniform(luck[rows[firm[free[k]]]], draws[0])
        for k in _in_order(ties):
            case = free[k]
            i = rows[firm[case]]
            lists = unlisted if paid[case] else listed
            by[case] = _best(lists, kind[case], sector[i], park_row[i], left)
            if by[case] >= 0:
                left[by[case]] -= 1
                room[kind[case]] -= 1
    taken = np.flatnonzero(by >= 0)
    firm, kind, by, paid, waited = firm[taken], kind[taken], by[taken], paid[taken], np.empty(len(taken), np.int64)
    for k in range(len(taken)):  # only now, for whether a case is paid depends on the firm's other case
        i, number = rows[firm[k]], kind[k]
        waited[k], need_since[i, number] = now - need_since[i, number], -1
        need_due[i, number] = now + np.int64(np.floor(months[by[k]] + uniform(luck[i], draws[1])))
        need_platform[i, number] = by[k]
        vouchers_used[i] += paid[k]
    return firm, kind, by, waited, paid


@kernel(inline="always")
def _best(lists, kind, sector, park, left):
    """The first platform of a case's list that has a place left, -1 if none has."""
    for k in range(lists.shape[3]):
        platform = lists[np.uint64(kind), np.uint64(sector), np.uint64(park), k]
        if platform < 0 or left[platform] > 0:
            return platform
    return -1


@kernel
def _in_order(draws):
    """Positions of draws (n,), the smallest first: being uniform, they are nearly in order once put into n baskets."""
    n, order = len(draws), np.empty(len(draws), np.int64)
    place = np.zeros(n + 1, np.int64)
    for u in draws:
        place[np.uint64(u * n) + np.uint64(1)] += 1
    place = np.cumsum(place)
    for k in range(n):
        basket = np.uint64(draws[k] * n)
        order[place[basket]] = k
        place[basket] += 1
    for end in range(1, n):
        k, at = order[end], end
        while at and draws[order[at - 1]] > draws[k]:
            order[at] = order[at - 1]
            at -= 1
        order[at] = k
    return order


@kernel
def _by_month(rows, need_since):
    """Waiting cases, the oldest month first: (firm, kind, where each month starts, and the end)."""
    n, cases = 0, np.empty(len(rows) * NEED_COUNT + 1, np.int64)  # month, firm and kind in one number
    for k in range(len(rows)):
        i = np.uint64(rows[k])
        for number in range(NEED_COUNT):  # without a branch: what is no case is written over
            since = np.int64(need_since[i, number])
            cases[n] = since << MONTH_BIT | k << FIRM_BIT | number
            n += since >= 0
    if not n:
        return np.empty(0, np.int64), np.empty(0, np.int64), np.zeros(1, np.int64)
    cases = cases[:n]
    oldest, latest = cases.min() >> MONTH_BIT, cases.max() >> MONTH_BIT
    starts = np.zeros(latest - oldest + 2, np.int64)
    for case in cases:
        starts[(case >> MONTH_BIT) - oldest + 1] += 1
    starts = np.cumsum(starts)
    firm, kind, place = np.empty(n, np.int64), np.empty(n, np.int64), starts.copy()
    for case in cases:
        month = (case >> MONTH_BIT) - oldest
        firm[place[month]] = (case & ((1 << MONTH_BIT) - 1)) >> FIRM_BIT
        kind[place[month]] = case & ((1 << FIRM_BIT) - 1)
        place[month] += 1
    return firm, kind, starts
