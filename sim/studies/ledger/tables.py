"""The tables of a ledger of lives, from its pairs: tidy, with 95 % intervals over pairs."""

import numpy as np
import pandas as pd

from sim.engine.calendar import month_of
from sim.model.measures.fates import OUTCOMES, Change, End
from sim.model.status import Origin
from sim.studies.compare.differences import SOURCE_COLUMNS, by_source, fieller, interval
from sim.studies.ledger.paired_lives import SHARED
from sim.studies.ledger.wording import Teller

CHANGES, ENDS = [change.name.lower() for change in Change], [end.name.lower() for end in End]


def _table(names, values):
    mean, low, high = interval(values)
    return pd.DataFrame({**names, "mean": mean, "low": low, "high": high})


def changes_table(pairs, scenario):
    """How many firms' lives differ, and how: change, mean, low, high (95 % intervals over pairs)."""
    values = np.array([pair.worlds[scenario].changes for pair in pairs], float)
    return _table({"change": CHANGES}, values)


def flows_table(pairs, scenario):
    """Firms by end in the reference world and end in this one: end_reference, end, mean, low, high. Empty cells left out."""
    values = np.array([pair.worlds[scenario].flows for pair in pairs], float)
    some = np.argwhere(values.any(axis=0))
    names = {"end_reference": [ENDS[i] for i, _ in some], "end": [ENDS[j] for _, j in some]}
    return _table(names, values[:, some[:, 0], some[:, 1]])


def transitions_table(pairs, scenario):
    """The same as a matrix of means: a row for each end in the reference world, a column for each end in this one."""
    values = np.mean([pair.worlds[scenario].flows for pair in pairs], axis=0)
    table = pd.DataFrame(values, columns=ENDS).assign(all=values.sum(axis=1))
    table.insert(0, "end_reference", ENDS)
    return table


def outcomes_table(pairs, scenario):
    """Outcomes counted life by life: reference_mean, mean_level, both, gained, lost, and net with its interval.

    Counted from the first month of any policy on, tenants in the last month. net is the difference of the two worlds.
    """
    rows = []
    for outcome in OUTCOMES:
        here, there, both = np.array([pair.worlds[scenario].outcomes[outcome] for pair in pairs], float).T
        mean, low, high = interval(here - there)
        rows.append(
            (
                outcome,
                there.mean(),
                here.mean(),
                both.mean(),
                (here - both).mean(),
                (there - both).mean(),
                mean,
                low,
                high,
            )
        )
    columns = ["outcome", "reference_mean", "mean_level", "both", "gained", "lost", "net", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


def shares_table(pairs, scenario):
    """Additionality and deadweight with Fieller's 95 % intervals: measure, policy, outcome, value, low, high, defined, …

    additionality_share: of those with the outcome here, net share that there would not be without the package: (here -
    reference) / here. gained_share: gross, not counting those lost. deadweight_share: of the firms that a policy
    reaches and that have the outcome, share that would have it without the package; by policy, see Policy.beneficiaries. A share is
    undefined where the interval of what it is divided by spans zero.
    """
    rows = []

    def share(measure, policy, outcome, part, whole):
        rows.append((measure, policy, outcome, *fieller(part, whole), part.mean(), whole.mean()))

    for outcome in SHARED:
        here, there, both = np.array([pair.worlds[scenario].outcomes[outcome] for pair in pairs], float).T
        share("additionality_share", "", outcome, here - there, here)
        share("gained_share", "", outcome, here - both, here)
    for policy in pairs[0].policies[scenario]:
        for outcome in SHARED:
            counts = np.array([pair.worlds[scenario].reached[policy][outcome] for pair in pairs], float)
            share("deadweight_share", policy, outcome, counts[:, 1], counts[:, 0])
    columns = ["measure", "policy", "outcome", "value", "low", "high", "defined", "part", "whole"]
    return pd.DataFrame(rows, columns=columns)


def displaced_table(pairs, scenario):
    """Extra tenants of the last month by source, of the cluster and of the target parks: see compare.by_source."""
    parts = []
    for scope in pairs[0].worlds[scenario].displacement:
        found = [pair.worlds[scenario].displacement[scope] for pair in pairs]
        parts.append(by_source(found, inside=scope == "targets").assign(scope=scope))
    return pd.concat(parts, ignore_index=True)[["scope", *SOURCE_COLUMNS]]


def lives_table(pairs, scenario, data):
    """One row a firm whose lives differ: who, both ends, since when, and the two events that part them, in words."""
    rows = np.concatenate([pair.worlds[scenario].firms for pair in pairs])
    seeds = np.repeat([pair.seed for pair in pairs], [len(pair.worlds[scenario].firms) for pair in pairs])
    policies = pairs[0].policies[scenario]
    teller = Teller(park_titles(data))
    parks = np.array([*(park.key for park in data.parks), ""], object)
    reached = {
        bits: ",".join(policy for k, policy in enumerate(policies) if bits >> k & 1)
        for bits in np.unique(rows["reached"]).tolist()
    }
    told = {lang: differences_told(rows, teller, lang) for lang in ("zh", "en")}
    return pd.DataFrame(
        {
            "replicate": seeds, "ident": rows["ident"],
            "sector": pd.Categorical.from_codes(rows["sector"], list(data.sectors)),
            "origin": pd.Categorical.from_codes(rows["origin"], [origin.name.lower() for origin in Origin]),
            "arrived": _months(rows["arrived"]), "change": pd.Categorical.from_codes(rows["change"], CHANGES),
            "end_reference": pd.Categorical.from_codes(rows["end_reference"], ENDS),
            "end": pd.Categorical.from_codes(rows["end"], ENDS),
            "park_reference": parks[rows["park_reference"]], "park": parks[rows["park"]],
            "graduate_reference": rows["graduate_reference"], "graduate": rows["graduate"],
            "reached_by": [reached[bits] for bits in rows["reached"].tolist()], "first_month": _months(rows["first"]),
            "first_difference_zh": told["zh"], "first_difference_en": told["en"],
        }
    )  # fmt: skip


def _months(numbers):
    """Month numbers as text; empty where there is none."""
    return [str(month_of(number)) if number >= 0 else "" for number in numbers.tolist()]


def differences_told(rows, teller, lang):
    """The sentence of each row's first difference."""
    there, here = rows["there"], rows["here"]
    known = zip(*(rows[name].tolist() for name in ("has_there", "has_here", "park_reference", "park")), strict=True)
    return [
        teller.difference(there[k] if a else None, here[k] if b else None, parks, lang)
        for k, (a, b, *parks) in enumerate(known)
    ]


def park_titles(data):
    """Titles of the parks by row, {zh: [...], en: [...]}."""
    return {"zh": [park.title_zh for park in data.parks], "en": [park.title_en for park in data.parks]}
