"""Vouchers for research and development."""

from dataclasses import dataclass

import numpy as np

from sim.engine.fields import number
from sim.model.policies.base import register
from sim.model.policies.young_firms import YoungFirms


@register
@dataclass(frozen=True, kw_only=True)
class RdVouchers(YoungFirms):
    """研发券（科技创新券）. Young tenants take their needs of technology and testing to any platform that fits, and the voucher pays.

    A voucher opens the door of platforms whose list does not reach the park: needs arise as before, and capacity is
    what it was, so where platforms are full a voucher changes who is served and not how many. Holders use it also
    where their park is on the list: that part buys nothing new. A served case does what any served case does.
    """

    kind = "rd_vouchers"
    billed_counts = ("vouchers",)
    vouchers: float = number("1", 0, 20, "vouchers a firm may spend in all", "每家企业可用券数")

    def set_firm_terms(self, cluster) -> None:
        """Give vouchers: while the scheme is not yet for all, to a share of firms by lot, always the same first."""
        strength = self.strength(cluster)
        if strength:
            firms = self.eligible(cluster)
            holders = firms[cluster.draw("voucher", firms) < strength]
            holders.edit(voucher_limit=np.int16(self.vouchers))

    def cost(self, cluster) -> dict[str, float]:
        """Price of the vouchers spent this month."""
        spent = cluster.tally.firm.get("vouchers")
        used = float(spent.sum()) if spent is not None and self.strength(cluster) else 0.0
        return {"vouchers": used * cluster.parameters.money.voucher}
