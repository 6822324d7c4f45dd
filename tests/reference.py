"""The month done one enterprise at a time, in plain loops: slow, and easy to check against the page of a book.

Draws are computed from Python integers, people are counted one firm, group and tier after the other, and behaviour is
asked of single agents. Equations are those of `sim.model.mechanisms`, given single numbers: what is slow here is who does
what in which order. `slowed(cluster)` makes a cluster live by these phases instead of the fast ones.
"""

import numpy as np
from scipy.special import bdtrik, ndtri

from sim.engine import rationing
from sim.engine.streams import key
from sim.model import month
from sim.model.agents import District, Enterprise, Park, ServicePlatform
from sim.model.mechanisms import growth, milestones, needs, survival, talent
from sim.model.phases import labour_market, services, tenancies
from sim.model.status import Cause, Event, Status
from sim.model.vocabulary import NEEDS, TIERS

GROUPS = ("january", "later")
MASK = (1 << 64) - 1


def mix(z):
    """Finaliser of splitmix64 (Steele et al. 2014) on one integer."""
    z &= MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def draw(cluster, decision, luck, alternative=None):
    """One uniform number of one agent for one decision this month."""
    z = mix(int(luck) + key(cluster.seed, decision, cluster.now))
    if alternative is not None:
        z = mix(z + int(alternative))
    return ((z >> 12) + 0.5) * 2.0**-52


def binomial(u, n, p):
    """The smallest count whose distribution function reaches u."""
    n, p = int(n), np.float64(p)
    total = term = np.exp(n * np.log1p(-p))
    if u <= total:
        return 0
    if n * p > 4:
        return int(min(max(np.ceil(bdtrik(u, n, p)), 0), n))
    for k in range(1, n + 1):
        term = term * (p / (1 - p)) * ((n - k + 1) / k)
        total = total + term
        if u <= total:
            return k
    return n


def poisson(u, mean):
    """The smallest count whose distribution function reaches u."""
    count, term = 0, np.exp(-mean)
    total = term
    while u > total and term > 0:
        count += 1
        term *= mean / count
        total += term
    return count


def deferred_acceptance(lists, size, priority, tie, capacity):
    """Gale and Shapley 1962, applicants proposing in rounds; parks keep the best who fit, passing over one too big."""
    place, turn = [-1] * len(lists), [0] * len(lists)
    while True:
        asks = {
            i: row[turn[i]] for i, row in enumerate(lists) if place[i] < 0 and turn[i] < len(row) and row[turn[i]] >= 0
        }
        if not asks:
            return place
        for park in range(len(capacity)):
            candidates = [i for i in range(len(lists)) if place[i] == park or asks.get(i) == park]
            left = capacity[park]
            for i in sorted(candidates, key=lambda i: (priority[i][turn[i]], tie[i])):
                fits = size[i][turn[i]] <= left
                left -= size[i][turn[i]] if fits else 0
                place[i] = park if fits else -1
                turn[i] += 0 if fits else 1


def textbook_allocate(choices, size, priority, tie, capacity):
    """deferred_acceptance with the arguments of sim.engine.rationing.allocate."""
    if not choices.shape[1]:
        return np.full(len(choices), -1)
    if priority.ndim == 1:  # the same standing with every choice
        priority = np.repeat(priority[:, None], choices.shape[1], axis=1)
    arguments = (np.asarray(x).tolist() for x in (choices, size, priority, tie, capacity))
    return np.array(deferred_acceptance(*arguments), np.int64).reshape(len(choices))


def one_by_one(cluster, holds):
    """Each enterprise for which a condition holds, as a single agent, in the order of rows."""
    return [cluster.member(Enterprise, row) for row in cluster.where(Enterprise, holds).row.tolist()]


def together(cluster, agents):
    """The same agents as a cohort, for what is done to several at once."""
    return Enterprise.cohort(cluster, [agent.row for agent in agents])


def count(cluster, name, firm, amount=1):
    """Add to the month's tally."""
    park = firm.park_row if firm.park_row >= 0 else cluster.tally.parks
    cluster.tally.add(name, np.array([int(park) * cluster.tally.sectors + int(firm.sector)]), np.array([float(amount)]))


