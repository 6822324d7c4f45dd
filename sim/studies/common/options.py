"""Words typed after a verb: our own options, settings of the configuration, and the user's own folders."""

import locale
import os
import sys
from collections.abc import Collection, Iterable
from typing import TypeVar

from sim.engine.mistakes import ConfigurationError
from sim.inputs import catalogue
from sim.inputs.own_code import load_code

SHARED = {"scenario", "scenarios", "reference", "replicates", "seed", "out", "workers", "figures", "lang", "fresh"}
LARGEST = 2**31 - 1
D = TypeVar("D")  # of what an option is where it is not typed


class Options:
    """The options typed after a verb.

    given: our own options as they were typed, by name; overrides: settings of the configuration; config_dir: the user's own
    folder of configuration, or None; arguments: all words as they were typed.
    """

    def __init__(self, arguments: Iterable[str], also: Collection[str] = ()) -> None:
        """also: names of options that this verb alone has."""
        self.arguments = list(arguments)
        self.given: dict[str, str] = {}
        self.overrides: list[str] = []
        self.config_dir: str | None = None
        self._read(SHARED | set(also))

    def _read(self, known):
        rest = list(self.arguments)
        while rest:
            item = rest.pop(0)
            name, equals, value = item.partition("=")
            if name in ("--config-dir", "--code"):
                if not equals and not rest:
                    raise ConfigurationError(f"{name}: expected a path after it.")
                value = value if equals else rest.pop(0)
                if name == "--code":
                    load_code(value)
                else:
                    self.config_dir = value
            elif name.startswith("--"):
                raise ConfigurationError(f"{item}: no such option; settings are written name=value.")
            elif name == "experiment":
                about = catalogue.experiment(value, self.config_dir)
                typed = {k: v if isinstance(v, str) else _as_typed(v) for k, v in about.items() if k in known}
                self.given = typed | self.given
                self.overrides = [*about.get("overrides", []), *self.overrides]
            elif equals and name in known:
                self.given[name] = value
            else:
                self.overrides.append(item)

    def __contains__(self, name: str) -> bool:
        return name in self.given

    def __getitem__(self, name: str) -> str:
        return self.given[name]

    def get(self, name: str, default: D = None) -> str | D:
        """Return an option as it was typed."""
        return self.given.get(name, default)

    def whole_number(self, name: str, default: D, least: int, most: int = LARGEST) -> int | D:
        """Return an option that is a whole number."""
        return default if name not in self.given else whole_number(name, self.given[name], least, most)

    def number(self, name: str, default: float) -> float:
        """Return an option that is a number; its bounds are its user's to check."""
        text = self.given.get(name)
        if text is None:
            return default
        try:
            return float(text)
        except ValueError:
            raise ConfigurationError(f"{name}={text}: expected a number, such as {name}={default}.") from None

    def one_of(self, name: str, default: str, known: Collection[str]) -> str:
        """Return an option that is one of a few words."""
        value = self.given.get(name, default)
        if value not in known:
            raise ConfigurationError(f"{name}={value}: expected {' or '.join(known)}.")
        return value

    def yes(self, name: str, default: bool) -> bool:
        """Return an option that is true or false."""
        return self.one_of(name, "true" if default else "false", ("true", "false")) == "true"

    def words(self, name: str, default: str = "") -> list[str]:
        """Return an option that is a list, '[a,b]' or 'a,b'."""
        return split_words(self.given.get(name, default))


def whole_number(name: str, text: str, least: int, most: int = LARGEST) -> int:
    """Read a whole number that was typed, or say what was expected."""
    try:
        number = int(text)
    except ValueError:
        number = least - 1
    if not least <= number <= most:
        raise ConfigurationError(f"{name}={text}: expected a whole number from {least} to {most}.")
    return number


def split_words(text: str) -> list[str]:
    """Split '[a,b]' or 'a,b' into its words."""
    return [w.strip() for w in text.strip("[]").split(",") if w.strip()]


def _as_typed(value):
    """A YAML value as it would be typed."""
    if isinstance(value, list):
        return "[" + ",".join(map(str, value)) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def language() -> str:
    """Return zh where the computer speaks Chinese, else en."""
    spoken = " ".join(os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE")).lower()
    if sys.platform == "win32":
        spoken += str(locale.getlocale()[0]).lower()
    return "zh" if "zh" in spoken or "chinese" in spoken else "en"
