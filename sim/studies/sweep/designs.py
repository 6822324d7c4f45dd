"""Points of a space to simulate: a full grid, samples that fill it, one setting at a time, or a list made by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.engine.mistakes import ConfigurationError
from sim.engine.optional import salib
from sim.model.setup import Setup
from sim.runs.settings import at_point, declared
from sim.studies.sweep.space import COMPOSED, Dimension, Space, space_of

MOST = 1_000_000  # points that are laid out at all
SHOWN = 8  # mistakes in a list that are told one by one


@dataclass(frozen=True)
class Design:
    """Points to simulate. points: a row a point, a column a dimension, index `point`; meta: how they were made."""

    kind: str
    space: Space
    points: pd.DataFrame
    meta: dict = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not len(self.points):
            raise ConfigurationError(f"design={self.kind}: has no points; ask for at least one.")

    def __len__(self) -> int:
        return len(self.points)

    @property
    def x(self) -> np.ndarray:
        """The points as numbers (n, k) in the space's bounds, listed values by their place: what SALib analyses."""
        low, high = self.space.bounds.T
        return low + self.space.shares(self.points) * (high - low)


def grid(space: Space, levels: int = 3) -> Design:
    """Every combination of so many equally spaced values of each dimension, bounds among them, or of all listed ones."""
    _whole("levels", levels, 2)
    values = [d.levels(levels) for d in space.dimensions]
    _size("grid", np.prod([float(len(v)) for v in values]), f"{levels} levels of {len(space)} dimensions")
    index = pd.MultiIndex.from_product(values, names=space.names)
    points = index.to_frame(index=False).rename_axis("point")
    return Design("grid", space, points, {"levels": levels})


def latin(space: Space, points: int, seed: int = 1) -> Design:
    """Latin hypercube: each dimension cut into as many parts as there are points, one point in each part.

    A larger one does not contain a smaller one, so that nothing simulated for it would be found again; `sobol` can grow.
    """
    from scipy.stats.qmc import LatinHypercube

    _whole("points", points, 1)
    _size("latin", points)
    shares = LatinHypercube(len(space), rng=np.random.default_rng(seed)).random(points)
    return Design("latin", space, space.table(shares), {"points": points, "seed": seed, "grows": False})


def sobol(space: Space, points: int, seed: int = 1) -> Design:
    """Sobol's sequence, scrambled (Owen). The first points of a larger one are the points of a smaller one.

    Evenest where their number is a power of two.
    """
    from scipy.stats.qmc import Sobol

    _whole("points", points, 1)
    _size("sobol", points)
    shares = Sobol(len(space), scramble=True, rng=np.random.default_rng(seed)).random_base2(
        int(np.ceil(np.log2(points)))
    )
    return Design("sobol", space, space.table(shares[:points]), {"points": points, "seed": seed, "grows": True})


def morris(space: Space, trajectories: int = 20, levels: int = 4, seed: int = 1) -> Design:
    """Morris's trajectories: each changes one dimension after the other. k + 1 points a trajectory."""
    _whole("trajectories", trajectories, 2)
    _whole("levels", levels, 2)
    if levels % 2:
        raise ConfigurationError(f"levels={levels}: expected an even number, which Morris's steps need.")
    _size("morris", trajectories * (len(space) + 1))
    sample = salib("sample.morris").sample(_unit(space), trajectories, num_levels=levels, seed=seed)
    about = {"trajectories": trajectories, "levels": levels, "seed": seed, "grows": False}
    return Design("morris", space, space.table(sample), about)


def saltelli(space: Space, n: int, second_order: bool = False, seed: int = 1) -> Design:
    """Saltelli's design for Sobol indices: n (k + 2) points, n (2k + 2) with second order; n a power of two."""
    _whole("n", n, 2)
    if n & (n - 1):
        raise ConfigurationError(
            f"n={n}: expected a power of two, such as {1 << n.bit_length() - 1} or {1 << n.bit_length()}."
        )
    _size("saltelli", n * ((2 if second_order else 1) * len(space) + 2))
    sample = salib("sample.sobol").sample(_unit(space), n, calc_second_order=second_order, seed=seed)
    about = {"n": n, "second_order": second_order, "seed": seed, "grows": True}
    return Design("saltelli", space, space.table(sample), about)


def one_at_a_time(space: Space, levels: int = 2) -> Design:
    """The present values, then each dimension alone at so many equally spaced values (2: its bounds), or at those listed."""
    _whole("levels", levels, 2)
    present = {d.name: d.now for d in space.dimensions}
    rows = [present]
    for d in space.dimensions:
        rows += [present | {d.name: value} for value in d.levels(levels) if value != d.now]
    _size("one_at_a_time", len(rows))
    return Design("one_at_a_time", space, pd.DataFrame(rows).rename_axis("point"), {"levels": levels})


