"""December's test of parks against the official rule sets."""

import numpy as np

from sim.model.status import Level


def certify(model):
    """A park rises to the level whose criteria it meets, and keeps what it has."""
    known, special = figures(model), np.array([bool(park.focus) for park in model.parks])
    for rules in model.setup.criteria.sets.values():
        met = rules.meets(known, special, recognition=True)
        for park, passed in zip(model.parks, met, strict=True):
            if passed:
                park.level = max(park.level, int(Level[rules.level.upper()]))


def figures(model):
    """Figures by park that official texts ask for: {name: (parks,)}."""
    rows = [figures_of(park, model) for park in model.parks]
    return {name: np.array([row[name] for row in rows], float) for name in rows[0]}


def figures_of(park, model):
    """The figures of one park."""
    firms = [firm for firm in park.tenants if firm.incubating]
    n, area = len(firms), park.announced * park.certified_share
    by_sector = [0] * len(model.sectors)
    for firm in firms:
        by_sector[firm.sector] += 1
    told, grown, this = 0, 0, model.now // 12 % 2
    for firm in firms:
        if model.now - firm.entered_on >= 24:
            years = sum(firm.past_revenue[:12]), sum(firm.past_revenue[12:])
            told += 1
            grown += years[this] > (1 + model.setup.criteria.growing) * years[1 - this]
    return {
        "certified_area": area,
        "tenant_area_share": park.let / park.fitted if park.fitted else 0,
        "tenants": n,
        "tenants_per_1000m2": n / max(area, 1) * 1000,
        "cumulative_graduates": park.graduates,
        "funded_share": sum(firm.funded_on > model.now - 12 for firm in firms) / max(n, 1),
        "patent_share": sum(firm.patents > 0 for firm in firms) / max(n, 1),
        "years_running": (model.now - park.opened_on + 1) / 12,
        "industry_share": max(by_sector) / max(n, 1),
        "growing_share": grown / max(told, 1),
        "service_income_share": park.operator.service_share,
    }
