"""How firms develop in a month: growth, staff wished for, cash. Inside and outside parks by one rule."""

import numpy as np

from sim.engine.distributions import normal
from sim.model.agents import Park
from sim.model.kernels import twin
from sim.model.mechanisms import growth


@twin("growth.develop")
def develop(cluster, firms):
    """A month's growth and cash flow of these firms; rent is booked at their parks. Returns realised revenue (n,), CNY."""
    p, age, level, desired = cluster.parameters, firms.age(), firms.level, firms.desired
    size, sign = cluster.draw("growth_size", firms), normal(cluster.draw("growth_sign", firms))
    rise = p.growth.adjustment * (firms.level_target() - level)
    change = growth.drift(age, firms.quality, p.growth) + rise + growth.shock(size, sign, desired, p.growth)
    firms.level = level + rise
    firms.revenue = firms.revenue * np.exp(change)
    firms.desired = desired * np.exp(p.growth.staff_elasticity * change)
    firms.momentum = firms.momentum * (1 - 1 / 12) + change
    revenue = firms.realised_revenue() / 12
    firms.cash = firms.cash + revenue * growth.margin(age, p.growth) - firms.rent_bill()
    collect_rent(cluster, firms)
    return revenue


def collect_rent(cluster, firms):
    """The month's rent and space under relief of these firms, booked at their parks."""
    tenants, parks = firms[firms.is_tenant()], cluster.all(Park)
    rent = np.bincount(tenants.park_row, tenants.net_rent() * tenants.area, minlength=len(parks))
    relieved = np.minimum(tenants.relief_area, tenants.area) * (tenants.at_park("reward") > 0)
    covered = np.bincount(tenants.park_row, relieved, minlength=len(parks))
    parks.rent_received, parks.relief_covered = parks.rent_received + rent, parks.relief_covered + covered
