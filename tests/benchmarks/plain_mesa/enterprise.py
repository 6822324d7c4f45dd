"""Enterprises as ordinary Mesa agents: state on self, one method for each thing they do in a month."""

from array import array
from math import exp, floor, log

import mesa

from sim.model.status import Event
from tests.benchmarks.plain_mesa.rates import FINANCE, TESTING, poisson
from tests.benchmarks.plain_mesa.staffing import Employer
from tests.benchmarks.plain_mesa.tenancy import Tenancy
from tests.benchmarks.plain_mesa.words import APPLICANT, DISTRICT, ELSEWHERE, GONE, IN_PLACE, NEVER, RELOCATED


class Enterprise(Tenancy, Employer, mesa.Agent):
    """A firm, from the month it looks for space to the month it ends."""

    # Slots lie side by side in memory: a tenth faster than a dictionary for each firm, and more so as a run grows old.
    __slots__ = (
        "model", "unique_id", "pos", "status", "place", "park", "weight", "sector", "segment", "origin", "quality", "drift",
        "state", "fundable", "certifiable", "incubating", "long_stay", "is_high_tech", "acquired", "founded_on",
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
        self.founded_on = model.now - floor(random() * (demand.age_max + 1))
        self.long_stay = random() < model.long_stay[self.sector]
        self.born(self.random.gauss(0, 1))
        heads = demand.staff_mean * exp(demand.staff_spread * self.random.gauss(0, 1) - demand.staff_spread**2 / 2)
        heads = max(round(heads), 1)
        self.rounding = [random(), random(), random()]
        self.staff = [
            floor(heads * share + luck) for share, luck in zip(p.labour.tier_shares, self.rounding, strict=True)
        ]
        spread = exp(demand.revenue_spread * self.random.gauss(0, 1) - demand.revenue_spread**2 / 2)
        self.desired, self.revenue = float(heads), heads * demand.revenue_per_head * spread
        self.cash = demand.runway / 12 * demand.staff_cost * heads
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
        """What follows from the founder's quality, for life."""
        p = self.model.parameters
        funding, bar = p.funding.quality_weight, p.graduating.certificate_quality
        self.quality = quality
        self.drift = self.model.rates.quality_drift * quality
        self.state = p.survival.quality * quality
        self.fundable = exp(funding * quality - funding**2 / 2)
        self.certifiable = exp(bar * quality - bar**2 / 2)

    # ---- growth

    def grow(self):
        """A month's growth and cash, and whatever round of funding comes along."""
        model, park, desired = self.model, self.park, self.desired
        random, rates, now = model.random, model.rates, model.now
        age = now - self.founded_on
        scale = rates.spread * (desired if desired > 1.0 else 1.0) ** rates.shrink
        shock = scale * random.gammavariate(1 / 12, 1.0) ** 0.5 * random.gauss(0.0, 1.0)
        if park is None:
            rise = -rates.adjustment * self.level
        else:
            target = park.level_base[self.sector] + model.chain_level[self.segment] + self.gained
            rise = rates.adjustment * (target - self.level)
        change = rates.drift[age] + self.drift + rise + shock
        self.level += rise
        self.revenue = revenue = self.revenue * exp(change)
        self.desired = desired = desired * exp(rates.staff_elasticity * change)
        self.momentum = self.momentum * (11 / 12) + change
        if self.place <= DISTRICT:
            staff = self.staff
            filled = (staff[0] + staff[1] + staff[2] or 1) / (desired if desired > 1.0 else 1.0)
            if filled < 1.0:
                revenue *= filled**rates.shortage
        revenue /= 12
        hazard = rates.round_hazard * self.fundable
        if park is None:
            self.cash += revenue * rates.margin[age] - rates.outside_rent * (desired if desired > 1.0 else 1.0)
        else:
            due = park.rent * self.area
            park.rent_due += due
            self.cash += revenue * rates.margin[age] - due - rates.charge * self.area
            hazard *= park.round_factor
        if self.helped_until[FINANCE] >= now:
            hazard *= model.parameters.funding.finance_service
        if random.random() < hazard:
            self.raise_round(hazard)
        if self.incubating:
            self.make_progress(revenue, age)

    def raise_round(self, hazard):
        """A funding round: equity counts as venture capital, bank credit does not."""
        if self.random.random() * hazard >= 1 - exp(-hazard):
            return
        p = self.model.parameters.funding
        amount = p.amount_median * exp(p.amount_spread * self.random.gauss(0, 1))
        self.cash, self.funded_on = self.cash + amount, self.model.now
        if self.random.random() >= p.credit_share:
            self.vc_total += amount
        if self.park is not None:
            self.model.record(Event.FUNDED, self, amount)

    def make_progress(self, revenue, age):
        """What incubatees do on their way to the bar: revenue on record, patents, certificate, sale."""
        model, random = self.model, self.random.random
        rates, now = model.rates, model.now
        self.past_revenue[now % 24] = revenue
        tested = model.parameters.service.testing_patents if self.helped_until[TESTING] >= now else 1.0
        self.patents += poisson(random, rates.patents * exp(rates.patents_quality * self.quality) * tested)
        if not self.is_high_tech and age >= model.parameters.graduating.certificate_age:
            hazard = rates.certificate_hazard * self.certifiable * tested
            luck = random()
            if luck < hazard and luck < 1 - exp(-hazard):
                self.is_high_tech = True
                model.record(Event.CERTIFIED, self, self.park.key)
        if random() < rates.acquisition:
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

    def age_a_month(self):
        """The clocks tick: the firm closes, moves out, or its lease ends."""
        model, park = self.model, self.park
        rates, now = model.rates, model.now
        state = self.state + rates.growth_state * self.momentum
        if self.cash < 0:
            state += rates.broke
        if self.gained and self.quality < 0:
            state += rates.learning * self.gained
        hazard = rates.hazard[now - self.founded_on] * exp(state)
        if park is not None:
            hazard *= park.rivalry[self.sector]
        since = now - self.left_on
        if since < rates.bump_months and self.left_on >= 0:
            hazard *= 1 + rates.bump * (1 - since / rates.bump_months) * (self.stay / rates.bump_stay)
        self.closure_clock -= hazard
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
        filled = max(heads, 1) / max(desired, 1.0)
        park.revenue += self.revenue * (filled**self.model.rates.shortage if filled < 1.0 else 1.0)

    def new_year(self):
        """Who is employed now is asked for a year later."""
        inside = self.park is not None
        self.january, self.january_park = (list(self.staff) if inside else [0, 0, 0]), self.park
