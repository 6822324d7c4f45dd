"""The formula of every measure: how counts make it, for any unit and period. Its words stand beside it, in measures.yaml.

A function here with `@measure` is a measure, under its name and in this order. `w` shows the counts: see `Window`.
"""

import numpy as np

from sim.model.measures.measure import OF_PEOPLE, OF_SPACE, OF_THE_WHOLE, measure
from sim.model.measures.window import Window, ratio
from sim.model.vocabulary import NEEDS, TIERS


def _by_tier(name, tiers=TIERS):
    return [f"{name}_{tier}" for tier in tiers]


def _by_need(name):
    return [f"{name}_{need}" for need in NEEDS]


def _talent_retention(w, *tiers):
    """Of people of these tiers employed on 1 January, the share employed in the district on 31 December."""
    kept = w.december(*_by_tier("same_firm", tiers), *_by_tier("reemployed", tiers))
    return ratio(kept, w.december(*_by_tier("january", tiers)))


@measure("share", good="up", kinds=OF_SPACE)
def occupancy_rate(w: Window) -> np.ndarray:
    return ratio(w.level("let"), w.level("fitted"))


@measure("share", good="up", kinds=OF_SPACE)
def let_share_announced(w: Window) -> np.ndarray:
    return ratio(w.level("let"), w.level("announced"))


@measure("per 1000 m2", kinds=OF_SPACE)
def tenant_density(w: Window) -> np.ndarray:
    return 1000 * ratio(w.level("tenants"), w.level("announced"))


@measure("month", good="down", kinds=OF_SPACE)
def vacancy_months(w: Window) -> np.ndarray:
    return ratio(w.base("lettable"), w.flow("admitted_area", "moved_in_area") / 12)


@measure("m2/month", good="up", kinds=OF_SPACE)
def net_absorption(w: Window) -> np.ndarray:
    return w.level("net_absorption")


@measure("m2", kinds=OF_SPACE)
def announced_area(w: Window) -> np.ndarray:
    return w.at_end("announced")


@measure("m2", kinds=OF_SPACE)
def fitted_area(w: Window) -> np.ndarray:
    return w.at_end("fitted")


@measure("m2", good="up", kinds=OF_SPACE)
def let_area(w: Window) -> np.ndarray:
    return w.at_end("let")


@measure("CNY/m2/month", kinds=OF_SPACE)
def rent(w: Window) -> np.ndarray:
    return ratio(w.level("rent_by_area"), w.level("fitted"))


@measure("firm", good="up")
def tenants(w: Window) -> np.ndarray:
    return w.at_end("tenants")


@measure("firm", good="up")
def incubatees(w: Window) -> np.ndarray:
    return w.at_end("incubatees")


@measure("firm", total=True)
def applicants(w: Window) -> np.ndarray:
    return w.month_sum("arrivals")


@measure("firm", good="up", total=True)
def admitted(w: Window) -> np.ndarray:
    return w.month_sum("admitted")


@measure("firm", good="up", total=True)
def graduates(w: Window) -> np.ndarray:
    return w.month_sum("graduates")


@measure("1/year", good="up")
def graduation_rate(w: Window) -> np.ndarray:
    return ratio(w.flow("graduates"), w.base("incubatees"))


@measure("share", good="up")
def graduate_share_of_leavers(w: Window) -> np.ndarray:
    return ratio(w.flow("graduates"), w.flow("graduates", "closed", "relocated", "expired"))


@measure("share", good="up")
def cohort_graduation_share(w: Window) -> np.ndarray:
    return ratio(w.flow("cohort_graduated"), w.flow("cohort_due"))


@measure("share", good="up")
def graduate_retention_rate(w: Window) -> np.ndarray:
    return ratio(w.flow("graduates_kept_36"), w.flow("graduates_due_36"))


@measure("share", good="up")
def graduate_retention_rate_12(w: Window) -> np.ndarray:
    return ratio(w.flow("graduates_kept_12"), w.flow("graduates_due_12"))


@measure("1/year", good="down")
def closure_rate(w: Window) -> np.ndarray:
    return ratio(w.flow("closed"), w.base("incubatees"))


@measure("1/year")
def closure_rate_elsewhere(w: Window) -> np.ndarray:
    return ratio(w.flow("closed_elsewhere"), w.base("elsewhere"))


@measure("share", good="up", kinds=OF_PEOPLE)
def talent_retention_rate(w: Window) -> np.ndarray:
    return _talent_retention(w, *TIERS)


@measure("share", good="up", kinds=OF_PEOPLE)
def firm_retention_rate(w: Window) -> np.ndarray:
    return ratio(w.december(*_by_tier("same_firm")), w.december(*_by_tier("january")))


