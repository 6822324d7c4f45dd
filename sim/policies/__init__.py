"""Levers: one file and one YAML each. A policy never touches state; it moves this month's terms."""

from sim.policies.base import KINDS, Policy, register
from sim.policies.investment_promotion import InvestmentPromotion
from sim.policies.living_amenities import LivingAmenities
from sim.policies.performance_contracts import PerformanceContracts
from sim.policies.precise_positioning import PrecisePositioning
from sim.policies.professional_operators import ProfessionalOperators
from sim.policies.rent_relief import RentRelief
from sim.policies.service_list import ServiceList
from sim.policies.space_expansion import SpaceExpansion
from sim.policies.stock_activation import StockActivation
from sim.policies.talent_housing import TalentHousing
from sim.policies.targets import BySector, ByTier

__all__ = [
    "KINDS", "BySector", "ByTier", "InvestmentPromotion", "LivingAmenities", "PerformanceContracts", "Policy",
    "PrecisePositioning", "ProfessionalOperators", "RentRelief", "ServiceList", "SpaceExpansion", "StockActivation",
    "TalentHousing", "register",
]  # fmt: skip
