"""Small worlds for tests of the month: the toy cluster or Ouhai, with numbers moved and policies brought forward."""

from dataclasses import fields, replace
from functools import cache

import numpy as np
from hypothesis import strategies as st

from sim.inputs import config
from sim.model.cluster import Cluster
from sim.model.parameters import catalogue

POLICIES = (
    "chain_strengthening", "coordination_mechanism", "living_amenities", "performance_contracts", "platform_capacity",
    "rd_vouchers", "rent_relief", "seed_fund", "service_list", "space_expansion", "stock_activation", "talent_housing",
    "university_linkage",
)  # fmt: skip
SHARES = ("demand.origin_shares", "choice.outside_shares", "choice.leaving_shares", "labour.tier_shares")  # add up to 1


@cache
def _composed(cluster, burn_in):
    return config.load(
        [f"cluster={cluster}", f"run.burn_in={burn_in}", "run.until=2035-12", f"policy=[{','.join(POLICIES)}]"]
    )


def setup_of(cluster="toy", policies=(), months=12, burn_in=24, start=2):
    """A setup whose policies act in full from month `start` on, counted from 0."""
    setup = _composed(cluster, burn_in)
    begin = setup.data.start + start
    early = tuple(replace(p, start=begin, ramp=0) for p in setup.policies if p.name in policies)
    run = replace(setup.run, until=setup.data.start + months - 1)
    return replace(setup, run=run, policies=early)


def with_parameters(setup, values):
    """The same setup with these parameters, {dotted name: value}."""
    groups = {}
    for name, value in values.items():
        group, part = name.split(".")
        groups.setdefault(group, {})[part] = value
    changed = {group: replace(getattr(setup.parameters, group), **parts) for group, parts in groups.items()}
    return replace(setup, parameters=replace(setup.parameters, **changed))


def with_demand(setup, applicants_per_year, **changes):
    """The same setup with another number of applicants, or another value of the places outside."""
    balance = {k: replace(b, applicants_per_year=applicants_per_year, **changes) for k, b in setup.data.balance.items()}
    return replace(setup, data=replace(setup.data, balance=balance))


@st.composite
def parameter_values(draw, most=6):
    """A handful of parameters anywhere within their bounds."""
    free = sorted(name for name in catalogue() if name not in SHARES)
    found = {}
    for name in draw(st.lists(st.sampled_from(free), max_size=most, unique=True)):
        meta, part = catalogue()[name], draw(st.floats(0, 1))
        value = meta["low"] + part * (meta["high"] - meta["low"])
        found[name] = (value,) * len(meta["names"]) if meta["kind"] == "numbers" else value
    return found


def all_parameters(setup):
    """{dotted name: value} of a setup."""
    groups = {part.name: getattr(setup.parameters, part.name) for part in fields(setup.parameters)}
    return {f"{g}.{part.name}": getattr(group, part.name) for g, group in groups.items() for part in fields(group)}


def watched(setup, seed, looks):
    """A cluster past its burn-in that calls look(cluster) before the phases named, {phase name or 'end': look}."""
    cluster = Cluster(setup, seed)
    phases = []
    for phase in cluster.pipeline:
        phases += [looks[phase.__name__]] if phase.__name__ in looks else []
        phases.append(phase)
    cluster.pipeline = (*phases, *([looks["end"]] if "end" in looks else []))
    return cluster


def columns(cluster, family, *names):
    """Copies of columns as they are now, by name."""
    table = cluster.tables[family]
    return {name: np.array(table.data[name][: len(table)]) for name in names}
