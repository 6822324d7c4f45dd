"""A public seed fund."""

from dataclasses import dataclass

from sim.engine.fields import number
from sim.model.mechanisms import levers
from sim.model.policies.base import register
from sim.model.policies.young_firms import YoungFirms


@register
@dataclass(frozen=True, kw_only=True)
class SeedFund(YoungFirms):
    """种子资金. One round of `money.seed_round` for young incubatees, by chance, leaning to better founders as far as set.

    The round is cash and a public grant: later rounds are likelier by `funding.grant_multiplier`, which lies between
    no effect [eff_innofund_survival] and a doubling [eff_sbir_vc_multiplier]. It counts as funding where parks are
    judged, since the official criteria ask for the use of seed money [rule_nat_tenants_funded_share_min]. It does not
    count as venture capital for graduation [rule_graduation_vc]: that bar means investors who risk money of their own,
    and a fund that could buy graduates would make the rate measure the fund. Nothing acts on survival directly.
    """

    kind = "seed_fund"
    billed_counts = ("seed_money",)
    rate: float = number("1/year", 0, 1, "chance a year of a round, for an average founder", "年获资助概率")
    selection: float = number(
        "1", 0, 2, "how far it leans to better founders, in logs; 0 is a lottery", "对优质创始人的倾向（0为抽签）"
    )

    def set_firm_terms(self, cluster) -> None:
        """Set the chance of a round for eligible firms, and what it pays."""
        strength = self.strength(cluster)
        if strength:
            firms = self.eligible(cluster)
            rate = self.rate * strength * levers.leaning(firms.quality, self.selection)
            firms.edit(seed_rate=rate, seed_amount=cluster.parameters.money.seed_round)

    def cost(self, cluster) -> dict[str, float]:
        """Rounds paid out this month."""
        paid = cluster.tally.firm.get("seed_money")
        return {"seed_rounds": float(paid.sum())} if paid is not None and self.strength(cluster) else {}
