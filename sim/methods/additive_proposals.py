"""Candidates made to beat a rival: the effects of choices are taken to add up, and the best sum at the rival's cost is proposed.

Genetic search mixes packages well, but seldom swaps a dear lever for two cheap ones of the same cost. For each rival a ridge
regression tells what every choice adds near the rival's cost (Hoerl and Kennard 1970), and a mixed-integer programme finds the
package whose least advantage over the rival is largest (scipy.optimize.milp). The proposals are candidates like any other: they
are simulated, and the next regression knows what they were worth.
"""

from collections.abc import Mapping, Sequence

import numpy as np

ROOM = 0.05  # share of the rival's cost that is not spent, so that noise does not make the candidate dearer
SLIGHT = 1e6  # a cost below which differences of cost hardly count, CNY
SHRINK = (0.1, 1.0)  # ridge on whether a lever is chosen, and on how


def proposals(
    sizes: Mapping[str, int],
    points: Sequence,
    gains: np.ndarray,
    costs: np.ndarray,
    rivals: Sequence[tuple[np.ndarray, float]],
    default: dict[str, int],
) -> list[dict[str, int]]:
    """Propose a point against each rival; doubles and points already known are left out.

    sizes: {choice: places}, a setting 'lever.setting' after its 'lever'; points (n, k) places; gains (n, objectives), more is
    better; costs (n,); rivals: (gains (objectives,), cost) of each; default: {choice: place} of what is not chosen.
    """
    names, options = list(sizes), columns_of(sizes)
    x, known = coded(names, options, points), {tuple(row) for row in np.asarray(points).tolist()}
    found = []
    for gain, cost in rivals:
        near = 1 / (1 + np.log((np.maximum(costs, 0) + SLIGHT) / (max(cost, 0) + SLIGHT)) ** 2)
        fits = [_ridge(x, y, near, options) for y in [*np.transpose(gains), costs]]
        chosen = _best(options, fits, gain, (1 - ROOM) * cost, np.std(gains, axis=0))
        if chosen is None:
            continue
        point = default | {name: 0 for name in names if "." not in name} | chosen
        if (row := tuple(point[name] for name in names)) not in known:
            known.add(row)
            found.append(point)
    return found


def columns_of(sizes: Mapping[str, int]) -> list[tuple[str, str | None, int]]:
    """List what can be chosen, a column each: (lever, None, 1) for the lever, (lever, choice, place) for how."""
    found = []
    for name, places in sizes.items():
        lever = name.partition(".")[0]
        found += [(lever, None, 1)] if lever == name else [(lever, name, place) for place in range(places)]
    return found


def coded(names: Sequence[str], options: Sequence[tuple], points: Sequence) -> np.ndarray:
    """Code points as zeros and ones (n, columns); how a lever is set counts only where it is chosen."""
    places = {name: np.asarray(points)[:, k] for k, name in enumerate(names)}
    columns = [places[lever] * (1 if choice is None else places[choice] == place) for lever, choice, place in options]
    return np.column_stack(columns).astype(float)


def _ridge(x, y, weights, options):
    """Effect of each column by itself, by ridge regression (columns,)."""
    scale = np.std(y) or 1.0
    penalty = np.array([SHRINK[choice is not None] for _, choice, _ in options])
    wx = x * weights[:, None]
    return np.linalg.solve(wx.T @ x + np.diag(penalty), wx.T @ (y / scale)) * scale


def _best(options, fits, rival, budget, scale):
    """{choice: place} of the package with the largest least advantage, None if there is none within the budget."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    *effects, cost = fits
    count, rules = len(options), []
    settings = dict.fromkeys((lever, choice) for lever, choice, _ in options if choice is not None)
    for lever, choice in settings:  # one place of each setting where the lever is chosen
        rules.append([(c == choice) - float(one == lever and c is None) for one, c, _ in options] + [0.0])
    rows = [LinearConstraint(np.array(rules, float), 0, 0)] if rules else []
    rows.append(LinearConstraint(np.append(cost, 0.0), -np.inf, budget))
    for effect, level, size in zip(effects, rival, scale, strict=True):
        rows.append(LinearConstraint(np.append(effect, -(size or 1.0)), level, np.inf))
    bounds = Bounds(np.append(np.zeros(count), -np.inf), np.append(np.ones(count), np.inf))
    goal, whole = np.append(np.zeros(count), -1.0), np.append(np.ones(count), 0)
    found = milp(goal, constraints=rows, bounds=bounds, integrality=whole, options={"time_limit": 20.0})
    if found.x is None:
        return None
    taken = [option for option, on in zip(options, found.x, strict=False) if on > 0.5]
    return {choice or lever: place for lever, choice, place in taken}
