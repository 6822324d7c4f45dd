"""Enterprises 企业: the many. Every rule here reads on one firm and on a million alike."""

import numpy as np

from sim.engine.columns import Column, ColumnAgent
from sim.engine.quantity import Quantity, Reading
from sim.model.agents.district import District
from sim.model.agents.park import Park
from sim.model.mechanisms import adaptation, choice, growth, milestones, space, survival
from sim.model.status import Cause, Place, Status
from sim.model.vocabulary import NEEDS

# Plain numbers: numpy takes several times as long to compare with the member of an enum.
WAITING, INCUBATING, IN_PLACE, CLOSED, DISTRICT = (
    int(member)
    for member in (Status.WAITING, Status.INCUBATING, Status.GRADUATE_IN_PLACE, Status.CLOSED, Place.DISTRICT)
)


class Enterprise(ColumnAgent):
    """A firm, from the month it looks for space to the month it ends."""

    status = Column(np.int8, doc="see Status")
    place = Column(np.int8, empty=Place.GONE, doc="see Place")
    park_row = Column(np.intp, empty=-1, doc="row of its park, -1 outside")
    sector = Column(np.int8)
    segment = Column(np.int8, doc="place in the chain, numbered over all sectors")
    origin = Column(np.int8, doc="see Origin")
    weight = Column(np.int16, empty=1, doc="firms it stands for: above 1 in a sample of those that settled elsewhere")
    quality = Column(float, doc="founder quality, standard normal")
    long_stay = Column(bool, doc="entitled to the longer tenancy limit")

    founded_on = Column(np.int32, unit="month")
    entered_on = Column(np.int32, unit="month", empty=-1, doc="admitted to the cluster")
    left_on = Column(np.int32, unit="month", empty=-1, doc="left its park")
    recognised_on = Column(np.int32, unit="month", empty=-1, doc="recognised as graduate")
    route = Column(np.int8, doc="how it met the bar, see Cause")
    stay = Column(np.int16, unit="month", doc="length of incubation, once over")
    waited = Column(np.int16, unit="month", doc="since first refused, as applicant or for more space")
    area = Column(np.int32, unit="m2", doc="space let")

    revenue = Column(float, unit="CNY/year", doc="potential revenue, at full staff")
    level = Column(float, doc="log level of productivity from neighbours, chain, services, operator")
    momentum = Column(float, doc="log growth of about the last year")
    desired = Column(float, unit="person", doc="staff it would have if hiring were free")
    staff = Column(np.int32, unit="person", shape=(3,), doc="by tier: general, skilled, high-level")
    january = Column(np.int32, unit="person", shape=(3,), doc="of those, employed since 1 January in the cluster")
    january_park = Column(np.intp, empty=-1, doc="row of the park where they were on 1 January")
    cash = Column(float, unit="CNY")
    past_revenue = Column(
        np.float32, unit="CNY/month", shape=(24,), doc="realised revenue of the last 24 months, a ring"
    )
    vc_total = Column(float, unit="CNY", doc="venture capital to date")
    funded_on = Column(np.int32, unit="month", empty=-1, doc="last funding round, bank credit included")
    granted = Column(bool, doc="has had a public grant")
    patents = Column(np.int16, doc="intellectual property filed")
    is_high_tech = Column(bool, doc="holds the national certificate")
    acquired = Column(bool, doc="bought or listed")

    need_since = Column(np.int32, unit="month", shape=(5,), empty=-1, doc="when an open need arose, by kind")
    need_due = Column(np.int32, unit="month", shape=(5,), empty=-1, doc="when a case taken up will be done")
    need_platform = Column(np.int16, shape=(5,), empty=-1, doc="who took it up")
    helped_until = Column(np.int32, unit="month", shape=(5,), empty=-1, doc="help lasts to this month, by kind")
    gained = Column(float, doc="log level gained from services")
    vouchers_used = Column(np.int16, doc="vouchers for technology and testing spent to date")

    closure_clock = Column(float, doc="hazard left before closure, a unit exponential at birth")
    relocation_clock = Column(float, doc="the same for moving out")

    relief_area = Column(float, unit="m2", term="max", doc="space on which rent relief is granted")
    seed_rate = Column(float, unit="1/year", term="max", doc="chance of a seed round from a public fund, if eligible")
    seed_amount = Column(float, unit="CNY", term="max", doc="what such a round pays")
    voucher_limit = Column(np.int16, term="max", doc="vouchers it may spend in all, those spent included")

    def exists(self) -> Reading:
        """Alive: not closed, not acquired, not dropped."""
        return self.status < CLOSED

    @property
    def park(self) -> "Park | None":
        """Its park: one agent, or a cohort to read from (tenants only)."""
        if self.many:
            return Park.cohort(self.model, self.park_row, borrowed=True)
        return self.model.member(Park, self.park_row) if self.park_row >= 0 else None

    def at_park(self, name: str) -> Reading:
        """A park's column for each firm; its empty value for those in no park."""
        return self.model.tables[Park].data[name].take(self.park_row, 0)

    def by_park(self, values: np.ndarray, outside: Quantity) -> Reading:
        """A figure of each park (parks,), read for each firm; `outside` for those in no park."""
        return np.append(values, outside)[self.park_row]  # no park, -1, reads the last

    def by_park_and_sector(self, values: np.ndarray, outside: Quantity) -> Reading:
        """A figure of each park and sector (parks, sectors), read for each firm; `outside` for those in no park."""
        sectors = values.shape[1]
        return np.append(values, [outside] * sectors)[self.park_row * sectors + self.sector]

    def sum_by_park_and_sector(self, amount: np.ndarray) -> np.ndarray:
        """Sum of an amount (n,) over these firms by park and sector (parks, sectors), whole; firms in no park left out."""
        parks, sectors = self.model.sizes["parks"], self.model.sizes["sectors"]
        inside = np.flatnonzero(self.park_row >= 0)
        cell = self.park_row[inside] * sectors + self.sector[inside]
        return np.bincount(cell, amount[inside], parks * sectors).reshape(-1, sectors).astype(np.int64)

    def of_district(self, name: str) -> Reading:
        """A column of the district."""
        return self.model.tables[District].data[name][0]

    def age(self) -> Reading:
        """Months since founding."""
        return self.model.now - self.founded_on

    def tenure(self) -> Reading:
        """Months since admission."""
        return self.model.now - self.entered_on

    def is_newcomer(self) -> Reading:
        """Looks for its first park, or waits for room in one."""
        return self.status <= WAITING

    def is_tenant(self) -> Reading:
        """Leases space in a park, incubated or not."""
        return self.park_row >= 0

    def in_incubation_space(self) -> Reading:
        """Under incubation, or recognised with the lease still running."""
        status = self.status
        return (status == INCUBATING) | (status == IN_PLACE)

    def is_incubating(self) -> Reading:
        """Tenant under incubation."""
        return self.status == INCUBATING

    def in_district(self) -> Reading:
        """Works in the district, in a park or not."""
        return self.place <= DISTRICT

    def outgrown(self) -> Reading:
        """Wants markedly more space than it holds."""
        p = self.model.parameters.space
        return space.outgrown(space.wanted(self.headcount(), p), self.area, p)

    def on_notice(self) -> Reading:
        """In the last months of its lease in incubation space."""
        last = space.on_notice(self.lease_end(), self.model.now, self.model.parameters.leaving)
        return self.in_incubation_space() & last

    def may_seek_space(self) -> Reading:
        """Newcomers and those in incubation space."""
        return self.status <= IN_PLACE

    def seeks_space(self, review: Quantity) -> Reading:
        """Looks for a park this month: newcomers, those on notice, and tenants that compare or were refused too long.

        review: keyed uniform of this month.
        """
        p = self.model.parameters
        comparing = self.is_incubating() & choice.compares(review, self.waited, p.choice, p.space)
        return self.is_newcomer() | comparing | (self.on_notice() & ~self.acquired)

    def headcount(self) -> Reading:
        """Staff over all tiers, person."""
        staff = self.staff
        return staff[..., 0] + staff[..., 1] + staff[..., 2]

    def helped(self, kind: str) -> Reading:
        """Return True while a service of this kind still helps."""
        return self.table.data["helped_until"][self.row, NEEDS.index(kind)] >= self.model.now

    def wanted_area(self, unit: Quantity) -> Reading:
        """Space wanted in whole lettable units of `unit` m2, at least one."""
        return space.units(space.wanted(self.headcount(), self.model.parameters.space), unit)

    def net_rent(self) -> Reading:
        """Rent paid a m2 over the whole area, after relief; the city's rent outside parks. CNY/m2/month."""
        parks, outside = self.model.all(Park), self.model.parameters.choice.reference_rent
        if not parks.relief.any():
            return self.by_park(parks.rent, outside)
        return self.among(
            self.is_tenant(),
            lambda f: choice.net_rent(f.at_park("rent"), f.at_park("relief"), f.relief_area, f.area),
            outside,
        )

    def rent_bill(self) -> Reading:
        """Rent and charges a month, CNY; outside parks on the space it would want."""
        p = self.model.parameters
        wanted = space.wanted(self.desired, p.space)
        return growth.rent_bill(self.net_rent(), self.among(self.is_tenant(), lambda f: f.area, wanted), p.choice)

    def level_target(self) -> Reading:
        """Log level of productivity that the firm tends to: neighbours, chain, services, operator in a park; zero outside."""
        p, parks = self.model.parameters.growth, self.model.all(Park)
        neighbours = self.by_park_and_sector(growth.neighbours(parks.staff_nearby, p), 0.0)
        chain = growth.chain(self.of_district("chain"), p)[self.segment]
        target = growth.level_target(neighbours, chain, self.gained, self.by_park(parks.capability(), 0.0), p)
        return target * self.is_tenant()

    def realised_revenue(self) -> Reading:
        """Revenue a year after vacancies have cost some; outside the district staff is not followed: no cost."""
        p = self.model.parameters.growth
        return self.among(
            self.in_district(),
            lambda f: f.revenue * growth.realised(growth.filled(f.headcount(), f.desired), p),
            self.revenue,
        )

    def closure_hazard(self) -> Reading:
        """Closure hazard, 1/month: registry's hump, state, rivals in the park, the bump after leaving, earlier learning."""
        p, quality, gained = self.model.parameters.survival, self.quality, self.gained
        state = survival.log_state(quality, self.momentum, self.cash, p)
        state = survival.state_factor(state, survival.log_learning(gained, quality, p))
        rivals = np.maximum(self.model.all(Park).tenants_by_sector - 1, 0)
        rivalry = self.by_park_and_sector(survival.rivalry(rivals, p), survival.rivalry(p.outside_rivals, p))
        now = self.model.now
        lately = self.left_on > now - p.bump_months  # who never left has -1, long before any month
        bump = self.among(lately, lambda f: survival.leaving_bump(now - f.left_on, f.stay, p), 1.0)
        base = self.model.known("base_hazards", lambda: survival.base_hazards(p))
        return survival.closure_hazard(base[np.minimum(self.age(), survival.OLDEST)], state, rivalry, bump)

    def relocation_hazard(self) -> Reading:
        """Moving out before graduating, 1/month."""
        hazard = survival.monthly_hazard(self.model.parameters.leaving.relocation)
        return np.full(len(self), hazard) if self.many else hazard

    def round_hazard(self) -> Reading:
        """A funding round, 1/month: better founders, better operators, finance platforms, earlier grants."""
        p = self.model.parameters.funding
        by_operator = self.by_park(adaptation.by_grade(self.model.all(Park).capability(), p.grade_multiplier), 1.0)
        pull = np.where(self.is_tenant(), self.of_district("finance_pull"), 1.0)
        return milestones.round_hazard(self.quality, by_operator, self.helped("finance"), pull, self.granted, p)

    def seed_hazard(self) -> Reading:
        """A seed round from a public fund, 1/month: under incubation, and once in a life."""
        eligible = self.is_incubating() & ~self.granted
        return self.among(eligible, lambda f: milestones.seed_hazard(f.seed_rate), 0.0)

    def vouchers_left(self) -> Reading:
        """Vouchers for technology and testing it may still spend."""
        return np.maximum(self.voucher_limit - self.vouchers_used, 0)

    def certificate_hazard(self) -> Reading:
        """The national high-tech certificate, 1/month: not before an age; testing helps."""
        p, service = self.model.parameters.graduating, self.model.parameters.service
        return milestones.certificate_hazard(self.quality, self.helped("testing"), self.age(), p, service)

    def patent_rate(self) -> Reading:
        """Intellectual property filed, 1/month."""
        p, service = self.model.parameters.growth, self.model.parameters.service
        return milestones.patent_rate(self.quality, self.helped("testing"), p, service)

    def two_year_revenue(self) -> Reading:
        """Realised revenue of the last 24 months in the cluster, CNY."""
        return self.past_revenue.sum(axis=-1, dtype=np.float64)

    def record_revenue(self, revenue: Quantity) -> None:
        """Put this month's realised revenue (CNY) on the ring of 24 months."""
        self.table.data["past_revenue"][self.row, self.model.now % 24] = revenue

    def graduation_route(self) -> Reading:
        """Return the way in which the bar of the rule set in force is met: a Cause, NONE if it is not; of several the last one here."""
        rules, acquired = self.model.rules, self.acquired
        route = np.zeros(np.shape(acquired), np.int8)
        if rules.vc_bar is not None:
            route = np.where(self.vc_total > rules.vc_bar, np.int8(Cause.VENTURE_CAPITAL), route)
        if rules.revenue_bar is not None:
            route = np.where(self.two_year_revenue() > rules.revenue_bar, np.int8(Cause.REVENUE), route)
        if rules.certificate:
            route = np.where(self.is_high_tech, np.int8(Cause.CERTIFICATE), route)
        if rules.acquisition:
            route = np.where(acquired, np.int8(Cause.SALE), route)
        return route

    def stay_limit(self) -> Reading:
        """Longest tenancy under incubation, month."""
        return np.where(self.long_stay, self.model.rules.long_limit, self.model.rules.limit)

    def lease_end(self) -> Reading:
        """Month in which the lease ends: the limit, or for graduates a year after recognition, sooner or later."""
        after = int(self.model.parameters.leaving.lease_after_recognition)
        return space.lease_end(self.entered_on, self.stay_limit(), self.recognised_on, after)
