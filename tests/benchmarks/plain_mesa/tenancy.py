"""What an enterprise does as a tenant, or on its way to becoming one: look for space, move, be served, leave."""

from array import array

from sim.model.status import Event
from tests.benchmarks.plain_mesa.equations import needs as equations
from tests.benchmarks.plain_mesa.rates import MARKET, TECHNOLOGY
from tests.benchmarks.plain_mesa.words import (
    CLUSTER,
    DISTRICT,
    ELSEWHERE,
    EXPIRED,
    GONE,
    GRADUATED,
    IN_PLACE,
    INCUBATING,
    NEVER,
    WAITING,
)  # fmt: skip


class Tenancy:
    """Space and services of an enterprise."""

    __slots__ = ()

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
        self.helped_until, self.past_revenue = [NEVER] * 5, array("d", bytes(8 * 24))
        park.let_to(self, area)
        model.tenants.add(self)
        model.locals.add(self)
        model.record(Event.ADMITTED, self, park.key)

    def move(self, park, area):
        """To another park; for those on notice incubation ends with it."""
        if self.on_notice():
            self.end_incubation()
        self.park.vacate(self)
        self.waited = 0
        park.let_to(self, area)
        self.model.record(Event.MOVED, self, park.key)

    def end_incubation(self):
        """The lease in incubation space ends: as a graduate, or at the limit."""
        if self.status == IN_PLACE:
            self.status = GRADUATED
        else:
            self.status, self.stay = EXPIRED, self.model.now - self.entered_on
        self.incubating, self.left_on = False, self.model.now
        self.model.record(Event.LEFT, self, self.status)

    def be_refused(self, why):
        """Without a park: the keen wait for room, the others take the best place outside."""
        model, p = self.model, self.model.parameters.choice
        if why == "no room" and self.waited < p.wait_months:
            self.status, self.waited = WAITING, self.waited + 1
            return
        model.waiting.discard(self)
        place, _ = self.best_outside(model.outside_values[self.origin], self.taste_outside)
        model.record(Event.SETTLED, self, place)
        follow = model.setup.run.follow
        if place == GONE or self.random.random() * follow >= 1:
            self.remove()
            return
        self.status, self.place, self.weight = ELSEWHERE, place, int(follow)
        self.taste = self.taste_outside = self.screened = None
        if place == DISTRICT:
            model.locals.add(self)

    def leave(self, status):
        """Leaves its park alive. status: RELOCATED, or None for the end of a lease."""
        model = self.model
        place, _ = self.after_leaving()
        if status is None:
            self.end_incubation()
        else:
            self.status, self.incubating, self.left_on = status, False, model.now
            self.stay = model.now - self.entered_on
            model.record(Event.LEFT, self, status)
        sold = self.acquired and self.status == GRADUATED
        if place > DISTRICT or sold:
            self.dissolve_staff(model.rates.stay_after_departure)
            model.locals.discard(self)
        self.park.vacate(self)
        model.tenants.discard(self)
        self.place, self.needs, self.cases, self.taste, self.taste_leaving = place, None, None, None, None
        if sold:
            model.record(Event.ACQUIRED, self, place)
            self.remove()

    # ---- services

    def raise_needs(self):
        """Cases that are done help; new needs arise; old ones lapse; the rest wait for a platform."""
        model, now = self.model, self.model.now
        if self.cases:
            self.finish_cases()
        random, needs, cases = self.random.random, self.needs, self.cases
        chances = model.rates.early_needs if now - self.entered_on < equations.EARLY else model.rates.needs
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
                self.gained = equations.gained(self.gained, model.rates.level_gain, platform.quality, service)
            model.served += 1
            model.record(Event.SERVED, self, kind)
