"""`incubator sweep`: every point of a design through all scenarios, kept run by run; again, it finishes what is missing."""

import math
from collections.abc import Iterator
from pathlib import Path

from sim.engine.mistakes import ConfigurationError, did_you_mean
from sim.model.measures.definitions import describe
from sim.runs.executors.choose import refuse_unknown
from sim.runs.matched_pairs import seeds_of
from sim.runs.results import KeptRun
from sim.runs.store.shards import RunStore
from sim.studies.common.command import ANSWER, Command
from sim.studies.common.horizon import checked_measures
from sim.studies.common.options import split_words
from sim.studies.common.scenarios import checked_reference, scenarios_of
from sim.studies.common.terminal import Progress, say
from sim.studies.sweep import designs, sentences
from sim.studies.sweep.plan import make_plan
from sim.studies.sweep.run import perform, refuse_endless
from sim.studies.sweep.space import COMPOSED, VARIED_GRADES, space_of, varies
from sim.studies.sweep.tables import Sweep, conclude, write

MAKERS = {  # design -> {option: (name in the maker, default, least)}
    "grid": {"levels": ("levels", 3, 2)},
    "latin": {"points": ("points", 32, 1)},
    "sobol": {"points": ("points", 32, 1)},
    "morris": {"trajectories": ("trajectories", 20, 2), "levels": ("levels", 4, 2)},
    "saltelli": {"points": ("n", 64, 2)},
    "one_at_a_time": {"levels": ("levels", 2, 2)},
}
SIZES = ("points", "levels", "trajectories")
SEEDED = ("latin", "sobol", "morris", "saltelli")


