"""`criteria`: which park meets which official rule set year by year, what it lacks, and what is not simulated."""

import os
import sys

from sim.cli.options import choice, language, options, whole, words
from sim.cli.terminal import Progress, columns, say
from sim.engine.fields import ConfigurationError
from sim.studies.common.gather import gather
from sim.studies.common.scenarios import checked_reference, scenarios_of

HEADS = {
    "zh": ["标准与情景", "首年", "末年（家）", "95%区间", "与参照之差", "最常见的不足"],
    "en": [
        "rule set and scenario",
        "first year",
        "last year",
        "95 % interval",
        "against reference",
        "most often lacking",
    ],
}
TESTED = {
    "zh": "{title}：可模拟{n}项，未模拟{m}项（{missing}）",
    "en": "{title}: {n} criteria simulated, {m} not simulated ({missing})",
}
TESTED_ALL = {"zh": "{title}：{n}项全部可模拟", "en": "{title}: all {n} criteria simulated"}


def main(arguments):
    """Official criteria under one scenario or several, on matched pairs."""
    own, overrides, folder = options(arguments, also=("set",))
    if "scenario" in own and "scenarios" in own:
        raise ConfigurationError("incubator criteria: write scenario=NAME or scenarios=[A,B], not both.")
    names = words(own["scenarios"]) if "scenarios" in own else [own.get("scenario", "baseline")]
    if (reference := own.get("reference")) and reference not in names:
        names = [reference, *names]
    replicates, seed = whole(own, "replicates", 20, 1, 100000), whole(own, "seed", 1, 0)
    workers = whole(own, "workers", os.cpu_count() or 1, 1, 1024)
    figures = choice(own, "figures", "true", ("true", "false")) == "true"
    fresh = choice(own, "fresh", "false", ("true", "false")) == "true"
    lang = choice(own, "lang", language(), ("zh", "en"))
    from sim.runs.store.folder import RunFolder, now
    from sim.studies.compare import run as study
    from sim.studies.criteria import run as studies

    began = now()
    setups = scenarios_of(names, overrides, folder)
    reference = checked_reference(reference, names)
    sets = studies.chosen_sets(setups[0], own.get("set"))
    place = RunFolder(own.get("out", "runs"), "criteria", setups, {"reference": reference}, seed)
    say(place.stale())
    seeds = study.seeds_of(seed, replicates)
    with Progress(len(seeds), setups[0].data.title[lang]) as bar:
        try:
            matched = gather(
                setups, seeds, reference=reference, workers=workers, folder=place, fresh=fresh, progress=bar
            )
        except KeyboardInterrupt as stop:
            done = len(getattr(stop, "found", {}))
            print(f"incubator: interrupted; {done} of {len(seeds)} finished and kept in {place.path}.", file=sys.stderr)
            print("incubator: the same command goes on from there.", file=sys.stderr)
            return 130
    results = studies.conclude(setups, matched, reference)
    studies.write(results, place, began=began, asked=replicates, figures=figures, sets=sets)
    _closing(studies, results, place, sets, names, lang)
    return 0


def _closing(studies, results, place, sets, names, lang):
    """A table of parks by rule set and scenario, what cannot be tested, where it lies, the answer, the next command."""
    counts, runs = results.counts, results.pairs
    first, last = int(counts.year.min()), int(counts.year.max())
    print({
        "zh": f"{first}年和{last}年12月达到标准的园区数，{runs}次运行均值（模型推演，不是预测）",
        "en": f"parks that meet a rule set in December {first} and {last}, mean of {runs} runs (scenario output, not a prediction)",
    }[lang])  # fmt: skip
    rows = [HEADS[lang]]
    for rules in sets:
        rows += [_row(studies, results, rules, setup, lang) for setup in results.setups]
    for row in columns(rows):
        print("  " + row.rstrip())
    for rules in results.sets.values():
        print("  " + _tested(rules, lang))
    print({"zh": "结果: ", "en": "Results: "}[lang] + str(place.path))
    answer = _answer(studies, results, place, sets[0], lang)
    print({"zh": "结论: ", "en": "Answer: "}[lang] + answer)
    if len(names) > 1:
        following = f"incubator compare scenarios=[{','.join(names)}] replicates={runs}"
    else:
        other = "service_first" if names[0] == "baseline" else "baseline"
        following = f"incubator criteria scenarios=[{','.join(sorted([names[0], other]))}] replicates={runs}"
    print({"zh": "下一步: ", "en": "Next: "}[lang] + following)


def _row(studies, results, rules, setup, lang):
    mine = results.counts[(results.counts.scenario == setup.scenario) & (results.counts.rule_set == rules.key)]
    begin, end = mine.iloc[0], mine.iloc[-1]
    between = {"zh": "{:.1f}至{:.1f}", "en": "{:.1f} to {:.1f}"}[lang].format
    alone, one = setup.scenario == results.reference, results.pairs < 2
    against = (
        "-"
        if alone
        else f"{end.difference:+.1f}" + ("" if one else f" ({between(end.difference_low, end.difference_high)})")
    )
    lacking = studies.most_lacking(results, rules, setup.scenario)
    parks = {"zh": "{}（{:.0f}家）", "en": "{} ({:.0f} parks)"}[lang]
    return [
        f"{rules.title[lang]}, {setup.title[lang]}" if lang == "en" else f"{rules.title[lang]}，{setup.title[lang]}",
        f"{begin.parks:.1f}", f"{end.parks:.1f}", "-" if one else between(end.low, end.high), against,
        parks.format(lacking[0].title[lang], lacking[1]) if lacking else "-",
    ]  # fmt: skip


def _tested(rules, lang):
    """What of a rule set the model can test."""
    if not rules.criteria:
        return f"{rules.title[lang]}{'：' if lang == 'zh' else ': '}{(rules.note or {}).get(lang, '')}"
    told = {"title": rules.title[lang], "n": len(rules.simulated), "m": len(rules.missing)}
    missing = ("、" if lang == "zh" else ", ").join(c.title[lang] for c in rules.missing)
    return (TESTED if rules.missing else TESTED_ALL)[lang].format(missing=missing, **told)


def _answer(studies, results, place, rules, lang):
    """The sentence of the scenario that differs most from the reference, by the first rule set shown."""
    rows = results.counts[(results.counts.rule_set == rules.key) & (results.counts.year == results.counts.year.max())]
    others = rows[rows.scenario != results.reference] if len(results.setups) > 1 else rows
    name = others.loc[others.difference.abs().idxmax(), "scenario"]
    return studies.tiles(results, rules, name, place.id, "").message(lang) + ("。" if lang == "zh" else ".")
