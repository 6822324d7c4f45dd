"""python -m tests.golden.update "hazard now peaks in year 3": rewrite the golden run, show what moved, note the reason."""

import sys
from pathlib import Path

import pandas as pd

from tests.golden.golden import EVENTS, KEYS, MEASURES, golden

CHANGELOG = Path(__file__).resolve().parents[2] / "CHANGELOG.md"
HEADING = "### Results change"


def main():
    """Rewrite, print old and new, and refuse without a reason."""
    reason = " ".join(sys.argv[1:]).strip()
    if not reason:
        raise SystemExit('Say why: python -m tests.golden.update "what changed and why"')
    events, measures = golden()
    if MEASURES.exists():
        both = pd.read_csv(MEASURES).merge(measures, on=KEYS, how="outer", suffixes=("_old", "_new"))
        moved = both[(both.unit_kind == "cluster") & ((both.value_old - both.value_new).abs() > 1e-9)]
        means = moved.groupby(["scenario", "measure"])[["value_old", "value_new"]].mean().round(4)
        print(means.to_string() if len(moved) else "nothing moved")
        text = CHANGELOG.read_text(encoding="utf-8")
        CHANGELOG.write_text(text.replace(HEADING, f"{HEADING}\n\n- {reason}", 1), encoding="utf-8")
    events.to_csv(EVENTS, index=False, lineterminator="\n")
    measures.to_csv(MEASURES, index=False, lineterminator="\n", float_format="%.12g")


if __name__ == "__main__":
    main()
