"""Clocks that run down, in compiled passes over the firms; see the kernel of growth for how they are laid out."""

import numpy as np

from sim.engine.kernels.kernel import as_tuple, kernel
from sim.engine.quantity import either
from sim.model.agents import Enterprise, Park
from sim.model.agents.enterprise import IN_PLACE, INCUBATING
from sim.model.mechanisms import space, survival


def run_down(cluster, firms: Enterprise) -> tuple[np.ndarray, ...]:
    """Do what the readable rule does."""
    data, rows, p, rules = firms.table.data, firms.rows, cluster.parameters, cluster.rules
    tenants = cluster.all(Park).tenants_by_sector
    rivals = survival.rivalry(np.maximum(tenants - 1, 0), p.survival)
    outside = float(survival.rivalry(p.survival.outside_rivals, p.survival))
    base = cluster.known("base_hazards", lambda: survival.base_hazards(p.survival))
    numbers, now = as_tuple(p.survival), np.int64(cluster.now)
    states = _states(rows, numbers, *(data[name] for name in ("quality", "momentum", "cash", "gained")))
    names = ("founded_on", "park_row", "sector", "left_on", "stay")
    hazard = _hazards(
        rows, now, numbers, base, survival.state_factor(*states), rivals, outside, *(data[name] for name in names)
    )
    relocation = float(survival.monthly_hazard(p.leaving.relocation))
    limits = int(p.leaving.lease_after_recognition), int(rules.limit), int(rules.long_limit)
    names = ("closure_clock", "relocation_clock", "status", "recognised_on", "entered_on", "long_stay")
    return _run_down(
        rows, now, hazard, relocation, limits, (INCUBATING, IN_PLACE), *(data[name] for name in names)
    )  # fmt: skip


@kernel(calls=(survival.log_state, survival.log_learning))
def _states(rows, p, quality, momentum, cash, gained):
    """State and learning of each firm, in logs, both (n,)."""
    states, learned = np.empty(len(rows)), np.empty(len(rows))
    for k in range(len(rows)):
        i = np.uint64(rows[k])
        states[k] = survival.log_state(quality[i], momentum[i], cash[i], p)
        learned[k] = survival.log_learning(gained[i], quality[i], p)
    return states, learned


@kernel(calls=(survival.leaving_bump, survival.closure_hazard))
def _hazards(rows, now, p, base, states, rivals, outside, founded_on, park_row, sector, left_on, stay):
    """Hazard of closing of each firm (n,), 1/month."""
    hazard, oldest = np.empty(len(rows)), len(base) - 1
    for k in range(len(rows)):
        i = np.uint64(rows[k])
        rivalry = rivals[np.uint64(max(park_row[i], 0)), np.uint64(sector[i])]
        rivalry = rivalry if park_row[i] >= 0 else outside
        bump = survival.leaving_bump(now - left_on[i], stay[i], p)  # who never left has -1, long before any month
        hazard[k] = survival.closure_hazard(base[np.uint64(min(now - founded_on[i], oldest))], states[k], rivalry, bump)
    return hazard


@kernel(calls=(space.lease_end, either))
def _run_down(
    rows, now, hazard, relocation, limits, codes, closure_clock, relocation_clock, status, recognised_on, entered_on, long_stay
):  # fmt: skip
    """Clocks go down; rows of those that close, that move out, and whose lease ends."""
    (after_recognition, limit, long_limit), (incubating, in_place) = limits, codes
    closing, relocating, ending = np.empty_like(rows), np.empty_like(rows), np.empty_like(rows)
    closed = relocated = ended = 0
    for k in range(len(rows)):
        i = np.uint64(rows[k])
        inside = status[i] == incubating
        clock, other = closure_clock[i] - hazard[k], relocation_clock[i] - relocation * inside
        closure_clock[i], relocation_clock[i] = clock, other
        stay = long_limit if long_stay[i] else limit
        end = space.lease_end(entered_on[i], stay, recognised_on[i], after_recognition)
        out, over = inside & (other <= 0), (inside | (status[i] == in_place)) & (end <= now)
        if (clock <= 0) | out | over:
            if clock <= 0:
                closing[closed] = i
                closed += 1
            elif out:
                relocating[relocated] = i
                relocated += 1
            else:
                ending[ended] = i
                ended += 1
    return closing[:closed], relocating[:relocated], ending[:ended]
