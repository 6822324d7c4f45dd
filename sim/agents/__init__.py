"""Who acts: enterprises, parks, operators, service platforms, and the district they share."""

from sim.agents.district import District
from sim.agents.enterprise import Enterprise
from sim.agents.operator import Operator
from sim.agents.park import Park
from sim.agents.service_platform import ServicePlatform

FAMILIES = (District, Operator, Park, ServicePlatform, Enterprise)

__all__ = ["FAMILIES", "District", "Enterprise", "Operator", "Park", "ServicePlatform"]
