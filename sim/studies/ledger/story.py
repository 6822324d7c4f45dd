"""The life of one firm in two worlds, line by line."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from sim.engine.mistakes import ConfigurationError
from sim.model.measures.fates import End, Fates, look_up
from sim.model.setup import Setup
from sim.report.words import say
from sim.runs.simulate import shared_past
from sim.studies.ledger.paired_lives import Followed, followed_run
from sim.studies.ledger.question import setups_of
from sim.studies.ledger.tables import park_titles
from sim.studies.ledger.teller import Teller


def story(
    ident: int,
    scenario: str | None,
    *overrides: str,
    reference: str = "baseline",
    seed: int = 1,
    lang: str = "en",
    own: str | None = None,
    branch: Path | str | None = None,
) -> list[str]:
    """The life of one firm in both worlds, from the first difference on, line by line.

    ident: as in the column of that name of lives.parquet, whose column `replicate` is the seed.
    """
    setups = setups_of(scenario, reference, overrides, own)
    past = shared_past(setups, seed, branch)
    since = past.now
    there, here = (followed_run(past.fork(setup), since) for setup in setups)
    return story_lines(ident, setups, there, here, seed, lang)


def story_lines(
    ident: int, setups: Sequence[Setup], there: Followed, here: Followed, seed: int, lang: str
) -> list[str]:
    """Return a firm's story, line by line, from the two finished worlds."""
    teller = Teller(park_titles(setups[0].data))
    who = np.array([ident], np.uint64)
    if not any(look_up(run.fates, who)[0][0] for run in (there, here)):
        raise ConfigurationError(
            f"firm={ident}: no such enterprise with seed={seed}; the columns ident and replicate of lives.parquet go together."
        )
    logs = [run.log[run.log["ident"] == who[0]] for run in (there, here)]
    shared = 0
    while shared < min(map(len, logs)) and logs[0][shared].tolist() == logs[1][shared].tolist():
        shared += 1
    names = [setup.title[lang] for setup in setups]
    lines = []
    if shared:
        lines.append(say(lang, "story_shared"))
        lines += ["  " + line for line in teller.chain(logs[0][:shared], lang)]
    if not any(len(log) > shared for log in logs):
        return [*lines, say(lang, "story_no_difference")]
    for name, log, run in zip(names[::-1], logs[::-1], (here, there), strict=True):
        lines.append(say(lang, "story_with", title=name))
        lines += ["  " + line for line in teller.chain(log[shared:], lang)]
        lines.append("  " + ending(run.fates, who, teller, lang))
    reached = [name for name, idents in here.reached.items() if who[0] in idents]
    if reached:
        titles = {policy.name: policy.title[lang] for policy in setups[1].policies}
        policies = say(lang, "story_comma").join(titles[name] for name in reached)
        lines.append(say(lang, "story_reached", policies=policies))
    return lines


def ending(fates: Fates, who: np.ndarray, teller: Teller, lang: str) -> str:
    """Say how a firm ended up in a world."""
    known, at = look_up(fates, who)
    end, park = (End(fates.end[at[0]]), int(fates.park[at[0]])) if known[0] else (End.ABSENT, -1)
    told = say(lang, f"end_{end.name.lower()}")
    return (
        say(lang, "story_end_in_park", end=told, park=teller.parks[lang][park])
        if park >= 0
        else say(lang, "story_end", end=told)
    )
