"""What an enterprise does as an employer: its people quit, are laid off, are hired."""

from math import floor

from tests.benchmarks.plain_mesa.equations import by_hand, talent
from tests.benchmarks.plain_mesa.rates import TALENT, binomial, count


class Employer:
    """The people of an enterprise, by tier; those employed since 1 January are counted apart."""

    __slots__ = ()

    @by_hand
    def turn_over(self):
        """Quits and layoffs; then the vacancies are posted."""
        model, staff, january = self.model, self.staff, self.january
        random, desired = model.random.random, self.desired
        heads = staff[0] + staff[1] + staff[2]
        p, felt = model.parameters.labour, self.park.felt if self.park else model.parameters.labour.district_minutes
        wage = talent.relative_wage(self.revenue / (heads or 1), model.parameters.demand.revenue_per_head, p)
        for tier, people in enumerate(staff):
            if people:
                yearly, early = talent.yearly_quits(p.quit_base[tier], felt, wage, p), january[tier]
                bound = talent.most_monthly(yearly)
                if early and (luck := random()) < early * bound:
                    self.quit(tier, early, yearly, luck, early=True)
                if people > early and (luck := random()) < (people - early) * bound:
                    self.quit(tier, people - early, yearly, luck, early=False)
        if talent.overstaffed(heads, desired):
            self.lay_off(talent.layoff_chance(heads, desired, p))
        self.vacant = None
        for tier, share in enumerate(p.tier_shares):
            gap = floor(talent.posts(desired, share) + self.rounding[tier]) - staff[tier]
            if gap > 0:
                self.vacant = self.vacant or [0, 0, 0]
                self.vacant[tier] = gap
                model.vacancies[tier] += gap * self.weight

    def quit(self, tier, people, yearly, luck, early):
        """So many people may quit, and luck is such that somebody might; some find another employer in the district."""
        left = count(luck, people, talent.monthly(yearly))
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
