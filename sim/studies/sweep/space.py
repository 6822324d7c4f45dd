"""Settings that a study varies, and their bounds: numbers from their own declaration, or a few names."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import cached_property
from math import isfinite
from typing import Any

import numpy as np
import pandas as pd

from sim.engine.mistakes import ConfigurationError
from sim.inputs.catalogue import options
from sim.model.parameters import SHARES, catalogue
from sim.model.policies import Policy
from sim.model.setup import Setup
from sim.runs.settings import declared

COMPOSED = ("world", "demand", "rules", "criteria", "plan", "calibration", "cluster")  # files, not single settings
VARIED_GRADES = ("borrowed", "assumed")


@dataclass(frozen=True)
class Dimension:
    """One setting that is varied.

    name: dotted, as on the command line. low, high: bounds, in `unit`; of names, 0 and their number. grade: of the
    evidence behind the present value. values: what it may be, if not everything between low and high. now: present value.
    """

    name: str
    low: float
    high: float
    unit: str = "1"
    title: dict[str, str] = field(default_factory=dict)
    grade: str = ""
    values: tuple | None = None
    now: object = None

    @property
    def numeric(self) -> bool:
        """True if its values are numbers."""
        return self.values is None or all(isinstance(v, (int, float)) for v in self.values)

    def at(self, share: Sequence[float] | np.ndarray) -> np.ndarray:
        """Values at shares of the way from low to high (n,) in [0, 1]; of listed values the one in whose part it falls."""
        share = np.asarray(share, float)
        if self.values is None:
            return np.clip(self.low + share * (self.high - self.low), self.low, self.high)
        part = np.minimum((share * len(self.values)).astype(int), len(self.values) - 1)
        return np.array(self.values, None if self.numeric else object)[part]

    def levels(self, count: int) -> list:
        """Equally spaced values, or all that are listed."""
        return list(self.values) if self.values is not None else [*map(float, np.linspace(self.low, self.high, count))]

    def shares(self, values: Sequence[Any] | pd.Series) -> np.ndarray:
        """The inverse of `at`, in [0, 1]: what analyses of a design work on. Listed values stand in the middle of their part."""
        if self.values is None:
            return (np.asarray(values, float) - self.low) / (self.high - self.low)
        return np.array([(self.values.index(v) + 0.5) / len(self.values) for v in values])


@dataclass(frozen=True)
class Space:
    """The dimensions of a study."""

    dimensions: Sequence[Dimension]

    def __post_init__(self) -> None:
        object.__setattr__(self, "dimensions", tuple(self.dimensions))
        if not self.dimensions:
            raise ConfigurationError("vary=[]: nothing is varied; name a setting, such as vary=[parameters.choice.*].")
        twice = sorted({n for n in self.names if self.names.count(n) > 1})
        if twice:
            raise ConfigurationError(f"{twice[0]}: varied twice; name it once.")

    def __len__(self) -> int:
        return len(self.dimensions)

    def __getitem__(self, name: str) -> Dimension:
        return self.dimensions[self.names.index(name)]

    @cached_property
    def names(self) -> list[str]:
        """Names in order."""
        return [d.name for d in self.dimensions]

    @cached_property
    def bounds(self) -> np.ndarray:
        """(k, 2): low and high; of listed values 0 and their number."""
        return np.array([(d.low, d.high) if d.values is None else (0, len(d.values)) for d in self.dimensions], float)

    def problem(self) -> dict[str, Any]:
        """The same as SALib wants it."""
        return {"num_vars": len(self), "names": list(self.names), "bounds": self.bounds.tolist()}

    def table(self, shares: np.ndarray) -> pd.DataFrame:
        """Points from shares (n, k) in [0, 1]: a DataFrame, a column a dimension."""
        columns = {d.name: d.at(shares[:, i]) for i, d in enumerate(self.dimensions)}
        return pd.DataFrame(columns).rename_axis("point")

    def shares(self, points: pd.DataFrame) -> np.ndarray:
        """The inverse: (n, k) in [0, 1]."""
        return np.column_stack([d.shares(points[d.name]) for d in self.dimensions])

    def only(self, names: Iterable[str]) -> "Space":
        """The same with some dimensions only, in this order."""
        return Space([self[name] for name in names])


def space_of(
    setups: Setup | Sequence[Setup], names: str | Sequence[str] | None = None, grades: Sequence[str] = VARIED_GRADES
) -> Space:
    """The Space of a Setup, or of the Setups of several scenarios, by the bounds that each setting declares.

    names: settings, patterns with `*`, or narrowed ones: 'parameters.choice.rent_sensitivity=0.5..2' between these bounds,
    'world=space_pulls,promotion_pulls' or 'run.follow=1,4' one of these. None: every parameter whose value has one of these
    grades. Raises ConfigurationError with all that is wrong.
    """
    setups = [setups] if isinstance(setups, Setup) else setups
    typed = [names] if isinstance(names, str) else names
    dimensions, problems = [], []
    for text in _graded(setups[0], grades) if typed is None else typed:
        try:
            dimensions += dimensions_of(setups, text)
        except ConfigurationError as error:
            problems += error.problems
    if problems:
        raise ConfigurationError(problems)
    if typed is None and not dimensions:
        raise ConfigurationError(
            f"grades=[{','.join(grades)}]: no parameter of {setups[0].data.name} has one of these."
        )
    return Space(dimensions)


def varies(text: str) -> bool:
    """True if an override as typed names several values: 'name=0.5..2' or 'name=a,b'."""
    name, equals, value = text.partition("=")
    return bool(equals) and name != "policy" and (".." in value or ("," in value and not value.startswith(("[", "{"))))


def dimensions_of(setups: Sequence[Setup], text: str) -> list[Dimension]:
    """Dimensions that one typed word varies."""
    name, equals, value = text.partition("=")
    name, value = name.strip(), value.strip()
    if name in COMPOSED:
        return [_composed(setups, name, value)]
    if "*" in name:
        return [_narrowed(d, value, text) for d in _matching(setups, name)]
    meta, _ = declared(setups, name)
    if meta.get("kind") == "numbers":
        if name.removeprefix("parameters.") in SHARES:
            raise ConfigurationError(_no_shares(name))
        return [_narrowed(_dimension(setups, f"{name}.{part}"), value, text) for part in meta["names"]]
    if meta.get("kind") != "number":
        return [_listed(setups, name, meta, value, text)]
    if name.removeprefix("parameters.").rpartition(".")[0] in SHARES:
        raise ConfigurationError(_no_shares(name))
    return [_narrowed(_dimension(setups, name), value, text)]


def _no_shares(name):
    return (
        f"{name}: shares of one whole, which add up to 1, so that none can be varied alone; list whole sets of them by hand "
        "with design=FILE.csv."
    )


def _dimension(setups, name):
    meta, now = declared(setups, name)
    return Dimension(
        name,
        meta["low"],
        meta["high"],
        meta["unit"],
        {"zh": meta["zh"], "en": meta["en"]},
        _grade(setups, name),
        None,
        now,
    )


def _grade(setups, name):
    root, *rest = name.split(".")
    if root == "policies":
        return next(p.grade for s in setups for p in s.policies if p.name == rest[0])
    return setups[0].sources.get(".".join(rest[:2]), {}).get("grade", "") if root == "parameters" else ""


def _graded(setup, grades):
    """Names of parameters by the grade of their value; shares of one whole left out."""
    return [
        f"parameters.{name}"
        for name in catalogue()
        if name not in SHARES and setup.sources.get(name, {}).get("grade") in grades
    ]


def _matching(setups, pattern):
    """Dimensions of all numbers whose name fits a pattern: parameters, and settings of the scenarios' policies."""
    common = {name for name in Policy.__dataclass_fields__ if name != "intensity"}
    names = [f"parameters.{name}" for name in catalogue() if name not in SHARES]
    for policy in {p.name: p for s in setups for p in s.policies}.values():
        names += [
            f"policies.{policy.name}.{part}"
            for part, about in policy.__dataclass_fields__.items()
            if about.metadata.get("kind") == "number" and part not in common
        ]
    fitting = [d for name in names if fnmatchcase(name, pattern) for d in dimensions_of(setups, name)]
    if not fitting:
        raise ConfigurationError(f"{pattern}: no setting with bounds has such a name.")
    return fitting


