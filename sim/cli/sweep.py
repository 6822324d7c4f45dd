"""`sweep`: every point of a design through all scenarios, kept run by run; again, it finishes what is missing."""

import math
import time

from sim.cli.options import choice, language, options, whole, words
from sim.cli.terminal import Progress, say
from sim.engine.fields import ConfigurationError, did_you_mean

ALSO = ("vary", "grades", "design", "points", "levels", "trajectories", "design_seed", "measures", "engine", "hours")
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


def main(arguments):
    """Simulate a design and write its tables."""
    own, overrides, folder = options(arguments, ALSO)
    from sim.runs.executors.choose import refuse_unknown
    from sim.runs.store.folder import RunFolder, now
    from sim.runs.store.shards import RunStore
    from sim.studies.common.horizon import checked_measures
    from sim.studies.common.scenarios import checked_reference
    from sim.studies.compare.run import seeds_of
    from sim.studies.sweep import run as sweeping
    from sim.studies.sweep.plan import plan
    from sim.studies.sweep.tables import concluded, write

    began, clock, out = now(), time.perf_counter(), own.get("out", "runs")
    replicates, seed = whole(own, "replicates", 1, 1, 100000), whole(own, "seed", 1, 0)
    workers, hours = whole(own, "workers", None, 1, 10000), whole(own, "hours", 1, 1, 10000)
    fresh, lang = (
        choice(own, "fresh", "false", ("true", "false")) == "true",
        choice(own, "lang", language(), ("zh", "en")),
    )
    names, reference = scenarios(own)
    measures = checked_measures(words(own.get("measures", "occupancy_rate,talent_retention_rate,graduation_rate")))
    design, fixed = designed(own, overrides, names, folder)
    refuse_unknown(own.get("engine", "local"))
    sweeping.refuse_endless(len(design) * replicates * len(names), own.get("engine", "local"), workers, hours)
    asked = plan(design, names, seeds_of(seed, replicates), fixed, folder)
    checked_reference(reference, names)
    question = {
        "design": design.kind,
        "space": [vars(d) for d in design.space.dimensions],
        "reference": reference,
        "measures": measures,
    }
    store, place = RunStore(f"{out}/store"), RunFolder(out, "sweep", asked.setups, question, seed, parts=None)
    say(beginning(design, asked, lang))
    total = len(asked.names)
    with Progress(total, asked.setups[0].data.title[lang]) as bar:
        try:
            found = sweeping.perform(
                asked, measures, engine=own.get("engine", "local"), workers=workers, store=store, progress=lambda done, _: bar(done),
                hours=hours, fresh=fresh, say=say,
            )  # fmt: skip
        except KeyboardInterrupt as stop:
            say(f"interrupted; {getattr(stop, 'done', 0):,} of {total:,} runs finished and kept in {store.path}.")
            say("the same command goes on from there.")
            return 130
    results = concluded(design, asked, found, measures, reference)
    write(results, place, began=began)
    _closing(results, own, arguments, lang, time.perf_counter() - clock)
    return 0


def scenarios(own):
    """Names of the scenarios, the reference among them, and the reference."""
    if "scenario" in own and "scenarios" in own:
        raise ConfigurationError("incubator sweep takes scenario=NAME or scenarios=[A,B], not both.")
    names = words(own.get("scenarios", own.get("scenario", "baseline")))
    reference = own.get("reference")
    if reference and reference not in names:
        names = [reference, *names]
    if not names:
        raise ConfigurationError("scenarios=[]: name at least one, such as scenarios=[baseline,service_first].")
    return names, reference or names[0]


