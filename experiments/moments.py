"""The moments behind the targets C1 to C22, each a function of what was seen of one run: see experiments/targets.py.

The docstring of each says how it is measured. Not-a-number stands for what a run cannot tell, such as 2030 in a run to 2028.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd

from experiments.watching import Run
from sim.engine.calendar import month_number

MID_2025, LONG_RUN = "2025-06", "2028-01"  # evidence on the wave of 2022-25; from when on the long run is told
CENTRAL, REMOTE = 15, 30  # minutes to the district's centre, at most and at least
MATURE = 60  # months since a park opened
BETTER = 1.5  # grade of an operator, D 0 to A 3: the better half are A and B
STOCK_GROWTH = np.log(175_000 / 70_000) / 5  # a year, of the nation's tenants 2012-2017 [cn_tenants]
OLD, OLDEST_YEAR = 120, 10  # months of age of a firm that is no longer young; last year of life looked at for the peak


class Target(NamedTuple):
    """A moment: a function of a run. over: what is told of it over seeds, their mean or their spread; put_in: set, not found."""

    of_run: Callable[[Run], float]
    over: str = "mean"
    put_in: bool = False


TARGETS: dict[str, Target] = {}  # by id in targets.csv; "C8a, tenancies" is told beside C8a and not judged


def target(name, **more):
    """Register a function as a target."""

    def declare(function):
        TARGETS[name] = Target(function, **more)
        return function

    return declare


def over(part, whole):
    """Divide sums, not-a-number where there is nothing to divide by."""
    whole = np.sum(whole)
    return float(np.sum(part) / whole) if whole > 0 else np.nan


def mean(values, weights=None):
    """Return a weighted mean, not-a-number of nothing."""
    return float(np.average(values, weights=weights)) if len(values) else np.nan


def mature(run: Run) -> np.ndarray:
    """Return at which month-ends after the start which parks have been open for five years (T, parks)."""
    opened = np.array([month_number(park.opened_on) for park in run.setup.data.parks])
    return (run.months[:, None] - opened >= MATURE) & (run.months[:, None] >= run.start)


@target("C1")
def tenant_elasticity(run: Run) -> float:
    """Log growth of tenants over log growth of announced space, from the start to mid-2025."""
    grown = [np.log(run.at(name, MID_2025) / run.whole[name][0]) for name in ("tenants", "announced")]
    return float(grown[0] / grown[1]) if grown[1] > 0 else np.nan


@target("C2")
def density_mid_2025(run: Run) -> float:
    """Tenants per 1,000 m2 announced at the end of June 2025; tenants past incubation count."""
    return 1000 * run.at("tenants", MID_2025) / run.at("announced", MID_2025)


@target("C3")
def density_at_start(run: Run) -> float:
    """Tenants per 1,000 m2 announced before the first month."""
    return 1000 * over(run.whole["tenants"][0], run.whole["announced"][0])


@target("C4")
def staff_on_arrival(run: Run) -> float:
    """Staff of a tenant at the end of its month of admission, over all admissions to mid-2025."""
    wave = (run.months >= run.start) & ~run.since("2025-07")
    return over(run.whole["arrived_staff"][wave], run.whole["arrived"][wave])


@target("C5")
def staff_of_tenants(run: Run) -> float:
    """Staff over tenants, past incubation or not, all month-ends from the start to mid-2025: the years in which the stock grew."""
    wave = ~run.since("2025-07")
    return over(run.whole["staff"][wave], run.whole["tenants"][wave])


@target("C5, incubatees")
def staff_of_incubatees(run: Run) -> float:
    """Staff over tenants of the same months that were incubating."""
    wave = ~run.since("2025-07")
    return over(run.parks["incubated_staff"][wave], run.parks["incubatees"][wave])


@target("C6")
def graduation_rate(run: Run) -> float:
    """Graduates a year over mean incubatees, at parks open for five years, all months after the start."""
    return 12 * over(run.parks["graduates"][mature(run)], run.parks["incubatees"][mature(run)])


@target("C7")
def graduates_over_stock(run: Run) -> float:
    """C6 over the growth of the nation's stock, 0.18 a year: where cumulated graduates over incubatees tend to at that growth."""
    return graduation_rate(run) / STOCK_GROWTH


def stays(run: Run, state: str) -> pd.Series:
    """Return lengths, in months, of all times in a state that ended after the start."""
    ended = run.spells[state][run.spells[state]["over"]]
    return ended["until"] - ended["since"]


