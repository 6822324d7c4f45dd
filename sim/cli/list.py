"""`list`: what there is to choose from."""

from sim.cli.options import options
from sim.cli.terminal import columns
from sim.engine.fields import ConfigurationError, did_you_mean
from sim.inputs.catalogue import described, titles

GROUPS = {
    "scenarios": "scenario", "policies": "policy", "clusters": "cluster", "worlds": "world", "demands": "demand",
    "rules": "rules", "plans": "plan", "experiments": "experiment", "searches": "search",
}  # fmt: skip


def main(arguments):
    """What there is to choose from, with titles in both languages."""
    _, rest, folder = options(arguments)
    known, asked = [*GROUPS, "measures"], rest[0] if rest else None
    if asked and asked not in known:
        raise ConfigurationError(f"incubator list {asked}: nothing of that name; {did_you_mean(asked, known)}")
    for name in [asked] if asked else GROUPS:
        print(f"{name}:")
        rows = (
            _policies(folder)
            if name == "policies"
            else _measures()
            if name == "measures"
            else titles(GROUPS[name], folder)
        )
        for line in columns(rows, left=True):
            print("  " + line.rstrip())
    if not asked:
        print("measures: incubator list measures")
    return 0


def _policies(folder):
    """Titles, the paragraph of the plan each answers, and how good the evidence of its size is."""
    about = described("policy", folder)
    return [
        (name, zh, en, f"§ {about[name].get('answers', '?')}", about[name].get("grade", "?"))
        for name, zh, en in titles("policy", folder)
    ]


def _measures():
    from sim.model.measures.definitions import describe

    return [(key, m["title"]["zh"], m["title"]["en"], m["definition"]["en"]) for key, m in describe().items()]
