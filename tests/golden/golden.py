"""The golden run: the toy cluster doing nothing and under many levers at once; its event log and its yearly measures."""

from pathlib import Path

import pandas as pd

from sim.inputs.config import load
from sim.runs.results import events_table, long_table
from sim.runs.simulate import simulate

FOLDER = Path(__file__).parent
EVENTS, MEASURES = FOLDER / "events.csv", FOLDER / "measures.csv"
# Named one by one, so that a new lever moves no number here: it has a contract and a test of its own.
LEVERS = (
    "living_amenities", "performance_contracts", "rent_relief", "service_list", "space_expansion", "stock_activation",
    "talent_housing",
)  # fmt: skip
KEYS = ["scenario", "year", "unit_kind", "unit", "measure"]
KINDS = (
    "cluster",
    "park",
    "operator",
    "sector",
)  # tiers of talent add up to the cluster, which a test of their own says


def golden():
    """(events, measures) as the code of today has them."""
    every = f"policy=[{','.join(LEVERS)}]"
    events, measures = [], []
    for name, policy in (("nothing", "policy=[]"), ("everything", every)):
        setup = load(["cluster=toy", policy, "run.burn_in=36", "run.until=2028-12"])
        outcome = simulate(setup, seed=1)
        outcome.scenario, outcome.yearly = name, {kind: outcome.yearly[kind] for kind in KINDS}
        events.append(events_table(outcome, [p.key for p in setup.data.parks], list(setup.data.sectors)))
        measures.append(long_table([outcome], "yearly"))
    table = pd.concat(measures).astype({k: str for k in KEYS if k != "year"})
    log = pd.concat(events, ignore_index=True)
    log["ident"] = log["ident"].map(hex)
    log["amount"] = log["amount"].round(6)
    return log, table.drop(columns="replicate").sort_values(KEYS, ignore_index=True)