@target("C8a")
def mean_incubation(run: Run) -> float:
    """Mean length in years of incubations that ended after the start: from admission to recognition, leaving or closure."""
    return mean(stays(run, "incubation")) / 12


@target("C8a, tenancies")
def mean_tenancy(run: Run) -> float:
    """Mean length in years of tenancies that ended after the start: from admission to leaving the parks or closure."""
    return mean(stays(run, "tenancy")) / 12


@target("C8b")
def long_incubations(run: Run) -> float:
    """Share of incubations that ended after the start and lasted more than 48 months; exactly 48 is not more."""
    return mean(stays(run, "incubation") > 48)


@target("C8b, tenancies")
def long_tenancies(run: Run) -> float:
    """Share of tenancies that ended after the start and lasted more than 48 months."""
    return mean(stays(run, "tenancy") > 48)


def closing_by_age(run: Run, years: int) -> np.ndarray:
    """Return the closing hazard of firms never incubated by year of life (years,), 1/month: closures over firm-months.

    Months count from the one after a firm was first seen outside; a firm counts as many times as it stands for.
    """
    f = run.spells["outside"]
    first, weight = f["seen"] + 1, f["weight"]
    hazards = []
    for year in range(years):
        born = f["founded_on"] + 12 * year
        months = np.maximum(np.minimum(f["until"], born + 11) - np.maximum(first, born) + 1, 0)
        closures = f["closed"] & (f["until"] - f["founded_on"]).floordiv(12).eq(year)
        hazards.append(over(weight * closures, weight * months))
    return np.array(hazards)


@target("C9")
def five_year_survival(run: Run) -> float:
    """Product of yearly survival over the first five years of life, from closures and firm-months of firms never incubated."""
    return float(np.prod((1 - closing_by_age(run, 5)) ** 12))


@target("C10")
def riskiest_year(run: Run) -> float:
    """Year of life, the first is 1, in which firms never incubated close most; of the first ten."""
    hazards = closing_by_age(run, OLDEST_YEAR)
    return float(np.nanargmax(hazards) + 1) if np.nansum(hazards) > 0 else np.nan


def vacancy(run: Run, chosen: list[bool]) -> float:
    """Return the share of fitted-out space of some parks that is not let at the end of June 2025."""
    then = run.months == month_number(MID_2025)
    return 1 - over(run.parks["let"][then][:, chosen], run.parks["fitted"][then][:, chosen])


@target("C11a")
def central_vacancy(run: Run) -> float:
    """Share of fitted-out space not let, mid-2025, at parks up to 15 minutes from the centre, old and new."""
    return vacancy(run, [park.minutes <= CENTRAL for park in run.setup.data.parks])


@target("C11b")
def remote_vacancy(run: Run) -> float:
    """The same at parks 30 minutes and more from the centre that had no space at the start."""
    return vacancy(run, [park.minutes >= REMOTE and park.stock == 0 for park in run.setup.data.parks])


@target("C12", put_in=True)
def best_operators(run: Run) -> float:
    """Share of parks whose operator has the best grade, A, at the start: set by the tables of the cluster."""
    grades = {operator.key: operator.grade for operator in run.setup.data.operators}
    return mean([grades[park.operator] == "A" for park in run.setup.data.parks])


@target("C13")
def funded_share(run: Run) -> float:
    """Share of tenants with a funding round, credit included, in the year to December, at operators graded A or B."""
    firms = pd.concat(run.firms.values()) if run.firms else pd.DataFrame(columns=["tenant", "capability", "funded"])
    return mean(firms.loc[firms["tenant"].astype(bool) & (firms["capability"] >= BETTER), "funded"])


@target("C14a")
def separation_rate(run: Run) -> float:
    """Quits a year over mean staff of tenants, all months after the start; layoffs and closures are left out."""
    return 12 * over(run.parks["quits"][1:], run.parks["staff"][1:])


@target("C14b", put_in=True)
def quits_by_commute(run: Run) -> float:
    """Yearly quits that five minutes more of commute add: a parameter, labour.commute_slope."""
    return 5 * run.setup.parameters.labour.commute_slope


def yearly_growth(run: Run) -> pd.DataFrame:
    """Return log growth of realised revenue from a calendar year to the next, of firms seen in all 24 months: size, growth."""
    f = run.survivors
    if f.empty:
        return pd.DataFrame({"size": [], "growth": []})
    f = f[(f["year"] > 0) & (f["year_next"] > 0)]
    return pd.DataFrame({"size": np.maximum(f["desired"], 1), "growth": np.log(f["year_next"] / f["year"])})


