"""Parks 载体: space in three states, rent, reputation, recognition."""

from typing import NamedTuple

import numpy as np

from sim.engine.columns import Column, ColumnAgent
from sim.engine.quantity import Reading
from sim.model.agents.operator import Operator
from sim.model.mechanisms import adaptation, levers, space, talent
from sim.model.status import Kind


class Park(ColumnAgent):
    """One operated site."""

    kind = Column(np.int8, doc="makerspace, incubator, accelerator, industrial park")
    level = Column(np.int8, doc="official recognition: none, municipal, provincial, national")
    operator_row = Column(np.intp, empty=-1, doc="row of its operator")
    longitude = Column(float, unit="degree")
    latitude = Column(float, unit="degree")
    minutes = Column(float, unit="min", doc="travel time to the district's centre")
    opened_on = Column(np.int32, unit="month", doc="first month in operation")
    focus = Column(bool, shape=("sectors",), doc="sectors it is positioned for")
    certified_share = Column(float, doc="share of announced space that official tests count")

    announced = Column(np.int64, unit="m2", doc="space announced, fitted-out or not")
    fitted = Column(np.int64, unit="m2", doc="space fitted out")
    turning = Column(np.int64, unit="m2", doc="vacated space being refitted")
    let = Column(np.int64, unit="m2", doc="sum of tenants' areas, derived")
    rent = Column(float, unit="CNY/m2/month", doc="asking rent")
    amenity_area = Column(float, unit="m2", doc="living services in use")
    amenity_planned = Column(float, unit="m2/person", doc="living services a head that open with its space")
    reputation = Column(float, empty=1, doc="earned by graduates, 1 is the norm")
    effort = Column(float, doc="how hard its operator works to let space, 0 to 1")

    graduates = Column(np.int64, doc="graduates since opening")
    graduates_year = Column(np.int64, doc="graduates since January")
    earned = Column(float, empty=1, doc="reputation that last year's graduates earned")
    incubatee_months = Column(np.int64, doc="incubatees summed over the months since January")
    letting_share = Column(float, doc="share of January's vacancy the district sets as the year's letting task")
    letting_task = Column(float, unit="m2", doc="the year's task")
    newly_let = Column(np.int64, unit="m2", doc="let to newcomers since January")
    rent_received = Column(float, unit="CNY", doc="rent the operator received this month")
    relief_covered = Column(float, unit="m2", doc="space under relief this month")
    relief_area_months = Column(float, unit="m2*month", doc="space under relief, summed since January")
    relief_reward = Column(float, unit="CNY", shape=(12,), doc="reward at full completion, by month since January")
    relief_due = Column(float, unit="CNY", shape=(12,), doc="last year's reward as earned, by month, paid in January")
    paid_fraction = Column(
        float, empty=1, doc="share of last year's reward that was earned: what tenants are promised on"
    )
    january_staff = Column(np.int64, unit="person", shape=("sectors", 3), doc="employed here on 1 January")
    reemployed = Column(
        np.int64, shape=("sectors", 3), doc="January's people who found another employer in the district"
    )

    tenants_by_sector = Column(np.int64, shape=("sectors",), doc="tenants at the start of the month, derived")
    staff_nearby = Column(
        np.int64, unit="person", shape=("sectors",), doc="tenants' staff within the spillover range, derived"
    )
    partners = Column(float, shape=("segments",), doc="share of each segment's inputs found in the park, derived")

    admission_bar = Column(float, term="add", doc="lowest screening score, above the usual one")
    focus_only = Column(float, term="max", doc="how far admission follows focus, 0 to 1")
    activation = Column(float, term="max", doc="extra speed of fit-out and turning of idle space")
    small_units = Column(float, term="max", doc="share by which lettable units are cut towards half size")
    pay = Column(float, unit="CNY/year", term="add", doc="public pay to its operator that follows results")
    relief = Column(float, unit="CNY/m2/month", term="add", doc="rent relief that tenants see on covered space")
    reward = Column(float, unit="CNY/m2/month", term="add", doc="reward to the operator on covered space")
    service_list = Column(
        bool, shape=("platforms",), term="max", baseline="own_list", doc="platforms whose list reaches the park"
    )
    own_list = Column(bool, shape=("platforms",), doc="the same before policies")

    @property
    def operator(self) -> Operator:
        """Its operator: one agent, or a cohort to read from."""
        if self.many:
            return Operator.cohort(self.model, self.operator_row, borrowed=True)
        return self.model.member(Operator, self.operator_row)

    def capability(self) -> Reading:
        """Grade of its operator now, 0 (D) to 3 (A)."""
        return self.model.tables[Operator].data["capability"].take(self.operator_row)

    def lettable(self) -> Reading:
        """Space that can be let now, m2: fitted-out less let less turning."""
        return self.fitted - self.let - self.turning

    def occupancy(self) -> Reading:
        """Let over fitted-out; the target where nothing is fitted out."""
        return space.occupancy(self.let, self.fitted, self.model.parameters.adaptation)

    def capacity(self) -> Reading:
        """Heads that the fitted-out space is made for, person."""
        return space.capacity(self.fitted, self.model.parameters.space)

    def amenity(self) -> Reading:
        """Living services a head of capacity, m2/person."""
        return self.amenity_area / np.maximum(self.capacity(), 1.0)

    def felt_minutes(self) -> Reading:
        """Commute as people feel it, min."""
        return talent.felt_minutes(self.minutes, self.amenity(), self.model.parameters.choice.amenity_minutes)

    def unit_area(self) -> Reading:
        """Lettable unit, m2: halved where all small units are cut."""
        return space.lettable_unit(self.small_units, self.model.parameters.space).astype(np.int64)

    def speed(self) -> Reading:
        """Speed of fit-out and turning: activation, and the operator's effort."""
        return space.speed(self.activation, self.effort, self.model.parameters.adaptation)

    def screening_noise(self) -> Reading:
        """Spread of its errors when it judges newcomers, by its operator's grade."""
        return adaptation.by_grade(self.capability(), self.model.parameters.choice.screening_noise)

    def focused(self) -> Reading:
        """Degree to which admission follows its focus, 0 to 1; none where it has no focus."""
        return self.focus.any(axis=-1) * self.focus_only

    def takes_graduates(self) -> Reading:
        """Return True where firms past incubation may rent: accelerators and industrial parks."""
        return self.kind >= Kind.ACCELERATOR

    def rent_change(self) -> Reading:
        """Log change of rent this month; a park without fitted-out space keeps its rent."""
        return adaptation.rent_change(self.occupancy(), self.model.parameters.adaptation)

    def relief_years(self) -> Reading:
        """Years a tenant may have relief here, by its level."""
        return levers.relief_years(self.level)


class Work(NamedTuple):
    """Living services ordered: they open when due."""

    ordered_on: int
    due: int
    row: int  # of the park
    area: float  # m2
    policy: str