# Phases


@month.writes(*month.serve.writes)
def serve(cluster):
    """Needs arise, are taken up and done one firm and one kind at a time; they lapse as in the fast month."""
    chances = needs.chances(cluster.parameters.service)
    tenants = cluster.where(Enterprise, lambda f: f.is_tenant())
    _finish(cluster)
    for firm in one_by_one(cluster, lambda f: f.is_tenant()):
        early = 1 if firm.tenure() < needs.EARLY else 0
        since = firm.need_since.copy()
        for kind, name in enumerate(NEEDS):
            u = draw(cluster, f"need_{name}", firm.luck)
            if u < chances[kind, early] and since[kind] < 0 and firm.need_due[kind] < 0:
                since[kind] = cluster.now
                count(cluster, f"raised_{name}", firm)
        firm.need_since = since
    services.lapse(cluster, tenants)
    _take_up(cluster)


def _finish(cluster):
    """Cases that are done help; under coordination technology brings finance with it."""
    p, district = cluster.parameters.service, cluster.member(District, 0)
    technology, finance, market = (NEEDS.index(name) for name in ("technology", "finance", "market"))
    platforms = [cluster.member(ServicePlatform, row) for row in range(len(cluster.all(ServicePlatform)))]
    gain = needs.level_gain(p)
    for firm in one_by_one(cluster, lambda f: f.is_tenant()):
        due, until = firm.need_due.copy(), firm.helped_until.copy()
        done = [kind for kind in range(len(NEEDS)) if 0 <= due[kind] <= cluster.now]
        for kind in done:
            due[kind], until[kind] = -1, cluster.now + p.helped_months
            cluster.log.add(cluster.now, Event.SERVED, firm, amount=kind)
            count(cluster, f"served_{NEEDS[kind]}", firm)
            if kind in (technology, market):
                firm.gained = needs.gained(firm.gained, gain, platforms[firm.need_platform[kind]].quality, p)
        for_sector = any(f.kind == finance and f.fits[firm.sector] for f in platforms)
        if technology in done and for_sector and draw(cluster, "bundle", firm.luck) < district.bundled:
            until[finance] = cluster.now + p.helped_months
            count(cluster, "bundled", firm)
        firm.need_due, firm.helped_until = due, until


def _take_up(cluster):
    """Each waiting case names its platforms, best first; vouchers open those that are not on the park's list."""
    cases = []
    platforms = [cluster.member(ServicePlatform, row) for row in range(len(cluster.all(ServicePlatform)))]
    for platform in platforms:
        platform.taken = 0
    best = sorted(range(len(platforms)), key=lambda row: (-platforms[row].quality, platforms[row].ident))
    for firm in one_by_one(cluster, lambda f: f.is_tenant()):
        left = int(firm.voucher_limit) - int(firm.vouchers_used)
        for kind, name in enumerate(NEEDS):
            if firm.need_since[kind] < 0:
                continue
            voucher = name in ("technology", "testing") and left > 0
            left -= voucher
            listed = firm.park.service_list
            able = [f for f in best if platforms[f].kind == kind and platforms[f].fits[firm.sector]]
            cases.append((firm, kind, voucher, [f for f in able if voucher or listed[f]]))
    since = [[int(firm.need_since[kind])] * len(able) for firm, kind, _, able in cases]
    tie = [draw(cluster, "tie", firm.luck) + kind for firm, kind, _, _ in cases]
    lists, one_each = [case[-1] for case in cases], [[1] * len(case[-1]) for case in cases]
    capacity = [int(platform.places()) for platform in platforms]
    taken = deferred_acceptance(lists, one_each, since, tie, capacity)
    for (firm, kind, voucher, _), by in zip(cases, taken, strict=True):
        if by < 0:
            continue
        waiting, due, at = firm.need_since.copy(), firm.need_due.copy(), firm.need_platform.copy()
        platform, own = platforms[by], firm.park.own_list[by]
        months = platform.case_months() + draw(cluster, "process_time", firm.luck)
        count(cluster, "taken", firm)
        count(cluster, f"taken_{NEEDS[kind]}", firm)
        count(cluster, "wait_months", firm, cluster.now - waiting[kind])
        count(cluster, "vouchers", firm, voucher)
        count(cluster, "taken_by_policy", firm, not own and not voucher)
        platform.taken = platform.taken + int(own and not voucher)
        waiting[kind], due[kind], at[kind] = -1, cluster.now + int(np.floor(months)), by
        firm.need_since, firm.need_due, firm.need_platform = waiting, due, at
        firm.vouchers_used = firm.vouchers_used + int(voucher)


