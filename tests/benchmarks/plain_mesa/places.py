"""Parks, operators and service platforms as ordinary Mesa agents."""

import mesa
import numpy as np

from tests.benchmarks.plain_mesa.equations import adaptation, choice, growth, space, survival, talent
from tests.benchmarks.plain_mesa.rates import binomial


class Operator(mesa.Agent):
    """Runs one or more parks."""

    def __init__(self, model, capability, own_capability, initiative, service_share):
        super().__init__(model)
        p = model.parameters.adaptation
        self.capability, self.service_share = capability, service_share
        self.initiative = adaptation.initiative(initiative, adaptation.incentive_response(0.0, p))
        self.own_part = adaptation.own_part(own_capability, initiative, p)
        self.cash = 0.0

    def learn(self, mean):
        """Tend to what initiative and better peers allow."""
        p = self.model.parameters.adaptation
        target = adaptation.capability_target(self.own_part, self.initiative, mean, p)
        self.capability = adaptation.capability(self.capability, target, p)


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
        p, capacity = model.parameters, self.fitted / model.parameters.space.area_per_head
        self.felt = talent.felt_minutes(self.minutes, self.amenity_area / max(capacity, 1.0), p.choice.amenity_minutes)
        self.round_factor = adaptation.by_grade(self.operator.capability, p.funding.grade_multiplier)
        self.rivalry = [survival.rivalry(max(n - 1, 0), p.survival) for n in self.by_sector]
        staff = [sum(park.staff_by_sector[s] for park in self.near) for s in range(len(model.sectors))]
        self.neighbours = [growth.neighbours(people, p.growth) for people in staff]
        self.partners = [sum(share for other, share in wanted if self.by_segment[other]) for wanted in model.inputs]

    def attract(self):
        """What the park is worth to a firm of each segment, but for its size and the firm's own taste."""
        model, p = self.model, self.model.parameters.choice
        here = choice.operator_utility(self.operator.capability, self.effort, p) + choice.rent_utility(self.rent, p)
        here += choice.distance_utility(self.felt, model.data.centre_minutes, p)
        by_sector = [
            here + choice.sector_utility(s in self.focus, n, self.reach[s], p) for s, n in enumerate(self.by_sector)
        ]
        self.worth = [
            by_sector[s] + choice.partner_utility(self.partners[k], p) for k, (s, _) in enumerate(model.segments)
        ]
        self.size_value = choice.size_utility(max(self.lettable(), model.unit_area) if self.fitted > 0 else 0, p)
        self.noise = adaptation.by_grade(self.operator.capability, p.screening_noise)

    def open_space(self):
        """Announced space is fitted out, vacated space comes back, living services wear out."""
        model, p = self.model, self.model.parameters
        self.announced += model.additions.get((model.now, self.key), 0)
        speed = space.speed(0.0, self.effort, p.adaptation)
        fitting = int(space.fitted(np.int64(self.announced - self.fitted), speed, p.space))
        self.fitted += fitting
        self.turning -= int(space.returned(np.int64(self.turning), speed, p.space))
        opening = space.amenities(fitting, self.amenity_planned, p.space)
        self.amenity_area = space.worn(self.amenity_area, p.amenity) + opening

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
        p, unit = self.model.parameters.space, self.model.unit_area
        asking = []
        for firm in self.tenants:
            wanted = space.wanted(sum(firm.staff), p)
            if space.outgrown(wanted, firm.area, p):
                extra = int(space.units(wanted, unit)) - firm.area
                asking.append((-firm.waited, self.random.random(), extra, firm))
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
        self.rent = adaptation.rent(self.rent, adaptation.rent_change(occupancy, p), p)
        self.reputation = adaptation.reputation(self.reputation, self.earned, p)
        self.effort = adaptation.effort(self.operator.initiative, occupancy, p)
        if self.model.now % 12 == 11:
            if self.incubatee_months:
                self.earned = adaptation.earned_reputation(self.graduates_year, self.incubatee_months / 12, p)
            self.incubatee_months = self.graduates_year = 0

    def incubatees_now(self):
        """Tenants under incubation."""
        return sum(firm.incubating for firm in self.tenants)

    def settle(self):
        """The operator's books, and the year's letting task."""
        income = self.rent_due + adaptation.service_income(self.rent_due, self.operator.service_share)
        self.operator.cash += income - adaptation.upkeep(self.fitted, self.model.parameters.money)
        self.rent_due = 0.0
        if self.model.now % 12 == 11:
            self.letting_task, self.newly_let = adaptation.letting_task(self.lettable(), self.letting_share), 0
