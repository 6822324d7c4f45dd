"""Enterprises as ordinary Mesa agents: state on self, one method for each thing they do in a month."""

from math import exp, floor, log

import mesa

from sim.agents.status import Event, Place, Status
from sim.mechanisms.talent import STEEPEST
from tests.benchmarks.plain_mesa.rates import FINANCE, MARKET, TALENT, TECHNOLOGY, TESTING, binomial, count, poisson

CLUSTER, DISTRICT, CITY, GONE = (int(place) for place in Place)
WAITING, INCUBATING, IN_PLACE, GRADUATED, ELSEWHERE = (
    int(s) for s in (Status.WAITING, Status.INCUBATING, Status.GRADUATE_IN_PLACE, Status.GRADUATED, Status.ELSEWHERE)
)
NEVER = -1


class Enterprise(mesa.Agent):
    """A firm, from the month it looks for space to the month it ends."""

    status, place, park, weight = int(Status.APPLICANT), GONE, None, 1
    incubating = long_stay = is_high_tech = acquired = granted = False
    entered_on = left_on = recognised_on = funded_on = NEVER
    stay = waited = area = patents = 0
    level = momentum = gained = vc_total = 0.0
    staff = january = (0, 0, 0)
    vacant = january_park = past_revenue = needs = cases = taste_leaving = screened = None
    helped_until = (NEVER,) * 5

    def __init__(self, model, segment, origin):
        super().__init__(model)
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
        self.taste = rng.gumbel(size=len(model.parks)).tolist()
        self.taste_outside = rng.gumbel(size=3).tolist()

    def born(self, quality):
        """What follows from the founder's quality, for life."""
        p = self.model.parameters
        funding, bar = p.funding.quality_weight, p.graduating.certificate_quality
        self.quality = quality
        self.drift = self.model.rates.quality_drift * quality
        self.state = p.survival.quality * quality
        self.fundable = exp(funding * quality - funding**2 / 2)
        self.certifiable = exp(bar * quality - bar**2 / 2)

    # ---- space

    def lease_end(self):
        """Month in which the lease in incubation space ends."""
        model = self.model
        if self.recognised_on >= 0:
            return self.recognised_on + model.parameters.leaving.lease_after_recognition
        return self.entered_on + (model.rules.long_limit if self.long_stay else model.rules.limit)

    def on_notice(self):
        """In the last months of its lease in incubation space."""
        in_space = self.incubating or self.status == IN_PLACE
        return in_space and self.lease_end() - self.model.now <= self.model.parameters.leaving.notice

    def look_for_space(self):
        """Join this month's seekers: on notice, comparing, or refused more space for too long."""
        model = self.model
        p = model.parameters
        reviewing = self.random.random() < p.choice.review_hazard
        comparing = self.incubating and (reviewing or self.waited >= p.space.patience)
        if comparing or (not self.acquired and self.on_notice()):
            model.seekers.append(self)

    def best_outside(self, values, taste):
        """Best place outside the cluster: (Place, utility)."""
        worth = [value + luck for value, luck in zip(values, taste, strict=True)]
        best = max(worth)
        return DISTRICT + worth.index(best), best

    def after_leaving(self):
        """The same for a firm that leaves its park."""
        if self.taste_leaving is None:
            self.taste_leaving = self.model.rng.gumbel(size=3).tolist()
        return self.best_outside(self.model.leaving_values, self.taste_leaving)

    def enter(self, park, area):
        """Become an incubatee."""
        model = self.model
        self.status, self.place, self.incubating, self.entered_on = INCUBATING, CLUSTER, True, model.now
        self.waited, self.screened, self.needs, self.cases = 0, None, {}, {}
        self.helped_until, self.past_revenue = [NEVER] * 5, [0.0] * 24
        park.let_to(self, area)
        model.tenants.add(self)
        model.locals.add(self)
        model.log.append((model.now, Event.ADMITTED, self.unique_id, park.key))

    def move(self, park, area):
        """To another park; for those on notice incubation ends with it."""
        if self.on_notice():
            self.end_incubation()
        self.park.vacate(self)
        self.waited = 0
        park.let_to(self, area)
        self.model.log.append((self.model.now, Event.MOVED, self.unique_id, park.key))

    def end_incubation(self):
        """The lease in incubation space ends: as a graduate, or at the limit."""
        if self.status == IN_PLACE:
            self.status = GRADUATED
        else:
            self.status, self.stay = int(Status.EXPIRED), self.model.now - self.entered_on
        self.incubating, self.left_on = False, self.model.now
        self.model.log.append((self.model.now, Event.LEFT, self.unique_id, self.status))

    def be_refused(self, why):
        """Without a park: the keen wait for room, the others take the best place outside."""
        model, p = self.model, self.model.parameters.choice
        if why == "no room" and self.waited < p.wait_months:
            self.status, self.waited = WAITING, self.waited + 1
            return
        model.waiting.discard(self)
        place, _ = self.best_outside(model.outside_values[self.origin], self.taste_outside)
        model.log.append((model.now, Event.SETTLED, self.unique_id, place))
        follow = model.setup.run.follow
        if place == GONE or self.random.random() * follow >= 1:
            self.remove()
            return
        self.status, self.place, self.weight = ELSEWHERE, place, int(follow)
        self.taste = self.taste_outside = self.screened = None
        if place == DISTRICT:
            model.locals.add(self)

    # ---- services

    def raise_needs(self):
        """Cases that are done help; new needs arise; old ones lapse; the rest wait for a platform."""
        model, now = self.model, self.model.now
        if self.cases:
            self.finish_cases()
        random, needs, cases = self.random.random, self.needs, self.cases
        chances = model.rates.early_needs if now - self.entered_on < 24 else model.rates.needs
        for kind, chance in enumerate(chances):
            if random() < chance and kind not in needs and kind not in cases:
                needs[kind] = now
        if needs:
            given_up = now - model.parameters.service.give_up_months
            for kind, since in list(needs.items()):
                if since <= given_up:
                    del needs[kind]
                    model.lapsed += 1
                else:
                    model.queue.append((since, random(), kind, self))

    def finish_cases(self):
        """Help from cases that are done, for their platform's quality."""
        model = self.model
        service = model.parameters.service
        for kind, (due, platform) in list(self.cases.items()):
            if due > model.now:
                continue
            del self.cases[kind]
            self.helped_until[kind] = model.now + service.helped_months
            if kind in (TECHNOLOGY, MARKET):
                self.gained = min(self.gained + model.rates.level_gain * platform.quality, service.level_cap)
            model.served += 1
            model.log.append((model.now, Event.SERVED, self.unique_id, kind))

    # ---- people

    def turn_over(self):
        """Quits and layoffs; then the vacancies are posted."""
        model, staff, january = self.model, self.staff, self.january
        random, rates, park, desired = model.random.random, model.rates, self.park, self.desired
        heads = staff[0] + staff[1] + staff[2]
        base = rates.commute if park is None else park.quits
        paid = rates.wage_scale * log(max(self.revenue / (heads or 1), 1.0)) - rates.relief_of_wage
        for tier, people in enumerate(staff):
            if people:
                yearly = min(max(base[tier] - paid, 0.005), 0.6)
                bound = yearly * STEEPEST
                early = january[tier]
                if early and random() < early * bound:
                    self.quit(tier, early, yearly, early=True)
                if people > early and random() < (people - early) * bound:
                    self.quit(tier, people - early, yearly, early=False)
        if heads > desired + 1:
            self.lay_off(rates.layoff_speed * (heads - desired) / heads)
        self.vacant = None
        for tier, share in enumerate(rates.tier_shares):
            gap = floor(desired * share + self.rounding[tier]) - staff[tier]
            if gap > 0:
                self.vacant = self.vacant or [0, 0, 0]
                self.vacant[tier] = gap
                model.vacancies[tier] += gap * self.weight

    def quit(self, tier, people, yearly, early):
        """So many people may quit, and luck is such that somebody might; some find another employer in the district."""
        luck = self.random.random() * min(people * yearly * STEEPEST, 1.0)
        left = count(luck, people, 1 - (1 - yearly) ** (1 / 12))
        if left:
            self.part_with(tier, left, self.model.rates.stay_after_quit, early)

    def lay_off(self, chance):
        """Excess staff is laid off a little at a time."""
        random, stay = self.random.random, self.model.rates.stay_after_layoff
        for tier in range(3):
            early, late = self.january[tier], self.staff[tier] - self.january[tier]
            left = binomial(random, early, chance) if early else 0
            if left:
                self.part_with(tier, left, stay, early=True)
            left = binomial(random, late, chance) if late else 0
            if left:
                self.part_with(tier, left, stay, early=False)

    def part_with(self, tier, people, stay, early):
        """People leave the firm; those who stay in the district are in the pool, January's on record at their park."""
        model = self.model
        found = binomial(self.random.random, people, stay)
        self.staff[tier] -= people
        model.pool_in[tier] += found * self.weight
        if early:
            self.january[tier] -= people
            self.january_park.reemployed[self.sector][tier] += found

    def dissolve_staff(self, stay):
        """All leave, as the firm ends or leaves the district."""
        for tier in range(3):
            early = self.january[tier]
            late = self.staff[tier] - early
            if early:
                self.part_with(tier, early, stay, early=True)
            if late:
                self.part_with(tier, late, stay, early=False)

    def hire(self):
        """Fill vacancies as long as the district has people."""
        if self.vacant is None:
            return
        model, random = self.model, self.random.random
        chances = model.hire_helped if self.helped_until[TALENT] >= model.now else model.hire_chance
        for tier, gap in enumerate(self.vacant):
            if gap and model.pool[tier] > 0:
                hired = binomial(random, gap, chances[tier])
                if hired:
                    self.staff[tier] += hired
                    model.pool[tier] -= hired * self.weight
                    model.hires += hired

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
            self.model.log.append((self.model.now, Event.FUNDED, self.unique_id, amount))

    def make_progress(self, revenue, age):
        """What incubatees do on their way to the bar: revenue on record, patents, certificate, sale."""
        model, random = self.model, self.random.random
        rates, now = model.rates, model.now
        self.past_revenue[now % 24] = revenue
        tested = model.parameters.service.testing_patents if self.helped_until[TESTING] >= now else 1.0
        self.patents += poisson(random, rates.patents * exp(0.5 * self.quality) * tested)
        if not self.is_high_tech and age >= model.parameters.graduating.certificate_age:
            hazard = rates.certificate_hazard * self.certifiable * tested
            luck = random()
            if luck < hazard and luck < 1 - exp(-hazard):
                self.is_high_tech = True
                model.log.append((now, Event.CERTIFIED, self.unique_id, self.park.key))
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
            model.log.append((now, Event.GRADUATED, self.unique_id, self.park.key))

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
            self.leave(int(Status.RELOCATED))
        elif (self.incubating or self.status == IN_PLACE) and self.lease_end() <= now:
            self.leave(None)

    def close(self):
        """Ceases; its people look for work."""
        model = self.model
        model.log.append((model.now, Event.CLOSED, self.unique_id, self.status))
        if self.place <= DISTRICT:
            self.dissolve_staff(model.rates.stay_after_layoff)
        if self.park is not None:
            self.park.vacate(self)
        self.remove()

    def leave(self, status):
        """Leaves its park alive. status: RELOCATED, or None for the end of a lease."""
        model = self.model
        place, _ = self.after_leaving()
        if status is None:
            self.end_incubation()
        else:
            self.status, self.incubating, self.left_on = status, False, model.now
            self.stay = model.now - self.entered_on
            model.log.append((model.now, Event.LEFT, self.unique_id, status))
        sold = self.acquired and self.status == GRADUATED
        if place > DISTRICT or sold:
            self.dissolve_staff(model.rates.stay_after_departure)
            model.locals.discard(self)
        self.park.vacate(self)
        model.tenants.discard(self)
        self.place, self.needs, self.cases, self.taste, self.taste_leaving = place, None, None, None, None
        if sold:
            model.log.append((model.now, Event.ACQUIRED, self.unique_id, place))
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
