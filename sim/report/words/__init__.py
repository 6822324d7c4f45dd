"""All fixed wording of reports, Chinese first; one lookup for both languages.

The words stand in zh.yaml and en.yaml under the same keys, so that a planner can correct a sentence without Python.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import Any

import yaml

LANGUAGES = ("zh", "en")


@cache
def _book(lang):
    if lang not in LANGUAGES:
        raise ValueError(f"no words for the language '{lang}'; languages are {', '.join(LANGUAGES)}")
    text = resources.files("sim.report.words").joinpath(f"{lang}.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(text)


def say(lang: str, key: str, **values: Any) -> str:
    """A piece of fixed wording with its blanks filled in."""
    book = _book(lang)
    if key not in book:
        raise KeyError(f"words/{lang}.yaml has no '{key}'")
    return book[key].format(**values)


def in_both(key: str, **values: Any) -> dict[str, str]:
    """The same piece of wording in both languages: {"zh": …, "en": …}."""
    return {lang: say(lang, key, **values) for lang in LANGUAGES}


def book(lang: str) -> dict[str, str]:
    """Every piece of fixed wording of a language, for templates."""
    return dict(_book(lang))


def within(name: str, lang: str) -> str:
    """A title as it reads inside a sentence: an English one loses its capital unless it is an abbreviation."""
    if lang == "en" and name[1:2].islower():
        return name[0].lower() + name[1:]
    return name


def listed(names: Iterable[str], lang: str) -> str:
    """Names in a row: 甲、乙和丙; A, B and C."""
    names = list(names)
    comma, last = {"zh": ("、", "和"), "en": (", ", " and ")}[lang]
    return names[0] if len(names) == 1 else comma.join(names[:-1]) + last + names[-1]


def sentences(parts: Iterable[str | None], lang: str) -> str:
    """Clauses as sentences in a row, each with its full stop; those that are nothing are left out."""
    stop = say(lang, "full_stop")
    return ("" if lang == "zh" else " ").join(part + stop for part in parts if part)
