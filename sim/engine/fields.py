"""Declarations of numbers, months and names, each made once, and checks of values from files against them.

All errors of a configuration are collected and reported together, each as one sentence that names the place, the value
and what was expected.
"""

from collections.abc import Iterable, Mapping
from dataclasses import MISSING, Field, field, fields
from typing import Any, ClassVar, Protocol, TypeVar

import numpy as np

from sim.engine.mistakes import did_you_mean


class Declared(Protocol):
    """A dataclass whose fields are declared by the functions below."""

    __dataclass_fields__: ClassVar[dict[str, Field]]


T = TypeVar("T", bound=Declared)


def number(unit: str, low: float, high: float, en: str, zh: str, **default: Any) -> Any:
    """A number, with its unit, the bounds inside which the model makes sense, and its meaning in both languages."""
    return field(metadata={"kind": "number", "unit": unit, "low": low, "high": high, "en": en, "zh": zh}, **default)


def numbers(names: Iterable[str], unit: str, low: float, high: float, en: str, zh: str) -> Any:
    """One number for each of several names, in that order."""
    meta = {"kind": "numbers", "unit": unit, "low": low, "high": high, "en": en, "zh": zh, "names": tuple(names)}
    return field(metadata=meta)


def month(en: str, zh: str, **default: Any) -> Any:
    """A calendar month, written 2026-01."""
    return field(metadata={"kind": "month", "en": en, "zh": zh}, **default)


def text(en: str, zh: str, **default: Any) -> Any:
    """A short text."""
    return field(metadata={"kind": "text", "en": en, "zh": zh}, **default)


def both_languages(en: str, zh: str, **default: Any) -> Any:
    """A text in Chinese and English: {zh: …, en: …}."""
    return field(metadata={"kind": "both", "en": en, "zh": zh}, **default)


def one_of(names: Iterable[str], en: str, zh: str, **default: Any) -> Any:
    """One of several names."""
    return field(metadata={"kind": "one_of", "names": tuple(names), "en": en, "zh": zh}, **default)


def keys(en: str, zh: str, **default: Any) -> Any:
    """A list of names, resolved later against the cluster (parks, sectors …)."""
    return field(metadata={"kind": "keys", "en": en, "zh": zh}, **default)


def flag(en: str, zh: str, **default: Any) -> Any:
    """True or false."""
    return field(metadata={"kind": "flag", "en": en, "zh": zh}, **default)


def path(low: float, high: float, en: str, zh: str) -> Any:
    """A number that changes in time: {month: value}, linear between the months."""
    return field(metadata={"kind": "path", "low": low, "high": high, "unit": "1", "en": en, "zh": zh})


def sentences(en: str, zh: str) -> Any:
    """Texts in both languages by name: {"1": {zh: …, en: …}, …}."""
    return field(metadata={"kind": "sentences", "en": en, "zh": zh})


def to_month(value: object) -> np.datetime64:
    """Read '2026-01' as a month; raises ValueError otherwise."""
    value = str(value)
    if len(value) != 7 or value[4] != "-":
        raise ValueError
    return np.datetime64(value, "M")


def _shown(value):
    return "'" + value + "'" if isinstance(value, str) else repr(value)


def _is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool) and np.isfinite(value)