@measure("share", good="up")
def talent_retention_rate_general(w: Window) -> np.ndarray:
    return _talent_retention(w, "general")


@measure("share", good="up")
def talent_retention_rate_skilled(w: Window) -> np.ndarray:
    return _talent_retention(w, "skilled")


@measure("share", good="up")
def talent_retention_rate_high_level(w: Window) -> np.ndarray:
    return _talent_retention(w, "high_level")


@measure("person", good="up", kinds=OF_PEOPLE)
def staff(w: Window) -> np.ndarray:
    return w.at_end(*_by_tier("staff"))


@measure("person/firm")
def staff_per_tenant(w: Window) -> np.ndarray:
    return ratio(w.level(*_by_tier("staff")), w.level("tenants"))


@measure("person", good="up", kinds=OF_PEOPLE, total=True)
def net_inflow(w: Window) -> np.ndarray:
    return w.month_sum(*_by_tier("hires")) - w.month_sum(*_by_tier("quits"), *_by_tier("layoffs"))


@measure("person", good="up", kinds=("tier",), total=True)
def hires(w: Window) -> np.ndarray:
    return w.month_sum(*_by_tier("hires"))


@measure("1/year", good="down", kinds=OF_PEOPLE)
def separation_rate(w: Window) -> np.ndarray:
    return ratio(w.flow(*_by_tier("quits")), w.base(*_by_tier("staff")))


@measure("person", good="down", kinds=OF_PEOPLE)
def vacancies(w: Window) -> np.ndarray:
    return w.level(*_by_tier("vacancies"))


@measure("CNY/year", good="up")
def revenue(w: Window) -> np.ndarray:
    return w.level("revenue")


@measure("1/year", good="up")
def revenue_growth(w: Window) -> np.ndarray:
    return ratio(w.level("growth"), w.level("tenants"))


@measure("CNY/year", good="up")
def research_spending(w: Window) -> np.ndarray:
    return w.level("revenue") * w.research_share


@measure("share", good="up")
def high_tech_share(w: Window) -> np.ndarray:
    return ratio(w.level("high_tech"), w.level("tenants"))


@measure("share", good="up")
def patent_share(w: Window) -> np.ndarray:
    return ratio(w.level("patent_holders"), w.level("incubatees"))


@measure("share", good="up")
def funded_share(w: Window) -> np.ndarray:
    return ratio(w.level("funded"), w.level("tenants"))


@measure("share", good="up")
def chain_completeness(w: Window) -> np.ndarray:
    return ratio(w.level("chain"), w.level("tenants"))


@measure("share", good="up")
def service_reach(w: Window) -> np.ndarray:
    return ratio(w.level("reach"), w.level("tenants"))


@measure("share", kinds=OF_THE_WHOLE)
def capacity_use(w: Window) -> np.ndarray:
    return ratio(w.flow("taken"), w.flow("capacity"))


@measure("share", good="up")
def needs_met_share(w: Window) -> np.ndarray:
    return ratio(w.flow(*_by_need("served")), w.flow(*_by_need("raised")))


@measure("month", good="down")
def waiting_months(w: Window) -> np.ndarray:
    return ratio(w.flow("wait_months"), w.flow("taken"))


@measure("case", good="up", total=True)
def cases_served(w: Window) -> np.ndarray:
    return w.month_sum(*_by_need("served"))


@measure("CNY", kinds=OF_SPACE, total=True)
def rent_income(w: Window) -> np.ndarray:
    return w.month_sum("rent_income")


@measure("1", good="up", kinds=OF_SPACE)
def reputation(w: Window) -> np.ndarray:
    return ratio(w.level("reputation_by_area"), w.level("fitted"))


@measure("1", good="up", kinds=OF_SPACE)
def capability(w: Window) -> np.ndarray:
    return ratio(w.level("capability_by_area"), w.level("fitted"))


@measure("min", good="down", kinds=OF_SPACE)
def felt_minutes(w: Window) -> np.ndarray:
    return ratio(w.level("minutes_by_let"), w.level("let"))


@measure("firm")
def elsewhere(w: Window) -> np.ndarray:
    return w.level("elsewhere")


@measure("firm")
def followed(w: Window) -> np.ndarray:
    return w.level("followed")


@measure("firm", kinds=OF_THE_WHOLE)
def live_rows(w: Window) -> np.ndarray:
    return w.level("live_rows")


@measure("CNY", good="down", kinds=OF_THE_WHOLE, total=True)
def public_spending(w: Window) -> np.ndarray:
    return w.month_sum("public_spending")
