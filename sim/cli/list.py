"""`incubator list`: what there is to choose from."""

from collections.abc import Iterable

from sim.engine.mistakes import ConfigurationError, did_you_mean
from sim.inputs.catalogue import described, titles
from sim.studies.common.options import Options
from sim.studies.common.terminal import columns

GROUPS = {
    "scenarios": "scenario", "policies": "policy", "clusters": "cluster", "worlds": "world", "demands": "demand",
    "rules": "rules", "plans": "plan", "experiments": "experiment", "searches": "search",
}  # fmt: skip


class Verb:
    """Names one may choose, with their titles in both languages."""

    def __init__(self, arguments: Iterable[str]) -> None:
        options = Options(arguments)
        self.config_dir = options.config_dir
        self.group = options.overrides[0] if options.overrides else None
        known = [*GROUPS, "measures"]
        if self.group and self.group not in known:
            raise ConfigurationError(
                f"incubator list {self.group}: nothing of that name; {did_you_mean(self.group, known)}"
            )

    def run(self) -> int:
        """Print the group asked for, or all; returns the exit code."""
        for name in [self.group] if self.group else GROUPS:
            print(f"{name}:")
            for line in columns(self._rows(name), left=True):
                print("  " + line.rstrip())
        if not self.group:
            print("measures: incubator list measures")
        return 0

    def _rows(self, name):
        if name == "policies":
            return self._policies()
        return _measures() if name == "measures" else titles(GROUPS[name], self.config_dir)

    def _policies(self):
        """Titles, the paragraph of the plan each answers, and how good the evidence of its size is."""
        about = described("policy", self.config_dir)
        return [
            (name, zh, en, f"§ {about[name].get('answers', '?')}", about[name].get("grade", "?"))
            for name, zh, en in titles("policy", self.config_dir)
        ]


def _measures():
    from sim.model.measures.definitions import describe

    return [(key, m["title"]["zh"], m["title"]["en"], m["definition"]["en"]) for key, m in describe().items()]
