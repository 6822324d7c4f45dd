"""`ledger`: which firms a package gains, loses or moves, from where, since when, and the story of any one of them."""

import os
import sys
import time

from sim.cli.options import choice, language, options, whole
from sim.cli.terminal import Progress, columns, say
from sim.engine.fields import ConfigurationError

TABLES = ("changes", "flows", "transitions", "outcomes", "shares", "displacement", "terms")


def main(arguments):
    """The ledger of a scenario against the reference, or one firm's story."""
    own, overrides, folder = options(arguments, ["from", "firm"])
    if "scenarios" in own:
        raise ConfigurationError(
            f"scenarios={own['scenarios']}: a ledger has one scenario and a reference; write scenario=NAME."
        )
    lang = choice(own, "lang", language(), ("zh", "en"))
    if "firm" in own:
        return tell(own, overrides, folder, lang)
    replicates, seed = whole(own, "replicates", 20, 1, 100000), whole(own, "seed", 1, 0)
    workers = whole(own, "workers", os.cpu_count() or 1, 1, 1024)
    figures = choice(own, "figures", "true", ("true", "false")) == "true"
    fresh = choice(own, "fresh", "false", ("true", "false")) == "true"
    from sim.runs.store.folder import RunFolder, now
    from sim.studies.common.gather import gather
    from sim.studies.common.scenarios import check_past
    from sim.studies.compare.run import seeds_of
    from sim.studies.ledger import run as studies
    from sim.studies.ledger.paired_lives import PairFiles, simulate_lives

    began, clock, reference = now(), time.perf_counter(), own.get("reference", "baseline")
    setups = studies.setups_of(own.get("scenario"), reference, overrides, folder)
    seeds = seeds_of(seed, replicates)
    check_past(own.get("from"), setups, seeds)
    place = RunFolder(own.get("out", "runs"), "ledger", setups, {"reference": reference}, seed)
    say(place.stale())
    with Progress(len(seeds), setups[0].data.title[lang]) as bar:
        try:
            pairs = gather(
                setups, seeds, reference=reference, workers=workers, folder=PairFiles(place.path / "pairs"), fresh=fresh,
                progress=bar, branch=own.get("from"), each=simulate_lives,
            )  # fmt: skip
        except KeyboardInterrupt as stop:
            done = len(getattr(stop, "found", {}))
            print(f"incubator: interrupted; {done} of {len(seeds)} finished and kept in {place.path}.", file=sys.stderr)
            print("incubator: the same command goes on from there.", file=sys.stderr)
            return 130
    results = studies.conclude(setups, pairs)
    write(results, place, began, replicates, figures)
    closing(results, place, lang, time.perf_counter() - clock, own, overrides)
    return 0


def tell(own, overrides, folder, lang):
    """One firm's life in both worlds."""
    from sim.studies.ledger.run import story

    ident, seed = whole(own, "firm", None, 0, 2**64 - 1), whole(own, "seed", 1, 0)
    if whole(own, "replicates", 1, 1) > 1:
        raise ConfigurationError("firm=: the story is of one seed; name it with seed=, and leave out replicates=.")
    reference, past = own.get("reference", "baseline"), own.get("from")
    asked = {"reference": reference, "seed": seed, "lang": lang, "own": folder, "branch": past}
    for line in story(ident, own.get("scenario"), *overrides, **asked):
        print(line)
    return 0


def write(results, place, began, asked, figures):
    """Tables (CSV, and Parquet for the one row a firm), the figure in both languages; the manifest last."""
    from sim.runs.store.folder import write_table
    from sim.studies.ledger.run import terms

    files = []
    for name in TABLES:
        files.append(place.path / f"{name}.csv")
        write_table(files[-1], terms() if name == "terms" else getattr(results, name))
    files.append(place.path / "lives.parquet")
    write_table(files[-1], results.lives)
    if figures:
        from sim.studies.ledger.run import draw

        files += draw(results, place)
    answer = {lang: results.verdict(lang) for lang in ("zh", "en")}
    place.manifest(done=results.pairs, asked=asked, began=began, files=files, answer=answer)


def closing(results, place, lang, seconds, own, overrides):
    """What came of how many firms, then where it lies, the answer, and the next command."""
    from sim.studies.ledger import run as studies

    for head, rows in studies.closing_tables(results, lang):
        print(head)
        for row in columns(rows):
            print("  " + row)
    print(studies.about_the_unfollowed(results, lang))
    print({"zh": f"共{seconds:.0f}秒", "en": f"{seconds:.0f} s in all"}[lang])
    print({"zh": "结果: ", "en": "Results: "}[lang] + str(place.path))
    print({"zh": "结论: ", "en": "Answer: "}[lang] + results.verdict(lang))
    example = results.lives[results.lives.change == "gained"]
    example = example if len(example) else results.lives
    asked = [f"{name}={own[name]}" for name in ("scenario", "reference", "from") if name in own]
    command = ["incubator ledger", *asked, *overrides]
    if len(example):
        command += [f"seed={example.iloc[0].replicate}", f"firm={example.iloc[0].ident}"]
    else:
        command += [f"replicates={2 * results.pairs}"]
    print({"zh": "下一步: ", "en": "Next: "}[lang] + " ".join(command))
