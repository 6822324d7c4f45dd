"""Levers: one file and one YAML each. A policy never touches state; it moves this month's terms."""

from sim.policies.base import KINDS, Policy, register
from sim.policies.chain_strengthening import ChainStrengthening
from sim.policies.coordination_mechanism import CoordinationMechanism
from sim.policies.investment_promotion import InvestmentPromotion
from sim.policies.living_amenities import LivingAmenities
from sim.policies.performance_contracts import PerformanceContracts
from sim.policies.platform_capacity import PlatformCapacity
from sim.policies.precise_positioning import PrecisePositioning
from sim.policies.professional_operators import ProfessionalOperators
from sim.policies.rd_vouchers import RdVouchers
from sim.policies.rent_relief import RentRelief
from sim.policies.seed_fund import SeedFund
from sim.policies.service_list import ServiceList
from sim.policies.space_expansion import SpaceExpansion
from sim.policies.stock_activation import StockActivation
from sim.policies.talent_housing import TalentHousing
from sim.policies.targets import BySector, ByTier
from sim.policies.university_linkage import UniversityLinkage

__all__ = [
    "BySector", "ByTier", "ChainStrengthening", "CoordinationMechanism", "InvestmentPromotion", "KINDS",
    "LivingAmenities", "PerformanceContracts", "PlatformCapacity", "Policy", "PrecisePositioning",
    "ProfessionalOperators", "RdVouchers", "RentRelief", "SeedFund", "ServiceList", "SpaceExpansion",
    "StockActivation", "TalentHousing", "UniversityLinkage", "register",
]  # fmt: skip
