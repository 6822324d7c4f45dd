"""The month, on one page: each phase is one function of the cluster, and says what it may write.

State flows one way. Inside a phase everything is simultaneous; between phases the order is MONTH. Insert your own with
`cluster.pipeline = MONTH[:7] + (my_phase,) + MONTH[7:]`.
"""

from collections.abc import Callable

import numpy as np

from sim.engine.columns import columns_of
from sim.model.agents import District, Enterprise, Operator, Park, ServicePlatform
from sim.model.agents.park import Work
from sim.model.criteria import certify
from sim.model.measures.stock import take_stock
from sim.model.mechanisms import adaptation, space
from sim.model.phases import labour_market, milestones, neighbourhood, services, space_market, tenancies
from sim.model.phases.arrivals import arrivals
from sim.model.phases.departures import run_down
from sim.model.phases.growth import develop
from sim.model.status import Event, Status

TERMS = {
    family: tuple(n for n, c in columns_of(family).items() if c.term)
    for family in (District, Operator, Park, ServicePlatform, Enterprise)
}
PLACE_TERMS = sum((names for family, names in TERMS.items() if family is not Enterprise), ())


def writes(*names: str) -> Callable[[Callable], Callable]:
    """Declare the columns a phase may write; tests lock all others."""

    def declare(phase):
        phase.writes = frozenset(names)
        return phase

    return declare


@writes(*PLACE_TERMS, "tenants_by_sector", "staff_nearby", "partners", "present", "chain", "performance_pay")
def set_place_terms(cluster) -> None:
    """Set the terms of district, parks, operators and platforms for this month: the baseline, then policies."""
    for family in (District, Operator, Park, ServicePlatform):
        cluster.all(family).reset_terms()
    neighbourhood.read(cluster)
    for policy in cluster.policies:
        policy.set_place_terms(cluster)
    neighbourhood.pay_operators(cluster)


@writes("announced", "fitted", "turning", "amenity_area")
def open_space(cluster) -> None:
    """Fit out announced space, take back vacated space, open the living services that are due."""
    p, parks = cluster.parameters, cluster.all(Park)
    announced = parks.announced.copy()
    first = cluster.first_space(cluster.now)  # the stock of the start, during the burn-in
    announced, fitted = announced + first, parks.fitted + first
    for row, area in cluster.additions.get(cluster.now, ()):
        announced[row] += area
    for policy in cluster.policies:
        for row, area in policy.announces(cluster):
            announced[row] += area
    bare = announced - fitted
    fitting = space.fitted(bare, parks.speed(), p.space)
    back = space.returned(parks.turning, parks.speed(), p.space)
    parks.announced, parks.fitted, parks.turning = announced, fitted + fitting, parks.turning - back
    opening = space.amenities(first + fitting, parks.amenity_planned, p.space)
    cluster.tally.at_parks("fitted_out", fitting)
    cluster.tally.at_parks("returned", back)
    for policy in cluster.policies:
        cluster.works += [
            Work(cluster.now, cluster.now + int(p.amenity.build_months), row, area, policy.name)
            for row, area in policy.orders(cluster)
        ]
    for work in cluster.works:
        opening[work.row] += work.area * (work.due == cluster.now)
    worn = parks.amenity_area if cluster.in_burn_in else space.worn(parks.amenity_area, p.amenity)
    parks.amenity_area = worn + opening


@writes(*columns_of(Enterprise))
def found(cluster) -> None:
    """Bring this month's applicants: points of the Poisson field below each source's intensity."""
    new = arrivals(cluster)
    cluster.log.add(cluster.now, Event.ARRIVED, new)
    cluster.tally.count("arrivals", new)


@writes(*TERMS[Enterprise])
def set_firm_terms(cluster) -> None:
    """Set the terms of each firm for this month, applicants too: the baseline, then policies."""
    cluster.all(Enterprise).reset_terms()
    for policy in cluster.policies:
        policy.set_firm_terms(cluster)