@target("C15a")
def laplace_over_normal(run: Run) -> float:
    """Log-likelihood a firm of the Laplace law less that of the normal law, each fitted to growth of yearly revenue, all firms pooled."""
    growth = yearly_growth(run)["growth"]
    if len(growth) < 2:
        return np.nan
    normal = -np.log(growth.std(ddof=0)) - 0.5 * np.log(2 * np.pi * np.e)
    laplace = -np.log((growth - growth.median()).abs().mean()) - np.log(2 * np.e)
    return float(laplace - normal)


@target("C15b")
def spread_exponent(run: Run) -> float:
    """Fall of the spread of growth with size: minus the slope of log mean absolute deviation on log size over tenths by size.

    Size is the staff a firm wishes for in the first of the two Decembers.
    """
    growth = yearly_growth(run)
    if len(growth) < 100:
        return np.nan
    tenths = growth.groupby(growth["size"].rank(method="first", pct=True).mul(10).clip(upper=9.99).astype(int))
    spread = tenths["growth"].apply(lambda g: (g - g.median()).abs().mean())
    return float(-np.polyfit(np.log(tenths["size"].mean()), np.log(spread), 1)[0])


@target("C16", put_in=True)
def agglomeration(run: Run) -> float:
    """Elasticity of productivity to same-sector staff nearby: a parameter, growth.agglomeration."""
    return run.setup.parameters.growth.agglomeration


@target("C17")
def unfilled_share(run: Run) -> float:
    """Unfilled posts over posts of all firms in the district, sampled ones with their weight, all months from 2028 on."""
    late = run.since(LONG_RUN)
    return over(run.whole["unfilled"][late], run.whole["posts"][late])


@target("C18")
def past_incubation(run: Run) -> float:
    """Share of let space whose tenant is not incubating (recognised ones included), all months from 2028 on."""
    late = run.since(LONG_RUN)
    return over(run.parks["let_past_incubation"][late], run.parks["let"][late])


@target("C19")
def growth_of_old_firms(run: Run) -> float:
    """Mean log growth of realised revenue from December to December, of firms 10 years old and more that live on, weighted."""
    f = run.survivors
    if f.empty:
        return np.nan
    f = f[(f["age"] >= OLD) & (f["earned"] > 0) & (f["earned_next"] > 0)]
    return mean(np.log(f["earned_next"] / f["earned"]), f["weight"])


@target("C20")
def raw_survival_gap(run: Run) -> float:
    """Log ratio of closing hazards in the first 60 months since admission, or else since settling outside; raw, not matched.

    Firms that came after the start: those admitted, wherever they are later, against those never admitted.
    """
    f = run.spells["life"]
    f = f[f["seen"] >= run.start]
    stayed = f["until"] - f["since"]
    closures, months = f["weight"] * (f["closed"] & (stayed <= 60)), f["weight"] * np.minimum(stayed, 60)
    inside, outside = (over(closures[some], months[some]) for some in (f["incubated"], ~f["incubated"]))
    return float(np.log(inside / outside)) if inside > 0 and outside > 0 else np.nan


@target("C21", over="spread")
def tenants_2030(run: Run) -> float:
    """Tenants in December 2030; over seeds their standard deviation over their mean is told."""
    return run.at("tenants", "2030-12")


def job_growth(run: Run, youngest: int, below: float) -> float:
    """Return growth of staff from December to December of survivors of an age in months: sums over sums, so weighted by jobs.

    Firms in the district on both dates, as elsewhere staff is not followed; sampled firms count with their weight.
    """
    f = run.survivors
    if f.empty:
        return np.nan
    f = f[(f["age"] >= youngest) & (f["age"] < below) & f["near"] & f["near_next"]]
    return over(f["weight"] * f["heads_next"], f["weight"] * f["heads"]) - 1


@target("C22a")
def job_growth_of_young(run: Run) -> float:
    """Growth of staff of survivors that are 12 to 23 months old in the first of two Decembers, weighted by jobs."""
    return job_growth(run, 12, 24)


@target("C22b")
def job_growth_of_old(run: Run) -> float:
    """Growth of staff of survivors that are 10 years old and more in the first of two Decembers, weighted by jobs."""
    return job_growth(run, OLD, np.inf)