@month.writes(*month.staff.writes)
def staff(cluster):
    """Quits, layoffs, hires of each firm in turn, and one labour pool for all."""
    p, district = cluster.parameters.labour, cluster.member(District, 0)
    _drift(cluster)
    pool = [float(x) for x in district.labour_pool]
    firms = one_by_one(cluster, labour_market.followed)
    chances = {firm: _chances(cluster, firm) for firm in firms}
    for why, base in (("quit", p.stay_after_quit), ("layoff", p.stay_after_layoff)):
        stayed = [0.0] * len(TIERS)
        for firm in firms:
            there, january = firm.staff.copy(), firm.january.copy()
            for tier, name in enumerate(TIERS):
                housing = district.housing[tier] if firm.park_row >= 0 else 0.0
                for group in GROUPS:
                    people = int(january[tier]) if group == "january" else int(firm.staff[tier] - firm.january[tier])
                    chance = chances[firm][why][tier]
                    if not people or not chance > 0:
                        continue
                    left = binomial(draw(cluster, f"{why}_{group}_{name}", firm.luck), people, chance)
                    if not left:
                        continue
                    stay = talent.stays(base, housing, p)
                    local = binomial(draw(cluster, f"stay_{why}_{group}_{name}", firm.luck), left, stay)
                    there[tier] -= left
                    stayed[tier] += local * int(firm.weight)
                    count(cluster, f"{why}s_{name}", firm, left)
                    if group == "january":
                        january[tier] -= left
                        park = cluster.member(Park, firm.january_park)
                        reemployed = park.reemployed.copy()
                        reemployed[firm.sector, tier] += local
                        park.reemployed = reemployed
            firm.staff, firm.january = there, january
        pool = [a + b for a, b in zip(pool, stayed, strict=True)]
    for tier, hired in enumerate(_hire(cluster, firms, pool)):
        pool[tier] -= hired
    for tier, new in enumerate(labour_market.newcomers(cluster)):
        pool[tier] = talent.pool(pool[tier], new, p)
    district.labour_pool = np.array(pool)


def _drift(cluster):
    chance = talent.monthly(cluster.parameters.labour.reemployed_leave)
    for row in range(len(cluster.park_keys)):
        park = cluster.member(Park, row)
        reemployed = park.reemployed.copy()
        for sector, number in enumerate(cluster.sector_hashes):
            for tier, name in enumerate(TIERS):
                u = draw(cluster, f"drift_{name}", park.luck, number)
                reemployed[sector, tier] -= binomial(u, reemployed[sector, tier], chance)
        park.reemployed = reemployed


def _chances(cluster, firm):
    """Monthly chances of quitting and of being laid off, by tier."""
    p, heads = cluster.parameters.labour, int(firm.headcount())
    felt = firm.park.felt_minutes() if firm.park_row >= 0 else p.district_minutes
    wage = talent.relative_wage(firm.revenue / max(heads, 1), cluster.parameters.demand.revenue_per_head, p)
    too_many = talent.overstaffed(heads, firm.desired)
    return {
        "quit": [talent.monthly(talent.yearly_quits(base, felt, wage, p)) for base in p.quit_base],
        "layoff": [talent.layoff_chance(heads, firm.desired, p) if too_many else 0.0] * len(TIERS),
    }


