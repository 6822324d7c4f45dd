"""Levers: one file and one YAML each. A policy never touches state; it moves this month's terms."""

from sim.model.policies.base import POLICY_KINDS, Policy, register
from sim.model.policies.chain_strengthening import ChainStrengthening
from sim.model.policies.coordination_mechanism import CoordinationMechanism
from sim.model.policies.investment_promotion import InvestmentPromotion
from sim.model.policies.living_amenities import LivingAmenities
from sim.model.policies.performance_contracts import PerformanceContracts
from sim.model.policies.platform_capacity import PlatformCapacity
from sim.model.policies.precise_positioning import PrecisePositioning
from sim.model.policies.professional_operators import ProfessionalOperators
from sim.model.policies.rd_vouchers import RdVouchers
from sim.model.policies.rent_relief import RentRelief
from sim.model.policies.seed_fund import SeedFund
from sim.model.policies.service_list import ServiceList
from sim.model.policies.space_expansion import SpaceExpansion
from sim.model.policies.stock_activation import StockActivation
from sim.model.policies.talent_housing import TalentHousing
from sim.model.policies.targets import BySector, ByTier
from sim.model.policies.university_linkage import UniversityLinkage

__all__ = [
    "BySector", "ByTier", "ChainStrengthening", "CoordinationMechanism", "InvestmentPromotion", "POLICY_KINDS",
    "LivingAmenities", "PerformanceContracts", "PlatformCapacity", "Policy", "PrecisePositioning",
    "ProfessionalOperators", "RdVouchers", "RentRelief", "SeedFund", "ServiceList", "SpaceExpansion",
    "StockActivation", "TalentHousing", "UniversityLinkage", "register",
]  # fmt: skip
