"""`incubator demo`: the three packages of the Ouhai case against doing nothing."""

from collections.abc import Iterable

from sim.studies.compare.verb import Verb as Compare

EXPERIMENT = "ouhai_packages"


class Verb(Compare):
    """A comparison whose question is written down in an experiment; simulated anew each time."""

    def __init__(self, arguments: Iterable[str]) -> None:
        super().__init__([f"experiment={EXPERIMENT}", "fresh=true", *arguments])
