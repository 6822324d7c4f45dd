"""What `discover` and `voi` share on the command line: the choice that is asked, and its sample."""

import os

from sim.commands.options import choice, decimal, language, options, whole, words
from sim.commands.terminal import say
from sim.fields import ConfigurationError

ALSO = ("measures", "value", "vary", "grades", "points", "year", "hours", "engine")


def read(verb, arguments, also=()):
    """Our own options, and the Choice asked for: (options, Choice, settings of the simulation, language)."""
    from sim.studies import choices
    from sim.studies.space import GRADES, varies

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
        vary=vary, grades=words(own["grades"]) if "grades" in own else GRADES,
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


def interrupted(stop, out):
    """What to say when Ctrl-C ends a study."""
    done, asked = getattr(stop, "done", 0), getattr(stop, "asked", "all")
    say(f"interrupted; {done} of {asked} runs finished and kept in {out}/store.")
    say("the same command goes on from there.")
    return 130


def following(verb, arguments, question):
    """The same study with twice the points, which finds those of this one."""
    return " ".join(
        [f"incubator {verb}", *(a for a in arguments if not a.startswith("points=")), f"points={2 * question.points}"]
    )
