"""The plain Mesa twin: the same monthly rules as ordinary Mesa objects, as a user would write them without our arrays.

State stands on self, luck comes from Mesa's own streams, agents act through AgentSets; equations are the model's own, given
the numbers of one agent. It is what our speed is measured against, and it agrees with our model on the headline measures
(test_twin.py). Policies are not part of it.
"""

import mesa

from sim.engine.calendar import along, month_number
from sim.model.mechanisms import arrivals, talent
from sim.model.phases import space_market
from sim.model.vocabulary import ORIGINS
from tests.benchmarks.plain_mesa import equations
from tests.benchmarks.plain_mesa.enterprise import Enterprise
from tests.benchmarks.plain_mesa.market import admit
from tests.benchmarks.plain_mesa.rates import Rates
from tests.benchmarks.plain_mesa.recognition import certify
from tests.benchmarks.plain_mesa.start import settle_in


class PlainCluster(mesa.Model):
    """An incubator cluster of ordinary Mesa agents, from the state of one of our clusters on.

    cluster: a Cluster at its start, without policies; it is read and not changed. rng: seed of Mesa's streams.
    """

    def __init__(self, cluster, rng=1):
        super().__init__(rng=rng)
        self.setup, self.data, self.parameters = cluster.setup, cluster.data, cluster.parameters
        self.world, self.rules, self.rates = cluster.world, cluster.rules, Rates(cluster.setup)
        self.balance, self.now, self.end = cluster.balance, cluster.now, cluster.end
        if cluster.policies:
            raise ValueError("PlainCluster: knows no policies; give it a cluster without any")
        self.sectors = list(self.data.sectors)
        self.segments = [(self.sectors.index(s.sector), s.key) for s in self.data.segments]
        keys = [s.key for s in self.data.segments]
        self.inputs = [[(keys.index(k), share) for k, share in s.inputs.items()] for s in self.data.segments]
        self.long_stay = [s["long_stay"] for s in self.data.sectors.values()]
        self.sources = arrivals.applicants(
            self.balance.applicants_per_year, cluster.segment_share, self.parameters.demand.origin_shares
        )
        self.unit_area = int(equations.space.lettable_unit(0.0, self.parameters.space))
        self.additions = {}
        for park in self.data.parks:
            for when, area in park.additions:
                at = (month_number(when), park.key)
                self.additions[at] = self.additions.get(at, 0) + area
        outside, leaving, _ = space_market.values_outside(cluster)
        self.outside_values, self.leaving_values = outside.tolist(), leaving.tolist()
        self.log, self.seekers, self.queue = [], [], []
        self.lapsed = self.served = self.hires = self.graduates = self.elsewhere = 0
        self.tenants, self.locals, self.waiting = (mesa.agent.AgentSet([], self.random) for _ in range(3))
        self.firms_by_segment = [0] * len(self.segments)
        settle_in(self, cluster)
        self.take_stock()
        self.datacollector = mesa.DataCollector(model_reporters=REPORTERS)

    @property
    def enterprises(self):
        """All living firms."""
        return self.agents_by_type[Enterprise]

    def step(self):
        """One month, phase by phase in the order of ours."""
        self.look_around()
        for park in self.parks:
            park.open_space()
        self.found()
        admit(self)
        self.serve()
        self.employ()
        self.enterprises.do("grow")
        self.tenants.do("try_to_graduate")
        self.enterprises.do("age_a_month")
        self.adapt()
        for park in self.parks:
            park.settle()
        self.take_stock()
        self.datacollector.collect(self)
        if self.now % 12 == 11:
            self.begin_year()
        self.now += 1

    def record(self, event, firm, detail):
        """Write an event down."""
        self.log.append((self.now, int(event), firm.unique_id, detail))

    def run(self, months=None):
        """To the last month, or so many months."""
        for _ in range(self.end + 1 - self.now if months is None else months):
            self.step()
        return self

    # ---- phases

    def look_around(self):
        """What parks and chains offer this month."""
        there = [n >= self.parameters.service.chain_firms for n in self.firms_by_segment]
        complete = [sum(share for other, share in wanted if there[other]) for wanted in self.inputs]
        self.chain_level = [equations.growth.chain(share, self.parameters.growth) for share in complete]
        for park in self.parks:
            park.look_around()

    def found(self):
        """Newcomers, from Poisson numbers by segment and origin."""
        p = self.parameters.demand
        weight = [max(park.fitted, 1) for park in self.parks]
        reputation = sum(park.reputation * w for park, w in zip(self.parks, weight, strict=True)) / sum(weight)
        pull = equations.adaptation.promotion_pull(0.0, p) * equations.arrivals.reputation_pull(reputation, p)
        pull *= along(self.world.promotion, self.now) * along(self.world.macro, self.now)
        for segment, row in enumerate(self.rng.poisson(pull * self.sources)):
            for origin, n in zip(range(len(ORIGINS)), row, strict=True):
                for _ in range(n):
                    self.waiting.add(Enterprise(self, segment, origin))

    def serve(self):
        """Needs arise; platforms take up the oldest cases first, each case at the best platform with a place left."""
        self.queue = []
        self.tenants.do("raise_needs")
        for platform in self.platforms:
            platform.open_books()
        months = self.rates.case_months
        for _, _, kind, firm in sorted(self.queue, key=lambda case: case[:2]):
            for platform in firm.park.platforms[kind][firm.sector]:
                if platform.places:
                    platform.places -= 1
                    del firm.needs[kind]
                    firm.cases[kind] = (self.now + int(months + self.random.random()), platform)
                    break
        self.queue = []

    def employ(self):
        """Quits and layoffs, then vacancies compete for the people there are."""
        p = self.parameters.labour
        for park in self.parks:
            park.lose_reemployed()
        self.vacancies, self.pool_in = [0, 0, 0], [0, 0, 0]
        self.locals.do("turn_over")
        self.pool = [pool + new for pool, new in zip(self.pool, self.pool_in, strict=True)]
        self.hire_chance, self.hire_helped = (
            [
                equations.talent.hire_chance(speed, pool, vacancies, 0.0, helped, p)
                for speed, pool, vacancies in zip(p.hire_speed, self.pool, self.vacancies, strict=True)
            ]
            for helped in (False, True)
        )
        self.locals.shuffle_do("hire")  # whoever comes first may take the last one
        new = talent.newcomers(self.data.graduates_per_year, self.data.seekers_per_year, p.tier_shares, p)
        self.pool = talent.pool(self.pool, new, p).tolist()

    def adapt(self):
        """Rents, capability, effort, reputation; in December official recognition."""
        mean = sum(park.operator.capability for park in self.parks) / len(self.parks)
        for park in self.parks:
            park.adapt()
        for operator in self.operators:
            operator.learn(mean)
        if self.now % 12 == 11:
            certify(self)

    # ---- counts

    def take_stock(self):
        """Every firm adds itself to the counts of its park."""
        for park in self.parks:
            park.forget()
        self.firms_by_segment, self.elsewhere = [0] * len(self.segments), 0
        self.enterprises.do("be_counted")

    def begin_year(self):
        """In December: who is employed in the cluster, to ask a year later who stayed."""
        self.enterprises.do("new_year")
        for park in self.parks:
            park.january_staff = sum(sum(firm.january) for firm in park.tenants)
            park.reemployed = [[0, 0, 0] for _ in self.sectors]

    def total(self, name):
        """Sum of an attribute over parks."""
        return sum(getattr(park, name) for park in self.parks)


def _retained(model):
    found = model.total("same_firm") + sum(sum(map(sum, park.reemployed)) for park in model.parks)
    return found / max(model.total("january_staff"), 1)


REPORTERS = {
    "month": "now",
    "live_rows": lambda m: len(m.enterprises),
    "tenants": lambda m: len(m.tenants),
    **{
        name: lambda m, name=name: m.total(name)
        for name in ("fitted", "let", "incubatees", "high_tech", "funded", "holders", "revenue", "growth")
    },
    "graduates": "graduates",
    "staff": lambda m: sum(sum(park.staff) for park in m.parks),
    "served": "served",
    "elsewhere": "elsewhere",
    "retained": _retained,
}