def _hire(cluster, firms, pool):
    """Fill vacancies; returns people hired by tier."""
    p, district, hired = cluster.parameters.labour, cluster.member(District, 0), []
    for tier, name in enumerate(TIERS):
        vacant = {}
        for firm in firms:
            u = draw(cluster, f"rounding_{name}", firm.luck)
            posts = int(np.floor(talent.posts(firm.desired, p.tier_shares[tier]) + u))
            if posts > firm.staff[tier]:
                vacant[firm] = posts - int(firm.staff[tier])
                count(cluster, f"vacancies_{name}", firm, vacant[firm])
        wanted = float(sum(n * int(firm.weight) for firm, n in vacant.items()))
        chance = {}
        for firm in vacant:
            housing = district.housing[tier] if firm.park_row >= 0 else 0.0
            helped = firm.helped("talent")
            chance[firm] = talent.hire_chance(p.hire_speed[tier], pool[tier], wanted, housing, helped, p)
        expected = 0.0
        for firm, n in vacant.items():
            expected += n * int(firm.weight) * chance[firm]
        total = 0.0
        for firm, n in vacant.items():
            new = binomial(
                draw(cluster, f"hire_{name}", firm.luck), n, talent.rationed(chance[firm], pool[tier], expected)
            )
            there = firm.staff.copy()
            there[tier] += new
            firm.staff = there
            total += new * int(firm.weight)
            count(cluster, f"hires_{name}", firm, new)
        hired.append(total)
    return hired


@month.writes(*month.grow.writes)
def grow(cluster):
    """Each firm's growth, cash, rounds, patents and certificates."""
    p = cluster.parameters
    firms, realised = one_by_one(cluster, lambda f: f.exists()), {}
    for row in range(len(cluster.park_keys)):
        park = cluster.member(Park, row)
        park.rent_received = park.relief_covered = 0.0
    for firm in firms:
        size, sign = draw(cluster, "growth_size", firm.luck), ndtri(draw(cluster, "growth_sign", firm.luck))
        shock = growth.shock(size, sign, firm.desired, p.growth).item()
        rise = growth.rise(firm.level, firm.level_target(), p.growth)
        youth, loss = growth.youth(firm.age(), p.growth), growth.early_loss(firm.age(), p.growth)
        change = growth.drift(youth, firm.quality, p.growth) + rise + shock
        firm.level = firm.level + rise
        firm.revenue = firm.revenue * growth.growth_factor(change)
        firm.desired = firm.desired * growth.staff_factor(change, p.growth)
        firm.momentum = growth.momentum(firm.momentum, change)
        realised[firm] = firm.realised_revenue() / 12
        firm.cash = growth.cash(firm.cash, realised[firm], growth.margin(loss, p.growth), firm.rent_bill())
        if firm.park_row >= 0:
            park = firm.park
            park.rent_received = park.rent_received + firm.net_rent() * firm.area
            if park.reward > 0:
                park.relief_covered = park.relief_covered + min(firm.relief_area, firm.area)
    for firm in firms:
        if draw(cluster, "round", firm.luck) < survival.probability(firm.round_hazard()):
            amount = milestones.round_amount(ndtri(draw(cluster, "round_amount", firm.luck)), p.funding)
            firm.cash, firm.funded_on = firm.cash + amount, cluster.now
            if draw(cluster, "round_kind", firm.luck) >= p.funding.credit_share:
                firm.vc_total = firm.vc_total + amount
            if firm.park_row >= 0:
                cluster.log.add(cluster.now, Event.FUNDED, firm, amount=amount)
                count(cluster, "rounds", firm)
    for firm in firms:
        if firm.granted or firm.status != Status.INCUBATING:
            continue
        if draw(cluster, "seed_round", firm.luck) < survival.probability(milestones.seed_hazard(firm.seed_rate)):
            amount = float(firm.seed_amount)
            firm.cash, firm.funded_on, firm.granted = firm.cash + amount, cluster.now, True
            cluster.log.add(cluster.now, Event.FUNDED, firm, cause=Cause.SEED_FUND, amount=amount)
            count(cluster, "seed_rounds", firm)
            count(cluster, "seed_money", firm, amount)
    for firm in firms:
        if firm.status != Status.INCUBATING:
            continue
        firm.record_revenue(realised[firm])
        filed = poisson(draw(cluster, "patent", firm.luck), firm.patent_rate())
        firm.patents = min(firm.patents + filed, 30000)
        count(cluster, "patents", firm, filed)
        chance = survival.probability(firm.certificate_hazard())
        if not firm.is_high_tech and draw(cluster, "certificate", firm.luck) < chance:
            firm.is_high_tech = True
            cluster.log.add(cluster.now, Event.CERTIFIED, firm)
        if draw(cluster, "acquisition", firm.luck) < milestones.sale_chance(p.graduating):
            firm.acquired = True