class Verb(Command):
    """Simulate a design and write its tables."""

    name = "sweep"
    also = (
        "vary", "grades", "design", "points", "levels", "trajectories", "design_seed", "measures", "engine", "hours",
    )  # fmt: skip
    usual_replicates = 1
    usual_workers = None
    most_workers = 10000
    parts = None

    def ask(self) -> None:
        """Lay out the design, and every run of it."""
        options = self.options
        self.engine, self.hours = options.get("engine", "local"), options.whole_number("hours", 1, 1, 10000)
        names, self.reference = self.scenarios()
        self.measures = checked_measures(
            options.words("measures", "occupancy_rate,talent_retention_rate,graduation_rate")
        )
        self.design, fixed = self.designed(names)
        refuse_unknown(self.engine)
        refuse_endless(len(self.design) * self.replicates * len(names), self.engine, self.workers, self.hours)
        self.plan = make_plan(self.design, names, seeds_of(self.seed, self.replicates), fixed, self.config_dir)
        checked_reference(self.reference, names)
        self.identity = {
            "design": self.design.kind, "space": [vars(d) for d in self.design.space.dimensions], "reference": self.reference,
            "measures": self.measures,
        }  # fmt: skip
        self.setups, self.total = self.plan.setups, len(self.plan.names)
        self.store = RunStore(Path(self.out, "store"))

    def scenarios(self) -> tuple[list[str], str]:
        """Names of the scenarios, the reference among them, and the reference."""
        options = self.options
        if "scenario" in options and "scenarios" in options:
            raise ConfigurationError("incubator sweep takes scenario=NAME or scenarios=[A,B], not both.")
        names = options.words("scenarios", options.get("scenario", "baseline"))
        reference = options.get("reference")
        if reference and reference not in names:
            names = [reference, *names]
        if not names:
            raise ConfigurationError("scenarios=[]: name at least one, such as scenarios=[baseline,service_first].")
        return names, reference or names[0]

    def designed(self, names: list[str]) -> tuple[designs.Design, list[str]]:
        """The design that was typed, and the overrides that hold at every point."""
        options = self.options
        varied, fixed = [o for o in self.overrides if varies(o)], [o for o in self.overrides if not varies(o)]
        varied = split_settings(options["vary"]) + varied if "vary" in options else varied
        setups = scenarios_of(names, fixed, self.config_dir)
        kind = options.get("design", "sobol")
        if kind.endswith(".csv"):
            if varied or "grades" in options or any(name in options for name in SIZES):
                raise ConfigurationError(
                    f"design={kind}: the file says what is varied; leave out vary, grades, points, levels and ranges."
                )
            return designs.listed(setups, kind), fixed
        if kind not in MAKERS:
            raise ConfigurationError(
                f"design={kind}: expected {', '.join(MAKERS)} or FILE.csv; {did_you_mean(kind, MAKERS)}"
            )
        strange = [name for name in SIZES if name in options and name not in MAKERS[kind]]
        if strange:
            raise ConfigurationError(
                f"{strange[0]}={options[strange[0]]}: says nothing of design={kind}, which takes {' and '.join(MAKERS[kind])}."
            )
        if "grades" in options and ("vary" in options or varied):
            raise ConfigurationError(
                "grades= chooses parameters by their evidence, and vary= or ranges by their names; give one of the two."
            )
        chosen = varied if varied or "vary" in options else None
        space = space_of(setups, chosen, options.words("grades", ",".join(VARIED_GRADES)))
        size = {
            name: options.whole_number(option, usual, least) for option, (name, usual, least) in MAKERS[kind].items()
        }
        seeded = {"seed": options.whole_number("design_seed", 1, 0)} if kind in SEEDED else {}
        return getattr(designs, kind)(space, **size, **seeded), fixed

    def opening(self) -> Iterator[str]:
        """Say how large it is."""
        runs, rows, points, settings = self.total, len(self.plan.rows), len(self.design), len(self.design.space)
        same = {"zh": f"，其中{runs:,}次不同", "en": f", {runs:,} of them different"}[self.lang] if runs < rows else ""
        yield {
            "zh": f"{points:,}个设计点，{settings}项设定，共{rows:,}次运行{same}",
            "en": f"{points:,} point{'s' * (points > 1)} of {settings} setting{'s' * (settings > 1)}, {rows:,} runs{same}",
        }[self.lang]

    def simulate(self, progress: Progress) -> dict[str, KeptRun]:
        """Simulate the runs that are not kept."""
        return perform(
            self.plan, self.measures, engine=self.engine, workers=self.workers, store=self.store, hours=self.hours,
            fresh=self.fresh, progress=lambda done, _: progress(done), say=say,
        )  # fmt: skip

    def kept(self, stop: KeyboardInterrupt) -> str:
        """Say how many runs are kept."""
        return f"{getattr(stop, 'done', 0):,} of {self.total:,} runs finished and kept in {self.store.path}."

    def conclude(self, simulated: dict[str, KeptRun]) -> Sweep:
        """Make tables of the runs."""
        return conclude(self.design, self.plan, simulated, self.measures, self.reference)

    def write(self, results: Sweep) -> None:
        """Write the tables, and tell of runs that failed."""
        write(results, self.folder, began=self.began)
        if failed := len(results.failed):
            reasons = results.failed["error"].str.strip().str.splitlines().str[-1].value_counts()
            say(
                f"{failed:,} of {len(results.runs):,} runs failed; runs.parquet has the traceback of each. Most often: {reasons.index[0]}"
            )

    def lines(self, results: Sweep) -> list[str]:
        """A sentence for each measure and package."""
        return [ANSWER[self.lang] + sentence for sentence in answers(results, self.lang)]

    def answer(self, results: Sweep) -> str:
        """Nothing: there is one for each measure, above."""
        return ""

    def following(self, results: Sweep) -> str:
        """A larger design if it can grow, else more seeds."""
        meta = results.design.meta
        if "points" in MAKERS.get(results.design.kind, {}) and meta.get("grows"):
            return self.again("points", 2 * meta.get("n", len(results.design)))
        return self.again("replicates", 2 * len(results.seeds))


def split_settings(text: str) -> list[str]:
    """'[a,b=0.5..2,world=x,y]' as ['a', 'b=0.5..2', 'world=x,y']: a word that is no setting belongs to the one before."""
    settings: list[str] = []
    for word in split_words(text):
        setting = "=" in word or word in COMPOSED or ("." in word and not _is_number(word))
        if setting or not settings or "=" not in settings[-1]:
            settings.append(word)
        else:
            settings[-1] += f",{word}"
    return settings


def _is_number(text):
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def answers(results: Sweep, lang: str) -> list[str]:
    """Sentences of every measure: packages against the reference, or a scenario alone."""
    about, titles, seeds = describe(), {s.scenario: s.title[lang] for s in results.setups}, len(results.seeds)
    others = [name for name in results.scenarios if name != results.reference]
    lines = []
    for measure in results.measures:
        for name in others or [results.reference]:
            table = results.differences(name, measure=measure) if others else results.levels(measure, name)
            values = table["value"].groupby("point").mean().to_numpy()
            if not len(values):
                continue
            if others:
                against = titles[results.reference]
                lines.append(sentences.differences(about[measure], titles[name], against, values, seeds, lang))
            else:
                lines.append(sentences.levels(about[measure], titles[name], values, seeds, lang))
    return lines
