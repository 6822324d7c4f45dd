"""The line below a figure: where it comes from."""

from sim.report.words import say


def foot(data, lang):
    """The source line below every figure: model, runs, run id, and that levels are not a prediction."""
    return foot_line(data.version, data.pairs, data.run_id, lang, "foot" if data.packages else "foot_single")


def foot_line(version, pairs, run_id, lang, key="foot"):
    """The source line of any figure: model, runs, run id, and that levels are not a prediction."""
    return say(lang, key, version=version, pairs=pairs, run_id=run_id, note=say(lang, "note"))
