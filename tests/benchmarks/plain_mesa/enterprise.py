"""Enterprises as ordinary Mesa agents: state on self, one method for each thing they do in a month."""

from array import array
from math import floor, log

import mesa

from sim.model.status import Event
from tests.benchmarks.plain_mesa.equations import arrivals, by_hand, growth, milestones, space, survival, talent
from tests.benchmarks.plain_mesa.rates import FINANCE, TESTING, poisson
from tests.benchmarks.plain_mesa.staffing import Employer
from tests.benchmarks.plain_mesa.tenancy import Tenancy
from tests.benchmarks.plain_mesa.words import APPLICANT, DISTRICT, ELSEWHERE, GONE, IN_PLACE, NEVER, RELOCATED


class Enterprise(Tenancy, Employer, mesa.Agent):
    """A firm, from the month it looks for space to the month it ends."""

    # Slots lie side by side in memory: a tenth faster than a dictionary for each firm, and more so as a run grows old.
    __slots__ = (
        "model", "unique_id", "pos", "status", "place", "park", "weight", "sector", "segment", "origin", "quality",
        "most_rounds", "most_certified", "filing", "incubating", "long_stay", "is_high_tech", "acquired", "founded_on",
        "entered_on", "left_on", "recognised_on", "funded_on", "stay", "waited", "area", "patents", "level", "momentum",
        "gained", "vc_total", "revenue", "desired", "cash", "closure_clock", "relocation_clock", "staff", "january",
        "january_park", "rounding", "vacant", "past_revenue", "needs", "cases", "helped_until", "taste", "taste_outside",
        "taste_leaving", "screened",
    )  # fmt: skip

    def __init__(self, model, segment, origin):
        super().__init__(model)
        self.begin()
        p, random, rng = model.parameters, self.random.random, model.rng
        demand = p.demand
        self.segment, self.origin = segment, origin
        self.sector, _ = model.segments[segment]
        self.founded_on = model.now - arrivals.age(random(), demand)
        self.long_stay = random() < model.long_stay[self.sector]
        self.born(arrivals.quality(self.random.gauss(0, 1), demand))
        heads = arrivals.staff(self.random.gauss(0, 1), demand)
        self.rounding = [random(), random(), random()]
        self.staff = [
            floor(talent.posts(heads, share) + luck)
            for share, luck in zip(p.labour.tier_shares, self.rounding, strict=True)
        ]
        self.desired, self.revenue = float(heads), arrivals.revenue(heads, self.random.gauss(0, 1), demand)
        self.cash = arrivals.cash(heads, demand)
        self.closure_clock, self.relocation_clock = -log(1 - random()), -log(1 - random())
        self.taste = array("d", rng.gumbel(size=len(model.parks)))  # compact, as nobody reads one alone
        self.taste_outside = rng.gumbel(size=3).tolist()

    def begin(self):
        """Nothing has happened yet."""
        self.status, self.place, self.park, self.weight = APPLICANT, GONE, None, 1
        self.incubating = self.long_stay = self.is_high_tech = self.acquired = False
        self.entered_on = self.left_on = self.recognised_on = self.funded_on = NEVER
        self.stay = self.waited = self.area = self.patents = 0
        self.level = self.momentum = self.gained = self.vc_total = 0.0
        self.staff = self.january = (0, 0, 0)
        self.vacant = self.january_park = self.past_revenue = self.needs = self.cases = None
        self.taste = self.taste_outside = self.taste_leaving = self.screened = None
        self.helped_until = (NEVER,) * 5

    def born(self, quality):
        """What follows from the founder's quality, for life: how often at most it is funded and certified, what it files."""
        p, best = self.model.parameters, self.model.rates.best_operator
        self.quality, old = quality, 10**6
        self.most_rounds, self.most_certified, self.filing = (
            max(milestones.round_hazard(quality, best, helped, 1.0, False, p.funding) for helped in (False, True)),
            max(milestones.certificate_hazard(quality, h, old, p.graduating, p.service) for h in (False, True)),
            [milestones.patent_rate(quality, helped, p.growth, p.service) for helped in (False, True)],
        )

    # ---- growth

    @by_hand
    def grow(self):
        """A month's growth and cash, and whatever round of funding comes along."""
        model, park, desired = self.model, self.park, self.desired
        random, rates, now = model.random, model.rates, model.now
        age, p, of_choice = now - self.founded_on, model.parameters.growth, model.parameters.choice
        target = 0.0
        if park is not None:
            around, chain = park.neighbours[self.sector], model.chain_level[self.segment]
            target = growth.level_target(around, chain, self.gained, park.operator.capability, p)
        rise = growth.rise(self.level, target, p)
        shock = growth.shock(random, random.gauss(0.0, 1.0), desired, p)
        change = growth.drift(rates.youth[age], self.quality, p) + rise + shock
        self.level += rise
        self.revenue = revenue = self.revenue * growth.growth_factor(change)
        self.desired = desired = desired * growth.staff_factor(change, p)
        self.momentum = growth.momentum(self.momentum, change)
        if self.place <= DISTRICT:
            staff = self.staff
            revenue *= growth.realised(growth.filled(staff[0] + staff[1] + staff[2], desired), p)
        revenue /= 12
        if park is None:
            bill = growth.rent_bill(of_choice.reference_rent, space.wanted(desired, model.parameters.space), of_choice)
        else:
            bill = growth.rent_bill(park.rent, self.area, of_choice)
            park.rent_due += park.rent * self.area
        self.cash = growth.cash(self.cash, revenue, rates.margin[age], bill)
        luck = random.random()
        if luck < self.most_rounds:
            self.raise_round(luck)
        if self.incubating:
            self.make_progress(revenue, age)

    def raise_round(self, luck):
        """A funding round, if luck is such: equity counts as venture capital, bank credit does not."""
        p, by_operator = self.model.parameters.funding, 1.0 if self.park is None else self.park.round_factor
        helped = self.helped_until[FINANCE] >= self.model.now
        hazard = milestones.round_hazard(self.quality, by_operator, helped, 1.0, False, p)
        if luck >= survival.probability(hazard):
            return
        amount = milestones.round_amount(self.random.gauss(0, 1), p)
        self.cash, self.funded_on = self.cash + amount, self.model.now
        if self.random.random() >= p.credit_share:
            self.vc_total += amount
        if self.park is not None:
            self.model.record(Event.FUNDED, self, amount)

    def make_progress(self, revenue, age):
        """What incubatees do on their way to the bar: revenue on record, patents, certificate, sale."""
        model, random = self.model, self.random.random
        now, p = model.now, model.parameters
        self.past_revenue[now % 24] = revenue
        tested = self.helped_until[TESTING] >= now
        self.patents += poisson(random, self.filing[tested])
        luck = random()
        if luck < self.most_certified and not self.is_high_tech:
            hazard = milestones.certificate_hazard(self.quality, tested, age, p.graduating, p.service)
            if luck < survival.probability(hazard):
                self.is_high_tech = True
                model.record(Event.CERTIFIED, self, self.park.key)
        if random() < model.rates.sale:
            self.acquired = True

    def try_to_graduate(self):
        """Who meets the bar of the rule set in force is recognised sooner or later."""
        model = self.model
        rates, now = model.rates, model.now
        if not self.incubating or now - self.entered_on < rates.minimum or self.random.random() >= rates.recognition:
            return
        rules = model.rules
        if (
            (rules.acquisition and self.acquired)
            or (rules.certificate and self.is_high_tech)
            or (rules.revenue_bar is not None and sum(self.past_revenue) > rules.revenue_bar)
            or (rules.vc_bar is not None and self.vc_total > rules.vc_bar)
        ):
            self.status, self.incubating, self.recognised_on = IN_PLACE, False, now
            self.stay = now - self.entered_on
            model.graduates += 1
            self.park.graduates_year += 1
            self.park.graduates += self.park.opened_on <= now
            model.record(Event.GRADUATED, self, self.park.key)

    # ---- endings

    @by_hand
    def age_a_month(self):
        """The clocks tick: the firm closes, moves out, or its lease ends."""
        model, park = self.model, self.park
        rates, now, p = model.rates, model.now, model.parameters.survival
        state = survival.log_state(self.quality, self.momentum, self.cash, p)
        state = survival.state_factor(state, survival.log_learning(self.gained, self.quality, p))
        rivalry = rates.outside_rivalry if park is None else park.rivalry[self.sector]
        bump = 1.0 if self.left_on < 0 else survival.leaving_bump(now - self.left_on, self.stay, p)
        self.closure_clock -= survival.closure_hazard(rates.hazard[now - self.founded_on], state, rivalry, bump)
        if self.incubating:
            self.relocation_clock -= rates.relocation
        if self.closure_clock <= 0:
            self.close()
        elif self.incubating and self.relocation_clock <= 0:
            self.leave(RELOCATED)
        elif (self.incubating or self.status == IN_PLACE) and self.lease_end() <= now:
            self.leave(None)

    def close(self):
        """Ceases; its people look for work."""
        model = self.model
        model.record(Event.CLOSED, self, self.status)
        if self.place <= DISTRICT:
            self.dissolve_staff(model.rates.stay_after_layoff)
        if self.park is not None:
            self.park.vacate(self)
        self.remove()

    def remove(self):
        """Ends, or is no longer followed."""
        for group in (self.model.tenants, self.model.locals, self.model.waiting):
            group.discard(self)
        super().remove()

    # ---- counts

    def be_counted(self):
        """Add oneself to the month's counts."""
        model, park = self.model, self.park
        if self.place <= DISTRICT:
            model.firms_by_segment[self.segment] += self.weight
            if self.january_park is not None:
                self.january_park.same_firm += sum(self.january)
        if park is not None:
            self.count_as_tenant(park)
        elif self.status == ELSEWHERE:
            model.elsewhere += self.weight

    @by_hand
    def count_as_tenant(self, park):
        """Add oneself to one's park's counts."""
        sector, staff, heads, desired = self.sector, self.staff, sum(self.staff), self.desired
        park.by_sector[sector] += 1
        park.staff_by_sector[sector] += heads
        park.by_segment[self.segment] += 1
        park.incubatees += self.incubating
        park.high_tech += self.is_high_tech
        park.funded += self.funded_on > self.model.now - 12
        park.holders += self.incubating and self.patents > 0
        park.growth += self.momentum
        total = park.staff
        total[0] += staff[0]
        total[1] += staff[1]
        total[2] += staff[2]
        filled = growth.filled(heads, desired)
        park.revenue += self.revenue * growth.realised(filled, self.model.parameters.growth)

    def new_year(self):
        """Who is employed now is asked for a year later."""
        inside = self.park is not None
        self.january, self.january_park = (list(self.staff) if inside else [0, 0, 0]), self.park