@writes(
    "status", "place", "park_row", "area", "entered_on", "left_on", "stay", "waited", "weight", "let", "turning",
    "newly_let", "need_since", "need_due",
)  # fmt: skip
def admit(cluster) -> None:
    """Allot space: deferred acceptance of all who look, sitting tenants first; others wait or go elsewhere."""
    outgrown, content = space_market.short_of_space(cluster, cluster.all(Enterprise))
    content.waited = np.int16(0)
    extra = space_market.grant_expansions(cluster, outgrown)
    outgrown.area, outgrown.waited = (
        outgrown.area + extra.astype(np.int32),
        np.where(extra > 0, 0, outgrown.waited + 1).astype(np.int16),
    )
    larger = np.flatnonzero(extra > 0)
    cluster.log.add(cluster.now, Event.EXPANDED, outgrown[larger], amount=extra[larger])
    cluster.tally.count("expanded_area", outgrown, extra)
    cluster.derive_let()

    seeking = space_market.seekers(cluster, cluster.all(Enterprise))
    park, area, reasons, elsewhere = space_market.allot(cluster, seeking)
    found, tenant = park >= 0, seeking.is_tenant()
    entering, moving, refused = (np.flatnonzero(w) for w in (found & ~tenant, found & tenant, ~found & ~tenant))
    tenancies.enter(cluster, seeking[entering], park[entering], area[entering])
    tenancies.move(cluster, seeking[moving], park[moving], area[moving])
    tenancies.turn_away(cluster, seeking[refused], reasons[refused], elsewhere[refused])
    cluster.derive_let()


@writes("need_since", "need_due", "need_platform", "helped_until", "gained", "vouchers_used", "taken")
def serve(cluster) -> None:
    """Serve needs: they arise, platforms on the park's list take them up in order, cases are done, some lapse."""
    tenants = cluster.where(Enterprise, lambda f: f.is_tenant())
    services.finish(cluster, tenants)
    services.arise(cluster, tenants)
    services.lapse(cluster, tenants)
    services.take_up(cluster, tenants)


@writes("staff", "january", "labour_pool", "reemployed")
def staff(cluster) -> None:
    """Move people: quits, layoffs and hires by tier in every firm of the district; some leave the district."""
    labour_market.drift(cluster, cluster.all(Park))
    district = cluster.all(District)
    for firms in cluster.cohorts(Enterprise, labour_market.followed):
        district.labour_pool = labour_market.turn_over(cluster, firms)[None, :]
    district.labour_pool = labour_market.supply(cluster, district.labour_pool[0])[None, :]


@writes(
    "revenue",
    "level",
    "momentum",
    "desired",
    "cash",
    "past_revenue",
    "vc_total",
    "funded_on",
    "granted",
    "patents",
    "is_high_tech",
    "acquired",
    "rent_received",
    "relief_covered",
)
def grow(cluster) -> None:
    """Develop firms: growth, cash, funding, intellectual property, certificates. One rule inside and outside parks."""
    parks = cluster.all(Park)
    parks.rent_received, parks.relief_covered = np.zeros(len(parks)), np.zeros(len(parks))
    for firms in cluster.cohorts(Enterprise, lambda f: f.exists()):
        revenue = develop(cluster, firms)
        milestones.raise_rounds(cluster, firms)
        milestones.pay_seed_rounds(cluster, firms)  # afterwards: a grant helps with later rounds
        milestones.earn_certificates(cluster, firms, revenue)


@writes("status", "recognised_on", "route", "stay", "graduates", "graduates_year")
def graduate(cluster) -> None:
    """Recognise incubatees that meet the bar of the rule set in force."""
    rules, parks = cluster.rules, cluster.all(Park)
    for firms in cluster.cohorts(Enterprise, lambda f: f.is_incubating()):
        judged = firms[cluster.draw("recognition", firms) < rules.recognition]
        judged = judged[judged.tenure() >= rules.minimum]
        route = judged.graduation_route()
        graduates = judged[route > 0]
        graduates.route, graduates.recognised_on = route[route > 0], cluster.now
        graduates.status, graduates.stay = Status.GRADUATE_IN_PLACE, graduates.tenure().astype(np.int16)
        cluster.log.add(cluster.now, Event.GRADUATED, graduates, cause=graduates.route)
        cluster.tally.count("graduates", graduates)
        count = np.bincount(graduates.park_row, minlength=len(parks))
        counted = parks.opened_on <= cluster.now
        parks.graduates, parks.graduates_year = parks.graduates + count * counted, parks.graduates_year + count


@writes(
    "closure_clock", "relocation_clock", "status", "place", "park_row", "area", "left_on", "stay", "let", "turning",
    "staff", "january", "labour_pool", "reemployed", "need_since", "need_due",
)  # fmt: skip
def depart(cluster) -> None:
    """Close, move out or end leases: one clock per enterprise and cause, limits are dates."""
    gone = [run_down(cluster, firms) for firms in cluster.cohorts(Enterprise, lambda f: f.exists())]
    closing, relocating, ending = (
        rows[0] if len(rows) == 1 else np.sort(np.concatenate(rows)) for rows in zip(*gone, strict=True)
    )
    tenancies.close(cluster, Enterprise.cohort(cluster, closing))
    leaving = Enterprise.cohort(cluster, np.concatenate([relocating, ending]))
    tenancies.leave(cluster, leaving, np.arange(len(leaving)) < len(relocating))
    cluster.derive_let()


