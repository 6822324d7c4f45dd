"""A cluster read from its tables: parks, operators, platforms, industries. A mistake is named by file, row and column."""

import csv
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import TypeVar

from sim.engine.fields import Declared, both_languages, check, month, number, read, to_month
from sim.engine.mistakes import ConfigurationError, did_you_mean
from sim.model.district_data import Balance, ClusterData, OperatorData, ParkData, PlatformData, Segment

Row = TypeVar("Row", bound=Declared)


def _cell(raw, part, at, problems):
    """Read a CSV cell as its column declares it."""
    kind = part.metadata["kind"]
    if kind == "number":
        with suppress(ValueError):
            raw = float(raw)
    elif kind == "names":
        return tuple(name.strip() for name in raw.split(";") if name.strip())
    elif kind == "additions":
        return _additions(raw, at, problems)
    elif kind == "text" and raw == "" and part.default == "":
        return ""
    return check(raw, part.metadata, at, problems)


def _additions(raw, at, problems):
    found = []
    for item in filter(None, (s.strip() for s in raw.split(";"))):
        when, _, area = item.partition(":")
        try:
            found.append((to_month(when), int(area)))
            if int(area) <= 0:
                raise ValueError
        except ValueError:
            problems.append(f"{at} = '{item}': expected month and square metres above 0, such as 2023-03:20000.")
    return tuple(found)


def read_table(path: Path | str, cls: type[Row], problems: list[str]) -> tuple[Row, ...]:
    """Read the rows of a CSV file as dataclasses; mistakes are added to problems, by file, row and column."""
    path = Path(path)
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            lines = list(csv.reader(file))
    except FileNotFoundError:
        problems.append(f"{path}: no such file.")
        return ()
    except UnicodeDecodeError:
        problems.append(f"{path}: not a UTF-8 text; in Excel, save it as 'CSV UTF-8'.")
        return ()
    head, rows = (lines[0], lines[1:]) if lines else ([], [])
    parts = {part.name: part for part in fields(cls)}
    missing = [name for name in parts if name not in head]
    if missing:
        problems.append(f"{path}: column {', '.join(missing)} is missing; there are: {', '.join(head)}.")
        return ()
    problems += [
        f"{path}: column '{name}' is not known; {did_you_mean(name, parts)}" for name in head if name not in parts
    ]
    found, before = [], len(problems)
    for line, row in enumerate(rows, start=2):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(head):
            problems.append(f"{path}, row {line}: {len(row)} cells instead of {len(head)}.")
            continue
        cells = {
            name: _cell(value.strip(), parts[name], f"{path}, row {line}, column {name}", problems)
            for name, value in zip(head, row, strict=True)
            if name in parts
        }
        if len(problems) == before:
            found.append(cls(**cells))
    for key in {r.key for r in found if sum(o.key == r.key for o in found) > 1}:
        problems.append(f"{path}: key '{key}' stands in more than one row.")
    return tuple(found)


def read_cluster(values: Mapping, folder: Path | str) -> ClusterData:
    """Read a cluster from its YAML and the tables that it names, relative to folder."""
    problems, folder = [], Path(folder)
    at = f"cluster {values.get('name', '?')}"
    shapes = {"tables": {"parks", "operators", "platforms"}, "labour": set()}
    common, tables = read_common(values, shapes, at, problems, optional=("follow",)), values["tables"]
    parks = read_table(folder / tables["parks"], ParkData, problems)
    operators = read_table(folder / tables["operators"], OperatorData, problems)
    platforms = read_table(folder / tables["platforms"], PlatformData, problems)
    people = number("person/year", 0, 1e7, "local graduates a year", "")
    labour = {
        name: check(values["labour"].get(name), people.metadata, f"{at}.labour.{name}", problems)
        for name in ("seekers_per_year", "graduates_per_year")
    }
    if problems:
        raise ConfigurationError(problems)
    data = ClusterData(parks=parks, operators=operators, platforms=platforms, **labour, **common)
    check_relations(folder / tables["parks"], data, problems)
    if problems:
        raise ConfigurationError(problems)
    return data