def designed(own, overrides, names, folder):
    """The design that was typed, and the overrides that hold at every point."""
    from sim.studies.common.scenarios import scenarios_of
    from sim.studies.sweep import designs
    from sim.studies.sweep.space import VARIED_GRADES, space_of, varies

    varied, fixed = [o for o in overrides if varies(o)], [o for o in overrides if not varies(o)]
    varied = listed_words(own["vary"]) + varied if "vary" in own else varied
    setups = scenarios_of(names, fixed, folder)
    kind = own.get("design", "sobol")
    if kind.endswith(".csv"):
        if varied or "grades" in own or any(name in own for name in SIZES):
            raise ConfigurationError(
                f"design={kind}: the file says what is varied; leave out vary, grades, points, levels and ranges."
            )
        return designs.listed(setups, kind), fixed
    if kind not in MAKERS:
        raise ConfigurationError(
            f"design={kind}: expected {', '.join(MAKERS)} or FILE.csv; {did_you_mean(kind, MAKERS)}"
        )
    strange = [name for name in SIZES if name in own and name not in MAKERS[kind]]
    if strange:
        raise ConfigurationError(
            f"{strange[0]}={own[strange[0]]}: says nothing of design={kind}, which takes {' and '.join(MAKERS[kind])}."
        )
    if "grades" in own and ("vary" in own or varied):
        raise ConfigurationError(
            "grades= chooses parameters by their evidence, and vary= or ranges by their names; give one of the two."
        )
    space = space_of(
        setups, varied if varied or "vary" in own else None, words(own.get("grades", ",".join(VARIED_GRADES)))
    )
    size = {name: whole(own, option, default, least) for option, (name, default, least) in MAKERS[kind].items()}
    seeded = {"seed": whole(own, "design_seed", 1, 0)} if kind in SEEDED else {}
    return getattr(designs, kind)(space, **size, **seeded), fixed


def listed_words(text):
    """'[a,b=0.5..2,world=x,y]' as ['a', 'b=0.5..2', 'world=x,y']: a word that is no setting belongs to the one before."""
    from sim.studies.sweep.space import COMPOSED

    found = []
    for word in words(text):
        setting = "=" in word or word in COMPOSED or ("." in word and not _number(word))
        if setting or not found or "=" not in found[-1]:
            found.append(word)
        else:
            found[-1] += f",{word}"
    return found


def _number(text):
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def beginning(design, asked, lang):
    """How large it is, before it begins."""
    runs, rows = len(asked.names), len(asked.rows)
    points, settings = len(design), len(design.space)
    same = {"zh": f"，其中{runs:,}次不同", "en": f", {runs:,} of them different"}[lang] if runs < rows else ""
    return {
        "zh": f"{points:,}个设计点，{settings}项设定，共{rows:,}次运行{same}",
        "en": f"{points:,} point{'s' * (points > 1)} of {settings} setting{'s' * (settings > 1)}, {rows:,} runs{same}",
    }[lang]


def _closing(results, own, arguments, lang, seconds):
    """What came out, where it lies, what to type next."""
    failed = len(results.failed)
    if failed:
        reasons = results.failed["error"].str.strip().str.splitlines().str[-1].value_counts()
        say(
            f"{failed:,} of {len(results.runs):,} runs failed; runs.parquet has the traceback of each. Most often: {reasons.index[0]}"
        )
    for line in found(results, lang):
        print({"zh": "结论: ", "en": "Answer: "}[lang] + line)
    print({"zh": f"用时{seconds:.0f}秒", "en": f"{seconds:.0f} s in all"}[lang])
    print({"zh": "结果: ", "en": "Results: "}[lang] + str(results.folder))
    grows = "points" in MAKERS.get(results.design.kind, {}) and results.design.meta.get("grows")
    name, now = (
        ("points", results.design.meta.get("n", len(results.design))) if grows else ("replicates", len(results.seeds))
    )
    following = [*(a for a in arguments if not a.startswith(f"{name}=")), f"{name}={2 * now}"]
    print({"zh": "下一步: ", "en": "Next: "}[lang] + "incubator sweep " + " ".join(following))


def found(results, lang):
    """Sentences: packages against the reference, or a scenario alone."""
    from sim.model.measures.definitions import describe
    from sim.studies.sweep import sentences as sweeping

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
                lines.append(
                    sweeping.differences(about[measure], titles[name], titles[results.reference], values, seeds, lang)
                )
            else:
                lines.append(sweeping.levels(about[measure], titles[name], values, seeds, lang))
    return lines
