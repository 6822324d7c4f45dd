"""`incubator criteria`: which park meets which official rule set year by year, what it lacks, and what is not simulated."""

from collections.abc import Iterator, Sequence

from sim.engine.mistakes import ConfigurationError
from sim.runs.matched_pairs import seeds_of
from sim.runs.results import Matched
from sim.studies.common.command import Command
from sim.studies.common.gather import gather
from sim.studies.common.scenarios import checked_reference, scenarios_of
from sim.studies.common.terminal import Progress, columns
from sim.studies.criteria.question import chosen_sets
from sim.studies.criteria.run import conclude
from sim.studies.criteria.tables import CriteriaResults, most_lacking, tiles_data, write

HEADS = {
    "zh": ["标准与情景", "首年", "末年（家）", "95%区间", "与参照之差", "最常见的不足"],
    "en": ["rule set and scenario", "first year", "last year", "95 % interval", "against reference", "most often lacking"],
}  # fmt: skip
COUNTED = {
    "zh": "{first}年和{last}年12月达到标准的园区数，{runs}次运行均值（模型推演，不是预测）",
    "en": "parks that meet a rule set in December {first} and {last}, mean of {runs} runs (scenario output, not a prediction)",
}
SIMULATED = {
    "zh": "{title}：可模拟{n}项，未模拟{m}项（{missing}）",
    "en": "{title}: {n} criteria simulated, {m} not simulated ({missing})",
}
ALL_SIMULATED = {"zh": "{title}：{n}项全部可模拟", "en": "{title}: all {n} criteria simulated"}


class Verb(Command):
    """Official criteria under one scenario or several, on matched pairs."""

    name = "criteria"
    also = ("set",)

    def check(self) -> None:
        """Refuse scenario= beside scenarios=."""
        if "scenario" in self.options and "scenarios" in self.options:
            raise ConfigurationError("incubator criteria: write scenario=NAME or scenarios=[A,B], not both.")
        one = self.options.get("scenario", "baseline")
        self.scenarios = self.options.words("scenarios") if "scenarios" in self.options else [one]
        self.named = self.options.get("reference")
        if self.named and self.named not in self.scenarios:
            self.scenarios = [self.named, *self.scenarios]

    def ask(self) -> None:
        """Compose the scenarios, and find the rule sets to show."""
        self.setups = scenarios_of(self.scenarios, self.overrides, self.config_dir)
        self.reference = checked_reference(self.named, self.scenarios)
        self.sets = chosen_sets(self.setups[0], self.options.get("set"))
        self.identity, self.seeds = {"reference": self.reference}, seeds_of(self.seed, self.replicates)
        self.total = len(self.seeds)

    def simulate(self, progress: Progress) -> list[Matched]:
        """Simulate the pairs that are not kept."""
        return gather(
            self.setups, self.seeds, reference=self.reference, workers=self.workers, folder=self.folder, fresh=self.fresh,
            progress=progress,
        )  # fmt: skip

    def conclude(self, simulated: Sequence[Matched]) -> CriteriaResults:
        """Test the parks of every pair."""
        return conclude(self.setups, simulated, self.reference)

    def write(self, results: CriteriaResults) -> None:
        """Write tables and figures."""
        write(results, self.folder, began=self.began, asked=self.replicates, figures=self.figures, sets=self.sets)

    def lines(self, results: CriteriaResults) -> Iterator[str]:
        """A table of parks by rule set and scenario, and what cannot be tested."""
        years = results.counts.year
        yield COUNTED[self.lang].format(first=int(years.min()), last=int(years.max()), runs=results.pairs)
        rows = [_row(results, rules, setup, self.lang) for rules in self.sets for setup in results.setups]
        for row in columns([HEADS[self.lang], *rows]):
            yield "  " + row.rstrip()
        for rules in results.sets.values():
            yield "  " + _simulated(rules, self.lang)

    def work(self, results: CriteriaResults, seconds: float) -> str:
        """Nothing: the table says how many runs there were."""
        return ""

    def answer(self, results: CriteriaResults) -> str:
        """The sentence of the scenario that differs most from the reference, by the first rule set shown."""
        rules, counts = self.sets[0], results.counts
        rows = counts[(counts.rule_set == rules.key) & (counts.year == counts.year.max())]
        others = rows[rows.scenario != results.reference] if len(results.setups) > 1 else rows
        name = others.loc[others.difference.abs().idxmax(), "scenario"]
        return (
            tiles_data(results, rules, name, self.folder.id, "").title(self.lang) + {"zh": "。", "en": "."}[self.lang]
        )

    def following(self, results: CriteriaResults) -> str:
        """A comparison of the scenarios, or the same criteria under a second one."""
        names, replicates = self.scenarios, f"replicates={results.pairs}"
        if len(names) > 1:
            return f"incubator compare scenarios=[{','.join(names)}] {replicates}"
        both = sorted([names[0], "service_first" if names[0] == "baseline" else "baseline"])
        return f"incubator criteria scenarios=[{','.join(both)}] {replicates}"


def _row(results, rules, setup, lang):
    mine = results.counts[(results.counts.scenario == setup.scenario) & (results.counts.rule_set == rules.key)]
    first, last = mine.iloc[0], mine.iloc[-1]
    between = {"zh": "{:.1f}至{:.1f}", "en": "{:.1f} to {:.1f}"}[lang].format
    alone, one = setup.scenario == results.reference, results.pairs < 2
    against = "-" if alone else f"{last.difference:+.1f}"
    if not (alone or one):
        against += f" ({between(last.difference_low, last.difference_high)})"
    lacking = most_lacking(results, rules, setup.scenario)
    parks = {"zh": "{}（{:.0f}家）", "en": "{} ({:.0f} parks)"}[lang]
    return [
        rules.title[lang] + {"zh": "，", "en": ", "}[lang] + setup.title[lang],
        f"{first.parks:.1f}", f"{last.parks:.1f}", "-" if one else between(last.low, last.high), against,
        parks.format(lacking[0].title[lang], lacking[1]) if lacking else "-",
    ]  # fmt: skip


def _simulated(rules, lang):
    """Say how much of a rule set the model can test."""
    if not rules.criteria:
        return rules.title[lang] + {"zh": "：", "en": ": "}[lang] + (rules.note or {}).get(lang, "")
    missing = {"zh": "、", "en": ", "}[lang].join(c.title[lang] for c in rules.missing)
    sentence = SIMULATED if rules.missing else ALL_SIMULATED
    return sentence[lang].format(title=rules.title[lang], n=len(rules.simulated), m=len(rules.missing), missing=missing)
