"""The tables of a ledger of lives, from its pairs: tidy, with 95 % intervals over pairs."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from sim.engine.calendar import month_of
from sim.methods.intervals import interval
from sim.model.district_data import ClusterData
from sim.model.measures.fates import OUTCOMES, SOURCES, Change, End
from sim.model.status import Origin
from sim.report.words import in_both
from sim.runs.store.folder import RunFolder, write_table
from sim.studies.compare.costs import fieller
from sim.studies.compare.differences import SOURCE_COLUMNS, by_source
from sim.studies.ledger.paired_lives import SHARED, Pair
from sim.studies.ledger.sentences import LivesData
from sim.studies.ledger.teller import Teller

END_KINDS = {  # kinds of end as a figure shows them -> (in a park, ends)
    "graduate_here": (True, (End.TENANT_GRADUATE,)),
    "tenant": (True, (End.TENANT,)),
    "graduate_district": (False, (End.DISTRICT_GRADUATE,)),
    "district": (False, (End.DISTRICT, End.DISTRICT_UNFOLLOWED, End.DISTRICT_CLOSED)),
    "graduate_gone": (False, (End.CITY_GRADUATE, End.AWAY_GRADUATE, End.SOLD)),
    "city": (False, (End.CITY, End.CITY_UNFOLLOWED, End.CITY_CLOSED)),
    "away": (False, (End.AWAY, End.STAYED_AWAY)),
    "closed": (False, (End.CLOSED, End.CLOSED_GRADUATE)),
    "absent": (False, (End.ABSENT, End.WAITING)),
}
TERMS = {  # table of terms -> names in it
    "end": [end.name.lower() for end in End],
    "change": [change.name.lower() for change in Change],
    "outcome": list(OUTCOMES),
    "source": [*SOURCES, "calibrated", "calibrated_of_outside", "extra_tenants"],
    "measure": ["additionality_share", "gained_share", "deadweight_share"],
}

CHANGES, ENDS = TERMS["change"], TERMS["end"]


def tables_of(pairs: Sequence[Pair], scenario: str) -> dict[str, pd.DataFrame]:
    """Return the tables of a ledger by name."""
    return {name: table(pairs, scenario) for name, table in TABLES.items()}


def _table(names, values):
    mean, low, high = interval(values)
    return pd.DataFrame({**names, "mean": mean, "low": low, "high": high})


def changes_table(pairs: Sequence[Pair], scenario: str) -> pd.DataFrame:
    """Number of firms whose lives differ, by kind of change: change, mean, low, high (95 % intervals over pairs)."""
    values = np.array([pair.worlds[scenario].changes for pair in pairs], float)
    return _table({"change": CHANGES}, values)


def flows_table(pairs: Sequence[Pair], scenario: str) -> pd.DataFrame:
    """Firms by end in the reference world and end in this one: end_reference, end, mean, low, high. Empty cells left out."""
    values = np.array([pair.worlds[scenario].flows for pair in pairs], float)
    some = np.argwhere(values.any(axis=0))
    names = {"end_reference": [ENDS[i] for i, _ in some], "end": [ENDS[j] for _, j in some]}
    return _table(names, values[:, some[:, 0], some[:, 1]])


def transitions_table(pairs: Sequence[Pair], scenario: str) -> pd.DataFrame:
    """The same as a matrix of means: a row for each end in the reference world, a column for each end in this one."""
    values = np.mean([pair.worlds[scenario].flows for pair in pairs], axis=0)
    table = pd.DataFrame(values, columns=ENDS).assign(all=values.sum(axis=1))
    table.insert(0, "end_reference", ENDS)
    return table


def outcomes_table(pairs: Sequence[Pair], scenario: str) -> pd.DataFrame:
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


def shares_table(pairs: Sequence[Pair], scenario: str) -> pd.DataFrame:
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


def displaced_table(pairs: Sequence[Pair], scenario: str) -> pd.DataFrame:
    """Extra tenants of the last month by source, of the cluster and of the target parks: see compare.by_source."""
    parts = []
    for scope in pairs[0].worlds[scenario].displacement:
        found = [pair.worlds[scenario].displacement[scope] for pair in pairs]
        parts.append(by_source(found, inside=scope == "targets").assign(scope=scope))
    return pd.concat(parts, ignore_index=True)[["scope", *SOURCE_COLUMNS]]


TABLES = {
    "changes": changes_table, "flows": flows_table, "transitions": transitions_table,
    "outcomes": outcomes_table, "shares": shares_table, "displacement": displaced_table,
}  # fmt: skip


def lives_table(pairs: Sequence[Pair], scenario: str, data: ClusterData) -> pd.DataFrame:
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
    differences = {lang: differences_told(rows, teller, lang) for lang in ("zh", "en")}
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
            "first_difference_zh": differences["zh"], "first_difference_en": differences["en"],
        }
    )  # fmt: skip


def _months(numbers):
    """Month numbers as text; empty where there is none."""
    return [str(month_of(number)) if number >= 0 else "" for number in numbers.tolist()]


def differences_told(rows: np.ndarray, teller: Teller, lang: str) -> list[str]:
    """The sentence of each row's first difference."""
    there, here = rows["there"], rows["here"]
    known = zip(*(rows[name].tolist() for name in ("has_there", "has_here", "park_reference", "park")), strict=True)
    return [
        teller.difference(there[k] if a else None, here[k] if b else None, parks, lang)
        for k, (a, b, *parks) in enumerate(known)
    ]


