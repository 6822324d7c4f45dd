"""Whether the plain Mesa twin is the same model: headline measures of both, and their difference in standard errors."""

from dataclasses import dataclass

import numpy as np

from sim.model.agents import Enterprise
from sim.model.measures.counts import Counts
from sim.model.measures.definitions import HEADLINE, describe
from sim.runs.simulate import at_start
from tests.benchmarks.plain_mesa import PlainCluster


@dataclass(frozen=True)
class Compared:
    """One measure of both models, means over seeds. error: standard error of the difference."""

    measure: str
    ours: float
    plain: float
    error: float

    @property
    def z(self):
        """The difference in standard errors."""
        return (self.plain - self.ours) / self.error


def of_ours(cluster):
    """Yearly headline measures of a finished Cluster: (years, measures)."""
    keys, _, _, values = Counts(cluster).values("cluster", True)
    return np.array([values[keys.index(name), :, 0] for name in HEADLINE]).T


def of_plain(model):
    """The same of a finished twin, from its DataCollector."""
    table = model.datacollector.get_model_vars_dataframe()
    yearly = {name: table[name].to_numpy().reshape(-1, 12) for name in ("let", "fitted", "incubatees", "retained")}
    graduates = np.diff(table["graduates"].to_numpy()[11::12], prepend=0)
    return np.stack(
        [
            yearly["let"].mean(axis=1) / yearly["fitted"].mean(axis=1),
            yearly["retained"][:, -1],
            graduates / yearly["incubatees"].mean(axis=1),
        ],
        axis=1,
    )


def compare(setup, seeds, skipped=1):
    """Headline measures of both models over the same years and from the same starts. Returns [Compared].

    seeds: of our clusters; the twin's streams are others. skipped: years left out, in which both still are where they
    began. The error is that of independent runs: the shared start only makes it a little too large.
    """
    ours, plain = [], []
    for seed in seeds:
        start = at_start(setup, seed)
        plain.append(of_plain(PlainCluster(start, seed).run())[skipped:].mean(axis=0))
        ours.append(of_ours(start.run())[skipped:].mean(axis=0))
    ours, plain = np.array(ours), np.array(plain)
    error = np.sqrt((ours.var(axis=0, ddof=1) + plain.var(axis=0, ddof=1)) / len(seeds))
    return [
        Compared(name, *map(float, row))
        for name, row in zip(HEADLINE, zip(ours.mean(axis=0), plain.mean(axis=0), error, strict=True), strict=True)
    ]


def told(found):
    """The comparison as a Markdown table."""
    lines = ["| measure | this model | plain Mesa twin | difference in standard errors |", "| --- | --- | --- | --- |"]
    about = describe()
    lines += [f"| {about[c.measure]['title']['en']} | {c.ours:.4f} | {c.plain:.4f} | {c.z:+.1f} |" for c in found]
    return "\n".join(lines)


def live(cluster):
    """Living rows of a Cluster."""
    return int(cluster.all(Enterprise).exists().sum())
