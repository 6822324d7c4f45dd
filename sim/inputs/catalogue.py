"""The catalogue of the configuration: where its files lie, and the names one may choose. Light, so that lists appear at once."""

from pathlib import Path

import yaml

from sim.engine.mistakes import ConfigurationError, did_you_mean

GROUPS = (
    "cluster",
    "scenario",
    "policy",
    "world",
    "demand",
    "calibration",
    "rules",
    "criteria",
    "plan",
    "experiment",
    "search",
)


def shipped_folder() -> Path:
    """Folder of the shipped configuration: in the installed package, or in the checkout beside it."""
    here = Path(__file__).resolve().parents[1]
    for place in (here / "configs", here.parent / "configs"):
        if (place / "config.yaml").is_file():
            return place
    raise ConfigurationError("configs/: not found beside the package; reinstall it.")


def options(group: str, own: Path | str | None = None) -> list[str]:
    """Names one may choose in a group, sorted. own: the user's own folder of configuration, or None."""
    places = [shipped_folder() / group] + ([Path(own) / group] if own else [])
    return sorted({path.stem for place in places if place.is_dir() for path in place.glob("*.yaml")})


def described(group: str, own: Path | str | None = None) -> dict[str, dict]:
    """Contents of the files of a group, unchecked: {name: mapping}."""
    return {name: _read(group, name, own) for name in options(group, own)}


def titles(group: str, own: Path | str | None = None) -> list[tuple[str, str, str]]:
    """Names of a group with their titles: (name, Chinese, English)."""
    found = []
    for name, about in described(group, own).items():
        title = about.get("title") or about.get("scenario_title") or (about.get(group) or {}).get("title") or {}
        found.append((name, title.get("zh", ""), title.get("en", "")))
    return found


def package(scenario: str, own: Path | str | None = None) -> list[str]:
    """Names of the policies that a scenario's file lists, in its order; none where it lists none."""
    lists = _read("scenario", scenario, own).get("defaults") or []
    return [name for part in lists if isinstance(part, dict) for name in part.get("override /policy") or []]


def experiment(name: str, own: Path | str | None = None) -> dict:
    """Contents of an experiment file: scenarios, reference, replicates, overrides."""
    if name not in options("experiment", own):
        raise ConfigurationError(
            f"experiment={name}: no such experiment; {did_you_mean(name, options('experiment', own))}"
        )
    return _read("experiment", name, own)


def _read(group, name, own):
    places = [place / group / f"{name}.yaml" for place in ([Path(own)] if own else []) + [shipped_folder()]]
    path = next(p for p in places if p.is_file())
    return yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)) or {}