@month.writes(*month.graduate.writes)
def graduate(cluster):
    """Each incubatee is held against the bar, in words."""
    rules = cluster.rules
    for firm in one_by_one(cluster, lambda f: f.status == Status.INCUBATING):
        if firm.tenure() < rules.minimum:
            continue
        revenue = float(firm.past_revenue.sum(dtype=np.float64))
        if rules.acquisition and firm.acquired:
            route = Cause.SALE
        elif rules.certificate and firm.is_high_tech:
            route = Cause.CERTIFICATE
        elif rules.revenue_bar is not None and revenue > rules.revenue_bar:
            route = Cause.REVENUE
        elif rules.vc_bar is not None and firm.vc_total > rules.vc_bar:
            route = Cause.VENTURE_CAPITAL
        else:
            continue
        if draw(cluster, "recognition", firm.luck) >= rules.recognition:
            continue
        firm.route, firm.recognised_on = route, cluster.now
        firm.status, firm.stay = Status.GRADUATE_IN_PLACE, firm.tenure()
        cluster.log.add(cluster.now, Event.GRADUATED, firm, cause=route)
        count(cluster, "graduates", firm)
        park = firm.park
        park.graduates_year = park.graduates_year + 1
        if park.opened_on <= cluster.now:
            park.graduates = park.graduates + 1


@month.writes(*month.depart.writes)
def depart(cluster):
    """Each firm's clocks tick; whose closure clock runs out closes, then come moving out and the end of the lease."""
    closing, relocating, ending = [], [], []
    for firm in one_by_one(cluster, lambda f: f.exists()):
        firm.closure_clock = firm.closure_clock - firm.closure_hazard()
        incubating = firm.status == Status.INCUBATING
        if incubating:
            firm.relocation_clock = firm.relocation_clock - firm.relocation_hazard()
        if firm.closure_clock <= 0:
            closing.append(firm)
        elif incubating and firm.relocation_clock <= 0:
            relocating.append(firm)
        elif incubating or firm.status == Status.GRADUATE_IN_PLACE:
            limit = cluster.rules.long_limit if firm.long_stay else cluster.rules.limit
            end = firm.entered_on + limit
            if firm.recognised_on >= 0:
                end = firm.recognised_on + cluster.parameters.leaving.lease_after_recognition
            if end <= cluster.now:
                ending.append(firm)
    tenancies.close(cluster, together(cluster, closing))
    tenancies.leave(cluster, together(cluster, relocating), np.ones(len(relocating), bool))
    tenancies.leave(cluster, together(cluster, ending), np.zeros(len(ending), bool))
    for row in range(len(cluster.park_keys)):
        park = cluster.member(Park, row)
        park.let = sum(int(firm.area) for firm in one_by_one(cluster, lambda f, row=row: f.park_row == row))


@month.writes(*month.admit.writes)
def admit(cluster):
    """The fast phase, with scarce room given out the textbook's way."""
    fast, rationing.allocate = rationing.allocate, textbook_allocate
    try:
        month.admit(cluster)
    finally:
        rationing.allocate = fast


SLOW = {"admit": admit, "serve": serve, "staff": staff, "grow": grow, "graduate": graduate, "depart": depart}


def slowed(cluster, phases=tuple(SLOW)):
    """Let a cluster live by the slow form of these phases."""
    cluster.pipeline = tuple(SLOW.get(p.__name__, p) if p.__name__ in phases else p for p in cluster.pipeline)
    return cluster
