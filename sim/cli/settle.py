"""`settle`: pairs until differences are known well enough, or until scenarios are in order."""

import os
import sys
import time

from sim.cli.options import choice, decimal, language, options, whole, words
from sim.cli.terminal import Progress, say
from sim.engine.fields import ConfigurationError
from sim.studies.common.scenarios import with_reference

ALSO = ("measures", "half_width", "ranking", "probability", "minimum", "budget", "year")


def main(arguments):
    """Scenarios on matched pairs until the answer is settled, or the budget spent."""
    own, overrides, folder = options(arguments, ALSO)
    if "scenarios" not in own:
        raise ConfigurationError(
            "incubator settle: scenarios is missing; write scenarios=[service_first] reference=baseline."
        )
    if any(a.startswith("replicates=") for a in arguments):  # those of an experiment are another command's
        raise ConfigurationError("replicates: 'settle' finds it itself; limit it with budget=N.")
    from sim.runs.store.folder import RunFolder, now
    from sim.studies.common.scenarios import scenarios_of
    from sim.studies.settle import run as settling

    names, reference = with_reference(words(own["scenarios"]), own.get("reference"))
    measures = words(own.get("measures", "graduates"))
    question = settling.asked(
        measures, widths(own.get("half_width")), choice(own, "ranking", "false", ("true", "false")) == "true",
        decimal(own, "probability", settling.PROBABILITY), whole(own, "minimum", settling.MINIMUM, settling.LEAST),
        whole(own, "budget", settling.BUDGET, 1, 100000),
    )  # fmt: skip
    seed, workers = whole(own, "seed", 1, 0), whole(own, "workers", os.cpu_count() or 1, 1, 1024)
    year = whole(own, "year", None, 1900, 2200)
    fresh = choice(own, "fresh", "false", ("true", "false")) == "true"
    lang = choice(own, "lang", language(), ("zh", "en"))
    began, clock, out = now(), time.perf_counter(), own.get("out", "runs")
    setups = scenarios_of(names, overrides, folder)
    # The pairs are those of the comparison of the same scenarios, which then finds them done.
    pairs_of = RunFolder(out, "compare", setups, {"reference": reference}, seed)
    place = RunFolder(out, "settle", setups, {"reference": reference, "year": year} | vars(question), seed, pairs_of)
    say(place.stale())
    with Progress(question.budget, setups[0].data.title[lang], most=True) as bar:
        try:
            found = settling.go_on(
                setups, reference, question, seed=seed, year=year, workers=workers, folder=place, fresh=fresh,
                progress=lambda done, rows: bar(done, _standing(done, rows, question, lang)),
            )  # fmt: skip
        except KeyboardInterrupt as stop:
            print(
                f"incubator: interrupted; {getattr(stop, 'done', 0)} pairs finished and kept in {place.pairs}.",
                file=sys.stderr,
            )
            print("incubator: the same command goes on from there.", file=sys.stderr)
            return 130
    settling.write(found, place, began=began)
    print({"zh": f"用时{time.perf_counter() - clock:.0f}秒", "en": f"{time.perf_counter() - clock:.0f} s in all"}[lang])
    print({"zh": "结果: ", "en": "Results: "}[lang] + str(place.path))
    print({"zh": "结论: ", "en": "Answer: "}[lang] + found.verdict(lang))
    print({"zh": "下一步: ", "en": "Next: "}[lang] + following(found, names, reference, overrides, seed, arguments))
    return 0


def widths(text):
    """'3', '[3,0.01]' or '[graduates:3,occupancy_rate:0.01]' as settle() takes it."""
    if text is None:
        return None
    items = [item.rpartition(":") for item in words(text)]
    if not items:
        raise ConfigurationError(f"half_width={text}: expected a number, or one for each measure.")
    numbers = []
    for _, _, number in items:
        try:
            numbers.append(float(number))
        except ValueError:
            raise ConfigurationError(
                f"half_width={text}: '{number}' is no number; write half_width=20 or half_width=[graduates:20,occupancy_rate:0.005]."
            ) from None
    named = [name for name, colon, _ in items if colon]
    if named and len(named) < len(items):
        raise ConfigurationError(f"half_width={text}: name the measure of every number, or of none.")
    return dict(zip(named, numbers, strict=True)) if named else numbers


def following(found, names, reference, overrides, seed, arguments):
    """What to type next: the whole comparison of these pairs, or more of them."""
    if not found.settled and found.more < float("inf"):
        more = [a for a in arguments if not a.startswith("budget=")]
        return " ".join(["incubator settle", *more, f"budget={int(found.pairs + found.more)}"])
    asked = [f"scenarios=[{','.join(names)}]", f"reference={reference}", f"seed={seed}", *overrides]
    return " ".join(["incubator compare", *asked, f"replicates={found.pairs}"])


def _standing(done, rows, question, lang):
    from sim.model.measures.definitions import describe
    from sim.studies.settle.sentences import standing

    return standing(rows, describe(), question.ranking, done, question.minimum, lang)
