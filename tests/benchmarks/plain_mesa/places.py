"""Parks, operators and service platforms as ordinary Mesa agents."""

from math import ceil, exp, log, log1p

import mesa

from tests.benchmarks.plain_mesa.rates import between, binomial


class Operator(mesa.Agent):
    """Runs one or more parks."""

    def __init__(self, model, capability, own_capability, initiative, service_share):
        super().__init__(model)
        gain = model.parameters.adaptation.initiative_gain
        self.capability, self.initiative, self.service_share = capability, min(max(initiative, 0.0), 1.0), service_share
        self.own_part = own_capability - gain * initiative
        self.cash = 0.0

    def learn(self, mean):
        """Tend to what initiative and better peers allow."""
        p = self.model.parameters.adaptation
        lifted = self.own_part + p.initiative_gain * self.initiative
        target = min(max(lifted + p.peer_learning * max(0.0, mean - lifted), 0.0), 3.0)
        self.capability += p.capability_speed * (target - self.capability)


class ServicePlatform(mesa.Agent):
    """Takes up cases of one kind from the parks on its list."""

    def __init__(self, model, kind, sectors, capacity, quality):
        super().__init__(model)
        self.kind, self.sectors, self.capacity, self.quality = kind, sectors, capacity, quality
        self.places = 0

    def open_books(self):
        """A new month: as many cases as there is capacity."""
        self.places = int(self.capacity + 1e-9)