def check(value: Any, meta: Mapping[str, Any], at: str, problems: list[str]) -> Any:
    """Read a value as the model wants it; a sentence is added to problems if it is not what `meta` declares."""
    kind = meta["kind"]
    if kind == "number":
        return _number(value, meta, at, problems)
    if kind == "numbers":
        return _numbers(value, meta, at, problems)
    if kind == "month":
        try:
            return to_month(value)
        except ValueError:
            problems.append(f"{at} = {_shown(value)}: expected a month such as 2026-01.")
    elif kind == "one_of":
        if value in meta["names"]:
            return value
        problems.append(f"{at} = {_shown(value)}: not known; {did_you_mean(value, meta['names'])}")
    elif kind == "both":
        if (
            isinstance(value, dict)
            and set(value) == {"zh", "en"}
            and all(isinstance(v, str) and v for v in value.values())
        ):
            return value
        problems.append(f"{at} = {_shown(value)}: expected a text in both languages, {{zh: …, en: …}}.")
    elif kind == "keys":
        if isinstance(value, (list, tuple)) and all(isinstance(v, str) for v in value):
            return tuple(value)
        problems.append(f"{at} = {_shown(value)}: expected a list of names, such as [a, b].")
    elif kind == "flag":
        if isinstance(value, bool):
            return value
        problems.append(f"{at} = {_shown(value)}: expected true or false.")
    elif kind == "path":
        if not isinstance(value, dict) or not value:
            problems.append(f"{at} = {_shown(value)}: expected months and values, such as {{'2022-01': 1.0}}.")
            return None
        point = {"kind": "number", **{k: meta[k] for k in ("low", "high", "unit", "en")}}
        for when, amount in value.items():
            check(when, {"kind": "month"}, f"{at}, month", problems)
            check(amount, point, f"{at}.{when}", problems)
        return value
    elif kind == "sentences":
        if isinstance(value, dict) and value and all(isinstance(name, str) for name in value):
            return {name: check(both, {"kind": "both"}, f"{at}.{name}", problems) for name, both in value.items()}
        problems.append(f"{at} = {_shown(value)}: expected texts by name, such as {{'1': {{zh: …, en: …}}}}.")
    elif kind == "text":
        if isinstance(value, str) and value:
            return value
        problems.append(f"{at} = {_shown(value)}: expected a text.")
    return None


def _number(value, meta, at, problems) -> Any:
    unit = "" if meta["unit"] == "1" else f" {meta['unit']}"
    if not _is_number(value):
        problems.append(f"{at} = {_shown(value)}: expected a number{unit and ' in' + unit} ({meta['en']}).")
        return None
    if not meta["low"] <= value <= meta["high"]:
        hint = (
            " It is a monthly figure: divide a yearly one by 12."
            if meta["unit"] == "1/month" and value > meta["high"]
            else ""
        )
        problems.append(f"{at} = {value:g}{unit} is outside {meta['low']:g} to {meta['high']:g} ({meta['en']}).{hint}")
        return None
    return value


def _numbers(value, meta, at, problems):
    names = meta["names"]
    if isinstance(value, dict):
        unknown = [k for k in value if str(k) not in names]
        missing = [n for n in names if n not in {str(k) for k in value}]
        problems += [f"{at}.{k}: not known; {did_you_mean(k, names)}" for k in unknown]
        problems += [f"{at}.{n}: missing ({meta['en']})." for n in missing]
        if unknown or missing:
            return None
        value = [{str(k): v for k, v in value.items()}[n] for n in names]
    if not isinstance(value, (list, tuple)) or len(value) != len(names):
        problems.append(f"{at} = {_shown(value)}: expected {len(names)} numbers, for {', '.join(names)}.")
        return None
    read = [_number(v, meta, f"{at}.{n}", problems) for v, n in zip(value, names, strict=True)]
    return None if None in read else tuple(float(v) for v in read)


def read(cls: type[T], values: Any, at: str, problems: list[str], also: Iterable[str] = ()) -> T | Any:
    """Read a dataclass from a mapping; None, with the reasons added to problems, where it cannot be.

    at: dotted place for messages, '' at the top. also: keys that are allowed here and read elsewhere.
    """
    dot = f"{at}." if at else ""
    if not isinstance(values, dict):
        problems.append(f"{at} = {_shown(values)}: expected settings ({', '.join(f.name for f in fields(cls))}).")
        return None
    declared = {f.name: f for f in fields(cls) if f.metadata}
    before = len(problems)
    problems += [
        f"{dot}{k}: no such setting; {did_you_mean(k, declared)}" for k in values if k not in declared and k not in also
    ]
    found = {}
    for name, part in declared.items():
        if name not in values:
            if part.default is MISSING and part.default_factory is MISSING:
                problems.append(f"{dot}{name}: missing ({part.metadata['en']}).")
        elif values[name] is None and part.default is None:
            found[name] = None
        else:
            found[name] = check(values[name], part.metadata, dot + name, problems)
    return cls(**found) if len(problems) == before else None
