"""Cluster: the model. It holds tables, luck and record, builds the place, and steps through the month."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Self, TypeVar

import mesa
import numpy as np
from mesa.agent import AgentSet

from sim.engine import bits, streams
from sim.engine.calendar import month_number, month_of
from sim.engine.columns import ColumnAgent, Departed, Table
from sim.model.agents import FAMILIES, District, Enterprise, Operator, Park, ServicePlatform
from sim.model.district_data import HOSTS, OWNERSHIPS, ClusterData
from sim.model.event_log import EventLog, NoLog
from sim.model.geography import parks_within
from sim.model.month import MONTH
from sim.model.phases import labour_market, space_market
from sim.model.setup import Setup
from sim.model.snapshot import Snapshot
from sim.model.status import Kind, Level
from sim.model.tally import Tally
from sim.model.vocabulary import NEEDS

F = TypeVar("F", bound=ColumnAgent)  # a family of agents

GRADE_VALUE = {"D": 0.0, "C": 1.0, "B": 2.0, "A": 3.0}


class Cluster(mesa.Model):
    """An incubator cluster, month by month.

    setup: what is simulated (`sim.build` makes one). rng: seed of all luck, an integer. species: {origin: subclass of
    Enterprise} for applicants of that origin. state: a snapshot to continue from, instead of a burn-in.
    """

    def __init__(
        self,
        setup: Setup,
        rng: int | None = 1,
        *,
        species: Mapping[str, type[Enterprise]] | None = None,
        state: Snapshot | None = None,
    ) -> None:
        if rng is None:
            raise ValueError(
                "Cluster: needs a seed, a whole number such as rng=1; in Mesa's batch_run list them: rng=[1, 2]"
            )
        setup.as_one_cluster()
        super().__init__(rng=int(rng))
        self.setup, self.seed, self.species = setup, int(rng), dict(species or {})
        self.data, self.parameters, self.world, self.rules = setup.data, setup.parameters, setup.world, setup.rules
        self.criteria = setup.criteria
        self.balance = setup.data.balance[setup.world.regime]
        self.policies = tuple(sorted(setup.policies, key=lambda policy: policy.name))
        self.start = month_number(setup.data.start)
        self.end = self.start + setup.months - 1
        self.pipeline: tuple[Callable, ...] = MONTH
        self._prepare()
        if state is None:
            self.now = self.start - int(setup.run.burn_in)
            self._found_places()
            self.burn_in()
        else:
            self.restore(state)
        self.running = True
        self.datacollector = mesa.DataCollector(
            model_reporters={"month": _month_text, "tenants": _tenants, "let": _let}
        )

    def _prepare(self):
        """Names, shares and distances that never change."""
        data = self.data
        self.sector_keys = list(data.sectors)
        self.segment_keys = [s.key for s in data.segments]
        self.segment_sector = np.array([self.sector_keys.index(s.sector) for s in data.segments], np.int8)
        sector_share = np.array([data.sectors[s.sector]["share"] for s in data.segments])
        self.segment_share = sector_share * np.array([s.share for s in data.segments])
        self.inputs = np.array([[s.inputs.get(k, 0.0) for k in self.segment_keys] for s in data.segments])
        self.long_stay_share = np.array([s["long_stay"] for s in data.sectors.values()])
        self.park_keys = [p.key for p in data.parks]
        self.park_hashes = np.array([bits.hash64(f"park/{key}") for key in self.park_keys], np.uint64)
        self.sector_hashes = np.array([bits.hash64(f"sector/{key}") for key in self.sector_keys], np.uint64)
        self.additions = {}
        for row, park in enumerate(data.parks):
            for when, area in park.additions:
                self.additions.setdefault(month_number(when), []).append((row, area))
        self.near = parks_within(data.parks, self.parameters.growth.spillover_range)
        self.sizes = sizes_of(data)
        self.tables: dict[type, Table] = {family: Table(family, self.sizes) for family in FAMILIES}
        self.members, self.everybody = {}, {}
        self.log, self.tally = EventLog(), Tally(len(data.parks), len(self.sector_keys))
        self.spending = []  # (month number, policy, line, CNY)
        self.derived = {}  # tables that follow from state and seldom change
        self.works = []  # living services ordered so far
        self.intensity = None  # expected applicants of the month by source, once known (segments, origins)

    def _found_places(self):
        """District, operators, parks and platforms as the data has them; enterprises come by themselves."""
        data = self.data
        District.enter(self, 1, **self._who(["district"]), labour_pool=12 * labour_market.newcomers(self)[None, :])
        grade = np.array([GRADE_VALUE[o.grade] for o in data.operators])
        Operator.enter(
            self, len(grade), **self._who([f"operator/{o.key}" for o in data.operators]),
            ownership=np.array([OWNERSHIPS.index(o.ownership) for o in data.operators], np.int8),
            own_capability=grade, capability=grade,
            own_initiative=np.array([o.initiative for o in data.operators]),
            service_share=np.array([o.service_share for o in data.operators]),
        )  # fmt: skip
        operators = [o.key for o in data.operators]
        stock = np.array([park.stock for park in data.parks]).astype(np.int64)
        Park.enter(
            self, len(stock), **self._who([f"park/{key}" for key in self.park_keys]),
            kind=np.array([Kind[park.kind.upper()] for park in data.parks], np.int8),
            level=np.array([Level[park.level.upper()] for park in data.parks], np.int8),
            operator_row=np.array([operators.index(park.operator) for park in data.parks], np.int32),
            longitude=np.array([park.longitude for park in data.parks]),
            latitude=np.array([park.latitude for park in data.parks]),
            minutes=np.array([park.minutes for park in data.parks]),
            opened_on=np.array([month_number(park.opened_on) for park in data.parks], np.int32),
            focus=np.array([[s in park.focus for s in self.sector_keys] for park in data.parks]),
            certified_share=np.array([park.certified_share for park in data.parks]),
            rent=np.array([park.rent for park in data.parks]),
            amenity_planned=np.array([park.amenity for park in data.parks]),
            letting_share=np.array([park.letting_target for park in data.parks]),
            own_list=np.array([[f.parks == ("all",) or park.key in f.parks for f in data.platforms] for park in data.parks], bool)
            .reshape(len(stock), len(data.platforms)),
        )  # fmt: skip
        ServicePlatform.enter(
            self, len(data.platforms), **self._who([f"platform/{f.key}" for f in data.platforms]),
            kind=np.array([NEEDS.index(f.kind) for f in data.platforms], np.int8),
            host=np.array([HOSTS.index(f.host) for f in data.platforms], np.int8),
            fits=np.array([[f.sectors == ("all",) or s in f.sectors for s in self.sector_keys] for f in data.platforms], bool)
            .reshape(len(data.platforms), len(self.sector_keys)),
            own_capacity=np.array([f.capacity for f in data.platforms]),
            own_quality=np.array([f.quality for f in data.platforms]),
        )  # fmt: skip

    def _who(self, names):
        idents = np.array([bits.hash64(name) for name in names], np.uint64)
        return {"ident": idents, "luck": streams.luck(idents, self.seed)}

    # ---- time

    @property
    def month(self) -> np.datetime64:
        """The month about to be simulated (or being simulated), as numpy month."""
        return month_of(self.now)

    @property
    def in_burn_in(self) -> bool:
        """Before the start: rents, capability and recognition stand still, policies are not yet born."""
        return self.now < self.start

    def burn_in(self, recorded: bool = False) -> None:
        """Fill the space of the start from nothing, so that ages, stays and sizes are the model's own.

        Of the record nothing stays; recorded: keep it until the start, for whoever looks on.
        """
        if not recorded:
            self.log, self.tally.wanted = NoLog(), frozenset()
        while self.now < self.start:
            self.advance()
        self.log, self.tally.wanted, self.tally.months, self.spending = EventLog(), None, [], []

    def step(self) -> None:
        """One month."""
        self.advance()
        self.datacollector.collect(self)
        self.running = self.now <= self.end

    def advance(self) -> None:
        """One month, without Mesa's record."""
        for phase in self.pipeline:
            phase(self)
        self.now += 1
        if self.now % int(self.setup.run.compact_every) == 0:
            self.compact()

    def run(self, until: int | None = None) -> Self:
        """To the last month, or up to but not including month number `until`."""
        stop = self.end + 1 if until is None else min(until, self.end + 1)
        while self.now < stop:
            self.advance()
        self.running = self.now <= self.end
        return self

    # ---- agents

    def table_of(self, cls: type) -> Table:
        """The table of an agent class or of its family."""
        table = self.tables.get(cls)
        if table is not None:
            return table
        for family in FAMILIES:
            if issubclass(cls, family):
                return self.tables[family]
        raise KeyError(f"{cls.__name__} is no family of agents")

    def all(self, family: type[F]) -> F:
        """Every row of a family, read together without copying: for phases that do not rewrite what they read."""
        table, known = self.tables[family], self.everybody.get(family)
        if known is None or known.row.stop != table.size or known.stamp != table.version:
            known = self.everybody[family] = family.cohort(self, slice(0, table.size))
        return known

    def where(self, family: type[F], holds: Callable[[F], np.ndarray]) -> F:
        """The agents for which a condition on columns holds, as one cohort read by the family's own rules."""
        return family.cohort(self, holds(self.all(family)).nonzero()[0])

    def cohorts(self, family: type[F], holds: Callable[[F], np.ndarray]) -> Iterator[F]:
        """The same, one cohort for each subclass, so that each is read by its own rules."""
        table, chosen = self.tables[family], holds(self.all(family)).nonzero()[0]
        if len(table.classes) == 1:
            yield family.cohort(self, chosen)
            return
        for number, cls in enumerate(table.classes):
            rows = chosen[table.kind[chosen] == number]
            if rows.size:
                yield cls.cohort(self, rows)

    def draw(
        self, decision: str | tuple[str, ...], agents: ColumnAgent, alternatives: np.ndarray | None = None
    ) -> np.ndarray:
        """Uniform luck of these agents in this decision, this month if the luck is of the month. (n,) or (n, m).

        Of several decisions at once, if `decision` is a tuple of their names: (names, n).
        """
        if isinstance(decision, tuple):
            return streams.uniform(agents.luck, streams.keys(self.seed, decision, self.now))
        return streams.uniform(agents.luck, streams.key(self.seed, decision, self.now), alternatives)

    def derive_let(self) -> None:
        """Let space is the sum of tenants' areas, never a counter of its own."""
        self.all(Park).let = space_market.let_area(self, self.all(Enterprise))

    def known(self, name: Any, work_out: Callable[[], Any]) -> Any:
        """Return what follows from the parameters alone, worked out when first asked for."""
        if name not in self.derived:
            self.derived[name] = work_out()
        return self.derived[name]

    def spent_this_month(self) -> float:
        """Public spending of all policies this month, CNY."""
        total = 0.0
        for month, _, _, amount in reversed(self.spending):
            if month < self.now:
                break
            total += amount
        return total

    def first_space(self, month: int) -> np.ndarray:
        """Space of the start that opens in a month of the burn-in, by park (parks,) m2.

        It opens evenly over one tenancy limit, so that first tenants do not all reach the limit together; without a
        burn-in it is all there in the first month.
        """
        begun = self.start - int(self.setup.run.burn_in)
        steps = min(int(self.rules.limit), int(self.setup.run.burn_in)) or 1
        k = month - begun
        if not 0 <= k < steps:
            return np.zeros(len(self.park_keys), np.int64)
        stock = np.array([park.stock for park in self.data.parks], np.int64)
        return stock * (k + 1) // steps - stock * k // steps

    def under_way(self) -> np.ndarray:
        """Living services ordered and not yet open, by park (parks,) m2."""
        area = np.zeros(len(self.park_keys))
        for work in self.works:
            area[work.row] += work.area * (work.due >= self.now)
        return area

    def compact(self) -> None:
        """Remove the rows of ended firms; identities stay, row numbers change."""
        table = self.tables[Enterprise]
        alive = self.all(Enterprise).exists()
        if alive.sum() > 0.8 * len(table):
            return
        new_row = np.where(alive, np.cumsum(alive) - 1, -1)
        table.compact(alive)
        for ident, agent in list(self.members.get(Enterprise, {}).items()):
            agent.row = int(new_row[agent.row])
            if agent.row < 0:
                self._dismiss(Enterprise, ident)

    # ---- Mesa's view: objects on first access

    @property
    def agents(self) -> AgentSet:
        """Every living agent as a Mesa AgentSet."""
        self.embody()
        return super().agents

    @property
    def agents_by_type(self) -> dict[type, AgentSet]:
        """AgentSets by class."""
        self.embody()
        return super().agents_by_type

    @property
    def agent_types(self) -> list[type]:
        """The classes of living agents."""
        self.embody()
        return super().agent_types

    def embody(self) -> None:
        """Give every living row its Mesa object, and take it from rows that ended. Unless looked at, nothing is made."""
        for family, table in getattr(self, "tables", {}).items():
            members = self.members.setdefault(family, {})
            alive = self.all(family).exists()
            idents = table.data["ident"][: len(table)].tolist()
            for row, (ident, lives) in enumerate(zip(idents, alive, strict=True)):
                if lives and ident not in members:
                    members[ident] = table.classes[table.kind[row]](self, row)
                elif not lives and ident in members:
                    self._dismiss(family, ident)

    def _dismiss(self, family, ident):
        agent = self.members[family].pop(ident)
        agent.table, agent.row = Departed(f"{type(agent).__name__} {ident}"), 0
        agent.remove()

    def member(self, family: type[F], row: int) -> F:
        """The Mesa object of a row."""
        ident = int(self.tables[family].data["ident"][row])
        if ident not in self.members.get(family, {}):
            self.embody()
        return self.members[family][ident]

    # ---- snapshots

    def fork(self, setup: Setup) -> Self:
        """Another cluster that goes on from this very state under other policies, with the record so far."""
        other = type(self)(setup, self.seed, species=self.species, state=self._now())
        other.pipeline = self.pipeline
        return other

    def state(self) -> Snapshot:
        """Everything needed to go on from here, and the record so far; the same for every set of policies."""
        here = self._now()
        tables = {
            family: (classes, kind.copy(), {name: array.copy() for name, array in data.items()})
            for family, (classes, kind, data) in here.tables.items()
        }
        return replace(here, tables=tables)

    def _now(self):
        """The state without copying the tables: for whoever takes it over at once."""
        tables = {
            family: (list(t.classes), t.kind[: t.size], {n: a[: t.size] for n, a in t.data.items()})
            for family, t in self.tables.items()
        }
        return Snapshot(
            self.seed, self.now, tables, list(self.works), list(self.log.parts), list(self.tally.months),
            list(self.spending),
        )  # fmt: skip

    def restore(self, state: Snapshot) -> None:
        """Continue from a snapshot."""
        if state.seed != self.seed:
            raise ValueError(f"snapshot is of seed {state.seed}, not {self.seed}")
        self.now, self.works, self.spending = state.now, list(state.works), list(state.spending)
        self.log.parts, self.tally.months = list(state.log), list(state.months)
        for family, (classes, kind, data) in state.tables.items():
            self.tables[family].fill(classes, kind, data)


def sizes_of(data: ClusterData) -> dict[str, int]:
    """Return the lengths of columns with a value for each sector, segment, platform or park."""
    places = {"sectors": data.sectors, "segments": data.segments, "platforms": data.platforms, "parks": data.parks}
    return {name: len(listed) for name, listed in places.items()}


def forget(cluster) -> None:
    """Free a finished model, which is of no use afterwards.

    A model is a circle of references: taken apart here, it is gone at once, and nobody need have all objects of the
    process looked through for it, which takes as long as ten months of a run. Mesa 3.3 keeps one entry a model for ever.
    """
    counters = getattr(mesa.Agent, "_ids", None)
    if isinstance(counters, dict):
        counters.pop(cluster, None)
    vars(cluster).clear()


def _month_text(cluster):
    return str(month_of(cluster.now - 1))


def _tenants(cluster):
    return int((cluster.all(Enterprise).park_row >= 0).sum())


def _let(cluster):
    return int(cluster.all(Park).let.sum())
