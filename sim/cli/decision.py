"""What `discover` and `voi` share on the command line: the choice that is asked, its sample, and how it is told."""

import os
import time

from sim.cli.options import choice, decimal, language, options, whole, words
from sim.cli.terminal import Progress, columns, say
from sim.engine.fields import ConfigurationError

ALSO = ("measures", "value", "vary", "grades", "points", "year", "hours", "engine")


def read(verb, arguments, also=()):
    """Our own options, and the Choice asked for: (options, Choice, settings of the simulation, language)."""
    from sim.studies.common import decision as choices
    from sim.studies.sweep.space import VARIED_GRADES, varies

    known = (*ALSO, *also)
    ranges = [a for a in arguments if a.partition("=")[0] not in known and varies(a)]
    own, overrides, folder = options([a for a in arguments if a not in ranges], known)
    if "scenarios" not in own:
        raise ConfigurationError(
            f"incubator {verb}: scenarios is missing; write scenarios=[service_first] reference=baseline."
        )
    seed = whole(own, "seed", 1, 0)
    vary = [*words(own.get("vary", "")), *ranges] if "vary" in own or ranges else None
    question = choices.asked(
        words(own["scenarios"]), overrides, reference=own.get("reference"),
        measures=words(own.get("measures", "graduates")), value=worths(own.get("value")),
        vary=vary, grades=words(own["grades"]) if "grades" in own else VARIED_GRADES,
        points=whole(own, "points", choices.POINTS, 1, 1_000_000),
        replicates=whole(own, "replicates", choices.REPLICATES, 1, 100000), year=whole(own, "year", None, 1900, 2200),
        seed=seed, own=folder,
    )  # fmt: skip
    settings = {
        "engine": own.get("engine", "local"), "workers": whole(own, "workers", os.cpu_count() or 1, 1, 1024),
        "hours": decimal(own, "hours", 1.0), "fresh": choice(own, "fresh", "false", ("true", "false")) == "true",
        "say": say, "folder": own.get("out", "runs"),
    }  # fmt: skip
    return own, question, settings, choice(own, "lang", language(), ("zh", "en"))


def worths(text):
    """'500000' or '[graduates:500000,tenants:20000]' as `asked` takes it."""
    if text is None:
        return None
    items = [item.rpartition(":") for item in words(text)]
    try:
        numbers = [float(number) for _, _, number in items]
    except ValueError:
        numbers = []
    named = [name for name, _, _ in items if name]
    if not numbers or len(named) not in (0, len(items)) or (not named and len(items) > 1):
        raise ConfigurationError(
            f"value={text}: expected CNY for one of the measure, such as value=500000 or value=[graduates:500000,tenants:20000]."
        )
    return dict(zip(named, numbers, strict=True)) if named else numbers[0]


def beginning(question, lang):
    """What will be simulated, before it starts."""
    words = {"points": question.points, "k": len(question.space), "n": question.replicates}
    words["runs"] = (question.points + 1) * question.replicates * len(question.scenarios)
    return {
        "zh": "{k}个参数，{points}个样本点，每点{n}对，至多{runs:,}次运行",
        "en": "{k} parameters, {points} points, {n} pairs at each, {runs:,} runs at most",
    }[lang].format(**words)


def study(verb, arguments, asked, carry_out, write, rows, identity=None):
    """Simulate, write, and say what came out. asked: of `read`; the functions are the verb's own. Returns the exit code.

    carry_out: of (question, settings); write: of (what was found, folder, began, figures); rows: of (what was found, lang).
    """
    own, question, settings, lang = asked
    from sim.runs.store.folder import RunFolder, now

    figures = choice(own, "figures", "true", ("true", "false")) == "true"
    began, clock, out = now(), time.perf_counter(), settings["folder"]
    say(beginning(question, lang))
    runs = (question.points + 1) * question.replicates * len(question.scenarios)
    with Progress(runs, question.setups[0].data.title[lang]) as bar:
        try:
            found = carry_out(question, **settings, progress=lambda done, total: bar(done))
        except KeyboardInterrupt as stop:
            say(
                f"interrupted; {getattr(stop, 'done', 0)} of {getattr(stop, 'asked', 'all')} runs finished and kept in {out}/store."
            )
            say("the same command goes on from there.")
            return 130
    place = RunFolder(out, verb, question.setups, question.identity | (identity or {}), question.seed, parts=None)
    write(found, place, began=began, figures=figures)
    for row in columns(rows(found, lang)):
        print("  " + row)
    if n := found.sample.failed:
        print({"zh": f"{n}个样本点运行失败，未计入", "en": f"{n} points failed and are left out"}[lang])
    print({"zh": f"用时{time.perf_counter() - clock:.0f}秒", "en": f"{time.perf_counter() - clock:.0f} s in all"}[lang])
    print({"zh": "结果: ", "en": "Results: "}[lang] + str(place.path))
    print({"zh": "结论: ", "en": "Answer: "}[lang] + found.verdict(lang))
    print({"zh": "下一步: ", "en": "Next: "}[lang] + following(verb, arguments, question))
    return 0


def following(verb, arguments, question):
    """The same study with twice the points, which finds those of this one."""
    return " ".join(
        [f"incubator {verb}", *(a for a in arguments if not a.startswith("points=")), f"points={2 * question.points}"]
    )
