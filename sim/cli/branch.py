"""`branch`: history simulated once, kept for every package that is asked about later."""

import sys
from pathlib import Path

from sim.cli.options import choice, language, options, whole
from sim.cli.terminal import Progress
from sim.engine.fields import ConfigurationError


def main(arguments):
    """Keep the state of each seed at the month of decision."""
    own, overrides, folder = options(arguments, ["until"])
    if "until" not in own:
        raise ConfigurationError("incubator branch: until is missing; write the month of decision, until=2026-01.")
    for name in ("scenario", "scenarios", "reference"):
        if name in own:
            raise ConfigurationError(
                f"incubator branch: {name}= has no place here, history has no new policy; name packages in 'incubator compare'."
            )
    replicates, seed = whole(own, "replicates", 1, 1, 100000), whole(own, "seed", 1, 0)
    fresh = choice(own, "fresh", "false", ("true", "false")) == "true"
    lang = choice(own, "lang", language(), ("zh", "en"))
    from sim.runs.matched_pairs import seeds_of
    from sim.runs.store.folder import RunFolder, now
    from sim.studies.branch import run as studies

    began, setup, out = now(), studies.history(*overrides, own=folder), own.get("out", "runs")
    until, seeds = studies.checked_month(own["until"], setup), seeds_of(seed, replicates)
    if out.endswith(".npz") and replicates > 1:
        raise ConfigurationError(f"out={out}: one file holds one seed; name a folder for {replicates} replicates.")
    place = None
    if not out.endswith(".npz"):
        place = RunFolder(out, "branch", [setup], {"until": own["until"]}, seed, parts="states")
    files = [place.path / "states" / f"{s}.npz" if place else Path(out) for s in seeds]
    done = 0
    with Progress(len(seeds), setup.data.title[lang]) as bar:
        try:
            for each, file in zip(seeds, files, strict=True):
                if fresh or not studies.kept(file, setup, each, until):
                    studies.keep(setup, each, until, file)
                done += 1
                bar(done)
        except KeyboardInterrupt:
            print(f"incubator: interrupted; {done} of {len(seeds)} finished and kept.", file=sys.stderr)
            print("incubator: the same command goes on from there.", file=sys.stderr)
            return 130
    where = place.path if place else Path(out)
    answer = {
        "zh": f"{own['until']}月初的状态，{len(seeds)}个随机种子；此后各方案从这里继续，结果与从头运行逐位相同。",
        "en": f"The state at the start of {own['until']} for {len(seeds)} seeds; packages go on from it, bit for bit as if "
        "run from the start.",
    }
    if place:
        place.manifest(done=done, asked=replicates, began=began, files=files, answer=answer)
    print({"zh": "结果: ", "en": "Results: "}[lang] + str(where))
    print({"zh": "结论: ", "en": "Answer: "}[lang] + answer[lang])
    said = [o for o in overrides if not o.startswith("cluster=ouhai")]
    command = [
        "incubator compare scenarios=[baseline,service_first]",
        f"replicates={replicates}",
        f"seed={seed}",
        *said,
    ]
    print({"zh": "下一步: ", "en": "Next: "}[lang] + " ".join([*command, f"from={where}"]))
    return 0
