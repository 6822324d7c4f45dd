"""Operators 运营主体: who runs one or more parks, how well and how hard."""

import numpy as np

from sim.engine.columns import Column, ColumnAgent
from sim.engine.quantity import Reading
from sim.model.mechanisms import adaptation


class Operator(ColumnAgent):
    """State-owned platform company, private firm or university."""

    ownership = Column(np.int8, doc="0 state, 1 private, 2 university")
    own_capability = Column(float, unit="grade", doc="capability without initiative or peers: D 0 to A 3")
    capability = Column(float, unit="grade", doc="what it can do now: D 0 to A 3")
    own_initiative = Column(float, doc="how strongly its pay follows results, before contracts")
    service_share = Column(float, doc="share of income from services")
    cash = Column(float, unit="CNY", doc="operator's books since the start")

    performance_pay = Column(
        float, unit="CNY/year", doc="public pay that follows results, mean over its open parks, derived"
    )
    professional = Column(float, unit="grade", term="max", doc="capability that hired professionals bring at least")

    def initiative(self) -> Reading:
        """Strength with which pay follows results, contracts included: an inverted U in public pay. 0 to 1."""
        p = self.model.parameters.adaptation
        return adaptation.initiative(self.own_initiative, adaptation.incentive_response(self.performance_pay, p))

    def own_part(self) -> Reading:
        """Capability that the operator had at the start without its initiative; so that nothing drifts by itself."""
        return adaptation.own_part(self.own_capability, self.own_initiative, self.model.parameters.adaptation)

    def capability_target(self, mean: float) -> Reading:
        """Capability it tends to: own part, initiative, better peers, hired professionals. mean: over parks, grade."""
        p = self.model.parameters.adaptation
        target = adaptation.capability_target(self.own_part(), self.initiative(), mean, p)
        return np.maximum(target, self.professional)
