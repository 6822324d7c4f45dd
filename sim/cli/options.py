"""What is typed after a verb: our own options, settings of the configuration, and the user's own folders."""

import os
import sys

from sim.engine.fields import ConfigurationError
from sim.inputs import catalogue as shipped

OWN = {"scenario", "scenarios", "reference", "replicates", "seed", "out", "workers", "figures", "lang", "fresh"}


def options(arguments, also=()):
    """Our own options, the overrides for the configuration, and the user's own folder of configuration.

    also: names of options that this verb alone has.
    """
    known = OWN | set(also)
    own, overrides, folder = {}, [], None
    rest = list(arguments)
    while rest:
        item = rest.pop(0)
        name, equals, value = item.partition("=")
        if name in ("--config-dir", "--code"):
            if not equals and not rest:
                raise ConfigurationError(f"{name}: expected a path after it.")
            value = value if equals else rest.pop(0)
            if name == "--code":
                from sim.inputs.config import load_code

                load_code(value)
            else:
                folder = value
        elif name.startswith("--"):
            raise ConfigurationError(f"{item}: no such option; settings are written name=value.")
        elif name == "experiment":
            about = shipped.experiment(value, folder)
            own = {k: v if isinstance(v, str) else _plain(v) for k, v in about.items() if k in known} | own
            overrides = [*about.get("overrides", []), *overrides]
        elif equals and name in known:
            own[name] = value
        else:
            overrides.append(item)
    return own, overrides, folder


def _plain(value):
    """A YAML value as it would be typed."""
    return (
        "[" + ",".join(map(str, value)) + "]"
        if isinstance(value, list)
        else str(value).lower()
        if isinstance(value, bool)
        else str(value)
    )


def whole(own, name, default, least, most=2**31 - 1):
    """A whole number among our own options."""
    text = own.get(name)
    if text is None:
        return default
    try:
        number = int(text)
    except ValueError:
        number = least - 1
    if not least <= number <= most:
        raise ConfigurationError(f"{name}={text}: expected a whole number from {least} to {most}.")
    return number


def decimal(own, name, default):
    """A number among our own options; its bounds are its user's to check."""
    text = own.get(name)
    if text is None:
        return default
    try:
        return float(text)
    except ValueError:
        raise ConfigurationError(f"{name}={text}: expected a number, such as {name}={default}.") from None


def choice(own, name, default, known):
    """One of a few words among our own options."""
    value = own.get(name, default)
    if value not in known:
        raise ConfigurationError(f"{name}={value}: expected {' or '.join(known)}.")
    return value


def words(text):
    """'[a,b]' or 'a,b' as a list."""
    return [w.strip() for w in text.strip("[]").split(",") if w.strip()]


def language():
    """zh where the computer speaks Chinese, else en."""
    spoken = " ".join(os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE")).lower()
    if sys.platform == "win32":
        import locale

        spoken += str(locale.getlocale()[0]).lower()
    return "zh" if "zh" in spoken or "chinese" in spoken else "en"
