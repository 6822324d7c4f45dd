"""The agents: enterprises, parks, operators, service platforms, and the district they share."""

from sim.model.agents.district import District
from sim.model.agents.enterprise import Enterprise
from sim.model.agents.operator import Operator
from sim.model.agents.park import Park
from sim.model.agents.service_platform import ServicePlatform

FAMILIES = (District, Operator, Park, ServicePlatform, Enterprise)

__all__ = ["FAMILIES", "District", "Enterprise", "Operator", "Park", "ServicePlatform"]
