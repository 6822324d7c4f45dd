"""The count of a month at its end."""

import numpy as np

from sim.engine.kernels import has_kernel
from sim.model.agents import Enterprise, Park, ServicePlatform
from sim.model.kernels import family
from sim.model.phases.space_market import reach
from sim.model.status import Status
from sim.model.tally import OF_FIRMS
from sim.model.vocabulary import TIERS


def take_stock(cluster) -> None:
    """Count the month: stocks by (park, sector), by park, and for the district; then file the month."""
    tally, parks = cluster.tally, cluster.all(Park)
    firms = cluster.where(Enterprise, lambda f: f.exists())
    if tally.wants((*OF_FIRMS, "reach")):
        tenants = count_firms(cluster, firms)
        tally.cells(["reach"], (reach(cluster).T * tenants)[None])
    for name, people in (("january", parks.january_staff), ("reemployed", parks.reemployed)):
        tally.cells([f"{name}_{tier}" for tier in TIERS], people.transpose(2, 0, 1))
    for name in ("announced", "fitted", "let", "turning", "rent", "reputation", "graduates", "level"):
        tally.at_parks("cumulative_graduates" if name == "graduates" else name, getattr(parks, name))
    tally.at_parks("lettable", parks.lettable())
    tally.at_parks("felt_minutes", parks.felt_minutes())
    tally.at_parks("capability", parks.capability())
    tally.at_parks("parks_open", parks.fitted > 0)
    tally.district["public_spending"] = cluster.spent_this_month()
    tally.district["capacity"] = float(cluster.all(ServicePlatform).places().sum())
    tally.district["live_rows"] = float(len(firms))
    tally.district["owed"] = float(parks.relief_due.sum())
    tally.close(cluster.now)


@has_kernel("sim.model.kernels.stock:count_firms", family)
def count_firms(cluster, firms: Enterprise) -> np.ndarray:
    """Count living firms by (park, sector): tenants and what they have, firms elsewhere, people still in their firm.

    Returns tenants (parks, sectors).
    """
    tally = cluster.tally
    tenants = firms[firms.is_tenant()]
    cell, incubating = tally.cell_of(tenants), np.flatnonzero(tenants.is_incubating())
    tally.add("tenants", cell)
    tally.add("incubatees", cell[incubating])
    tally.add("let_by_sector", cell, tenants.area)
    tally.add("revenue", cell, tenants.realised_revenue())
    tally.add("high_tech", cell, tenants.is_high_tech)
    tally.add("patent_holders", cell[incubating], tenants.patents[incubating] > 0)
    tally.add("funded", cell, tenants.funded_on > cluster.now - 12)
    tally.add("growth", cell, tenants.momentum)
    tally.add("chain", cell, tenants.of_district("chain")[tenants.segment])
    elsewhere = firms[firms.status == Status.ELSEWHERE]
    tally.count("elsewhere", elsewhere, elsewhere.weight)
    home = firms[(firms.january_park >= 0) & firms.in_district()]
    tally.add_all([f"staff_{name}" for name in TIERS], cell, tenants.staff)
    tally.add_all([f"same_firm_{name}" for name in TIERS], tally.cell_of(home, home.january_park), home.january)
    return np.bincount(cell, minlength=tally.size).reshape(-1, tally.sectors)[: tally.parks]
