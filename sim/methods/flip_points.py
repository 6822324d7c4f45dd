"""Flip points: how far one parameter must move, all others as they are, before the other choice is better."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.methods.emulator import Emulator, Scale

CONFIDENCE = 0.95
DRAWS = 2000
STEPS = 60  # places along a parameter's range where the difference is emulated; between them it is taken as straight
MAP = 28  # the same along each side of a map


@dataclass(frozen=True)
class Flip:
    """The place at which one parameter turns the preference, others staying as they are.

    side: "above" or "below" the present value, or "is" for a parameter of words. value: nearest place where the emulated
    difference changes its sign, None if it does nowhere within bounds. low, high: its interval; the end that is farther away is
    None where a flip within bounds is not sure. chance: share of draws that flip on this side, within bounds.
    status: "flip" sure, "open" likely but perhaps not within bounds, "possible" unlikely but not ruled out, "none".
    """

    name: str
    now: object
    side: str
    value: object
    low: float | None
    high: float | None
    chance: float
    status: str
    distance: float  # of the value from the present one, as a share of the parameter's range; infinite if there is none


@dataclass(frozen=True)
class Present:
    """The difference with every parameter as it is, emulated: mean and interval; clear if that leaves out zero."""

    mean: float
    low: float
    high: float
    clear: bool

    @property
    def sign(self) -> int:
        """1 if the first choice is preferred, -1 if the other is."""
        return 1 if self.mean >= 0 else -1


def flips(
    emulator: Emulator,
    scale: Scale,
    now: Mapping,
    draws: int = DRAWS,
    seed: int = 0,
    confidence: float = CONFIDENCE,
) -> tuple[Present, list[Flip]]:
    """Find where each parameter alone turns the preference: the present difference, and flips, nearest first.

    emulator: of the difference first choice less second; scale: of its points; now: {name: present value}. Parameters that
    the emulator leaves out have no flip: they showed no effect.
    """
    base = pd.DataFrame([now], columns=list(scale.ranges))
    lines = {name: _line(scale.ranges[name], now[name], name in scale.words) for name in emulator.kept}
    table = pd.concat([base, *(base.loc[[0] * len(v)].assign(**{n: v}) for n, v in lines.items())], ignore_index=True)
    x = scale(table)
    mean, drawn = emulator.mean(x), emulator.draws(x, draws, seed)
    tail = (1 - confidence) / 2
    low, high = np.quantile(drawn[:, 0], [tail, 1 - tail])
    present = Present(float(mean[0]), float(low), float(high), bool(low > 0 or high < 0))
    found, at = [], 1
    for name in scale.ranges:
        if name not in lines:
            found.append(Flip(name, now[name], "above", None, None, None, 0.0, "none", np.inf))
            continue
        span = slice(at, at + len(lines[name]))
        at = span.stop
        other = -present.sign
        if name in scale.words:
            found.append(_of_word(name, now[name], lines[name], mean[span] * other, drawn[:, span] * other, tail))
        else:
            ends = scale.ranges[name]
            found.append(
                _of_number(name, now[name], lines[name], mean[span] * other, drawn[:, span] * other, ends, tail)
            )
    order = {"flip": 0, "open": 1, "possible": 2, "none": 3}
    return present, sorted(found, key=lambda f: (order[f.status], f.distance, -f.chance))


def chance_map(
    emulator: Emulator, scale: Scale, now: Mapping, names: Sequence[str], draws: int = DRAWS, seed: int = 0
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Map the preference over two parameters of numbers, all others as they are.

    Returns places of the first and of the second, then, both (second, first), the emulated difference and the chance that
    the first choice is better.
    """
    places = [np.linspace(scale.ranges[name][0], scale.ranges[name][1], MAP) for name in names]
    first, second = np.meshgrid(*places)
    table = pd.DataFrame([now]).loc[[0] * first.size, list(scale.ranges)].reset_index(drop=True)
    table = table.assign(**{names[0]: first.ravel(), names[1]: second.ravel()})
    x = scale(table)
    better = (emulator.draws(x, draws, seed) > 0).mean(axis=0)
    return *places, emulator.mean(x).reshape(first.shape), better.reshape(first.shape)


def _line(span, now, word):
    """Places along a parameter: every word, or steps of a number with the present value among them."""
    if word:
        return list(span)
    return np.unique(np.append(np.linspace(span[0], span[1], STEPS), np.clip(now, *span)))


def _of_number(name, now, places, mean, drawn, ends, tail):
    """The nearer of the flips above and below; where there is none, the side on which one is less unlikely."""
    start, sides = int(np.searchsorted(places, np.clip(now, *ends))), []
    width = ends[1] - ends[0]
    for side, to in (("above", slice(start, None)), ("below", slice(start, None, -1))):
        along = places[to] if side == "above" else places[start::-1]
        values = mean[start:] if side == "above" else mean[start::-1]
        each = drawn[:, start:] if side == "above" else drawn[:, start::-1]
        roots = first_positive(along, each)
        value = first_positive(along, values[None])[0]
        far, near = _ends_of(np.abs(roots - now), tail)
        chance = float(np.isfinite(roots).mean())
        sign = 1 if side == "above" else -1
        bounds = [now + sign * near, now + sign * far if np.isfinite(far) else None]
        low, high = bounds if side == "above" else bounds[::-1]
        if not np.isfinite(value):
            status = "possible" if chance > tail else "none"
            sides.append(Flip(name, now, side, None, None, None, chance, status, np.inf))
        else:
            status = "flip" if np.isfinite(far) else "open"
            distance = float(abs(value - now) / width)
            sides.append(Flip(name, now, side, float(value), low, high, chance, status, distance))
    return min(sides, key=lambda f: (f.distance, -f.chance))


def _ends_of(distances, tail):
    """The farther and the nearer end of the interval of distances, some of which may be infinite."""
    ordered = np.sort(distances)
    n = len(ordered)
    return ordered[min(n - 1, int(np.ceil((1 - tail) * n)) - 1)], ordered[max(0, int(np.floor(tail * n)))]


def _of_word(name, now, values, mean, drawn, tail):
    """The word that turns the preference most surely, if any does."""
    chance = (drawn > 0).mean(axis=0)
    others = [k for k, value in enumerate(values) if value != now]
    best = max(others, key=lambda k: (mean[k] > 0, chance[k]), default=None)
    if best is None:
        return Flip(name, now, "is", None, None, None, 0.0, "none", np.inf)
    turned, sure = bool(mean[best] > 0), float(chance[best])
    if turned:
        return Flip(name, now, "is", values[best], None, None, sure, "flip" if sure >= 1 - tail else "open", 1.0)
    return Flip(name, now, "is", None, None, None, sure, "possible" if sure > tail else "none", np.inf)


def first_positive(places: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Place at which each row of values (rows, places) first rises above 0, straight between places; infinite if never."""
    positive = values > 0
    at = positive.argmax(axis=1)
    rows = np.arange(len(values))
    before = np.maximum(at - 1, 0)
    after, last = values[rows, at], values[rows, before]
    with np.errstate(invalid="ignore", divide="ignore"):
        part = np.where(at > 0, -last / (after - last), 0.0)
    found = places[before] + part * (places[at] - places[before])
    return np.where(positive.any(axis=1), found, np.inf)
