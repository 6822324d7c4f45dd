"""`incubator sensitivity`: which assumptions answers rest on, and whether luck, numbers or structure make them unsure."""

from collections.abc import Iterator

from sim.engine.mistakes import ConfigurationError
from sim.model.measures.definitions import HEADLINE
from sim.report.units import percent
from sim.studies.common.command import Command
from sim.studies.common.terminal import Progress, columns, say
from sim.studies.sensitivity.question import Question, make_question
from sim.studies.sensitivity.run import HOURS, Sensitivity, carry_out
from sim.studies.sensitivity.sentences import bounded
from sim.studies.sensitivity.tables import report_data, write
from sim.studies.sweep.space import VARIED_GRADES, varies
from sim.studies.sweep.verb import split_settings

SIZES = ("trajectories", "strongest", "base", "seeds", "points", "luck", "ends")
STAGES = {
    "screening": {"zh": "筛查", "en": "screening"},
    "indices": {"zh": "指数", "en": "indices"},
    "split": {"zh": "三分", "en": "split"},
    "tornado": {"zh": "龙卷风图", "en": "tornado"},
}
BEGINNING = {
    "zh": "{k}个数值，{m}种结构；共{total:,}个单位（一个点、一个种子走完所有情景）：{stages}；约{time}",
    "en": "{k} numbers, {m} structures; {total:,} units (a point and a seed through all scenarios): {stages}; about {time}",
}
HEADS = {
    "zh": ["", "最强的假设", "总阶", "95%区间", "运气", "参数", "结构"],
    "en": ["", "strongest assumption", "total", "95% interval", "luck", "parameters", "structure"],
}
FAILED = {"zh": "{n}个单位失败，未计入", "en": "{n} units failed and are left out"}


class Verb(Command):
    """Screening, indices of the strongest, the three-way split and a tornado, of levels and of differences."""

    name = "sensitivity"
    also = ("measures", "vary", "grades", "structures", "design", "hours", "engine", "year", *SIZES)
    parts = None

    def check(self) -> None:
        """Refuse a number of replicates."""
        self.needs_scenarios("scenarios=[baseline,service_first], the reference first")
        if "replicates" in self.options:
            raise ConfigurationError(
                "replicates: 'sensitivity' has sizes of its own, such as seeds=N; see docs/which-method.md."
            )

    def ask(self) -> None:
        """Check the question."""
        options = self.options
        self.hours = options.number("hours", HOURS)
        fixed, varied = self.searched()
        self.question = make_question(
            options.words("scenarios"), fixed, reference=options.get("reference"), own=self.config_dir, seed=self.seed,
            measures=options.words("measures", ",".join(HEADLINE)), vary=varied, grades=options.words("grades", ",".join(VARIED_GRADES)),
            structures=options.words("structures") if "structures" in options else None,
            design=options.get("design", "quick"), year=self.year(),
            **{size: options.whole_number(size, None, 0) for size in SIZES},
        )  # fmt: skip
        self.setups, self.identity = self.question.setups, self.question.identity
        self.total = sum(self.question.units.values())

    def searched(self) -> tuple[list[str], list[str] | None]:
        """The overrides that hold at every point, and what is searched: vary=[…], settings typed with a range, None for all."""
        ranges = [o for o in self.overrides if varies(o)]
        named = split_settings(self.options.get("vary", "")) + ranges
        if named and "grades" in self.options and "all" not in named:
            raise ConfigurationError(
                "grades= chooses parameters by their evidence, and vary= or ranges by their names; give one of them, or vary=[all,…]."
            )
        return [o for o in self.overrides if o not in ranges], named or None

    def opening(self) -> Iterator[str]:
        """Nothing: how long it takes is known only after the first runs."""
        return iter(())

    def simulate(self, progress: Progress) -> Sensitivity:
        """Carry out the stages, after telling how long they take."""
        return carry_out(
            self.question, engine=self.options.get("engine", "local"), workers=self.workers, hours=self.hours, folder=self.out,
            fresh=self.fresh, progress=AllStages(progress, self.lang), say=say,
            announce=lambda seconds: say(beginning(self.question, seconds, self.lang)),
        )  # fmt: skip

    def kept(self, stop: KeyboardInterrupt) -> str:
        """Say where the runs are kept."""
        return f"what was simulated is kept in {self.out}."

    def write(self, results: Sensitivity) -> None:
        """Write tables and figures."""
        write(results, self.folder, began=self.began, figures=self.figures)

    def lines(self, results: Sensitivity) -> Iterator[str]:
        """A table of the strongest assumption and of the split for each output."""
        data = report_data(results.found, results.question)
        yield from columns([HEADS[self.lang], *(_row(data, output, self.lang) for output in data.asked())])
        if results.failed:
            yield FAILED[self.lang].format(n=results.failed)


class AllStages:
    """Progress over all stages, which `carry_out` tells one at a time; the split tells each structure."""

    def __init__(self, progress: Progress, lang: str) -> None:
        self.progress, self.lang, self.before, self.last = progress, lang, 0, (None, 0, 0)

    def __call__(self, stage: str, done: int, units: int) -> None:
        if done < self.last[1] or stage != self.last[0]:
            self.before += self.last[2]
        self.last = (stage, done, units)
        self.progress(self.before + done, STAGES[stage][self.lang])


def beginning(asked: Question, seconds: float, lang: str) -> str:
    """Say what will be simulated and how long it takes, before it starts."""
    stages = {"zh": "，", "en": ", "}[lang].join(f"{STAGES[stage][lang]} {n:,}" for stage, n in asked.units.items())
    total, minutes = sum(asked.units.values()), max(1, round(seconds / 60))
    short = {"zh": f"{minutes}分钟", "en": f"{minutes} min"}[lang]
    long = {"zh": f"{minutes / 60:.1f}小时", "en": f"{minutes / 60:.1f} h"}[lang]
    return BEGINNING[lang].format(
        k=len(asked.space), m=len(asked.structures), total=total, stages=stages, time=short if minutes < 120 else long
    )


def _row(data, output, lang):
    """The strongest assumption of an output, its index, and the split."""
    table, shares = data.of("indices", output), data.of("split", output).set_index("part")["share"]
    split = [percent(shares.get(part, float("nan")), 0) for part in ("luck", "parameters", "structure")]
    known = table[table["total"].notna() & (table["total_low"] > 0)]
    if known.empty:  # none that the points show to matter
        return [data.what(output, lang), "–", "–", "–", *split]
    top = known.loc[known["total"].idxmax()]
    total, low, high = (percent(bounded(top[key]), 0) for key in ("total", "total_low", "total_high"))
    return [data.what(output, lang), data.name(top["name"], lang), total, f"{low}–{high}", *split]