def park_titles(data: ClusterData) -> dict[str, list[str]]:
    """Titles of the parks by row, {zh: [...], en: [...]}."""
    return {"zh": [park.title_zh for park in data.parks], "en": [park.title_en for park in data.parks]}


def lives_data(results: Any, folder: RunFolder) -> LivesData:
    """Return the data of the figure of lives."""
    matrix = results.transitions.set_index("end_reference").drop(columns="all").to_numpy()
    member = np.array([[end in kind[1] for end in End] for kind in END_KINDS.values()], float)
    counts = member @ matrix @ member.T
    change = results.changes.set_index("change")["mean"]
    net = results.outcomes.set_index("outcome").loc["tenant"]
    inside = np.array([kind[0] for kind in END_KINDS.values()])
    drawn = counts[(inside[:, None] | inside) & ~np.eye(len(inside), dtype=bool)].sum()
    reference, scenario = results.setups
    return LivesData(
        package=scenario.title, reference=reference.title, ends=[in_both(f"lives_end_{k}") for k in END_KINDS],
        inside=inside.tolist(), counts=counts, tenants=(net.net, net.low, net.high), gained=change["gained"],
        lost=change["lost"], others=change.drop("unchanged").sum() - drawn, month=str(reference.run.until),
        follow=results.follow, pairs=results.pairs, version=folder.identity["model"], run_id=folder.id,
    )  # fmt: skip


def terms() -> pd.DataFrame:
    """The words of the tables: table, name, zh, en."""
    rows = [(table, name, *in_both(f"{table}_{name}").values()) for table, names in TERMS.items() for name in names]
    return pd.DataFrame(rows, columns=["table", "name", "zh", "en"])


def write(results: Any, folder: RunFolder, *, began: str, asked: int, figures: bool) -> None:
    """Write tables (CSV, and Parquet for the one row a firm) and the figure in both languages; the manifest last."""
    tables = {f"{name}.csv": getattr(results, name) for name in TABLES}
    tables |= {"terms.csv": terms(), "lives.parquet": results.lives}
    files = [write_table(folder.path / name, table) for name, table in tables.items()]
    if figures:
        from sim.studies.ledger.figures import write_figures

        files += write_figures(lives_data(results, folder), folder.path)
    answer = {lang: results.verdict(lang) for lang in ("zh", "en")}
    folder.manifest(done=results.pairs, asked=asked, began=began, files=files, answer=answer)
