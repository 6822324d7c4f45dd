"""Set how much space 'same_budget_split' still builds, so that it costs what 'build_first' costs.

A budget is what the results say was spent to the end of the run, what is still owed included, mean over seeds. Building
is in proportion to the area, so that a few rounds of proportional correction meet it; as many seeds as asked for are
enough because the seeds of both packages are the same.

    python experiments/same_budget.py                      print the budgets as they are, and the area that equals them
    python experiments/same_budget.py --write              put the area into configs/scenario/same_budget_split.yaml
    python experiments/same_budget.py --cluster toy        the same for another cluster
"""

import argparse
import re
from pathlib import Path

from sim.inputs.config import load
from sim.runs.matched_pairs import seeds_of
from sim.runs.simulate import simulate_matched

SCENARIO = Path(__file__).resolve().parent.parent / "configs" / "scenario" / "same_budget_split.yaml"
REFERENCE, SPLIT = "build_first", "same_budget_split"
CLOSE = 0.005  # share of the budget by which the two may differ
STEP = 1000  # m2 to which the area is rounded


def spent(setups, seeds):
    """Mean public spending by scenario and policy, owed sums included, CNY: {scenario: {policy: CNY}}."""
    found = {setup.scenario: {} for setup in setups}
    for seed in seeds:
        for name, outcome in simulate_matched(setups, seed).outcomes.items():
            amounts = [(policy, amount) for _, policy, _, amount in outcome.spending] + list(outcome.owed.items())
            for policy, amount in amounts:
                found[name][policy] = found[name].get(policy, 0.0) + amount / len(seeds)
    return found


def budgets(cluster, seeds, area=None):
    """Spending of both packages; area: m2 that the split one builds, None for what its file says."""
    settings = [f"cluster={cluster}"]
    split = [] if area is None else [f"policies.space_expansion.area={area}"]
    setups = [load([*settings, f"scenario={REFERENCE}"]), load([*settings, f"scenario={SPLIT}", *split])]
    return spent(setups, seeds), next(p.area for p in setups[1].policies if p.kind == "space_expansion")


def area_of_same_cost(cluster, seeds, rounds=4):
    """The area at which both cost the same, to within CLOSE; prints each round. Returns whole STEPs of m2."""
    area = None
    for number in range(rounds):
        found, area = budgets(cluster, seeds, area)
        goal, now = (sum(found[name].values()) for name in (REFERENCE, SPLIT))
        print(f"round {number}: {area:,.0f} m2, {now / 1e6:,.1f} of {goal / 1e6:,.1f} million CNY", flush=True)
        if abs(now - goal) <= CLOSE * goal:
            break
        price = found[SPLIT]["space_expansion"] / area
        area = max(STEP, STEP * round((area + (goal - now) / price) / STEP))
    for name, lines in found.items():
        print(f"{name}: {sum(lines.values()) / 1e6:,.1f} million CNY")
        for policy, amount in sorted(lines.items(), key=lambda item: -item[1]):
            print(f"  {policy:<24}{amount / 1e6:>10,.1f}")
    return int(area)


def main():
    """Print, and write if asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cluster", default="ouhai")
    parser.add_argument("--replicates", type=int, default=4)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    area = area_of_same_cost(asked.cluster, seeds_of(1, asked.replicates))
    if asked.write:
        text = SCENARIO.read_text(encoding="utf-8")
        SCENARIO.write_text(re.sub(r"(?<=area: )\d+", str(area), text), encoding="utf-8")


if __name__ == "__main__":
    main()