def listed(setups: Setup | Sequence[Setup], points: Path | str | pd.DataFrame | Sequence[Mapping[str, Any]]) -> Design:
    """Points made by hand: a table (DataFrame, rows as mappings, or the path of a CSV file), a column a setting.

    Bounds of the space are those that settings declare. Values are checked: all that is wrong is told at once.
    """
    file = isinstance(points, (str, Path))
    table, said = _read(points) if file else pd.DataFrame(points), f"design={points}" if file else "design"
    setups = [setups] if isinstance(setups, Setup) else setups
    if "point" in table:
        table = table.set_index("point")
    if table.index.has_duplicates:
        raise ConfigurationError(f"{said}: two points have the same number in column 'point'.")
    if table.isna().any(axis=None):
        row, name = next((r, c) for c in table for r in table.index if pd.isna(table.loc[r, c]))
        raise ConfigurationError(f"{said}: point {row} has no value for {name}.")
    if not len(table):
        raise ConfigurationError(f"{said}: has no points; write at least one row below the names.")
    try:
        space = Space([_as_found(setups, name, table[name]) for name in table])
    except ConfigurationError as error:
        raise ConfigurationError([f"{said}: column {problem}" for problem in error.problems]) from None
    _check(setups, table.drop(columns=[name for name in table if name in COMPOSED]), said)
    return Design("listed", space, table.rename_axis("point"), {"points": len(table)})


def _check(setups, table, said):
    """Raise ConfigurationError with the first few points that contradict what settings declare."""
    problems = []
    for point, values in zip(table.index.tolist(), table.to_dict("records"), strict=True):
        try:
            at_point(setups, values)
        except ConfigurationError as error:
            problems += [f"{said}: point {point}: {problem}" for problem in error.problems]
    if problems:
        raise ConfigurationError(problems[:SHOWN] + [f"… and {len(problems) - SHOWN} more."] * (len(problems) > SHOWN))


def _as_found(setups, name, column):
    """The dimension of a column: bounds if it declares some, else the values that occur."""
    if name not in COMPOSED:
        meta, now = declared(setups, name)
        if meta.get("kind") == "number":
            title = {"zh": meta["zh"], "en": meta["en"]}
            return Dimension(name, meta["low"], meta["high"], meta["unit"], title, "", None, now)
        return Dimension(
            name, 0, column.nunique(), values=tuple(column.unique().tolist()), title={"zh": name, "en": name}
        )
    values = ",".join(dict.fromkeys(map(str, column)))
    if (column != column.iloc[0]).any():
        return space_of(setups, [f"{name}={values}"]).dimensions[0]
    return Dimension(name, 0, 1, values=(str(column.iloc[0]),), title={"zh": name, "en": name})


def _read(path):
    precise = {} if int(pd.__version__.split(".")[0]) > 2 else {"float_precision": "round_trip"}  # pandas 3 always is
    wrong = ""
    try:
        table = pd.read_csv(path, encoding="utf-8-sig", **precise)
    except FileNotFoundError:
        raise ConfigurationError(f"design={path}: no such file.") from None
    except UnicodeDecodeError:
        wrong = "its text is not UTF-8; save it as 'CSV UTF-8'"
    except pd.errors.EmptyDataError:
        wrong = "it is empty; write a row of names and a row a point"
    except (OSError, pd.errors.ParserError) as error:
        wrong = f"not a CSV table with a column a setting ({error})"
    if not wrong and len(table.columns) == 1 and ";" in table.columns[0]:
        wrong = "its columns are parted by semicolons; save it with commas"
    if wrong:
        raise ConfigurationError(f"design={path}: {wrong}.")
    for name in table.columns[[not pd.api.types.is_numeric_dtype(kind) for kind in table.dtypes]]:
        table[name] = [_number(value) for value in table[name]]
    return table


def _number(text):
    """A cell of a column that has text somewhere, as it would have been read by itself."""
    for kind in (int, float):
        try:
            return kind(text)
        except (TypeError, ValueError):
            continue
    return text


def _unit(space):
    """The space as SALib's problem on [0, 1]."""
    return {"num_vars": len(space), "names": list(space.names), "bounds": [[0, 1]] * len(space)}


def _whole(name, value, least):
    if not isinstance(value, (int, np.integer)) or isinstance(value, bool) or value < least:
        raise ConfigurationError(f"{name}={value}: expected a whole number from {least} on.")


def _size(kind, points, because=""):
    if points > MOST:
        raise ConfigurationError(
            f"design={kind}: {because + ' are ' if because else ''}{points:,.0f} points, and at most {MOST:,} are laid out; "
            + ("vary fewer settings, or sample with design=sobol." if because else "ask for fewer.")
        )