def _narrowed(dimension, value, text):
    """A dimension between narrower bounds, or on listed numbers."""
    if not value:
        return dimension
    low, dots, high = value.partition("..")
    try:
        numbers = [float(v) for v in ((low, high) if dots else value.split(","))]
    except ValueError:
        numbers = [np.nan]
    if not all(map(isfinite, numbers)):
        raise ConfigurationError(f"{text}: expected bounds such as {dimension.name}=1..2, or numbers such as 1,1.5,2.")
    unit = "" if dimension.unit == "1" else f" {dimension.unit}"
    for number in numbers:
        if not dimension.low <= number <= dimension.high:
            raise ConfigurationError(
                f"{text}: {number:g}{unit} is outside {dimension.low:g} to {dimension.high:g} ({dimension.title['en']})."
            )
    if dots and not numbers[0] < numbers[1]:
        raise ConfigurationError(f"{text}: expected the lower bound first, and a higher one after it.")
    if dots:
        return replace(dimension, low=numbers[0], high=numbers[1])
    return replace(dimension, low=min(numbers), high=max(numbers), values=_distinct(numbers, text))


def _distinct(values, text):
    if len(set(values)) < max(2, len(values)):
        raise ConfigurationError(f"{text}: expected two or more different values.")
    return tuple(values)


def _listed(setups, name, meta, value, text):
    """A setting that is no number, on the values listed."""
    if meta.get("kind") not in ("month", "one_of", "flag"):
        raise ConfigurationError(
            f"{name}: cannot be varied, for it is no number, month, name or flag ({meta.get('en')})."
        )
    if not value:
        raise ConfigurationError(f"{name}: has no bounds ({meta['en']}), so its values must be listed: {name}=A,B.")
    values = _distinct([v.strip() for v in value.split(",")], text)
    if meta["kind"] == "flag":
        values = tuple({"true": True, "false": False}.get(v.lower(), v) for v in values)
    _, now = declared(setups, name)
    title, now = {"zh": meta["zh"], "en": meta["en"]}, now if isinstance(now, bool) or now is None else str(now)
    return Dimension(name, 0, len(values), "1", title, _grade(setups, name), values, now)


def _composed(setups, name, value):
    """A whole file chosen among several: world, demand, rules …"""
    known = options(name)
    if not value:
        raise ConfigurationError(f"{name}: has no bounds, so its values must be listed: {name}={','.join(known[:2])}.")
    values = _distinct([v.strip() for v in value.split(",")], f"{name}={value}")
    if name == "cluster":
        raise ConfigurationError("cluster: places are not varied inside one sweep; run one for each.")
    title = {
        "world": "外部世界",
        "demand": "需求",
        "rules": "毕业规则",
        "criteria": "官方标准",
        "plan": "规划文件",
        "calibration": "校准",
    }
    now = getattr(getattr(setups[0], name, None), "name", None)
    return Dimension(name, 0, len(values), "1", {"zh": title[name], "en": name}, "", values, now)
