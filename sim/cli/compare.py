"""`run`, `compare` and `demo`: scenarios on matched pairs, from the question to the closing lines."""

import os
import sys
import threading
import time
from importlib import import_module

from sim.cli.options import choice, language, options, whole, words
from sim.cli.terminal import Progress, columns, say
from sim.engine.fields import ConfigurationError
from sim.studies.common.gather import gather
from sim.studies.common.scenarios import check_past, checked_reference, scenarios_of, steps

DEMO = "ouhai_packages"


def run(arguments):
    """One scenario, one or more replicates."""
    own, overrides, folder = options(arguments, ["from"])
    if "scenarios" in own or "reference" in own:
        raise ConfigurationError(
            "incubator run takes scenario=NAME; to compare several use 'incubator compare scenarios=[…]'."
        )
    name = own.get("scenario", "baseline")
    own.setdefault("figures", "false")
    return study("run", [name], None, own, overrides, folder, replicates=1)


def compare(arguments):
    """Several scenarios on matched pairs."""
    own, overrides, folder = options(arguments, ["from"])
    if "scenarios" not in own:
        raise ConfigurationError("incubator compare: scenarios is missing; write scenarios=[baseline,service_first].")
    names = words(own["scenarios"])
    reference = own.get("reference")
    if reference and reference not in names:
        names = [reference, *names]
    if len(names) < 2:
        raise ConfigurationError(f"scenarios={own['scenarios']}: name at least two, or one and reference=NAME.")
    return study("compare", names, reference, own, overrides, folder, replicates=20)


def demo(arguments):
    """The three packages of the Ouhai case against doing nothing."""
    return compare([f"experiment={DEMO}", "fresh=true", *arguments])


def study(kind, names, reference, own, overrides, folder, replicates):
    """Simulate, write, and say where it lies, what came out, and what to type next."""
    replicates = whole(own, "replicates", replicates, 1, 100000)
    seed, workers = whole(own, "seed", 1, 0), whole(own, "workers", os.cpu_count() or 1, 1, 1024)
    figures = choice(own, "figures", "true", ("true", "false")) == "true"
    fresh = choice(own, "fresh", "false", ("true", "false")) == "true"
    lang = choice(own, "lang", language(), ("zh", "en"))
    from sim.runs.executors.processes import started

    clock = time.perf_counter()
    # They load the model while this process reads what is asked.
    with started(min(workers, replicates), ["sim.runs.simulate", "sim.model.policies"]) as early:
        from sim.runs.store.folder import RunFolder, now
        from sim.studies.compare import run as studies

        began, setups = now(), scenarios_of(names, overrides, folder, nations=True)
        units = steps(setups)
        reference = checked_reference(reference, names)
        detail = kind == "run" and replicates <= studies.DETAIL_LIMIT and units == 1
        seeds, stopped = studies.seeds_of(seed, replicates), None
        check_past(own.get("from"), setups, seeds)
        place = RunFolder(own.get("out", "runs"), kind, setups, {"reference": reference}, seed)
        say(place.stale())
        if figures:  # a second's worth of libraries, fetched while the processes simulate
            threading.Thread(target=import_module, args=("sim.studies.compare.page",), daemon=True).start()
        asked = {"detail": detail, "folder": place, "fresh": fresh, "branch": own.get("from")}
        processes = early if early and units == 1 else workers
        with Progress(units * len(seeds), setups[0].data.title[lang]) as bar:
            try:
                matched = gather(setups, seeds, reference=reference, workers=processes, progress=bar, **asked)
            except KeyboardInterrupt as stop:
                stopped, matched = stop, [getattr(stop, "found", {})[s] for s in sorted(getattr(stop, "found", {}))]
    if stopped:
        print(
            f"incubator: interrupted; {len(matched)} of {len(seeds)} finished and kept in {place.path}.",
            file=sys.stderr,
        )
        print("incubator: the same command goes on from there.", file=sys.stderr)
        return 130
    simulated = time.perf_counter() - clock
    results = studies.conclude(setups, matched, reference)
    command = "incubator " + " ".join([kind, *_said(kind, names, reference, replicates, seed), *overrides])
    studies.write(results, place, began=began, asked=replicates, figures=figures, command=command)
    seconds, same = (simulated, time.perf_counter() - clock), again(own, overrides, folder)
    _closing(results, place, lang, figures, seconds, kind, names, same)
    return 0


def again(own, overrides, folder):
    """What a following command has to say again so that it asks about the same place: words in the order typed."""
    from sim.inputs.own_code import LOADED

    kept = [f"{name}={quoted(own[name])}" for name in ("seed", "from", "out", "workers") if name in own]
    paths = [("--config-dir", folder)] * bool(folder) + [("--code", path) for path in LOADED]
    return [*kept, *overrides, *(word for name, path in paths for word in (name, quoted(path)))]


def quoted(path):
    """A path as it is typed: in quotation marks if it has spaces."""
    return f'"{path}"' if " " in str(path) else str(path)


def _said(kind, names, reference, replicates, seed):
    scenario = (
        [f"scenario={names[0]}"] if kind == "run" else [f"scenarios=[{','.join(names)}]", f"reference={reference}"]
    )
    return [*scenario, f"replicates={replicates}", f"seed={seed}"]


def _closing(results, place, lang, figures, seconds, kind, names, same):
    """Three lines: where it lies, the answer, the next command; and a small table above them.

    seconds: simulating, and in all; same: words that the next command says again.
    """
    from sim.studies.compare.run import headline_lines

    heads = {
        "zh": ["情景", "入驻率", "人才留存率", "毕业率", "租户（家）", "毕业（家/年）"],
        "en": ["scenario", "occupancy", "retention", "graduation", "tenants", "graduates/year"],
    }[lang]
    year = int(results.yearly.year.max())
    print(
        {
            "zh": f"{year}年，{results.pairs}次运行均值（模型推演，不是预测）",
            "en": f"{year}, mean of {results.pairs} runs (scenario output, not a prediction)",
        }[lang]
    )
    for row in columns([heads, *headline_lines(results, lang)]):
        print("  " + row)
    sizes = {k: f"{v:,}" for k, v in results.sizes.items()}
    simulated, total = seconds
    work = {
        "zh": f"模拟{simulated:.0f}秒，共{total:.0f}秒；每次运行：期末租户{sizes['tenants']}、企业行{sizes['live_rows']}"
        f"（其中园区外样本{sizes['followed']}，代表{sizes['followed_stand_for']}家），主体步数{sizes['agent_steps']}",
        "en": f"{simulated:.0f} s simulating, {total:.0f} s in all; a run ends with {sizes['tenants']} tenants and "
        f"{sizes['live_rows']} live rows ({sizes['followed']} of firms elsewhere that stand for "
        f"{sizes['followed_stand_for']}), after {sizes['agent_steps']} agent-steps",
    }
    print(work[lang])
    page = place.path / ("report.zh.html" if lang == "zh" else "report.en.html")
    print({"zh": "结果: ", "en": "Results: "}[lang] + str(page if figures else place.path))
    if kind == "compare":
        print({"zh": "结论: ", "en": "Answer: "}[lang] + results.verdict(lang))
        following = f"incubator compare scenarios=[{','.join(names)}] replicates={2 * results.pairs}"
    else:
        following = f"incubator compare scenarios=[baseline,{names[0] if names[0] != 'baseline' else 'service_first'}]"
    print({"zh": "下一步: ", "en": "Next: "}[lang] + " ".join([following, *same]))