def read_common(
    values: Mapping, shapes: dict[str, set[str]], at: str, problems: list[str], optional: Iterable[str] = ()
) -> dict:
    """Read what every cluster's YAML says beside where its parks come from: {field of ClusterData: value}.

    shapes: other groups of settings there must be, and the names in each that must be; optional: names of others.
    """
    shapes = shapes | {"centre": set(), "sectors": set(), "balance": set()}
    known = {"name", "title", "start", "sources", *shapes, *optional}
    problems += [f"{at}: no such setting '{k}'; {did_you_mean(k, known)}" for k in values if k not in known]
    missing = [k for k in known - {"sources", *optional} if k not in values]
    if missing:
        raise ConfigurationError([*problems, f"{at}: missing: {', '.join(sorted(missing))}."])
    broken = [f"{at}.{k} = {values[k]!r}: expected settings." for k in shapes if not isinstance(values[k], dict)]
    broken += [
        f"{at}.{k}.{part}: missing."
        for k, parts in shapes.items()
        if isinstance(values[k], dict)
        for part in sorted(parts - set(values[k]))
    ]
    if broken:
        raise ConfigurationError([*problems, *broken])
    sectors, segments = _industries(values["sectors"], at, problems)
    minutes = number("min", 0, 180, "commute at the centre", "")
    return {
        "name": values["name"],
        "title": check(values["title"], both_languages("", "").metadata, f"{at}.title", problems),
        "start": check(values["start"], month("first month", "").metadata, f"{at}.start", problems),
        "centre_minutes": check(values["centre"].get("minutes"), minutes.metadata, f"{at}.centre.minutes", problems),
        "sectors": sectors, "segments": segments, "sources": values.get("sources", {}),
        "balance": {k: read(Balance, v, f"{at}.balance.{k}", problems) for k, v in values["balance"].items()},
    }  # fmt: skip


def _industries(values, at, problems):
    share = number("1", 0, 1, "share", "").metadata
    sectors, segments = {}, []
    for key, sector in values.items():
        place = f"{at}.sectors.{key}"
        unknown = [k for k in sector if k not in ("title", "share", "long_stay", "segments")]
        problems += [f"{place}: no such setting '{k}'." for k in unknown]
        title = check(sector.get("title"), both_languages("", "").metadata, f"{place}.title", problems)
        part = check(sector.get("share"), share, f"{place}.share", problems)
        long_stay = check(sector.get("long_stay", 0), share, f"{place}.long_stay", problems)
        sectors[key] = {"title": title, "share": part, "long_stay": long_stay}
        for name, segment in (sector.get("segments") or {}).items():
            segments.append(
                Segment(
                    key=name,
                    title=segment.get("title"),
                    sector=key,
                    share=segment.get("share"),
                    inputs=segment.get("inputs", {}),
                )
            )
    known = {s.key for s in segments}
    for s in segments:
        check(s.share, share, f"{at}.sectors.{s.sector}.segments.{s.key}.share", problems)
        problems += [
            f"{at}: segment {s.key} buys from '{i}'; {did_you_mean(i, known)}" for i in s.inputs if i not in known
        ]
    if not sectors or not segments:
        problems.append(f"{at}: no sectors or segments; at least one of each is needed.")
    elif not problems:
        for what, parts in [("sectors", sectors)] + [
            (f"segments of {k}", {s.key: {"share": s.share} for s in segments if s.sector == k}) for k in sectors
        ]:
            total = sum(p["share"] for p in parts.values())
            if abs(total - 1) > 1e-6:
                problems.append(f"{at}: shares of {what} add up to {total:g}, not 1.")
    return sectors, tuple(segments)


def check_relations(path: Path | str, data: ClusterData, problems: list[str]) -> None:
    """Add to problems: names that do not resolve, dates that disagree, space that is missing."""
    parks, sectors, start = data.parks, data.sectors, data.start
    park_keys, operator_keys = {p.key for p in parks}, {o.key for o in data.operators}
    if not parks:
        problems.append(f"{path}: no park in it; a cluster needs at least one.")
    for park in parks:
        if park.operator not in operator_keys:
            problems.append(
                f"{path}: park {park.key} is run by '{park.operator}'; {did_you_mean(park.operator, operator_keys)}"
            )
        problems += [
            f"{path}: park {park.key} is focused on '{f}'; {did_you_mean(f, sectors)}"
            for f in park.focus
            if f not in sectors
        ]
        if park.stock and park.opened_on > start:
            problems.append(f"{path}: park {park.key} has space at the start ({start}) but opens in {park.opened_on}.")
        if not park.stock and not park.additions:
            problems.append(f"{path}: park {park.key} has no space, now or later.")
        problems += [
            f"{path}: park {park.key} adds space in {m}, before the start ({start})."
            for m, _ in park.additions
            if m < start
        ]
    for platform in data.platforms:
        for what, listed, known in (("sectors", platform.sectors, sectors), ("parks", platform.parks, park_keys)):
            if listed != ("all",):
                problems += [
                    f"platform {platform.key}, {what}: '{k}' is not known; {did_you_mean(k, known)}"
                    for k in listed
                    if k not in known
                ]
    if parks and not any(p.stock for p in parks):
        problems.append(f"{path}: no park has space at the start; at least one must have stock.")
