"""`incubator run`: one scenario, every table."""

from typing import Any

from sim.engine.mistakes import ConfigurationError
from sim.studies.compare.verb import Verb as Compare


class Verb(Compare):
    """One scenario, one replicate or more."""

    name = "run"
    usual_replicates = 1
    usual_figures = False

    def check(self) -> None:
        """Refuse a second scenario."""
        if "scenarios" in self.options or "reference" in self.options:
            raise ConfigurationError(
                "incubator run takes scenario=NAME; to compare several use 'incubator compare scenarios=[…]'."
            )
        self.scenarios, self.named = [self.options.get("scenario", "baseline")], None

    def detailed(self) -> bool:
        """Keep events and monthly tables of every park, unless there are many replicates."""
        from sim.studies.compare.run import DETAIL_LIMIT

        return self.replicates <= DETAIL_LIMIT and self.cities == 1

    def compared(self) -> list[str]:
        """The scenario, as it is typed."""
        return [f"scenario={self.scenarios[0]}"]

    def answer(self, results: Any) -> str:
        """Nothing: one scenario is held against no other."""
        return ""

    def following(self, results: Any) -> str:
        """The comparison with doing nothing."""
        name = self.scenarios[0]
        other = name if name != "baseline" else "service_first"
        return " ".join([f"incubator compare scenarios=[baseline,{other}]", *self.same_place()])
