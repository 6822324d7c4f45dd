"""Every measure by its key, and what it is called and means: formulas.py and measures.yaml brought together."""

from collections.abc import Collection
from functools import cache
from pathlib import Path

import yaml

from sim.engine.mistakes import ConfigurationError, did_you_mean
from sim.model.measures import formulas
from sim.model.measures.measure import UNITS, Measure

WORDS = Path(__file__).with_name("measures.yaml")
TEXTS, LANGUAGES = ("title", "definition"), ("zh", "en")

MEASURES = {m.key: m for m in vars(formulas).values() if isinstance(m, Measure)}
HEADLINE = ("occupancy_rate", "talent_retention_rate", "graduation_rate")
SPENDING = "public_spending"


def of_cluster() -> tuple[str, ...]:
    """Return the keys of the measures that a whole cluster has."""
    return tuple(key for key, measure in MEASURES.items() if "cluster" in measure.kinds)


def describe() -> dict[str, dict]:
    """Return every measure as plain data: {key: title, unit, definition, percent, good}."""
    words = _words()
    return {
        key: {
            "title": dict(words[key]["title"]),
            "unit": dict(zip(LANGUAGES, UNITS[measure.unit], strict=True)),
            "definition": dict(words[key]["definition"]),
            "percent": measure.percent,
            "good": measure.good,
        }
        for key, measure in MEASURES.items()
    }


@cache
def _words():
    # Read when first asked for: a run needs the formulas alone.
    return read_words(WORDS, MEASURES)


def read_words(path: Path, measures: Collection[str]) -> dict[str, dict[str, dict[str, str]]]:
    """Read what measures are called and how they are defined: {key: {"title": {zh, en}, "definition": {zh, en}}}.

    Raises ConfigurationError, one sentence, for the first measure without words, words without a measure, or missing text.
    """
    try:
        words = yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)) or {}
    except yaml.YAMLError as error:
        mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
        line = f", line {mark.line + 1}" if mark else ""
        raise ConfigurationError(
            f"{path}{line}: this is no YAML; expected the words of each measure by its key."
        ) from None
    if not isinstance(words, dict):
        raise ConfigurationError(
            f"{path}: the file holds a {type(words).__name__}; expected the words of each measure by its key."
        )
    for key in words:
        if key not in measures:
            raise ConfigurationError(
                f"{path}: '{key}' is no measure; expected the name of a function in formulas.py, {did_you_mean(key, measures)}"
            )
    for key in measures:
        if key not in words:
            raise ConfigurationError(
                f"{path}: no words for the measure '{key}'; expected its title and definition in zh and en."
            )
        _check(path, key, words[key])
    return words


def _check(path, key, entry):
    """Refuse an entry that is anything but a title and a definition, each in both languages."""
    _expect(path, key, entry, TEXTS)
    for text in TEXTS:
        _expect(path, f"{key}.{text}", entry[text], LANGUAGES)
        for lang, value in entry[text].items():
            if not isinstance(value, str) or not value.strip():
                raise ConfigurationError(f"{path}: {key}.{text}.{lang} is {value!r}; expected a text.")


def _expect(path, place, value, names):
    if not isinstance(value, dict) or set(value) != set(names):
        raise ConfigurationError(f"{path}: {place} is {value!r}; expected {' and '.join(names)}, and nothing else.")