@writes(
    "rent",
    "reputation",
    "earned",
    "capability",
    "effort",
    "level",
    "incubatee_months",
    "graduates_year",
)
def adapt(cluster) -> None:
    """Adapt parks and operators: rent, effort, capability, reputation, official recognition."""
    p, parks, operators = cluster.parameters.adaptation, cluster.all(Park), cluster.all(Operator)
    incubating = cluster.where(Enterprise, lambda f: f.is_incubating())
    parks.incubatee_months = parks.incubatee_months + np.bincount(incubating.park_row, minlength=len(parks))
    if not cluster.in_burn_in:
        parks.rent = adaptation.rent(parks.rent, parks.rent_change(), p)
        target = operators.capability_target(parks.capability().mean())
        operators.capability = adaptation.capability(operators.capability, target, p)
    parks.reputation = adaptation.reputation(parks.reputation, parks.earned, p)
    parks.effort = adaptation.effort(operators.initiative()[parks.operator_row], parks.occupancy(), p)
    if cluster.now % 12 == 11:  # December: the year is judged
        busy = parks.incubatee_months > 0
        parks.earned = np.where(
            busy, adaptation.earned_reputation(parks.graduates_year, parks.incubatee_months / 12, p), parks.earned
        )
        if not cluster.in_burn_in:
            parks.level = certify(cluster, parks)
        parks.incubatee_months, parks.graduates_year = (
            np.zeros_like(parks.incubatee_months),
            np.zeros_like(parks.graduates_year),
        )


@writes("cash", "relief_area_months", "relief_reward", "relief_due", "paid_fraction", "newly_let", "letting_task")
def settle(cluster) -> None:
    """Settle accounts: operators' books, public spending by policy."""
    parks, operators = cluster.all(Park), cluster.all(Operator)
    p, rent, covered = cluster.parameters.money, parks.rent_received, parks.relief_covered
    pay = parks.pay * (parks.fitted > 0) / 12
    services = adaptation.service_income(rent, operators.service_share[parks.operator_row])
    surplus = adaptation.surplus(rent, services, parks.relief_due.sum(axis=1), pay, adaptation.upkeep(parks.fitted, p))
    operators.cash = operators.cash + np.bincount(parks.operator_row, surplus, minlength=len(operators))
    cluster.tally.at_parks("rent_income", rent)
    cluster.tally.at_parks("service_income", services)
    for policy in cluster.policies:
        for line, amount in sorted(policy.bill(cluster).items()):
            if amount:
                cluster.spending.append((cluster.now, policy.name, line, float(amount)))
    parks.relief_area_months = parks.relief_area_months + covered
    rewards = parks.relief_reward.copy()
    rewards[:, cluster.now % 12] = covered * parks.reward
    parks.relief_reward, parks.relief_due = rewards, np.zeros_like(rewards)
    if cluster.now % 12 == 11:  # December: was the year's letting task met, and what is the next one
        task = parks.letting_task
        earned = adaptation.task_met(parks.newly_let, task, p)
        parks.relief_due = rewards * earned[:, None]
        parks.paid_fraction = np.where(parks.relief_area_months > 0, earned, 1.0)
        parks.letting_task = adaptation.letting_task(parks.lettable(), parks.letting_share)
        parks.relief_area_months, parks.relief_reward = np.zeros(len(parks)), np.zeros_like(rewards)
        parks.newly_let = np.zeros(len(parks), np.int64)


@writes("january", "january_park", "january_staff", "reemployed")
def measure(cluster) -> None:
    """Count what a planner would see; in December also the people employed, to ask a year later who stayed."""
    take_stock(cluster)
    if cluster.now % 12 == 11:
        firms = cluster.where(Enterprise, lambda f: f.exists())
        firms.january = np.where(firms.is_tenant()[:, None], firms.staff, 0).astype(np.int32)
        firms.january_park = firms.park_row
        parks = cluster.all(Park)
        parks.january_staff = np.stack(
            [firms.sum_by_park_and_sector(firms.january[:, tier]) for tier in range(3)], axis=-1
        )
        parks.reemployed = np.zeros_like(parks.reemployed)


MONTH = (
    set_place_terms,
    open_space,
    found,
    set_firm_terms,
    admit,
    serve,
    staff,
    grow,
    graduate,
    depart,
    adapt,
    settle,
    measure,
)
