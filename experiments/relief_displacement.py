"""Rent relief alone: where would its extra tenants have been, and how far is that what was put in?

The displacement share of the model is calibrated: of those who settle outside the cluster, the shares that stay in the
district and in the city are set (`parameters.choice.outside_shares`), to 0.5 to 0.8 together. This runs the official relief
against doing nothing at both ends of that span, and over the rent sensitivities for which no clean estimate exists.

    python experiments/relief_displacement.py                      20 pairs for each of the nine cases
    python experiments/relief_displacement.py --pairs 4 --until 2030-12

Writes runs/relief_displacement.csv, and prints the table; each case is the displacement.csv of

    incubator ledger policy=[rent_relief] parameters.choice.outside_shares.district=… parameters.choice.rent_sensitivity=…
"""

import argparse
from pathlib import Path

import pandas as pd

from sim.inputs.config import load
from sim.studies.ledger.run import ledger

CALIBRATED = (0.5, 0.65, 0.8)  # both ends of the calibrated span, and the shipped value
SENSITIVITIES = (0.5, 1, 2)
SHOWN = ("district", "city", "away", "left_or_closed", "not_looking", "calibrated", "calibrated_of_outside")


def outside_shares(calibrated):
    """Settings under which district and city have so much of the outside together, in their shipped proportion."""
    district, city, _ = load([]).parameters.choice.outside_shares
    part = {
        "district": calibrated * district / (district + city), "city": calibrated * city / (district + city), "gone": 1 - calibrated,
    }  # fmt: skip
    return [f"parameters.choice.outside_shares.{name}={share:.6f}" for name, share in part.items()]


def case(calibrated, sensitivity, pairs, *overrides, workers=None):
    """Displacement by source of one case, one row: extra tenants and shares with 95 % intervals."""
    settings = [*outside_shares(calibrated), f"parameters.choice.rent_sensitivity={sensitivity}", *overrides]
    found = ledger(None, "policy=[rent_relief]", *settings, replicates=pairs, workers=workers)
    by = found.displacement[found.displacement.scope == "cluster"].set_index("source")
    row = {"put_in_calibrated": calibrated, "rent_sensitivity": sensitivity, "pairs": pairs}
    for name in ("mean", "low", "high"):
        row[f"extra_tenants_{name}"] = by.loc["extra_tenants", name]
    row["moved_between_parks"] = by.loc["other_park", "mean"]
    for source in SHOWN:
        row[f"{source}_firms"] = by.loc[source, "mean"]
        row |= {f"{source}_{name}": by.loc[source, name] for name in ("share_of_extra", "share_low", "share_high")}
    relief = found.shares[(found.shares.policy == "rent_relief") & (found.shares.outcome == "admitted")].iloc[0]
    return row | {"deadweight_share": relief.value, "deadweight_low": relief.low, "deadweight_high": relief.high}


def measure(pairs, *overrides, workers=None):
    """The table over both ends of the calibrated span and three rent sensitivities."""
    cases = [(share, sensitivity) for share in CALIBRATED for sensitivity in SENSITIVITIES]
    return pd.DataFrame([case(*each, pairs, *overrides, workers=workers) for each in cases])


def shown(value, low, high):
    """A share with its interval, or that there is none."""
    return f"{value:.0%} ({low:.0%} to {high:.0%})" if pd.notna(value) else "undefined"


def _share(row, source):
    return shown(*(getattr(row, f"{source}_{name}") for name in ("share_of_extra", "share_low", "share_high")))


def printed(table):
    """The table as text: put in, extra tenants, and where they would have been."""
    rows = []
    for row in table.itertuples():
        rows.append(
            {
                "put in (calibrated)": f"{row.put_in_calibrated:.2f}",
                "rent sensitivity": f"{row.rent_sensitivity:g}",
                "extra tenants": f"{row.extra_tenants_mean:+.0f} ({row.extra_tenants_low:+.0f} to {row.extra_tenants_high:+.0f})",
                "of those from outside (calibrated)": _share(row, "calibrated_of_outside"),
                "of all extra tenants (calibrated)": _share(row, "calibrated"),
                "district": f"{row.district_firms:+.0f}", "city": f"{row.city_firms:+.0f}", "away": f"{row.away_firms:+.0f}",
                "left or closed": f"{row.left_or_closed_firms:+.0f}", "other park": f"{row.moved_between_parks:.0f}",
                "deadweight of the relieved": shown(row.deadweight_share, row.deadweight_low, row.deadweight_high),
            }
        )  # fmt: skip
    return pd.DataFrame(rows).to_string(index=False)


def main():
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, default=20)
    parser.add_argument("--until", default="2035-12")
    parser.add_argument("--cluster", default="ouhai")
    parser.add_argument("--workers", type=int, default=None)
    options = parser.parse_args()
    table = measure(options.pairs, f"cluster={options.cluster}", f"run.until={options.until}", workers=options.workers)
    print(printed(table))
    print(
        "Share that would have been elsewhere in district or city. Calibrated: put in with outside_shares, no finding. Of all"
    )
    print(
        "extra tenants it is larger where tenants of the other world have left or closed here (left or closed below 0)."
    )
    Path("runs").mkdir(exist_ok=True)
    table.to_csv("runs/relief_displacement.csv", index=False, encoding="utf-8-sig")


if __name__ == "__main__":
    main()
