"""Development of firms in a month: growth, staff wished for, cash. Inside and outside parks by one rule."""

import numpy as np

from sim.engine.distributions import normal
from sim.engine.kernels import has_kernel
from sim.model.agents import Enterprise, Park
from sim.model.kernels import family
from sim.model.mechanisms import choice, growth


@has_kernel("sim.model.kernels.growth:develop", family)
def develop(cluster, firms: Enterprise) -> np.ndarray:
    """A month's growth and cash flow of these firms; rent is booked at their parks. Returns realised revenue (n,), CNY."""
    p, age, level, desired = cluster.parameters.growth, firms.age(), firms.level, firms.desired
    size, sign = cluster.draw("growth_size", firms), normal(cluster.draw("growth_sign", firms))
    rise = growth.rise(level, firms.level_target(), p)
    change = growth.change(
        growth.drift(growth.youth(age, p), firms.quality, p), rise, growth.shock(size, sign, desired, p)
    )
    firms.level = level + rise
    firms.revenue = firms.revenue * growth.growth_factor(change)
    firms.desired = desired * growth.staff_factor(change, p)
    firms.momentum = growth.momentum(firms.momentum, change)
    revenue = growth.monthly(firms.realised_revenue())
    firms.cash = growth.cash(firms.cash, revenue, growth.margin(growth.early_loss(age, p), p), firms.rent_bill())
    collect_rent(cluster, firms)
    return revenue


def collect_rent(cluster, firms: Enterprise) -> None:
    """The month's rent and space under relief of these firms, booked at their parks."""
    tenants, parks = firms[firms.is_tenant()], cluster.all(Park)
    rent = np.bincount(tenants.park_row, tenants.net_rent() * tenants.area, minlength=len(parks))
    relieved = choice.relieved_area(tenants.relief_area, tenants.area) * (tenants.at_park("reward") > 0)
    covered = np.bincount(tenants.park_row, relieved, minlength=len(parks))
    parks.rent_received, parks.relief_covered = parks.rent_received + rent, parks.relief_covered + covered
