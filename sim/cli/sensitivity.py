"""`sensitivity`: which assumptions the answers rest on, and whether luck, numbers or structure make them unsure."""

import os
import time

from sim.cli.options import choice, decimal, language, options, whole, words
from sim.cli.sweep import listed_words
from sim.cli.terminal import Progress, columns, say
from sim.engine.fields import ConfigurationError

SIZES = ("trajectories", "strongest", "base", "seeds", "points", "luck", "ends")
ALSO = ("measures", "vary", "grades", "structures", "design", "hours", "engine", "year", *SIZES)
STAGES = {
    "screening": {"zh": "筛查", "en": "screening"},
    "indices": {"zh": "指数", "en": "indices"},
    "split": {"zh": "三分", "en": "split"},
    "tornado": {"zh": "龙卷风图", "en": "tornado"},
}


def main(arguments):
    """Screening, indices of the strongest, the three-way split and a tornado, of levels and of differences."""
    own, overrides, folder = options(arguments, ALSO)
    if "scenarios" not in own:
        raise ConfigurationError(
            "incubator sensitivity: scenarios is missing; write scenarios=[baseline,service_first], the reference first."
        )
    if "replicates" in own:
        raise ConfigurationError(
            "replicates: 'sensitivity' has sizes of its own, such as seeds=N; see docs/which-method.md."
        )
    from sim.model.measures.definitions import HEADLINE
    from sim.runs.store.folder import RunFolder, now
    from sim.studies.sensitivity import question as assumptions
    from sim.studies.sensitivity import run as assuming
    from sim.studies.sweep.space import VARIED_GRADES

    seed, workers = whole(own, "seed", 1, 0), whole(own, "workers", os.cpu_count() or 1, 1, 1024)
    figures = choice(own, "figures", "true", ("true", "false")) == "true"
    fresh = choice(own, "fresh", "false", ("true", "false")) == "true"
    lang = choice(own, "lang", language(), ("zh", "en"))
    hours, out = decimal(own, "hours", assuming.HOURS), own.get("out", "runs")
    began, clock = now(), time.perf_counter()
    fixed, varied = searched(own, overrides)
    question = assumptions.asked(
        words(own["scenarios"]), fixed, reference=own.get("reference"), own=folder, seed=seed,
        measures=words(own["measures"]) if "measures" in own else list(HEADLINE),
        vary=varied, grades=words(own["grades"]) if "grades" in own else VARIED_GRADES,
        structures=words(own["structures"]) if "structures" in own else None, design=own.get("design", "quick"),
        year=whole(own, "year", None, 1900, 2200), **{size: whole(own, size, None, 0) for size in SIZES},
    )  # fmt: skip
    with Progress(sum(question.units.values()), question.setups[0].data.title[lang]) as bar:
        try:
            found = assuming.carry_out(
                question, engine=own.get("engine", "local"), workers=workers, hours=hours, folder=out, fresh=fresh,
                progress=Counted(bar, question.units, lang), say=say,
                told=lambda seconds: say(beginning(question, seconds, lang)),
            )  # fmt: skip
        except KeyboardInterrupt:
            say(f"interrupted; what was simulated is kept in {out}.")
            say("the same command goes on from there.")
            return 130
    place = RunFolder(out, "sensitivity", question.setups, question.identity, seed, parts=None)
    assuming.write(found, place, began=began, figures=figures)
    closing(found, lang)
    print({"zh": f"用时{time.perf_counter() - clock:.0f}秒", "en": f"{time.perf_counter() - clock:.0f} s in all"}[lang])
    print({"zh": "结果: ", "en": "Results: "}[lang] + str(place.path))
    print({"zh": "结论: ", "en": "Answer: "}[lang] + found.verdict(lang))
    return 0


def searched(own, overrides):
    """The overrides that hold at every point, and what is searched: vary=[…], settings typed with a range, or None for all."""
    from sim.studies.sweep.space import varies

    ranges = [o for o in overrides if varies(o)]
    named = listed_words(own["vary"]) + ranges if "vary" in own else ranges
    if named and "grades" in own and "all" not in named:
        raise ConfigurationError(
            "grades= chooses parameters by their evidence, and vary= or ranges by their names; give one of them, or vary=[all,…]."
        )
    return [o for o in overrides if o not in ranges], named or None


class Counted:
    """Progress over all stages, which `carry_out` tells one at a time; the split tells each structure."""

    def __init__(self, bar, units, lang):
        self.bar, self.units, self.lang, self.before, self.last = bar, units, lang, 0, (None, 0, 0)

    def __call__(self, stage, done, units):
        if done < self.last[1] or stage != self.last[0]:
            self.before += self.last[2]
        self.last = (stage, done, units)
        self.bar(self.before + done, STAGES[stage][self.lang])


def beginning(question, seconds, lang):
    """What will be simulated and how long it takes, before it starts."""
    comma = {"zh": "，", "en": ", "}[lang]
    stages = comma.join(f"{STAGES[stage][lang]} {n:,}" for stage, n in question.units.items())
    total, minutes = sum(question.units.values()), max(1, round(seconds / 60))
    long = f"{minutes} min" if minutes < 120 else f"{minutes / 60:.1f} h"
    zh = f"{minutes}分钟" if minutes < 120 else f"{minutes / 60:.1f}小时"
    k, m = len(question.space), len(question.structures)
    return {
        "zh": f"{k}个数值，{m}种结构；共{total:,}个单位（一个点、一个种子走完所有情景）：{stages}；约{zh}",
        "en": f"{k} numbers, {m} structures; {total:,} units (a point and a seed through all scenarios): "
        f"{stages}; about {long}",
    }[lang]


def closing(result, lang):
    """A table of the strongest assumptions and of the split for each output."""
    from sim.report.units import percent
    from sim.studies.sensitivity.question import report_data
    from sim.studies.sensitivity.sentences import bounded

    data = report_data(result.found, result.question)
    heads = {
        "zh": ["", "最强的假设", "总阶", "95%区间", "运气", "参数", "结构"],
        "en": ["", "strongest assumption", "total", "95% interval", "luck", "parameters", "structure"],
    }[lang]
    rows = [heads]
    for output in data.asked():
        table = data.of("indices", output)
        shares = data.of("split", output).set_index("part")["share"]
        split = [percent(shares.get(part, float("nan")), 0) for part in ("luck", "parameters", "structure")]
        known = table[table["total"].notna() & (table["total_low"] > 0)]
        if known.empty:  # none that the points show to matter
            rows.append([data.what(output, lang), "–", "–", "–", *split])
            continue
        top = known.loc[known["total"].idxmax()]
        low, high = (percent(bounded(top[key]), 0) for key in ("total_low", "total_high"))
        rows.append(
            [
                data.what(output, lang),
                data.name(top["name"], lang),
                percent(bounded(top["total"]), 0),
                f"{low}–{high}",
                *split,
            ]
        )
    for row in columns(rows):
        print(row)
    if result.failed:
        n = result.failed
        print({"zh": f"{n}个单位失败，未计入", "en": f"{n} units failed and are left out"}[lang])
