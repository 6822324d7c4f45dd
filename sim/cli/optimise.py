"""`optimise`: the best packages for the money, found by search and judged on new seeds."""

import os
import time

from sim.cli.options import choice, language, options, whole, words
from sim.cli.terminal import Progress, columns, say
from sim.engine.fields import ConfigurationError

ALSO = (
    "objectives", "budget", "candidates", "population", "confirm", "front", "robust", "draws", "levers", "search", "delays",
    "decision", "year", "engine",
)  # fmt: skip


def main(arguments):
    """Search levers, sizes, starts and targets; then run what was found again on new seeds, beside the named packages."""
    own, overrides, folder = options(arguments, ALSO)
    if "scenario" in own:
        raise ConfigurationError(
            "incubator optimise: name the packages to beat as scenarios=[…]; without it, all there are."
        )
    from sim.runs.store.folder import now
    from sim.studies.optimise import report as optimised
    from sim.studies.optimise import run as optimising

    asked = read(own, optimising)
    workers = whole(own, "workers", os.cpu_count() or 1, 1, 1024)
    engine = own.get("engine", "local" if workers > 1 else "serial")
    fresh = choice(own, "fresh", "false", ("true", "false")) == "true"
    figures = choice(own, "figures", "true", ("true", "false")) == "true"
    lang = choice(own, "lang", language(), ("zh", "en"))
    began, clock = now(), time.perf_counter()
    named = words(own["scenarios"]) if "scenarios" in own else None
    question = optimising.asked(named, overrides, own=folder, **asked)
    out = own.get("out", "runs")
    for name, why in question.levers.left_out.items():
        say(f"{name} is left out: {why}")
    with Progress(1, question.setups[0].data.title[lang], most=True) as bar:

        def progress(done, most):
            bar.expect(most)
            bar(done)

        try:
            found = optimising.go_on(question, out, engine=engine, workers=workers, fresh=fresh, progress=progress)
        except KeyboardInterrupt:
            say(f"interrupted; finished runs are kept in {out}/store.")
            say("the same command goes on from there.")
            return 130
    place = optimising.folder_of(question, out)
    optimised.write(found, place, began=began, figures=figures, own=folder)
    for row in columns(lines(found, lang)):
        print("  " + row)
    print({"zh": f"用时{time.perf_counter() - clock:.0f}秒", "en": f"{time.perf_counter() - clock:.0f} s in all"}[lang])
    print({"zh": "结果: ", "en": "Results: "}[lang] + str(place.path))
    print({"zh": "结论: ", "en": "Answer: "}[lang] + found.verdict(lang))
    config = place.path / "config"
    common = [o for o in overrides if not o.startswith("policies.") and ".." not in o]
    following = ["incubator compare", f"scenarios=[{question.setups[0].scenario},{optimised.MINE}]", *common]
    print({"zh": "下一步: ", "en": "Next: "}[lang] + " ".join([*following, f"--config-dir {config}"]))
    return 0


def read(own, optimising):
    """Our options as `asked` takes them; those not typed keep its defaults."""
    found = {}
    for name in ("reference", "robust", "search", "decision"):
        if name in own:
            found[name] = own[name]
    for name in ("objectives", "levers"):
        if name in own:
            found[name] = words(own[name])
    for name, least in {
        "candidates": 4,
        "population": 4,
        "replicates": 1,
        "confirm": 0,
        "front": 1,
        "draws": 1,
        "seed": 0,
    }.items():
        if name in own:
            found[name] = whole(own, name, None, least, 1_000_000 if name != "seed" else 2**31 - 1)
    if "year" in own:
        found["year"] = whole(own, "year", None, 1900, 2200)
    if "budget" in own:
        found["budget"] = money(own["budget"])
    if "delays" in own:
        found["delays"] = [whole({"delays": part}, "delays", None, 0, 600) for part in words(own["delays"])]
        if not found["delays"]:
            raise ConfigurationError("delays=[]: name at least one number of months, such as delays=[0,12].")
    return found


def money(text):
    """A sum in CNY, or the name of a scenario whose cost it is."""
    try:
        value = float(text)
    except ValueError:
        return text
    if not 0 < value < float("inf"):
        raise ConfigurationError(f"budget={text}: expected CNY above 0, such as 2e9, or the name of a scenario.")
    return value


def lines(found, lang):
    """A small table: each point found and each named package, cheapest first, with what it adds and spends."""
    from sim.report.units import money_unit
    from sim.studies.optimise.report import report_data
    from sim.studies.optimise.sentences import SPENDING

    data = report_data(found)
    shown = sorted(data.named("named") + data.named("found"), key=lambda point: data.row(point, SPENDING)["mean"])
    measures = [*data.gains, SPENDING]
    heads = [
        {"zh": "方案（与参照之差）", "en": "package (difference)"}[lang],
        *(data.measures[m]["title"][lang] for m in measures),
    ]
    rows = [heads]
    for point in shown:
        cells = [data.unit(m, lang).change(data.row(point, m)["mean"]) for m in data.gains]
        cells.append(money_unit(data.row(point, SPENDING)["mean"], lang).level(data.row(point, SPENDING)["mean"]))
        rows.append([data.name(point, lang) + (" ←" if point == found.chosen else ""), *cells])
    return rows