class Park(mesa.Agent):
    """One operated site, and what its tenants and neighbours make of it."""

    def __init__(self, model, key, operator, **state):
        super().__init__(model)
        self.key, self.operator = key, operator
        for name, value in state.items():
            setattr(self, name, value)
        self.tenants, self.near, self.platforms = set(), [], []
        self.reemployed = [[0, 0, 0] for _ in model.sectors]
        self.january_staff = 0
        self.forget()

    # ---- the month

    def forget(self):
        """Start counting anew."""
        sectors, segments = len(self.model.sectors), len(self.model.segments)
        self.by_sector, self.staff_by_sector = [0] * sectors, [0] * sectors
        self.by_segment = [0] * segments
        self.incubatees = self.high_tech = self.funded = self.holders = 0
        self.revenue = self.growth = 0.0
        self.staff = [0, 0, 0]
        self.same_firm = 0

    def look_around(self):
        """What tenants of each sector have around them this month; all of it derived from last month's counts."""
        model = self.model
        p, rates, inputs = model.parameters, model.rates, model.inputs
        capacity = self.fitted / p.space.area_per_head
        self.felt = max(0.0, self.minutes - p.choice.amenity_minutes * self.amenity_area / max(capacity, 1.0))
        lag = p.labour.commute_slope * (self.felt - p.labour.commute_reference)
        self.quits = [base + lag for base in p.labour.quit_base]
        grade = self.operator.capability
        self.round_factor = between(grade, p.funding.grade_multiplier)
        self.rivalry = [(1 + rates.rivalry * log1p(max(n - 1, 0))) / rates.outside_rivalry for n in self.by_sector]
        lift = p.growth.operator_level * grade / 3 - p.growth.agglomeration * log1p(p.growth.outside_neighbours)
        self.level_base = [
            lift + p.growth.agglomeration * log1p(sum(park.staff_by_sector[s] for park in self.near))
            for s in range(len(model.sectors))
        ]
        self.partners = [sum(share for other, share in wanted if self.by_segment[other]) for wanted in inputs]

    def attract(self):
        """What the park is worth to a firm of each segment, but for its size and the firm's own taste."""
        model, p = self.model, self.model.parameters.choice
        here = p.operator * self.operator.capability / 3 + p.effort * self.effort
        here -= p.distance * (self.felt - model.data.centre_minutes) / 15
        here -= p.rent_sensitivity * log((self.rent + p.service_charge) / (p.reference_rent + p.service_charge))
        by_sector = [
            here + p.focus * (s in self.focus) + p.neighbours * log1p(n) + p.reach * self.reach[s]
            for s, n in enumerate(self.by_sector)
        ]
        self.worth = [by_sector[s] + p.partners * self.partners[k] for k, (s, _) in enumerate(model.segments)]
        room = max(self.lettable(), unit_area(model)) if self.fitted > 0 else 0
        self.size_value = p.size_exponent * log(max(room, 1.0) / 1000) if room > 0 else float("-inf")
        self.noise = between(self.operator.capability, p.screening_noise)

    def open_space(self):
        """Announced space is fitted out, vacated space comes back, living services wear out."""
        model, p = self.model, self.model.parameters
        self.announced += model.additions.get((model.now, self.key), 0)
        speed = 1 + p.adaptation.effort_turning * self.effort
        bare = self.announced - self.fitted
        self.fitted += min(ceil(p.space.fit_out_rate * speed * bare), bare)
        self.turning -= min(ceil(self.turning * speed / p.space.turning_months), self.turning)
        self.amenity_area *= 1 - p.amenity.depreciation / 12

    def lettable(self):
        """Space that can be let now, m2."""
        return self.fitted - self.let - self.turning

    def occupancy(self):
        """Let over fitted-out; the target where nothing is fitted out."""
        return self.let / self.fitted if self.fitted else self.model.parameters.adaptation.target_occupancy

    def let_to(self, firm, area):
        """A firm takes space."""
        self.tenants.add(firm)
        self.let += area
        self.newly_let += area
        firm.park, firm.area = self, area

    def vacate(self, firm):
        """A firm gives up its space, which has to be put in order."""
        self.tenants.discard(firm)
        self.let -= firm.area
        self.turning += firm.area
        firm.park, firm.area = None, 0

    def grant_expansions(self):
        """Tenants that outgrew their space get more while it lasts, those longest refused first."""
        p, unit = self.model.parameters.space, unit_area(self.model)
        asking = []
        for firm in self.tenants:
            wanted = max(sum(firm.staff), 1) * p.area_per_head
            if wanted > p.expand_trigger * firm.area:
                asking.append((-firm.waited, self.random.random(), ceil(wanted / unit) * unit - firm.area, firm))
            elif firm.waited:
                firm.waited = 0
        left = self.lettable()
        for _, _, extra, firm in sorted(asking):
            if extra <= left:
                left -= extra
                self.let += extra
                firm.area += extra
                firm.waited = 0
            else:
                firm.waited += 1

    def lose_reemployed(self):
        """Re-employed people who leave the district after all."""
        chance = self.model.rates.reemployed_leave
        for people in self.reemployed:
            for tier, there in enumerate(people):
                if there:
                    people[tier] -= binomial(self.random.random, there, chance)

    def adapt(self):
        """Rent, effort and reputation respond to how the park is let."""
        p = self.model.parameters.adaptation
        self.incubatee_months += self.incubatees_now()
        occupancy = self.occupancy()
        self.rent = max(p.rent_floor, self.rent * exp(p.rent_speed * (occupancy - p.target_occupancy)))
        self.reputation += p.reputation_speed * (self.earned - self.reputation)
        short = (p.target_occupancy - occupancy) / p.target_occupancy
        self.effort = self.operator.initiative * min(max(short, 0.0), 1.0)
        if self.model.now % 12 == 11:
            if self.incubatee_months:
                rate = self.graduates_year / max(self.incubatee_months / 12, 1.0)
                self.earned = min(max(rate / p.reputation_norm, p.reputation_bounds[0]), p.reputation_bounds[1])
            self.incubatee_months = self.graduates_year = 0

    def incubatees_now(self):
        """Tenants under incubation."""
        return sum(firm.incubating for firm in self.tenants)

    def settle(self):
        """The operator's books, and the year's letting task."""
        rent = self.rent_due
        share = self.operator.service_share
        self.operator.cash += rent + rent * share / (1 - share) - self.model.parameters.money.running * self.fitted
        self.rent_due = 0.0
        if self.model.now % 12 == 11:
            self.letting_task, self.newly_let = self.letting_share * self.lettable(), 0


def unit_area(model):
    """The lettable unit, m2."""
    return model.parameters.space.unit_area
